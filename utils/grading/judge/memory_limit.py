"""The memory of all processes of a submission together, which no limit of the kernel covers.

A limit binds one process; sixty of them can hold sixty times as much. One thread looks at every
sandbox a few times a second and ends the one whose processes hold more than they may.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

EVERY = 0.15
"""Seconds between two looks."""

_watched: dict[int, tuple[int, threading.Event]] = {}
_lock = threading.Lock()
_thread: threading.Thread | None = None


def watch(process: int, limit: int, exceeded: threading.Event) -> Callable[[], None]:
    """Kill the descendants of `process` when they hold more than `limit` bytes.

    Sets `exceeded` when that happens. Returns a function that ends the watch.
    """
    global _thread
    if not sys.platform.startswith("linux"):
        return lambda: None
    with _lock:
        _watched[process] = (limit, exceeded)
        if _thread is None:
            _thread = threading.Thread(target=_look, name="grader-memory", daemon=True)
            _thread.start()

    def unwatch() -> None:
        with _lock:
            _watched.pop(process, None)

    return unwatch


def descendants(process: int) -> list[int]:
    """Every process below `process`, parents first."""
    found: list[int] = []
    waiting = [process]
    while waiting:
        parent = waiting.pop(0)
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                text = Path(f"/proc/{parent}/task/{thread}/children").read_text()
                children = [int(word) for word in text.split()]
                found += children
                waiting += children
        except OSError:
            continue
    return found


def held(process: int) -> int:
    """Bytes of memory that a process holds, its part of what it shares counted by proportion."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return resident(process)


def resident(process: int) -> int:
    """Bytes of a process in memory, what it shares included: quick to read, and too much."""
    with contextlib.suppress(OSError, IndexError):
        return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    return 0


def end_tree(process: int) -> None:
    """Kill every descendant of `process`."""
    for child in descendants(process):
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)


def _look() -> None:
    pause = threading.Event()
    while True:
        pause.wait(EVERY)
        with _lock:
            now = list(_watched.items())
        for process, (limit, exceeded) in now:
            below = descendants(process)
            if sum(map(resident, below)) > limit and sum(map(held, below)) > limit:
                exceeded.set()
                end_tree(process)
