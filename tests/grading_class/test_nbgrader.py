"""The exercises in nbgrader."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from utils import nbgrader_command
from utils.exercises import registry
from utils.grading import nbgrader
from utils.nbgrader_command import write_assignments
from utils.notebooks.files import Course, NotebookError

from .classroom import ASK

Captured = pytest.CaptureFixture[str]

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
    from nbgrader.apps import api
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    # nbgrader starts `alembic`, and the kernel is this Python with this course.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(nbgrader.__file__).resolve().parents[2]))
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
        assert graded.max_score == registry.get("01.1").max_score()
        assert 0 < float(graded.score or 0) < registry.get("01.1").max_score()


# -- the command ----------------------------------------------------------------------------------


def test_lessons_with_exercises_are_written(tmp_path: Path):
    written = write_assignments(Course(), ["00", "01a"], tmp_path / "source" / "ps1")
    assert [path.name for path in written] == ["01_requests_a_first_request.ipynb"]
    made = json.loads(written[0].read_text("utf-8"))
    graded = [c for c in made["cells"] if c["metadata"].get("nbgrader", {}).get("grade")]
    assert [c["metadata"]["nbgrader"]["grade_id"] for c in graded] == ["check-01-1", "check-01-2"]


@pytest.mark.parametrize(
    ("lesson", "message"),
    [("00", "No lesson of 00 has an exercise."), ("99", "There is no lesson '99'")],
)
def test_a_wrong_choice_says_so(lesson: str, message: str, tmp_path: Path, capsys: Captured):
    parser = argparse.ArgumentParser()
    nbgrader_command.add_arguments(parser)
    assert nbgrader_command.run(parser.parse_args([lesson, "--to", str(tmp_path)])) == 1
    assert message in capsys.readouterr().err


def test_what_is_there_stays(tmp_path: Path):
    (tmp_path / "01_requests_a_first_request.ipynb").write_text("mine")
    with pytest.raises(NotebookError, match="is there already"):
        write_assignments(Course(), ["01"], tmp_path)
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
