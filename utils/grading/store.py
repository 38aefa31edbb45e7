"""What the learner has tried and done: one small JSON file in the learner's data folder.

Two kernels may write at the same time: every change reads the file again under a lock and replaces
it in one step. A file that cannot be read is set aside under another name, never overwritten.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .. import atomic
from ..exercises.judging import Judgment

FORMAT = 1
LOCK_SECONDS = 10


class ProgressUnavailable(Exception):
    """The file cannot be read or written. The message names it and says what to do."""


@dataclass
class Record:
    """What is kept of one exercise. `done` stays true once it was right."""

    verdict: str = "not attempted"
    score: int = 0
    max_score: int = 0
    best: int = 0
    done: bool = False
    attempts: int = 0
    hints: int = 0
    solution_shown: bool = False
    updated: str = ""

    @classmethod
    def from_json(cls, value: Any) -> Record:
        """A record from the file; raises TypeError if it has another shape."""
        if not isinstance(value, dict):
            raise TypeError("an exercise's entry is not an object")
        known = {f.name: f for f in fields(cls)}
        kept = {k: v for k, v in value.items() if k in known}
        for name, given in kept.items():
            if type(given) is not type(getattr(cls(), name)):
                raise TypeError(f"{name} is {given!r}")
        return cls(**kept)


class Store:
    """The progress file.

    Args:
        folder: Where it is; by default `utils.settings.data_dir()`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        if folder is None:
            from ..settings import data_dir

            folder = data_dir()
        self.path = folder / "progress.json"

    def records(self) -> dict[str, Record]:
        """All records by exercise id. Sets a damaged file aside and raises ProgressUnavailable."""
        with self._locked():
            return self._read()

    def attempted(self, judgment: Judgment) -> None:
        """Note a check. A stub that was never filled in is no attempt."""
        if judgment.verdict == "not attempted":
            return

        def change(record: Record) -> None:
            record.verdict = judgment.verdict
            record.score, record.max_score = judgment.score, judgment.max_score
            record.best = max(record.best, judgment.score)
            record.done = record.done or judgment.verdict == "right"
            record.attempts += 1

        self._change(judgment.exercise, change)

    def hinted(self, exercise: str, number: int) -> None:
        """Note that hint `number` was shown."""

        def change(record: Record) -> None:
            record.hints = max(record.hints, number)

        self._change(exercise, change)

    def solved(self, exercise: str) -> None:
        """Note that the solution was shown."""

        def change(record: Record) -> None:
            record.solution_shown = True

        self._change(exercise, change)

    def _change(self, exercise: str, change: Callable[[Record], None]) -> None:
        with self._locked():
            try:
                records = self._read()
            except ProgressUnavailable:
                if self.path.exists():  # not damaged, but not readable now: leave it alone
                    raise
                records = {}
            record = records.setdefault(exercise, Record())
            change(record)
            record.updated = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self._write(records)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            import filelock
        except ModuleNotFoundError:  # in a browser's Python, where there is one process
            yield
            return
        try:
            with filelock.FileLock(f"{self.path}.lock", timeout=LOCK_SECONDS):
                yield
        except filelock.Timeout as error:
            raise ProgressUnavailable(
                f"{self.path} is locked by another program; your progress was not noted this time"
            ) from error
        except OSError as error:
            raise ProgressUnavailable(f"{self.path} cannot be used: {error}") from error

    def _read(self) -> dict[str, Record]:
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except UnicodeDecodeError as error:
            raise self._set_aside(error) from error
        except OSError as error:
            raise ProgressUnavailable(f"{self.path} cannot be read: {error}") from error
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise TypeError(f"format {content['format']!r}")
            return {str(k): Record.from_json(v) for k, v in content["exercises"].items()}
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._set_aside(error) from error

    def _set_aside(self, error: Exception) -> ProgressUnavailable:
        for number in range(1, 1000):
            aside = self.path.with_name(f"progress-damaged-{number}.json")
            if not aside.exists():
                os.replace(self.path, aside)
                return ProgressUnavailable(
                    f"The progress file was damaged ({type(error).__name__}: {error}). It is kept "
                    f"as {aside}, and a new one begins. Run your checks again to fill it."
                )
        return ProgressUnavailable(f"{self.path} is damaged, and so are 999 files beside it")

    def _write(self, records: dict[str, Record]) -> None:
        content = {
            "format": FORMAT,
            "exercises": {key: asdict(records[key]) for key in sorted(records)},
        }
        atomic.write(self.path, json.dumps(content, indent=1) + "\n")
