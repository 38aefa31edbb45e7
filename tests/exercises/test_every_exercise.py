"""For every exercise: stub, solution, wrong answers, another right style, and its data.

The answers to `utils/exercises/ch03/measure.py` are in `ch03/answers_measure.py` beside this file.
Solutions come from the solutions notebook, and stubs from the builder of the chapters.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from utils.exercises import Exercise, LocalPlayer, every, judge
from utils.exercises import registry as registry_module
from utils.grading.solutions import defined, notebook_of, solution_cell, solution_source
from utils.grading.stub import is_stub
from utils.lint_command import exercise_cells
from utils.notebooks.build import without_solutions
from utils.notebooks.files import Course

HERE = Path(__file__).parent
EXERCISES = every()


def answers(exercise: Exercise) -> dict[str, Any]:
    """The marked functions of the exercise's answers file, by name."""
    file = HERE / f"ch{exercise.chapter}" / f"answers_{exercise.function}.py"
    if not file.exists():
        return {}
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {k: v for k, v in vars(module).items() if hasattr(v, "expected")}


ANSWERS = {exercise.id: answers(exercise) for exercise in EXERCISES}


@cache
def solution(exercise: str) -> tuple[str, Path]:
    """The cell of an exercise, markers included, and its notebook."""
    notebook = notebook_of(exercise)
    return solution_cell(exercise, notebook), notebook


def by_id(exercises: list[Exercise] = EXERCISES) -> Any:
    return pytest.mark.parametrize("exercise", exercises, ids=[e.id for e in exercises])


# -- data -----------------------------------------------------------------------------------------


@by_id()
def test_data_is_complete(exercise: Exercise):
    assert len(exercise.hints) >= 2
    assert exercise.covers, "it names no row of the coverage table"
    assert any(not case.hidden for case in exercise.cases)
    for case in exercise.cases:
        assert case.points >= 1
        assert case.sentence[0].islower()
        assert not case.sentence.endswith("."), case.sentence


@by_id()
def test_the_title_is_the_job_in_lower_case(exercise: Exercise):
    assert re.fullmatch(r"[a-z].*[^.!?]", exercise.title), exercise.title
    assert len(exercise.heading) <= 80, exercise.heading


def test_no_two_exercises_have_the_same_title_or_function():
    for name in ("title", "function"):
        counted = Counter(getattr(exercise, name) for exercise in EXERCISES)
        assert not [value for value, number in counted.items() if number > 1]


def test_every_file_with_answers_belongs_to_an_exercise():
    files = {path.relative_to(HERE).as_posix() for path in HERE.glob("ch*/*.py")}
    assert files == {f"ch{e.chapter}/answers_{e.function}.py" for e in EXERCISES}


def test_every_chapter_has_each_difficulty():
    for number in registry_module.chapters():
        levels = {e.difficulty for e in registry_module.of_chapter(number)}
        assert levels == {"easy", "medium", "stretch"}, f"chapter {number} has only {levels}"


# -- solutions ------------------------------------------------------------------------------------


@by_id()
def test_solution_stands_between_its_markers_in_the_solutions_notebook(exercise: Exercise):
    solution(exercise.id)


def test_cells_and_exercises_belong_together():
    cells = exercise_cells(Course())
    assert len(cells) == len(registry_module.every())
    assert registry_module.mismatches(cells) == []


@by_id()
def test_the_stub_that_is_built_is_not_attempted(exercise: Exercise):
    source, _ = without_solutions(solution(exercise.id)[0], exercise.id)
    stub = defined(exercise.id, exercise.function, source)
    if not is_stub(stub):
        judgment = judge(exercise, LocalPlayer(stub), hidden=True)
        assert judgment.verdict == "not attempted", judgment.text
        assert judgment.score == 0


