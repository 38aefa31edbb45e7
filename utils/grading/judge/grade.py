"""Grade one submission: every exercise, played from out here to the code in the sandbox."""

from __future__ import annotations

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...exercises import Exercise, Judgment, judge, not_attempted, not_compiled
from .channel import Channel
from .player import Lost, Problem, SandboxPlayer, SubmissionPart
from .sandbox import Host, HostGone
from .submissions import Submission

NO_ANSWER = ("NoServiceHere", "RecordingMissing")
"""Exceptions of a lesson's cells that say nothing about the exercises."""

NOWHERE = "No cell and no file of the submission defines {function}()."


@dataclass
class Grade:
    """What came of one submission. `key` says what it was made from, see `key_of`."""

    name: str
    safe: str
    key: str
    judgments: list[Judgment]
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0
    files: list[str] = field(default_factory=list)

    @property
    def score(self) -> int:
        return sum(j.score for j in self.judgments)

    @property
    def max_score(self) -> int:
        return sum(j.max_score for j in self.judgments)

    def to_plain(self) -> dict[str, Any]:
        """The grade as JSON-able data."""
        return {
            "name": self.name,
            "safe": self.safe,
            "key": self.key,
            "score": self.score,
            "max_score": self.max_score,
            "seconds": round(self.seconds, 3),
            "files": self.files,
            "problems": [p.to_plain() for p in self.problems],
            "exercises": [j.to_plain() for j in self.judgments],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Grade:
        """The grade that `to_plain` described. Raises KeyError or TypeError for anything else."""
        return cls(
            plain["name"],
            plain["safe"],
            plain["key"],
            [Judgment.from_plain(j) for j in plain["exercises"]],
            [Problem(**p) for p in plain["problems"]],
            plain["seconds"],
            plain["files"],
        )


class Seat:
    """Where submissions are graded one after the other: a host that is opened again when it ends.

    Args:
        open_host: Opens a host.
        links: Names in the folder where cells run, and what they lead to.
    """

    def __init__(self, open_host: Callable[[], Host], links: Mapping[str, str]) -> None:
        self._open = open_host
        self._host: Host | None = None
        self._stopped = False
        self.links = dict(links)

    @property
    def memory_exceeded(self) -> bool:
        """Whether the process that ended last was killed for the memory it used."""
        return self._host is not None and self._host.memory_exceeded.is_set()

    def cpu_seconds(self) -> float:
        """CPU time that the processes in here have used so far, in seconds."""
        return self._host.cpu_seconds() if self._host is not None else 0.0

    def child(self) -> Channel:
        """A channel to a fresh process. Raises HostGone, SandboxUnavailable."""
        if self._host is not None:
            try:
                return self._host.child()
            except HostGone:
                self.close()
        if self._stopped:
            raise HostGone("grading was stopped")
        self._host = self._open()
        return self._host.child()

    def end_child(self) -> None:
        """End the process."""
        if self._host is not None:
            try:
                self._host.end_child()
            except HostGone:
                self.close()

    def stop(self) -> None:
        """End whatever runs here, from another thread; nothing starts again."""
        self._stopped = True
        if self._host is not None:
            self._host.stop()

    def close(self) -> None:
        """End the host."""
        if self._host is not None:
            self._host.close()
            self._host = None


def version_of(exercises: Sequence[Exercise]) -> str:
    """A mark of everything that decides about a grade: exercises, engine and judge."""
    digest = hashlib.sha256()
    utils = Path(__file__).resolve().parents[2]
    files = [utils / "sse.py"]
    for folder in ("exercises", "scripted", "grading/judge"):
        files += sorted((utils / folder).rglob("*.py"))
    for path in files:
        digest.update(path.relative_to(utils).as_posix().encode() + b"\0" + path.read_bytes())
    digest.update("".join(f"\0{e.id}" for e in exercises).encode())
    return digest.hexdigest()[:16]


def key_of(submission: Submission, version: str, seed: int, way: str) -> str:
    """What a grade is made from: the same key means the same grade."""
    given = f"{submission.digest}/{version}/{seed}/{way}"
    return hashlib.sha256(given.encode()).hexdigest()[:24]


def part_for(exercise: Exercise, parts: Sequence[SubmissionPart]) -> SubmissionPart | None:
    """The file of a submission to look into: it defines the function, best the chapter's own."""
    defining = [p for p in parts if p.cell_of(exercise.function) is not None]
    own = [
        part
        for part in defining
        if any(piece.startswith(exercise.chapter) for piece in Path(part.name).parts)
    ]
    return next(iter([*own, *defining]), None)


def grade(
    submission: Submission, exercises: Sequence[Exercise], seat: Seat, *, seed: int, key: str
) -> Grade:
    """Grade a submission. Raises HostGone or SandboxUnavailable if no sandbox can be opened."""
    started = time.monotonic()
    made = Grade(submission.name, submission.safe, key, [], list(submission.problems))
    made.files = [part.name for part in submission.parts]
    by_id: dict[str, Judgment] = {}
    groups: dict[int, list[Exercise]] = {}
    for exercise in exercises:
        part = part_for(exercise, submission.parts)
        if part is None:
            note = NOWHERE.format(function=exercise.function)
            by_id[exercise.id] = not_attempted(exercise, hidden=True, note=note)
        else:
            groups.setdefault(submission.parts.index(part), []).append(exercise)
    for number, group in groups.items():
        part = submission.parts[number]
        judgments, problems = _grade_part(part, group, seat, seed)
        by_id |= judgments
        if len(submission.parts) > 1:
            problems = [replace(p, text=f"{p.text} [{part.name}]") for p in problems]
        made.problems += problems
    made.judgments = [by_id[exercise.id] for exercise in exercises]
    made.seconds = time.monotonic() - started
    return made


def _grade_part(
    part: SubmissionPart, exercises: Sequence[Exercise], seat: Seat, seed: int
) -> tuple[dict[str, Judgment], list[Problem]]:
    player = SandboxPlayer(seat, part)
    try:
        with contextlib.suppress(Lost):  # the cases will say so
            player.prepare()
        judgments = {
            exercise.id: _syntax_error(exercise, part, player.problems)
            or judge(exercise, player, seed=seed, hidden=True)
            for exercise in exercises
        }
    finally:
        player.close()
    relevant = {part.cell_of(exercise.function) for exercise in exercises}
    unforeseen = [p for p in player.problems.values() if p.cell not in part.may_fail]
    return judgments, _in_order(unforeseen, relevant)


def _in_order(problems: Iterable[Problem], relevant: set[int | None]) -> list[Problem]:
    """Problems of cells that define a function first; requests of a lesson's cells as one."""
    ordered = sorted(problems, key=lambda p: (p.cell not in relevant, p.cell))
    lesson = [p for p in ordered if p.kind in NO_ANSWER and p.cell not in relevant]
    shown = [p for p in ordered if p not in lesson]
    if lesson:
        cells = ", ".join(str(p.cell) for p in lesson)
        many = f"s {cells} send requests" if len(lesson) > 1 else f" {cells} sends a request"
        shown.append(
            Problem(
                f"Cell{many} that no recording of the course answers, and the grader has no "
                "service. That costs no points: a function under test gets a client that answers."
            )
        )
    return shown


def _syntax_error(
    exercise: Exercise, part: SubmissionPart, problems: Mapping[int, Problem]
) -> Judgment | None:
    """The verdict on a function whose last cell does not compile, in the notebook's words."""
    cell = part.cell_of(exercise.function)
    problem = problems.get(cell) if cell is not None else None
    if problem is None or not problem.syntax:
        return None
    error = SyntaxError(problem.text, (part.name, problem.line, 0, problem.source))
    return not_compiled(exercise, error, hidden=True)
