"""`check`, `hint`, `solution` and `progress`: what a learner calls in a notebook."""

from __future__ import annotations

import builtins
import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx2
import openai

from ..exercises import registry
from ..exercises.judging import Judgment, judge, not_attempted, not_compiled
from ..exercises.model import Exercise
from ..exercises.playing import LocalPlayer
from . import cells
from .box import Line, Tone, box
from .dashboard import Dashboard
from .solutions import SolutionMissing, notebook_of, solution_cell, solution_source
from .store import ProgressStore, ProgressUnavailable, Record
from .stub import is_stub

_hints: Counter[str] = Counter()
_attempted: set[str] = set()
_warm = False

_NEEDED = [
    (owner, name, getattr(owner, name))
    for owner, names in (
        (openai, ("OpenAI", "AsyncOpenAI")),
        (httpx2, ("Client", "AsyncClient", "Response", "Request")),
        (json, ("dumps", "loads")),
        (time, ("sleep", "monotonic", "perf_counter", "time")),
        (builtins, ("len", "str", "list", "dict", "isinstance", "getattr", "type", "open")),
    )
    for name in names
]
"""What a check cannot do without, as it was when the course was imported."""


class Notice:
    """Lines for the notebook: a box in JupyterLab, the same words as plain text."""

    def __init__(self, lines: Sequence[Line], tone: Tone) -> None:
        self.lines = list(lines)
        self.tone: Tone = tone

    @property
    def text(self) -> str:
        """The words."""
        return "\n".join(line for _, line in self.lines)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return box(self.lines, self.tone)


class Verdict(Notice):
    """What `check` says: the judgment, what helps further, and what a class is graded on besides.

    Attributes:
        verdict: `not attempted`, `wrong`, `partly right`, `right`, `raised` or `too slow`.
        score: Points earned.
        max_score: Points to earn.
        judgment: All of it as data.
    """

    def __init__(self, judgment: Judgment, note: str = "", hidden: int = 0) -> None:
        lines = judgment.lines()
        if judgment.verdict not in ("right", "not attempted"):
            id = judgment.exercise
            lines.append(
                ("note", f'  hint("{id}") gives a hint, solution("{id}") shows a solution.')
            )
        if hidden and judgment.cases:
            more = f"{hidden} more variation{'s' * (hidden > 1)}"
            lines.append(("note", f"  A class is graded on {more} of these cases."))
        if note:
            lines.append(("note", f"  {note}"))
        super().__init__(lines, _TONES.get(judgment.verdict, "wrong"))
        self.judgment = judgment
        self.verdict = judgment.verdict
        self.score = judgment.score
        self.max_score = judgment.max_score


_TONES: dict[str, Tone] = {"right": "right", "partly right": "partly", "not attempted": "open"}


def check(id: str, function: Callable[..., Any] | None = None) -> Verdict:
    """Play the exercise's scenarios to your function and say what it did.

    Args:
        id: The exercise, such as `"01.2"`.
        function: Your function. Without it, the notebook's function of the exercise's name.

    Raises:
        UnknownExercise: There is no such exercise.
        TypeError: `function` is not a function.
    """
    exercise = registry.get(id)
    if function is not None and not callable(function):
        raise TypeError(
            f"check({id!r}, ...) takes the function {exercise.function} itself, without calling "
            f"it: check({id!r}, {exercise.function})"
        )
    broken = cells.syntax_error(exercise.function)
    if broken is not None:
        return Verdict(not_compiled(exercise, broken))
    function = function or cells.find_function(exercise.function)
    if function is None:
        return Verdict(not_attempted(exercise, note=_not_defined(exercise)))
    if is_stub(function):
        return Verdict(not_attempted(exercise))
    try:
        _warm_up()
        judgment = judge(exercise, LocalPlayer(function))
    except Exception as error:  # never the learner's own: `judge` tells that as a verdict
        judgment = _broken_kernel(exercise, error)
    if overwritten := _overwritten():
        judgment = _broken_kernel(exercise, overwritten)
    if judgment.verdict == "not attempted":
        return Verdict(judgment)
    _attempted.add(id)
    note = ""
    try:
        ProgressStore().attempted(judgment)
    except (ProgressUnavailable, OSError) as error:
        note = f"(Your progress was not saved: {error})"
    return Verdict(judgment, note, sum(case.hidden for case in exercise.cases))


