"""A recording that answers requests."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path

from .missing import RecordingMissing, explain
from .shapes import RecordingFile, Request, Response
from .storing import RecordingError, read, recover


class Recording:
    """A recording that answers requests. Safe to use from several threads.

    Args:
        path: the file, for messages.
        file: its content.
    """

    def __init__(self, path: Path, file: RecordingFile) -> None:
        self.path = path
        self.origin = file.origin
        self.interactions = file.interactions
        self._index: defaultdict[str, list[int]] = defaultdict(list)
        for number, interaction in enumerate(file.interactions):
            self._index[interaction.request.key].append(number)
        self._turn: Counter[str] = Counter()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read a recording; raises what `read` raises."""
        with suppress(RecordingError):  # `read` knows journals, too, and says what is wrong
            recover(path)
        return cls(path, read(path))

    def __len__(self) -> int:
        return len(self.interactions)

    def answer(self, request: Request) -> Response:
        """The answer to a request: the n-th equal request gets the n-th answer, then they go round.

        Requests count in the order of the calls of this method (see `ReplayTransport`).

        Raises:
            RecordingMissing: if no such request was recorded.
        """
        key = request.key
        numbers = self._index.get(key)
        if numbers is None:
            raise RecordingMissing(
                explain(request, [each.request for each in self.interactions], self.path)
            )
        with self._lock:
            turn = self._turn[key]
            self._turn[key] += 1
        return self.interactions[numbers[turn % len(numbers)]].response
