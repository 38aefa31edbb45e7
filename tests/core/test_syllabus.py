"""The syllabus is read with care, and names every lesson in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.notebooks.samples import code, syllabus, write_solution
from utils.notebooks.files import Course, NotebookError
from utils.syllabus import SyllabusError, load, suggestion

A, B, FLAT = "01_requests/a_first", "01_requests/b_second", "02_conversations"
CHAPTER = '[[chapter]]\nid = "01_requests"\ntitle = "Requests"\nsummary = "About requests."\n'
LESSON = '[[chapter.lesson]]\nid = "a_first"\ntitle = "First"\nsummary = "A first request."\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    later = CHAPTER.replace("01_requests", "03_streaming")
    (tmp_path / "syllabus.toml").write_text(syllabus(A, B, FLAT) + later, "utf-8")
    return tmp_path


def test_lessons_come_in_order_with_their_numbers(root: Path) -> None:
    found = load(root)
    assert found.ids == (A, B, FLAT)
    assert [lesson.number for lesson in found.lessons] == ["01a", "01b", "02"]
    assert [lesson.flat for lesson in found.lessons] == [False, False, True]
    assert [chapter.id for chapter in found.chapters if not chapter.lessons] == ["03_streaming"]


def test_the_next_lesson_crosses_chapters_and_ends(root: Path) -> None:
    found = load(root)
    after = [lesson.id if (lesson := found.after(id)) else None for id in found.ids]
    assert after == [B, FLAT, None]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["01a"], [A]),
        (["1"], [A, B]),
        (["01_requests"], [A, B]),
        (["2", B], [B, FLAT]),
        (["chapters/01_requests/b_second.ipynb"], [B]),
        (["recordings\\\\02_conversations.json"], [FLAT]),
        ([], [A, B, FLAT]),
    ],
)
def test_lessons_are_chosen_by_id_number_and_path(
    root: Path, wanted: list[str], found: list[str]
) -> None:
    assert load(root).select(wanted) == found


@pytest.mark.parametrize("wanted", ["3", "03_streaming", "9", "a_first", ""])
def test_what_matches_no_lesson_is_an_error(root: Path, wanted: str) -> None:
    with pytest.raises(SyllabusError, match="There is no lesson"):
        load(root).select([wanted])


def test_a_wrong_id_gets_a_suggestion() -> None:
    assert "divided into lessons: 01_requests/a_first, " in suggestion("01_requests", [A, B])
    assert "Did you mean '01_requests/a_first'?" in suggestion("01_requests/a_frist", [A, B])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[[chapter", "not valid TOML"),
        ("[chapters]\nx = 1\n", r"consists of \[\[chapter\]\] tables"),
        (CHAPTER.replace("01_requests", "requests"), "is not an id like 01_requests"),
        (CHAPTER.replace("title", "name"), r"chapter 1 \(01_requests\) has an unknown key 'name'"),
        (CHAPTER.replace("Requests", " "), "has no title"),
        (CHAPTER * 2, "twice"),
        (CHAPTER.replace("01_", "02_") + CHAPTER, "chapter 01 follows chapter 02"),
        (CHAPTER + "flat = true\n" + LESSON, "is flat and has lessons"),
        (CHAPTER + 'coverage = ["A1"]\n', "belong to a flat chapter"),
        (CHAPTER + LESSON.replace("a_first", "first"), "is not an id like a_first_request"),
        (CHAPTER + LESSON.replace("a_first", "b_first"), "its lessons begin with b"),
        (CHAPTER + LESSON * 2, "its lessons begin with a, a"),
        (CHAPTER + LESSON + 'coverage = "A1"\n', "`coverage` is a list"),
        (CHAPTER + LESSON + "minutes = 5\n", r"lesson 1 \(a_first\) has an unknown key 'minutes'"),
    ],
)
def test_an_entry_that_cannot_be_used_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "syllabus.toml").write_text(content, "utf-8")
    with pytest.raises(SyllabusError, match=said):
        load(tmp_path)


def test_a_missing_syllabus_says_how_to_get_it_back(tmp_path: Path) -> None:
    with pytest.raises(SyllabusError, match=r"git checkout -- syllabus\.toml"):
        load(tmp_path)


def test_a_changed_syllabus_is_read_again(root: Path) -> None:
    assert len(load(root).lessons) == 3
    (root / "syllabus.toml").write_text(CHAPTER + LESSON, "utf-8")
    assert load(root).ids == (A,)


def test_a_lesson_without_a_notebook_and_a_notebook_without_a_lesson_are_named(root: Path) -> None:
    course = Course(root)
    for id in (A, FLAT):
        write_solution(course, code("one", "1"), name=id)
    with pytest.raises(NotebookError, match=f"names the lesson {B}, but there is no solutions/"):
        course.ids()
    for id in (B, "01_requests/c_third"):
        path = course.solution(id)
        path.write_bytes(course.solution(A).read_bytes())
    with pytest.raises(NotebookError, match=r"solutions/01_requests/c_third\.ipynb is not in"):
        course.ids()
    course.solution("01_requests/c_third").unlink()
    assert course.ids() == [A, B, FLAT]


def test_a_notebook_from_before_its_chapter_was_divided_is_found(root: Path) -> None:
    course = Course(root)
    for name in ("01_requests", "01_requests.yours-1", FLAT, f"{FLAT}.yours-1", "my_notes"):
        path = course.chapters / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    names = [path.name for path in course.strays()]
    assert names == ["01_requests.ipynb", "01_requests.yours-1.ipynb"]
