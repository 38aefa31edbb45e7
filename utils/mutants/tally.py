"""What the last run found, exercise by exercise, so that everyone can see whether it still holds.

`tests/exercises/mutants.json` holds one line an exercise, with a mark of everything that decides
which mutants there are and whether a case notices them. Whoever changes an exercise or its solution
runs `course mutants` on it again; a test compares the marks.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from .. import atomic
from ..exercises import Exercise
from ..grading.solutions import notebook_of, solution_cell
from ..settings import ROOT

TALLIES = ROOT / "tests" / "exercises" / "mutants.json"


class BadTally(Exception):
    """The file cannot be read. The message says what to do."""


@dataclass(frozen=True)
class Tally:
    """Mutants of one exercise in numbers.

    Attributes:
        mark: From what they were made, see `mark_of`.
        made: All mutants.
        killed: Those that a visible case notices.
        equivalent: Those that are accepted, with a reason.
        seeds: Under how many seeds each was played.
    """

    mark: str
    made: int
    killed: int
    equivalent: int
    seeds: int

    @property
    def open(self) -> int:
        """Survivors without a reason."""
        return self.made - self.killed - self.equivalent


def mark_of(exercise: Exercise) -> str:
    """A mark of the solution, the exercise's module, what its chapter shares, and the operators.

    The engine is left out: its tests say whether it judges as it should.
    """
    package = importlib.import_module(f"utils.exercises.ch{exercise.chapter}")
    folder = ROOT / "utils" / "exercises" / f"ch{exercise.chapter}"
    files = [folder / f"{exercise.function}.py"]
    files += [folder / f"{name}.py" for name in getattr(package, "SHARED", ())]
    files.append(Path(__file__).with_name("operators.py"))
    digest = hashlib.sha256(solution_cell(exercise.id, notebook_of(exercise.id)).encode())
    for file in files:
        digest.update(b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def read_tallies(path: Path = TALLIES) -> dict[str, Tally]:
    """Tallies by exercise; none if the file does not exist. Raises BadTally."""
    try:
        entries = json.loads(path.read_text("utf-8"))
        return {exercise: Tally(**entry) for exercise, entry in entries.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError) as error:
        raise BadTally(
            f"{path.name} cannot be read ({error}). Delete it, then run `course mutants`."
        ) from error


def keep_tallies(new: Mapping[str, Tally], known: Iterable[str], path: Path = TALLIES) -> None:
    """Store tallies beside those that are there, without exercises that are not `known`."""
    tallies = {**read_tallies(path), **new}
    lines = [
        f"{json.dumps(id)}: {json.dumps(asdict(tallies[id]))}" for id in known if id in tallies
    ]
    atomic.write(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode())


def stale(exercises: Iterable[Exercise], path: Path = TALLIES) -> list[str]:
    """Ids of exercises that changed since their mutants were played, or never were."""
    tallies = read_tallies(path)
    return [e.id for e in exercises if e.id not in tallies or tallies[e.id].mark != mark_of(e)]
