"""For every exercise: stub, solution, wrong answers, another right style, and its data.

Answers are in `chNN/ex_NN_MM.py` beside this file. Solutions come from the solutions notebook.
"""

from __future__ import annotations

import ast
import importlib.util
import linecache
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from exercise_answers import CHAT_MODEL

from utils.exercises import Exercise, LocalPlayer, every, judge
from utils.exercises import registry as registry_module
from utils.grading.solutions import notebook_of, solution_cell, solution_source, stub_source
from utils.grading.stub import is_stub

HERE = Path(__file__).parent
EXERCISES = every()
SEEDS = (0, 1, 2)


def answers(exercise: Exercise) -> dict[str, Any]:
    """The marked functions of the exercise's answers file, by name."""
    chapter, _, number = exercise.id.partition(".")
    file = HERE / f"ch{chapter}" / f"ex_{chapter}_{int(number):02}.py"
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
def imports(notebook: Path) -> str:
    """The import statements of a notebook's code cells, without those of the course itself."""
    import json

    lines = []
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell["source"])
        try:
            statements = ast.parse(source).body
        except SyntaxError:  # a magic command, or a cell that shows an error
            continue
        for node in statements:
            own = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("utils")
            if isinstance(node, ast.Import | ast.ImportFrom) and not own:
                lines.append(ast.unparse(node))
    return "\n".join(dict.fromkeys(lines))


def defined(exercise: Exercise, source: str) -> Any:
    """The exercise's function from a cell of the solutions notebook."""
    name = f"<exercise {exercise.id}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"CHAT_MODEL": CHAT_MODEL, "EMBED_MODEL": "simulated-embeddings"}
    exec(imports(notebook_of(exercise.id)), namespace)
    exec(compile(source, name, "exec", dont_inherit=True), namespace)
    assert exercise.function in namespace, f"the cell does not define {exercise.function}"
    return namespace[exercise.function]


def by_id(exercises: list[Exercise] = EXERCISES) -> Any:
    return pytest.mark.parametrize("exercise", exercises, ids=[e.id for e in exercises])


# -- data -----------------------------------------------------------------------------------------


@by_id()
def test_data_is_complete(exercise: Exercise):
    assert exercise.points == exercise.max_score(hidden=True), "points and cases differ"
    assert len(exercise.hints) >= 2
    assert exercise.covers, "it names no row of the coverage table"
    assert exercise.title
    assert any(not case.hidden for case in exercise.cases)
    for case in exercise.cases:
        assert case.points >= 1
        assert case.name[0].islower()
        assert not case.name.endswith("."), case.name


def test_every_id_is_defined_once():
    ids = Counter()
    for number in registry_module.chapters():
        file = Path(registry_module.__file__).with_name(f"ch{number}.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Exercise":
                ids.update(k.value.value for k in node.keywords if k.arg == "id")  # type: ignore[attr-defined]
    twice = [id for id, count in ids.items() if count > 1]
    assert not twice, f"defined twice: {twice}"
    assert sorted(ids) == sorted(e.id for e in EXERCISES)


def test_every_chapter_has_each_difficulty():
    for number in registry_module.chapters():
        levels = {e.difficulty for e in registry_module.of_chapter(number)}
        assert levels == {"easy", "medium", "stretch"}, f"chapter {number} has only {levels}"


# -- solutions ------------------------------------------------------------------------------------


@by_id()
def test_solution_stands_between_its_markers_in_the_solutions_notebook(exercise: Exercise):
    solution_cell(exercise.id, notebook_of(exercise.id))


@by_id()
def test_stub_is_not_attempted(exercise: Exercise):
    stub = defined(exercise, stub_source(solution_cell(exercise.id, notebook_of(exercise.id))))
    if not is_stub(stub):
        judgment = judge(exercise, LocalPlayer(stub), hidden=True)
        assert judgment.verdict == "not attempted", judgment.text
        assert judgment.score == 0


@by_id()
@pytest.mark.parametrize("seed", SEEDS)
def test_solution_is_right(exercise: Exercise, seed: int):
    source = solution_source(solution_cell(exercise.id, notebook_of(exercise.id)))
    judgment = judge(exercise, LocalPlayer(defined(exercise, source)), seed=seed, hidden=True)
    assert judgment.verdict == "right", judgment.text


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
def test_answer_gets_its_verdict(exercise: Exercise, function: Any, monkeypatch):
    if function.expected.verdict == "too slow":
        monkeypatch.setattr(exercise, "seconds", 0.3)
    for seed in SEEDS:
        judgment = judge(exercise, LocalPlayer(function), seed=seed, hidden=True)
        assert judgment.verdict == function.expected.verdict, judgment.text
        assert function.expected.phrase in judgment.text, judgment.text
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
