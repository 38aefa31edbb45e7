"""The exercises in nbgrader and otter."""

from __future__ import annotations

import json
import os
import sys
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from utils.exercises import registry
from utils.grading.adapters import nbgrader, otter

from .classroom import ASK

SOLUTION = ASK.replace("    response =", "    ### BEGIN SOLUTION\n    response =").rstrip()
SOLUTION += "\n    ### END SOLUTION\n"
PARTLY = ASK.replace("developer", "system")


def cell(source: str, **metadata: Any) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{abs(hash(source)) % 10**8}",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def solutions() -> dict[str, Any]:
    cells = [
        cell("from utils.grading import check"),
        cell(SOLUTION, exercise="01.1"),
        cell('check("01.1", ask_shop)'),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": cells,
        "metadata": {"kernelspec": kernel},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


# -- nbgrader -------------------------------------------------------------------------------------


def test_an_assignment_knows_solution_and_test_cells():
    made = nbgrader.assignment(solutions())
    _, solution, check = (c["metadata"].get("nbgrader", {}) for c in made["cells"])
    assert solution["solution"]
    assert solution["grade_id"] == "solution-01-1"
    assert check["grade"]
    assert check["locked"]
    assert check["points"] == registry.get("01.1").max_score()
    assert made["cells"][2]["source"].endswith("verdict.score")


def test_a_notebook_without_exercises_is_refused():
    with pytest.raises(nbgrader.NoExercise, match="no exercise"):
        nbgrader.assignment({**solutions(), "cells": [cell("1 + 1")]})


@pytest.mark.filterwarnings("ignore:Object of type")
def test_nbgrader_gives_partial_credit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    api = pytest.importorskip("nbgrader.apps.api")
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    # nbgrader starts `alembic`, and the kernel is this Python with this course.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(nbgrader.__file__).resolve().parents[3]))
    config = Config()
    config.CourseDirectory.root = str(tmp_path)
    course = api.NbGraderAPI(CourseDirectory(config=config), config=config)
    source = tmp_path / "source" / "ps1" / "01.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(nbgrader.assignment(solutions())), encoding="utf-8")
    assert course.generate_assignment("ps1")["success"]
    released = json.loads((tmp_path / "release" / "ps1" / "01.ipynb").read_text("utf-8"))
    assert "".join(released["cells"][1]["source"]).count("NotImplementedError") == 1
    released["cells"][1]["source"] = PARTLY
    submitted = tmp_path / "submitted" / "ann" / "ps1" / "01.ipynb"
    submitted.parent.mkdir(parents=True)
    submitted.write_text(json.dumps(released), encoding="utf-8")
    result = course.autograde("ps1", "ann")
    assert result["success"], result
    with course.gradebook as gradebook:
        graded = gradebook.find_submission("ps1", "ann")
        assert graded.max_score == 3
        assert graded.score == 2


# -- otter ----------------------------------------------------------------------------------------


@dataclass
class Case:
    """What otter's decorator makes of a function."""

    function: Callable[[dict[str, Any]], None]
    name: str
    points: int
    hidden: bool
    failure_message: str | None = None


@pytest.fixture
def otter_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one name that a test file takes from otter."""
    module = types.ModuleType("otter.test_files")
    vars(module)["test_case"] = lambda **given: lambda function: Case(function, **given)
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", module)


def run_file(id: str, answer: str) -> list[tuple[str, int, str]]:
    """Name, points and complaint of each case in the generated file."""
    env: dict[str, Any] = {}
    exec(answer, env)
    names: dict[str, Any] = {}
    exec(otter.tests_of(id), names)
    assert names["OK_FORMAT"] is False
    cases = [value for value in names.values() if isinstance(value, Case)]
    assert names["points"] == sum(case.points for case in cases)
    found = []
    for case in cases:
        try:
            case.function(env)
            found.append((case.name, case.points, ""))
        except AssertionError as error:
            found.append((case.name, case.points, str(error)))
    return found


def test_otters_file_gives_points_for_each_case(otter_stands_in: None):
    assert all(not complaint for _, _, complaint in run_file("01.1", ASK))
    partly = run_file("01.1", PARTLY)
    assert sum(points for _, points, complaint in partly if not complaint) == 2
    assert any("has messages with the roles system, user" in c for _, _, c in partly)
    assert all("NotImplemented" not in complaint for _, _, complaint in partly)


def test_otters_file_says_when_nothing_was_written(otter_stands_in: None):
    complaints = [c for _, _, c in run_file("01.1", "")]
    assert complaints == ["There is no function named ask_shop yet."] * 3


def test_otter_runs_the_file(tmp_path: Path):
    otter_tests = pytest.importorskip("otter.test_files")
    path = tmp_path / f"{otter.name_of('01.1')}.py"
    path.write_text(otter.tests_of("01.1"), encoding="utf-8")
    env: dict[str, Any] = {}
    exec(PARTLY, env)
    made = otter_tests.ExceptionTestFile.from_file(str(path))
    made.run(env)
    assert made.score == 2
