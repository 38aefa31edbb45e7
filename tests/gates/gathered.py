"""What the gates look at: all notebooks and recordings of the course."""

from __future__ import annotations

import subprocess
from pathlib import Path

from utils import recordings
from utils.notebooks.files import Course

COURSE = Course()
IDS = COURSE.ids()
"""The lessons of the course."""

NOTEBOOKS = [place(id) for place in (COURSE.solution, COURSE.lesson) for id in IDS]
"""Every notebook, solutions first."""

RECORDINGS = [COURSE.recording(id) for id in recordings.names(COURSE.recordings)]


def named(path: Path) -> str:
    """How a test is named after a file: its path from the root of the course."""
    return path.relative_to(COURSE.root).with_suffix("").as_posix()


def tracked_files() -> list[Path]:
    """Every file that is in the repository; without git, every file but those of tools."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=COURSE.root, capture_output=True)
    if done.returncode == 0:
        files = [COURSE.root / name for name in done.stdout.decode().split("\0") if name]
    else:
        files = [
            path
            for path in COURSE.root.rglob("*")
            if not any(p.startswith(".") or p in TOOLS for p in path.relative_to(COURSE.root).parts)
        ]
    return [path for path in files if path.is_file()]


TOOLS = ("__pycache__", "node_modules", "build", "dist", "site")


def text_of(path: Path) -> str | None:
    """The text of a file, None if it is not text."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None
