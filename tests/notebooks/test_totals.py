"""What the course holds is counted, and the README says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebooks.samples import CHAPTER, code, write_recording, write_solution
from utils.notebooks.files import Course, NotebookError
from utils.notebooks.totals import (
    END,
    START,
    block,
    count,
    refresh,
    with_block,
    wrong_answers,
)

ANSWERS = """
@wrong("wrong", "it forgets the model")
def forgets(client): ...

@right
def other_style(client): ...

@wrong("raised", "KeyError")
async def breaks(client): ...
"""


def test_the_readme_says_what_the_course_holds() -> None:
    course = Course()
    text = (course.root / "README.md").read_text("utf-8")
    assert with_block(text, block(course, count(course))) == text, "run `course build`"


def test_the_course_is_not_empty() -> None:
    totals = count()
    assert totals.wrong_answers >= 3 * totals.exercises > 0
    assert totals.recorded_answers > totals.chapters > 0


def test_cells_subjects_and_answers_are_counted(course: Course) -> None:
    cells = [code("one", "1", coverage=["A1", "Z9"]), code("two", "2", coverage=["A1", "B1"])]
    write_solution(course, *cells)
    write_recording(course, ("Say hello.", "Hello!"))
    totals = count(course)
    assert (totals.chapters, totals.lessons, totals.code_cells, totals.subjects) == (1, 1, 2, 2)
    assert totals.recorded_answers == 1
    assert "     2  subjects of 39" in str(totals)


def test_only_answers_marked_as_wrong_are_counted(tmp_path: Path) -> None:
    (tmp_path / "ch01").mkdir()
    (tmp_path / "ch01" / "answers_ask_shop.py").write_text(ANSWERS, "utf-8")
    (tmp_path / "ch01" / "helper.py").write_text(ANSWERS, "utf-8")
    assert wrong_answers(tmp_path) == 2


def test_the_readme_is_brought_up_to_date_once(course: Course) -> None:
    readme = course.root / "README.md"
    readme.write_text(f"# Course\n\n{START}\nold\n{END}\n\nThe rest.\n", "utf-8")
    write_solution(course, code("one", "1"))
    assert refresh(course)
    text = readme.read_text("utf-8")
    assert "old" not in text
    assert f"(chapters/{CHAPTER}.ipynb)" in text
    assert text.endswith("The rest.\n")
    assert not refresh(course)


def test_a_readme_without_its_markers_is_left_alone(course: Course) -> None:
    (course.root / "README.md").write_text("# Mine\n", "utf-8")
    write_solution(course, code("one", "1"))
    with pytest.raises(NotebookError, match="put them back"):
        refresh(course)
    assert (course.root / "README.md").read_text("utf-8") == "# Mine\n"
