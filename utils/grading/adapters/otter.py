"""Test files for otter-grader: one test case for each case of an exercise.

```python
text = tests_of("01.2")
assert text.count("@test_case(") >= 2
```

Written to `tests/q01_2.py`, this is a file of tests for otter.

In the notebook of the assignment `grader.check("q01_2")` then shows each case by name, with its
points and its hint. Learners and the grading machine need the course installed.

Source: otter-grader.readthedocs.io, "Test files", the format based on exceptions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...exercises import LocalPlayer, judge, registry
from ...exercises.judging import sentence


def tests_of(id: str) -> str:
    """The text of otter's test file for an exercise. Raises UnknownExercise."""
    exercise = registry.get(id)
    lines = [
        f'"""Exercise {id}, {exercise.function}(). Made from the course; do not edit."""',
        "",
        "from otter.test_files import test_case",
        "from utils.grading.adapters.otter import play_case",
        "",
        "OK_FORMAT = False",
        "",
        f"name = {name_of(id)!r}",
        f"points = {exercise.max_score(hidden=True)}",
    ]
    for number, case in enumerate(exercise.cases):
        given = {"name": case.sentence, "points": case.points, "hidden": case.hidden}
        if case.hint:
            given["failure_message"] = f"Hint: {case.hint}"
        arguments = ", ".join(f"{key}={value!r}" for key, value in given.items())
        lines += [
            "",
            "",
            f"@test_case({arguments})",
            f"def case_{number + 1}(env):",
            f"    play_case({id!r}, {number}, env.get({exercise.function!r}))",
        ]
    return "\n".join(lines) + "\n"


def name_of(id: str) -> str:
    """The question's name in otter: `q01_2`."""
    return f"q{id.replace('.', '_')}"


def play_case(id: str, number: int, function: Callable[..., Any] | None) -> None:
    """Play one case of an exercise, numbered from 0.

    Raises AssertionError with the sentence that the course's own check would show.
    """
    exercise = registry.get(id)
    if function is None:
        raise AssertionError(f"There is no function named {exercise.function} yet.")
    judgment = judge(
        replace(exercise, cases=[exercise.cases[number]]), LocalPlayer(function), hidden=True
    )
    if judgment.verdict == "right":
        return
    if judgment.cases:
        raise AssertionError(sentence(judgment.cases[0].message))
    raise AssertionError(judgment.note)
