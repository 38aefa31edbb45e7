"""Recording: answers are collected and saved."""

from __future__ import annotations

import threading
from pathlib import Path

from .missing import RecordingMissing
from .shapes import FORMAT, Origin, RecordingFile, Request, Response, interaction
from .storing import lesson_of, locked, read, write


class Recorder:
    """Collects interactions and saves them after each one.

    Two recorders of one file, in two kernels, do not destroy each other's work: each replaces only
    the requests that it has recorded itself.

    Args:
        path: the file to write.
        origin: what answers.
    """

    def __init__(self, path: Path, origin: Origin) -> None:
        self.path, self.origin = path, origin
        self._slots: list[tuple[Request, Response | None]] = []
        self._lock = threading.Lock()
        if path.exists():
            read(path)  # a damaged file is reported now, not after an hour of recording

    def __len__(self) -> int:
        return len(self._slots)

    def reserve(self, request: Request) -> int:
        """Keep a place for an answer, so that concurrent requests stay in the order of sending."""
        with self._lock:
            self._slots.append((request, None))
            return len(self._slots) - 1

    def finish(self, slot: int, response: Response) -> None:
        """Put an answer into its place and save the file."""
        with self._lock:
            self._slots[slot] = (self._slots[slot][0], response)
            self._save()

    def _save(self) -> None:
        own = [interaction(request, answer) for request, answer in self._slots if answer]
        mine = {i.request.key for i in own}
        with locked(self.path):
            try:
                others = [i for i in read(self.path).interactions if i.request.key not in mine]
            except RecordingMissing:
                others = []
            write(
                self.path,
                RecordingFile(
                    format=FORMAT,
                    lesson=lesson_of(self.path),
                    origin=self.origin,
                    interactions=[*others, *own],
                ),
            )
