"""What the site says about the whole course, and the links from its pages to cells."""

from __future__ import annotations

import json
from pathlib import Path

import lists
import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tests.site import sample


@pytest.fixture
def course(tmp_path: Path) -> lists.Course:
    sample.write_course(tmp_path)
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils" / "client.py").touch()
    return lists.Course.read(tmp_path)


def test_the_chapter_list_gives_title_time_and_exercises(course: lists.Course) -> None:
    made = lists.chapter_list(course)
    assert "[Sample chapter](chapters/98_sample.ipynb)" in made
    assert "20 minutes, 1 exercise<" in made
    assert sample.PHRASE in made


def test_chapters_come_in_the_order_of_their_numbers(course: lists.Course, tmp_path: Path) -> None:
    for stem in ("10_later", "02_sooner"):
        node = new_notebook(cells=[new_markdown_cell(f"# {stem}")])
        nbformat.write(node, tmp_path / "chapters" / f"{stem}.ipynb")
    again = lists.Course.read(tmp_path)
    stems = [notebook.chapter.stem for notebook in again.chapters]
    assert stems == ["02_sooner", "10_later", "98_sample"]


def test_the_navigation_has_no_empty_sections(tmp_path: Path) -> None:
    empty = lists.Course.read(tmp_path)
    names = [next(iter(section)) for section in lists.navigation(empty)]
    assert "Chapters" not in names
    assert "Home" in names


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("(coverage:98_sample/A1)", "(chapters/98_sample.ipynb#cell-id=ask)"),
        ("(cell:98_sample/error)", "(chapters/98_sample.ipynb#cell-id=error)"),
        ("(exercise:98.1)", "(chapters/98_sample.ipynb#cell-id=exercise)"),
    ],
)
def test_a_link_to_a_subject_leads_to_its_cell(
    link: str, target: str, course: lists.Course
) -> None:
    assert lists.fill_in(f"[x]{link}", course, "faq.md") == (f"[x]{target}", [])


def test_an_entry_about_a_chapter_that_is_not_there_is_left_out(course: lists.Course) -> None:
    source = "# FAQ\n\n## One\n\n[x](coverage:97_later/A1)\n\n## Two\n\n[x](cell:98_sample/ask)\n"
    made, problems = lists.fill_in(source, course, "faq.md")
    assert problems == []
    assert "## One" not in made
    assert "## Two" in made
    assert made.startswith("# FAQ\n")


@pytest.mark.parametrize(
    "link", ["(coverage:98_sample/Z9)", "(exercise:98.7)", "(cell:97_none/ask)"]
)
def test_a_link_to_a_missing_subject_is_reported(link: str, course: lists.Course) -> None:
    _, problems = lists.fill_in(f"[x]{link}", course, "faq.md")
    assert len(problems) == 1
    assert link in problems[0]


def test_an_unknown_list_is_reported(course: lists.Course) -> None:
    _, problems = lists.fill_in("<!-- course:nonsense -->", course, "faq.md")
    assert "nonsense" in problems[0]


def test_where_answers_come_from_is_the_recordings_own_header(course: lists.Course) -> None:
    made = lists.recordings_table(course)
    assert "[Sample chapter](chapters/98_sample.ipynb)" in made
    assert "<code>test-model</code>" in made
    assert "made up for tests" in made
    assert "2026-11-21 00:00 UTC" in made
    assert '<th scope="row">Answers</th><td>3</td>' in made


def test_a_recording_without_a_header_is_an_error(course: lists.Course) -> None:
    path = course.top / "recordings" / "97_bad.json"
    path.write_text(json.dumps({"format": 1}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"97_bad\.json"):
        lists.recordings_table(course)


def test_the_home_page_shows_the_first_request_with_its_answer(course: lists.Course) -> None:
    found = lists.first_request(course)
    assert found is not None
    page, chapter = found
    assert chapter.recordings == (sample.STEM,)
    (block,) = [b for b in page.blocks if "nb-cell" in b]
    assert "connect" in block
    assert sample.ANSWER in block
    assert "#" not in page.markdown.split("\n")[0]


def test_links_to_files_lead_to_the_repository_or_become_text(course: lists.Course) -> None:
    source = "See [the client](../utils/client.py), [it](other.ipynb) and [web](https://x.org)."
    uri = "chapters/98_sample.ipynb"
    linked = lists.link_to_repository(source, uri, course.top, "https://host/blob/main")
    assert "[the client](https://host/blob/main/utils/client.py)" in linked
    assert "[it](other.ipynb) and [web](https://x.org)" in linked
    assert "See the client, [it]" in lists.link_to_repository(source, uri, course.top, "")


def test_a_link_to_a_chapter_that_is_not_written_yet_is_text(course: lists.Course) -> None:
    source = "Next: [Tools](04_tools.ipynb#Top), not [this](04_tolls.ipynb)."
    made = lists.link_to_repository(source, "chapters/03_streaming.ipynb", course.top, "")
    assert made == "Next: Tools, not [this](04_tolls.ipynb)."


def test_hints_come_from_the_courses_exercises() -> None:
    assert lists.hints("98.1") == ()