def _overwritten() -> str:
    """A function that everything here needs, and that a cell has overwritten; empty if none is."""
    for owner, name, real in _NEEDED:
        if getattr(owner, name, None) is not real and not callable(getattr(owner, name, None)):
            return f"{owner.__name__}.{name} has been overwritten"
    return ""


def _broken_kernel(exercise: Exercise, why: object) -> Judgment:
    """The judgment of a function that cannot be judged, for a reason that is not in it."""
    said = why if isinstance(why, str) else f"{type(why).__name__}: {why}"
    note = (
        f"Your function could not be checked: something in this kernel is broken ({said}).\n"
        "Restart the kernel, run the cells again from the top, then run this one."
    )
    return replace(not_attempted(exercise), note=note)


def _warm_up() -> None:
    """Load what the SDK loads with its first request, outside the time limit."""
    global _warm
    if not _warm:
        from ..scripted import ScriptedAPI, says

        client = ScriptedAPI([says("ready"), says("ready")]).client()
        client.chat.completions.create(model="m", messages=[{"role": "user", "content": "?"}])
        client.responses.create(model="m", input="?")
        _warm = True


def _not_defined(exercise: Exercise) -> str:
    return (
        f"There is no function named {exercise.function} yet. Fill in the cell above and run it, "
        "then run this one again."
    )


def hint(id: str) -> Notice:
    """The next hint for an exercise; after the last, the last one again.

    Raises UnknownExercise.
    """
    exercise = registry.get(id)
    number = min(_hints[id] + 1, len(exercise.hints))
    _hints[id] = number
    lines: list[Line] = [
        ("head", f"Exercise {id} · {exercise.function}() · hint {number} of {len(exercise.hints)}"),
        ("note", f"  {exercise.hints[number - 1]}"),
    ]
    if number == len(exercise.hints):
        lines.append(
            ("note", f"  This was the last hint. After a try, solution({id!r}) shows one.")
        )
    try:
        ProgressStore().hinted(id, number)
    except (ProgressUnavailable, OSError) as error:
        lines.append(("note", f"  (Your progress was not saved: {error})"))
    return Notice(lines, "open")


def solution(id: str) -> Notice:
    """The solution of an exercise, once you have tried it. Raises UnknownExercise."""
    exercise = registry.get(id)
    store: ProgressStore | None = None
    tried = id in _attempted
    lines: list[Line] = [("head", f"Exercise {id} · {exercise.function}() · solution")]
    try:
        store = ProgressStore()
        tried = tried or store.records().get(id, Record()).attempts > 0
    except (ProgressUnavailable, OSError) as error:
        lines.append(("note", f"  ({error})"))
    if not tried:
        lines.append(
            (
                "note",
                f"  Try first: fill in {exercise.function}() and run check({id!r}, "
                f"{exercise.function}). hint({id!r}) gives a hint.",
            )
        )
        return Notice(lines, "open")
    try:
        source = solution_source(solution_cell(id, notebook_of(id)))
    except SolutionMissing as error:
        lines.append(("note", f"  The solution cannot be shown: {error}."))
        return Notice(lines, "open")
    lines += [("code", line) for line in source.rstrip().splitlines()]
    if store is not None:
        try:
            store.solved(id)
        except (ProgressUnavailable, OSError) as error:
            lines.append(("note", f"  (Your progress was not saved: {error})"))
    return Notice(lines, "open")


def progress() -> Dashboard:
    """Where you stand in every chapter: done, tried, open."""
    note = ""
    records: dict[str, Record] = {}
    try:
        records = ProgressStore().records()
    except (ProgressUnavailable, OSError) as error:
        note = str(error)
    return Dashboard(registry.every(), records, note)
