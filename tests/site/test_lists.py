"""What the site says about the whole contents, and the links from its pages to cells."""

from __future__ import annotations

import json
from pathlib import Path

import lists
import nbformat
import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from tests.notebooks.samples import syllabus
from tests.site import sample
from utils.settings import ROOT


@pytest.fixture
def contents(tmp_path: Path) -> lists.Contents:
    sample.write_course(tmp_path)
    (tmp_path / "utils").mkdir()
    (tmp_path / "utils" / "client.py").touch()
    return lists.Contents.read(tmp_path)


def test_the_chapter_list_gives_title_time_and_exercises(contents: lists.Contents) -> None:
    made = lists.lesson_list(contents)
    assert "[98 · Sample chapter](chapters/98_sample.ipynb)" in made
    assert "20 minutes, 1 exercise<" in made
    assert sample.PHRASE in made


def test_lessons_come_in_the_order_of_the_syllabus(
    contents: lists.Contents, tmp_path: Path
) -> None:
    ids = ["02_sooner/a_first", "02_sooner/b_second", "10_later"]
    for id in reversed(ids):
        node = new_notebook(cells=[new_markdown_cell(f"# {id}")])
        path = tmp_path / "chapters" / f"{id}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(node, path)
    (tmp_path / "syllabus.toml").write_text(syllabus(*ids, sample.STEM), "utf-8")
    again = lists.Contents.read(tmp_path)
    assert [notebook.outline.id for notebook in again.lessons] == [*ids, sample.STEM]
    assert lists.navigation(again)[1] == {
        "Lessons": [
            {
                "02 · Sooner": [
                    "chapters/02_sooner/a_first.ipynb",
                    "chapters/02_sooner/b_second.ipynb",
                ]
            },
            "chapters/10_later.ipynb",
            "chapters/98_sample.ipynb",
        ]
    }


def test_the_navigation_has_no_empty_sections(tmp_path: Path) -> None:
    (tmp_path / "syllabus.toml").touch()
    empty = lists.Contents.read(tmp_path)
    names = [next(iter(section)) for section in lists.navigation(empty)]
    assert "Lessons" not in names
    assert "Home" in names


def test_no_two_sections_of_the_navigation_share_a_name() -> None:
    sections = lists.navigation(lists.Contents.read(ROOT))
    names = [next(iter(section)) for section in sections]
    for entries in (next(iter(section.values())) for section in sections):
        names += [next(iter(entry)) for entry in entries if isinstance(entry, dict)]
    assert "01 · Requests and answers: solutions" in names
    assert sorted(names) == sorted(set(names))


def test_the_navigation_has_every_page_for_contributors(tmp_path: Path) -> None:
    (tmp_path / "syllabus.toml").touch()
    sections = lists.navigation(lists.Contents.read(tmp_path))
    pages = next(section["Contributing"] for section in sections if "Contributing" in section)
    folder = Path(lists.__file__).parent / "pages"
    assert set(pages) == {f"contributing/{path.name}" for path in folder.glob("contributing/*.md")}


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("(coverage:98_sample/A1)", "(chapters/98_sample.ipynb#cell-id=ask)"),
        ("(cell:98_sample/error)", "(chapters/98_sample.ipynb#cell-id=error)"),
        ("(exercise:98.1)", "(chapters/98_sample.ipynb#cell-id=exercise)"),
    ],
)
def test_a_link_to_a_subject_leads_to_its_cell(
    link: str, target: str, contents: lists.Contents
) -> None:
    assert lists.fill_in(f"[x]{link}", contents, "faq.md") == (f"[x]{target}", [])


def test_an_entry_about_a_chapter_that_is_not_there_is_left_out(contents: lists.Contents) -> None:
    source = "# FAQ\n\n## One\n\n[x](coverage:97_later/A1)\n\n## Two\n\n[x](cell:98_sample/ask)\n"
    made, problems = lists.fill_in(source, contents, "faq.md")
    assert problems == []
    assert "## One" not in made
    assert "## Two" in made
    assert made.startswith("# FAQ\n")


@pytest.mark.parametrize(
    "link", ["(coverage:98_sample/Z9)", "(exercise:98.7)", "(cell:97_none/ask)"]
)
def test_a_link_to_a_missing_subject_is_reported(link: str, contents: lists.Contents) -> None:
    _, problems = lists.fill_in(f"[x]{link}", contents, "faq.md")
    assert len(problems) == 1
    assert link in problems[0]


def test_a_chapter_that_is_to_come_is_named(contents: lists.Contents, tmp_path: Path) -> None:
    with (tmp_path / "syllabus.toml").open("a") as out:
        out.write('[[chapter]]\nid = "99_later"\ntitle = "Later"\nsummary = "Later."\n')
    assert "To come: 99 Later." in lists.lesson_list(lists.Contents.read(tmp_path))


def test_an_unknown_list_is_reported(contents: lists.Contents) -> None:
    _, problems = lists.fill_in("<!-- course:nonsense -->", contents, "faq.md")
    assert "nonsense" in problems[0]


def test_where_answers_come_from_is_the_recordings_own_header(contents: lists.Contents) -> None:
    made = lists.recordings_table(contents)
    assert "[98 · Sample chapter](chapters/98_sample.ipynb)" in made
    assert "<code>test-model</code>" in made
    assert "made up for tests" in made
    assert "2026-11-21 00:00 UTC" in made
    assert '<th scope="row">Answers</th><td>3</td>' in made


def test_a_recording_without_a_header_is_an_error(contents: lists.Contents) -> None:
    path = contents.top / "recordings" / "97_bad.json"
    path.write_text(json.dumps({"format": 1}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"97_bad\.json"):
        lists.recordings_table(contents)


def test_the_home_page_shows_the_first_request_with_its_answer(contents: lists.Contents) -> None:
    found = lists.first_request(contents)
    assert found is not None
    page, outline = found
    assert outline.recordings == (sample.STEM,)
    (block,) = [b for b in page.blocks if "nb-cell" in b]
    assert "connect" in block
    assert sample.ANSWER in block
    assert "#" not in page.markdown.split("\n")[0]


def test_links_to_files_lead_to_the_repository_or_become_text(contents: lists.Contents) -> None:
    source = "See [the client](../utils/client.py), [it](other.ipynb) and [web](https://x.org)."
    uri = "chapters/98_sample.ipynb"
    linked = lists.link_to_repository(source, uri, contents.top, "https://host/blob/main")
    assert "[the client](https://host/blob/main/utils/client.py)" in linked
    assert "[it](other.ipynb) and [web](https://x.org)" in linked
    assert "See the client, [it]" in lists.link_to_repository(source, uri, contents.top, "")


def test_a_link_into_a_chapter_that_is_to_come_is_text(contents: lists.Contents) -> None:
    later = '[[chapter]]\nid = "04_tools"\ntitle = "Tools"\nsummary = "Tools."\n'
    (contents.top / "syllabus.toml").write_text(later, "utf-8")
    source = "Next: [Tools](04_tools.ipynb#Top), not [this](04_tolls.ipynb)."
    made = lists.link_to_repository(source, "chapters/03_streaming.ipynb", contents.top, "")
    assert made == "Next: Tools, not [this](04_tolls.ipynb)."


def test_hints_come_from_the_courses_exercises() -> None:
    assert lists.hints("98.1") == ()
