"""CPU time of a submission, by which its limits are judged: real time passes for others, too."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from .memory_limit import descendants

LOOK = 0.5
"""Real seconds between two looks, at most."""

SHORTEST = 0.02
"""Real seconds between two looks, at least."""


def cpu_seconds(process: int) -> float:
    """CPU time of a process and of everything below it, in seconds.

    Processes that have ended count with their parent, if it waited for them. Only Linux tells;
    elsewhere this is 0.0, and a limit ends at its cap in real time.
    """
    if not sys.platform.startswith("linux"):
        return 0.0
    return sum(map(_ticks, (process, *descendants(process)))) / os.sysconf("SC_CLK_TCK")


def _ticks(process: int) -> int:
    """utime, stime, cutime and cstime of a process: fields 14 to 17 of proc_pid_stat(5)."""
    try:
        text = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
        return sum(map(int, text.rpartition(")")[2].split()[11:15]))
    except (OSError, ValueError):
        return 0
