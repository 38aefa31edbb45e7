"""Every notebook obeys the rules of `utils.notebooks.lint`, and the course covers its subjects."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

from tests.gates.gathered import COURSE, IDS, NOTEBOOKS, named
from utils.exercises import registry
from utils.notebooks.build import out_of_date
from utils.notebooks.coverage import as_text, practised, table, unknown, unpractised
from utils.notebooks.files import notebooks_in, open_notebook
from utils.notebooks.lint import IGNORED, check


def test_there_are_notebooks() -> None:
    assert IDS


def test_the_syllabus_and_the_folders_name_the_same_lessons() -> None:
    assert sorted(notebooks_in(COURSE.chapters)) == sorted(IDS)
    assert sorted(notebooks_in(COURSE.solutions)) == sorted(IDS)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_obeys_the_rules(path: Path) -> None:
    id = COURSE.id_of(path)
    promised = COURSE.syllabus.lesson(id).coverage
    complaints = check(open_notebook(path).notebook, id, IGNORED, promised=promised)
    assert not complaints, "\n".join(map(str, complaints))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_notebook_is_valid_for_nbgrader(path: Path) -> None:
    MetadataValidatorV3().validate_nb(open_notebook(path).notebook)


@pytest.mark.parametrize("id", IDS)
def test_a_lesson_is_what_its_solution_gives(id: str) -> None:
    assert out_of_date(COURSE, id) is None


@pytest.mark.parametrize("id", IDS)
def test_a_lesson_does_not_give_the_solution_away(id: str) -> None:
    learners = open_notebook(COURSE.lesson(id)).notebook
    assert not [cell.id for cell in learners.cells if "SOLUTION" in cell.source]
    assert not [cell.id for cell in learners.cells if "solution" in cell.metadata.get("tags", [])]


def test_the_list_of_ignored_cells_names_cells_that_exist() -> None:
    cells = {
        f"{COURSE.id_of(path)}#{cell.id}"
        for path in NOTEBOOKS
        for cell in open_notebook(path).notebook.cells
    }
    assert not set(IGNORED) - cells
    assert all(IGNORED.values()), "each has a reason"


ROWS = table({id: open_notebook(COURSE.solution(id)).notebook for id in IDS})
EXERCISES = practised(registry.every())


def test_the_subjects_that_cells_claim_exist(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{as_text(ROWS, EXERCISES)}")
    assert ROWS
    assert unknown(ROWS) == []


def test_a_subject_that_an_exercise_practises_is_shown_by_a_cell() -> None:
    assert set(EXERCISES) <= {row.subject for row in ROWS}


def test_a_subject_that_a_cell_shows_is_practised() -> None:
    assert unpractised(ROWS, EXERCISES) == []
