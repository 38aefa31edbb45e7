"""The verdict: play every case of an exercise through a player and say what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..scripted import SentRequest
from ..service_rules import deprecations, violations
from .model import (
    Case,
    Exercise,
    Missing,
    RaisedInstead,
    Run,
    TookTooLong,
    Wrong,
    count,
    short,
    short_message,
)
from .playing import Player, qualified

VerdictName = Literal["not attempted", "wrong", "partly right", "right", "raised", "too slow"]


@dataclass(frozen=True)
class CaseResult:
    """How one case went: `sentence` says what it is about, `message` why it failed.

    Cases that failed for the same reason have the same `cause`.
    """

    name: str
    sentence: str
    passed: bool
    points: int
    message: str = ""
    hint: str | None = None
    hidden: bool = False
    printed: str = ""
    cause: str = ""


@dataclass
class Judgment:
    """What came of an exercise.

    `note` is said below the case results, or in place of them (not attempted, a syntax error).
    """

    exercise: str
    function: str
    verdict: VerdictName
    score: int = 0
    max_score: int = 0
    cases: list[CaseResult] = field(default_factory=list)
    note: str = ""

    @property
    def text(self) -> str:
        """The verdict in words; the notebook's box and a class report show the same."""
        return "\n".join(line for _, line in self.lines())

    def lines(self) -> list[tuple[str, str]]:
        """Lines with their kind: `head`, `ok`, `no`, `why`, `hint`, `note`, `printed`."""
        head = f"Exercise {self.exercise} · {self.function}() · {self.verdict}"
        made = [("head", head)]
        if self.cases:
            made[0] = ("head", f"{head} · {self.score} of {self.max_score} points")
        said: set[str | None] = {None}
        for case in self.cases:
            about = f"{case.sentence} (hidden case)" if case.hidden else case.sentence
            made.append(("ok", f"  ok  {about}") if case.passed else ("no", f"  ✗   {about}"))
            if not case.passed:
                again = case.cause in said and case.cause
                why = "For the same reason as above." if again else sentence(case.message)
                made.append(("why", f"      {why}"))
                if case.hint not in said:
                    made.append(("hint", f"      Hint: {case.hint}"))
                said |= {case.cause, case.hint}
        if self.note:
            made += [("note", f"  {line}") for line in self.note.splitlines()]
        printed = next((c.printed for c in self.cases if not c.passed and c.printed.strip()), "")
        if printed:
            lines = printed.rstrip().splitlines()
            made.append(("note", "  Your function printed, in the first case that failed:"))
            made += [("printed", f"      {line[:160]}") for line in lines[:15]]
            if len(lines) > 15:
                made.append(("printed", f"      ... and {len(lines) - 15} more lines"))
        return made

    def to_plain(self) -> dict[str, Any]:
        """The judgment as JSON-able data."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Judgment:
        return cls(**{**plain, "cases": [CaseResult(**case) for case in plain["cases"]]})


def sentence(message: str) -> str:
    """The message as a sentence: a capital in front, unless it begins with a name, and a period."""
    first = message.partition(" ")[0]
    text = message if "_" in first or "=" in first else message[:1].upper() + message[1:]
    return text if text.endswith((".", "?", "!", "...", ")")) else text + "."


NOT_YET = "Fill in the function above, run its cell, then run this one again."


def not_attempted(exercise: Exercise, *, hidden: bool = False, note: str = NOT_YET) -> Judgment:
    """The judgment of a stub."""
    return Judgment(
        exercise.id,
        exercise.function,
        "not attempted",
        max_score=exercise.max_score(hidden=hidden),
        note=note,
    )


def not_compiled(exercise: Exercise, error: SyntaxError, *, hidden: bool = False) -> Judgment:
    """The judgment of a cell that has a syntax error, so that its function does not exist."""
    where = f"line {error.lineno}: {(error.text or '').strip()}".rstrip(": ")
    note = (
        f"Your cell has a syntax error, so Python did not run it: {error.msg} ({where}).\n"
        "Correct it and run the cell, then run this one again."
    )
    return Judgment(
        exercise.id,
        exercise.function,
        "raised",
        max_score=exercise.max_score(hidden=hidden),
        note=note,
    )


def first_failure(
    exercise: Exercise, player: Player, *, seed: int = 0, hidden: bool = False
) -> Wrong | None:
    """Play cases as `judge` does until one fails, and say why; None if all are met.

    Args:
        seed: As in `judge`.
        hidden: Play the hidden cases, in the place of the visible ones.
    """
    for case in exercise.cases:
        if case.hidden is hidden:
            problem = _play(exercise, case, Run(exercise, case, player, seed))
            if problem is not None:
                return problem
    return None


def judge(exercise: Exercise, player: Player, *, seed: int = 0, hidden: bool = False) -> Judgment:
    """Play the cases of `exercise` through `player`.

    Args:
        seed: Varies the values in the scenarios; the same seed gives the same values.
        hidden: Also play the hidden cases.
    """
    results: list[CaseResult] = []
    kinds: list[type[Wrong] | None] = []
    clocks: list[str] = []
    stopped = False
    for case in exercise.cases:
        if case.hidden and not hidden:
            continue
        if stopped:
            message = "not played, because an earlier case had to be stopped"
            results.append(_failed(case, Wrong(message)))
            kinds.append(Wrong)
            continue
        run = Run(exercise, case, player, seed)
        problem = _play(exercise, case, run)
        kinds.append(type(problem) if problem else None)
        stopped = isinstance(problem, TookTooLong)
        if isinstance(problem, Missing):
            return not_attempted(exercise, hidden=hidden, note=f"There is {_missing(exercise)}")
        if (
            isinstance(problem, RaisedInstead)
            and problem.failure.kinds[0] == qualified(NotImplementedError)  # and no subclass
            and not any(result.passed for result in results)
        ):
            return not_attempted(exercise, hidden=hidden)
        if problem is None:
            results.append(
                CaseResult(case.name, case.sentence, True, case.points, hidden=case.hidden)
            )
        else:
            printed = "".join(result.printed for result in run.results)
            results.append(_failed(case, problem, printed))
        clocks += [name for result in run.results for name in result.outcome.real_clocks]
    score = sum(result.points for result in results if result.passed)
    most = exercise.max_score(hidden=hidden)
    verdict: VerdictName = "wrong"
    if score == most:
        verdict = "right"
    elif score:
        verdict = "partly right"
    elif TookTooLong in kinds:
        verdict = "too slow"
    elif RaisedInstead in kinds:
        verdict = "raised"
    note = ""
    if clocks and verdict != "right":
        note = (
            f"Your code uses {' and '.join(dict.fromkeys(clocks))}: real time, which stands still "
            "while waits are simulated. Use time.monotonic()."
        )
    return Judgment(exercise.id, exercise.function, verdict, score, most, results, note)


def _missing(exercise: Exercise) -> str:
    return (
        f"no function named {exercise.function} yet. Run the cell above that defines it, then run "
        "this one again."
    )


def _play(exercise: Exercise, case: Case, run: Run) -> Wrong | None:
    try:
        case.function(run)
        for result in run.results:
            result.ended_as_expected()
            if exercise.live_rules:
                _acceptable(result.requests)
        return None
    except Wrong as problem:
        return problem
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        # What the function sent or returned has a shape the case did not foresee.
        for result in run.results:
            try:
                result.finished()
            except Wrong as problem:
                return problem
        return _unforeseen(run, error)


def _unforeseen(run: Run, error: Exception) -> Wrong:
    """What to say when a case cannot read what the function sent or returned."""
    sent = [request for result in run.results for request in result.requests]
    last = run.results[-1] if run.results else None
    where = f"it returned {short(last.outcome.value)}" if last else "nothing was played"
    if sent:
        where += f" after {count(len(sent), 'request')}"
    missing = ""
    if isinstance(error, KeyError):
        missing = f" (no {short(error.args[0] if error.args else '')} is where it should be)"
    return Wrong(f"{where}, and what it sent or returned does not have the expected shape{missing}")


def _acceptable(requests: list[SentRequest]) -> None:
    """Every request is one that the live default model takes, with nothing deprecated in it."""
    for request in requests:
        number = request.number + 1
        for violation in violations(request.path, request.json):
            said = f"{short_message(violation.refusal.message, 400)} {violation.rule.advice}"
            raise Wrong(
                f"the service would reject request {number}: {said.rstrip()}",
                cause=said,
                about_case=False,
            )
        for deprecation in deprecations(request.path, request.json):
            raise Wrong(f"in request {number}, {deprecation}", cause=str(deprecation))


def _failed(case: Case, problem: Wrong, printed: str = "") -> CaseResult:
    hint = problem.hint or (case.hint if problem.about_case else None)
    message, cause = str(problem), problem.cause
    return CaseResult(
        case.name, case.sentence, False, case.points, message, hint, case.hidden, printed, cause
    )
