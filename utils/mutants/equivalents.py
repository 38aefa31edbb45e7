"""Survivors that are accepted, each with its reason: mutants that make no difference.

They are in one file a chapter, `tests/exercises/ch03/equivalent_mutants.toml`:

```toml
[[equivalent]]
exercise = "03.4"
change = "if [-any-]{+all+}((choice.delta.content for choice in chunk.choices)):"
reason = "The request asks for one choice."
```
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from ..settings import ROOT

FOLDER = ROOT / "tests" / "exercises"
FILE = "equivalent_mutants.toml"


class BadEquivalents(Exception):
    """A file of accepted survivors cannot be read. The message names it and says what to do."""


@dataclass(frozen=True)
class Equivalent:
    """An accepted survivor.

    Attributes:
        exercise: The id.
        change: The mutant's change on one line, as the report prints it.
        reason: Why it is right that no case notices it.
        file: Where it is accepted, relative to the folder.
    """

    exercise: str
    change: str
    reason: str
    file: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells mutants apart."""
        return self.exercise, self.change


def accepted(folder: Path = FOLDER) -> list[Equivalent]:
    """All accepted survivors of the course. Raises BadEquivalents."""
    return [one for path in sorted(folder.glob(f"ch*/{FILE}")) for one in _read(path, folder)]


def _read(path: Path, folder: Path) -> list[Equivalent]:
    file = path.relative_to(folder).as_posix()
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("equivalent", [])
        found = [Equivalent(e["exercise"], e["change"], e["reason"], file) for e in entries]
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadEquivalents(
            f"{file} cannot be read ({type(error).__name__}: {error}). Each entry is an "
            "[[equivalent]] with the texts exercise, change and reason."
        ) from error
    seen: set[tuple[str, str]] = set()
    for one in found:
        if not one.exercise.startswith(f"{path.parent.name.removeprefix('ch')}."):
            raise BadEquivalents(f"{file} accepts a mutant of {one.exercise}. Move it there.")
        if not one.reason.strip():
            raise BadEquivalents(f"{file} accepts {one.change!r} without a reason. Give one.")
        if one.key in seen:
            raise BadEquivalents(f"{file} accepts {one.change!r} twice. Remove one of them.")
        seen.add(one.key)
    return found


def entry(exercise: str, change: str, reason: str = "") -> str:
    """An entry of the file, to be filled in."""
    quoted = json.dumps(change, ensure_ascii=False)
    return (
        f'[[equivalent]]\nexercise = "{exercise}"\nchange = {quoted}\n'
        f"reason = {json.dumps(reason, ensure_ascii=False)}\n"
    )