@by_id()
def test_solution_is_right(exercise: Exercise, seeds: range):
    source = solution_source(solution(exercise.id)[0])
    player = LocalPlayer(defined(exercise.id, exercise.function, source))
    for seed in seeds:
        judgment = judge(exercise, player, seed=seed, hidden=True)
        assert judgment.verdict == "right", f"under seed {seed}: {judgment.text}"


# -- answers without a thought --------------------------------------------------------------------


def empty(*args: Any) -> Any:
    """An empty generator."""
    yield from ()


def returns(value: Any) -> Any:
    return lambda *args: value


def raises(error: BaseException) -> Any:
    def raising(*args: Any) -> Any:
        raise error

    return raising


CONSTANTS = ("text", "", 0, 1, 0.5, True, False, (), [], {}, ["text"], {"text": ""})
EXCEPTIONS = (ValueError, KeyError, TypeError, RuntimeError, TimeoutError, Exception)
THOUGHTLESS = {
    "empty": empty,
    **{f"returns {value!r}": returns(value) for value in CONSTANTS},
    **{f"raises {kind.__name__}": raises(kind("oops")) for kind in EXCEPTIONS},
}


@by_id()
def test_a_constant_or_an_exception_earns_nothing(exercise: Exercise):
    earned = {}
    for name, function in THOUGHTLESS.items():
        judgment = judge(exercise, LocalPlayer(as_expected(exercise, function)), hidden=True)
        if judgment.score:
            earned[name] = [case.name for case in judgment.cases if case.passed]
    assert not earned, f"{exercise.id} needs an anchor in these cases: {earned}"


def as_expected(exercise: Exercise, function: Any) -> Any:
    """The function as a coroutine function, where the exercise asks for one."""
    if not exercise.asynchronous:
        return function

    async def asynchronous(*args: Any) -> Any:
        return function(*args)

    return asynchronous


# -- other answers --------------------------------------------------------------------------------


@by_id()
def test_there_are_three_wrong_answers_and_another_right_one(exercise: Exercise):
    verdicts = Counter(f.expected.verdict == "right" for f in ANSWERS[exercise.id].values())
    assert verdicts[False] >= 3, f"{exercise.id} has {verdicts[False]} wrong answers"
    assert verdicts[True] >= 1, f"{exercise.id} has no right answer in another style"


CASES = [
    pytest.param(exercise, function, id=f"{exercise.id}-{name}")
    for exercise in EXERCISES
    for name, function in ANSWERS[exercise.id].items()
]


@pytest.mark.parametrize(("exercise", "function"), CASES)
def test_answer_gets_its_verdict(
    exercise: Exercise, function: Any, seeds: range, monkeypatch: pytest.MonkeyPatch
):
    if function.expected.verdict == "too slow":
        monkeypatch.setattr(exercise, "seconds", 0.3)
    for seed in seeds:
        judgment = judge(exercise, LocalPlayer(function), seed=seed, hidden=True)
        told = f"under seed {seed}: {judgment.text}"
        assert judgment.verdict == function.expected.verdict, told
        assert function.expected.phrase in judgment.text, told
        if judgment.verdict != "right":
            assert judgment.score < judgment.max_score


@by_id()
def test_values_vary_so_that_an_answer_cannot_be_typed_in(exercise: Exercise):
    """What the right answer sends and returns in one run is not what it does in every run."""
    right = next(f for f in ANSWERS[exercise.id].values() if f.expected.verdict == "right")
    seen = set()
    for seed in range(6):
        player = LocalPlayer(right)
        log: list[Any] = []
        play = player.play

        def keep(call: Any, api: Any, play: Any = play, log: list[Any] = log) -> Any:
            outcome = play(call, api)
            log.append((call.to_plain(), [r.text() for r in api.requests], repr(outcome.value)))
            return outcome

        player.play = keep  # type: ignore[method-assign]
        assert judge(exercise, player, seed=seed, hidden=True).verdict == "right"
        seen.add(repr(log))
    assert len(seen) >= 4, "the scenarios hardly vary"
