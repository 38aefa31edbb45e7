"""Answers that were recorded but are not in the recording's file yet.

A recorder appends each answer to a journal, a hidden file of lines beside the recording, as soon as
the answer is complete. That costs as little for the thousandth answer as for the first, so it
delays no other answer, and what was appended survives when the process is killed. From time to time
the recorder folds its journal into the recording; when it is done, it removes it. `read` knows
journals: a recording is its file and the journals beside it.

The first line says what answers and which answers the file had when the recorder started, by their
hashes; each other line is [slot, request, response]. A line that was cut off is skipped.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from .shapes import Interaction, Origin, Request, Response, interaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """An interaction, in whatever form, by what it is compared with others.

    Attributes:
        key: what equal requests have in common.
        sha256: the interaction's hash.
        content: the interaction.
    """

    key: str
    sha256: str
    content: T


@dataclass(frozen=True, slots=True)
class Take:
    """What one recorder has recorded.

    Attributes:
        origin: what answered.
        before: hashes of the answers that the file had before.
        interactions: in the order in which the requests were sent.
    """

    origin: Origin
    before: tuple[str, ...]
    interactions: list[Interaction]


class Journal:
    """A journal that is being written. It belongs to one process as long as that lives.

    Args:
        path: the file of the recording.
        origin: what answers.
        before: hashes of the answers that it has now.

    Raises:
        OSError: if no file can be made there.
    """

    def __init__(self, path: Path, origin: Origin, before: Sequence[str]) -> None:
        folder, name = home(path)
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f".{name}.{time.time_ns():x}-{os.getpid()}.journal"
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        _claim(self._file)
        self._whole = True
        try:
            self.append([origin.model_dump(exclude_defaults=True), list(before)])
        except OSError:
            self.remove()
            raise

    def append(self, line: Any) -> None:
        """Add a line; when this returns, it is in the hands of the operating system.

        Raises:
            OSError: if it cannot be written, as when the disk is full. It can be tried again.
        """
        self.append_bytes(encoded(line))

    def append_bytes(self, line: bytes) -> None:
        """As `append`, for a line that is encoded."""
        left = memoryview(line + b"\n" if self._whole else b"\n" + line + b"\n")
        while left:
            self._whole = False  # until all of it is written
            left = left[os.write(self._file, left) :]
        self._whole = True

    def remove(self) -> None:
        """Close and delete it; its answers are in the file, or nobody wants them."""
        with suppress(OSError):
            os.close(self._file)
        with suppress(OSError):
            self.path.unlink()


def encoded(line: Any) -> bytes:
    """A line as it stands in a journal."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode()


def home(path: Path) -> tuple[Path, str]:
    """Folder and name of a recording's file, behind any symbolic link."""
    real = Path(os.path.realpath(path))
    return real.parent, real.name


def journals_of(path: Path) -> list[Path]:
    """The journals of a recording, the oldest first."""
    folder, name = home(path)
    try:
        found = os.listdir(folder)
    except OSError:
        return []
    return [folder / n for n in sorted(found) if n.startswith(f".{name}.") and _is_journal(n)]


def _is_journal(name: str) -> bool:
    return name.endswith(".journal")


def read_take(journal: Path) -> Take | None:
    """What a journal holds, or None if it has not even its first line, or is gone."""
    try:
        lines = journal.read_bytes().split(b"\n")
        origin, before = json.loads(lines[0])
        heading = Origin.model_validate(origin), tuple(map(str, before))
    except (OSError, ValueError, TypeError):
        return None
    found: list[tuple[int, Interaction]] = []
    for line in lines[1:]:
        with suppress(ValueError, TypeError, RecursionError):
            slot, request, response = json.loads(line)
            both = Request.model_validate(request), Response.model_validate(response)
            found.append((slot, interaction(*both)))
    return Take(*heading, [one for _, one in sorted(found, key=lambda pair: pair[0])])


def merged(
    present: Sequence[Entry[T]], own: Sequence[Entry[T]], before: Sequence[str]
) -> list[Entry[T]]:
    """What a file holds when a take has been folded into it, however often that is done.

    A request that was recorded again loses the answers that it had before. Answers that another
    process has recorded meanwhile stay, whatever they answer.

    Args:
        present: what the file has now.
        own: the take.
        before: hashes of what the file had when the take began.
    """
    asked = {entry.key for entry in own}
    folded, old = Counter(entry.sha256 for entry in own), Counter(before)
    kept: list[Entry[T]] = []
    for entry in present:
        if folded[entry.sha256]:
            folded[entry.sha256] -= 1
            continue
        if old[entry.sha256]:
            old[entry.sha256] -= 1
            if entry.key in asked:
                continue
        kept.append(entry)
    return [*kept, *own]


def in_use(journal: Path) -> bool:
    """Whether the process that writes a journal is alive.

    Where files cannot be claimed (Windows), it counts as dead; the system refuses to delete it as
    long as somebody has it open.
    """
    try:
        handle = os.open(journal, os.O_RDWR)
    except OSError:
        return False
    try:
        return not _claim(handle)
    finally:
        os.close(handle)


def _claim(handle: int) -> bool:
    """Mark an open file as this process's own, until it is closed; False if it is another's."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ModuleNotFoundError:
        return True
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
