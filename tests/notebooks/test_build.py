"""Building chapters from solutions."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.nbgraderformat.v3 import MetadataValidatorV3

from tests.notebooks.samples import (
    CHAPTER,
    CONNECT,
    REGION,
    code,
    lesson,
    text,
    write_recording,
    write_solution,
)
from utils.exercises import registry
from utils.notebooks.build import (
    LearnerEdits,
    build,
    edited,
    out_of_date,
    without_solutions,
)
from utils.notebooks.files import Course, NotebookError, open_notebook
from utils.notebooks.lint import check

pytestmark = pytest.mark.usefixtures("no_kernel")


def source_of(notebook: NotebookNode, id_: str) -> str:
    return next(cell.source for cell in notebook.cells if cell.id == id_)


def built(course: Course, id: str = CHAPTER) -> NotebookNode:
    return open_notebook(course.lesson(id)).notebook


def type_into(course: Course, id_: str, source: str) -> bytes:
    """Change a cell of the chapter as a learner does, and return what the file is then."""
    chapter = built(course)
    next(cell for cell in chapter.cells if cell.id == id_).source = source
    path = course.lesson(CHAPTER)
    path.write_text(nbformat.writes(chapter), "utf-8")
    return path.read_bytes()


def test_a_region_becomes_not_implemented_at_its_own_indentation() -> None:
    stub, regions = without_solutions(REGION, "here")
    assert stub.splitlines()[-1] == "    raise NotImplementedError"
    assert "secret" not in stub
    assert regions == 1


def test_what_stands_around_regions_stays() -> None:
    source = "a = 1\n### BEGIN SOLUTION\nb\n### END SOLUTION\nif a:\n\t### BEGIN SOLUTION\n\tc\n"
    source += "\t### END SOLUTION\nd = 4"
    stub, regions = without_solutions(source, "here")
    assert stub == "a = 1\nraise NotImplementedError\nif a:\n\traise NotImplementedError\nd = 4"
    assert regions == 2


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("### BEGIN SOLUTION\nx", "has no end"),
        ("x\n### END SOLUTION", "never begun"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "inside the one that line 1"),
        ("# BEGIN SOLUTION\nx\n# END SOLUTION", "looks like a marker"),
        ("### begin solution\nx\n### END SOLUTION", "looks like a marker"),
        ("x = 1  ### BEGIN SOLUTION\n### END SOLUTION", "looks like a marker"),
        ("###BEGIN SOLUTION: short\nx\n### END SOLUTION", "looks like a marker"),
    ],
)
def test_a_damaged_marker_is_named_with_notebook_and_cell(
    course: Course, source: str, said: str
) -> None:
    write_solution(course, text("title", "# T"), code("double-exercise", source))
    with pytest.raises(NotebookError) as error:
        build(course, CHAPTER)
    assert said in str(error.value)
    assert f"solutions/{CHAPTER}.ipynb, cell 2 (id double-exercise)" in str(error.value)
    assert not course.lesson(CHAPTER).exists()


def test_markers_in_text_are_refused(course: Course) -> None:
    write_solution(course, text("title", "### BEGIN SOLUTION\nx\n### END SOLUTION"))
    with pytest.raises(NotebookError, match="work in code cells"):
        build(course, CHAPTER)


def test_a_chapter_has_no_solution_and_the_same_ids(course: Course) -> None:
    write_solution(course, *lesson())
    report = build(course, CHAPTER)
    chapter = built(course)
    assert "secret" not in course.lesson(CHAPTER).read_text("utf-8")
    assert "secret" in course.solution(CHAPTER).read_text("utf-8")
    solution_ids = [cell.id for cell in lesson()]
    assert [cell.id for cell in chapter.cells] == solution_ids[:-1]
    assert report.left_out == ["double-discussion"]
    assert report.stubs == 1


def test_both_notebooks_are_valid_for_nbformat_and_nbgrader(course: Course) -> None:
    grade = {"grade": True, "solution": False, "locked": True, "task": False, "points": 2}
    grade |= {"grade_id": "double-check", "schema_version": 3}
    cells = lesson()
    cells[4].metadata["nbgrader"] = grade
    write_solution(course, *cells)
    build(course, CHAPTER)
    for path in (course.lesson(CHAPTER), course.solution(CHAPTER)):
        notebook = open_notebook(path).notebook
        nbformat.validate(notebook)
        MetadataValidatorV3().validate_nb(notebook)
        marks = next(c for c in notebook.cells if c.id == "double-exercise").metadata["nbgrader"]
        assert marks["solution"] is True
        assert marks["grade_id"] == "double-exercise"
        assert not [c for c in check(notebook, CHAPTER) if c.rule == "format-is-valid"]


def test_metadata_that_contradicts_a_region_is_refused(course: Course) -> None:
    wrong = {"grade": False, "solution": False, "locked": True, "grade_id": "x"}
    write_solution(course, code("double-exercise", REGION, nbgrader=wrong))
    with pytest.raises(NotebookError, match='"solution": true'):
        build(course, CHAPTER)


def test_building_twice_gives_the_same_bytes(course: Course) -> None:
    cells = lesson()
    cells[1].metadata |= {"execution": {"iopub.status.busy": "2026"}, "scrolled": True}
    cells[1].metadata["slideshow"] = {"slide_type": ""}
    write_solution(course, *cells)
    assert len(build(course, CHAPTER).changed) == 2
    before = [course.lesson(CHAPTER).read_bytes(), course.solution(CHAPTER).read_bytes()]
    assert build(course, CHAPTER).changed == []
    assert [course.lesson(CHAPTER).read_bytes(), course.solution(CHAPTER).read_bytes()] == before
    for word in (b"iopub", b"scrolled", b"slideshow", b'"version": "3'):
        assert word not in before[0] + before[1]


def test_a_chapter_is_out_of_date_when_its_solution_changes(course: Course) -> None:
    write_solution(course, *lesson())
    assert "has not been built" in str(out_of_date(course, CHAPTER))
    build(course, CHAPTER)
    assert out_of_date(course, CHAPTER) is None
    cells = lesson()
    cells[3].source = cells[3].source.replace("secret = 2", "secret = 3")
    write_solution(course, *cells)
    assert "is older than" in str(out_of_date(course, CHAPTER))
    build(course, CHAPTER)
    assert out_of_date(course, CHAPTER) is None


def test_what_the_builder_knows_better_is_written_into_both_notebooks(course: Course) -> None:
    first, second = f"{CHAPTER}/a_first", f"{CHAPTER}/b_second"
    frame = [
        text("title", "# Old title\n\n**Time:** 3 days\n\n" + "word " * 500),
        text("task-ask-shop", "### Exercise 01.1: old words\n\nAsk."),
        code("write-ask-shop", "def ask_shop(client): ...", exercise="01.1"),
        text("picture", "![A loop of two boxes](../../chapters/images/loop.svg)"),
        text("recap", "## In this lesson you\n\n**Next:** [gone](nowhere.ipynb)"),
    ]
    for id in (first, second):
        write_solution(course, *frame, name=id)
    for id in (first, second):
        build(course, id)
        assert out_of_date(course, id) is None
        for path in (course.solution(id), course.lesson(id)):
            notebook = open_notebook(path).notebook
            assert notebook.metadata["course"]["lesson"] == id
            assert notebook.metadata["course"]["minutes"] == 8
            assert "**Time:** about 10 minutes." in notebook.cells[0].source
            exercise = registry.get("01.1")
            assert notebook.cells[1].source.startswith(
                f"### Exercise 01.1: {exercise.title} ({exercise.difficulty})\n"
            )
    assert built(course, first).cells[0].source.startswith("# First\n")
    assert "**Next:** [Second](b_second.ipynb). What" in built(course, first).cells[-1].source
    assert "this is the last lesson" in built(course, second).cells[-1].source
    assert "(../images/loop.svg)" in built(course, first).cells[3].source
    solution = open_notebook(course.solution(first)).notebook
    assert "(../../chapters/images/loop.svg)" in solution.cells[3].source


def test_a_change_of_metadata_is_noticed(course: Course) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    chapter = built(course)
    chapter.cells[2].metadata["tags"] = ["nbval-skip"]
    course.lesson(CHAPTER).write_text(nbformat.writes(chapter), "utf-8")
    assert "other metadata" in str(out_of_date(course, CHAPTER))


def test_a_chapter_edited_by_hand_is_out_of_date(course: Course) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    type_into(course, "title", "# Other")
    assert "edited by hand; first changed cell: 1 (id title)" in str(out_of_date(course, CHAPTER))


def test_a_learners_chapter_is_never_overwritten(course: Course) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    mine = type_into(course, "double-exercise", "def double(number):\n    return 2 * number")
    write_solution(course, text("preface", "new"), *lesson("Something else."))
    with pytest.raises(LearnerEdits) as error:
        build(course, CHAPTER)
    assert "first changed cell: 4 (id double-exercise)" in str(error.value)
    assert "--force" in str(error.value)
    assert f"{CHAPTER}.yours-1.ipynb" in str(error.value)
    assert course.lesson(CHAPTER).read_bytes() == mine


def test_force_keeps_every_edited_version(course: Course) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    for number in (1, 2):
        mine = type_into(course, "title", f"# Version {number}")
        kept = build(course, CHAPTER, force=True).kept
        assert kept is not None
        assert kept.name == f"{CHAPTER}.yours-{number}.ipynb"
        assert kept.read_bytes() == mine
        assert out_of_date(course, CHAPTER) is None
    assert "Version 1" in (course.chapters / f"{CHAPTER}.yours-1.ipynb").read_text("utf-8")


def test_force_makes_no_copy_of_an_untouched_chapter(course: Course) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    assert build(course, CHAPTER, force=True).kept is None
    assert len(list(course.chapters.iterdir())) == 1


def test_running_cells_and_saving_is_not_an_edit(course: Course) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    chapter = built(course)
    chapter.cells[1].outputs = [nbformat.v4.new_output("stream", text="other")]
    chapter.cells[1].execution_count = 17
    chapter.cells[1].metadata["scrolled"] = True
    chapter.metadata["language_info"]["version"] = "3.99.1"
    course.lesson(CHAPTER).write_text(nbformat.writes(chapter), "utf-8")
    assert edited(chapter) is None
    build(course, CHAPTER)
    assert b"3.99.1" not in course.lesson(CHAPTER).read_bytes()


@pytest.mark.parametrize("change", ["add", "add last", "remove", "remove last", "swap"])
def test_added_removed_and_moved_cells_are_edits(course: Course, change: str) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    chapter = built(course)
    if change.startswith("add"):
        chapter.cells.insert(2 if change == "add" else 99, code("my-own", "1 + 1"))
    elif change == "remove":
        del chapter.cells[2]
    elif change == "remove last":
        del chapter.cells[-1]
    else:
        chapter.cells[1], chapter.cells[2] = chapter.cells[2], chapter.cells[1]
    course.lesson(CHAPTER).write_text(nbformat.writes(chapter), "utf-8")
    with pytest.raises(LearnerEdits) as error:
        build(course, CHAPTER)
    expected = {
        "add": "3 (id my-own)",
        "add last": "6 (id my-own)",
        "remove": "3 (id double-exercise)",
        "remove last": "had 5 and has 4",
        "swap": "2 (id first-answer)",
    }
    assert expected[change] in str(error.value)


def test_a_notebook_that_nobody_built_is_kept(course: Course) -> None:
    write_solution(course, *lesson())
    mine = course.lesson(CHAPTER)
    mine.write_bytes(write_solution(course, code("my-own", "1"), name="02_mine").read_bytes())
    with pytest.raises(LearnerEdits, match="does not say what it was built from"):
        build(course, CHAPTER)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not JSON, at line 1"),
        (b'{"cells": [', "not JSON, at line 1"),
        (b"[]", "not a notebook of format 4"),
        (b'{"nbformat": 3}', "not a notebook of format 4"),
        (b'{"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": []}', "format 4.4"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "cells": []}', "not a valid notebook"),
        (b"\xff\xfe", "byte 0 is not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_damaged_notebook_gives_one_clear_error(
    course: Course, content: bytes, said: str
) -> None:
    course.solution(CHAPTER).write_bytes(content)
    with pytest.raises(NotebookError) as error:
        build(course, CHAPTER)
    assert said in str(error.value)
    assert f"solutions/{CHAPTER}.ipynb" in str(error.value)


def test_a_damaged_chapter_is_kept_as_it_is(course: Course) -> None:
    write_solution(course, *lesson())
    course.lesson(CHAPTER).write_bytes(b'{"cells": [half of my work')
    with pytest.raises(LearnerEdits, match="not JSON"):
        build(course, CHAPTER)
    kept = build(course, CHAPTER, force=True).kept
    assert kept is not None
    assert kept.read_bytes() == b'{"cells": [half of my work'


def test_what_is_saved_while_cells_run_is_not_lost(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_solution(course, *lesson())
    build(course, CHAPTER)
    from utils.notebooks import build as module

    numbered = module.replay
    for path in (course.lesson(CHAPTER), course.solution(CHAPTER)):
        before = path.read_bytes()

        def saved_meanwhile(*given, path: Path = path, **named):
            path.write_bytes(b"saved meanwhile")
            return numbered(*given, **named)

        monkeypatch.setattr(module, "replay", saved_meanwhile)
        with pytest.raises(NotebookError, match="was changed while it ran"):
            build(course, CHAPTER)
        assert path.read_bytes() == b"saved meanwhile"
        path.write_bytes(before)
    assert not list(course.root.rglob("*.part"))


def test_two_cells_with_one_id_are_refused(course: Course) -> None:
    path = write_solution(course, code("one", "1"), code("two", "2"))
    raw = json.loads(path.read_text("utf-8"))
    raw["cells"][1]["id"] = "one"
    path.write_text(json.dumps(raw), "utf-8")
    with pytest.raises(NotebookError, match="two of its cells have the id 'one'"):
        build(course, CHAPTER)


@pytest.mark.parametrize("wanted", ["01_requests", "01", "1", "solutions/01_requests.ipynb"])
def test_a_chapter_is_found_by_name_number_and_path(course: Course, wanted: str) -> None:
    write_solution(course, code("connect-client", CONNECT))
    write_solution(course, code("connect-client", CONNECT), name="02_conversations")
    assert course.select([wanted]) == ["01_requests"]
    assert course.select([]) == ["01_requests", "02_conversations"]


def test_an_unknown_chapter_gets_a_suggestion(course: Course) -> None:
    with pytest.raises(NotebookError, match=r"no lesson in syllabus\.toml"):
        course.select([])
    write_solution(course, code("connect-client", CONNECT))
    with pytest.raises(NotebookError, match="Did you mean '01_requests'"):
        course.select(["01_request"])


def test_copies_that_were_kept_are_not_chapters(course: Course) -> None:
    write_solution(course, code("connect-client", CONNECT))
    kept = course.solution(f"{CHAPTER}.yours-1")
    kept.write_bytes(course.solution(CHAPTER).read_bytes())
    assert course.ids() == [CHAPTER]


def test_recordings_are_not_needed_to_say_what_is_out_of_date(course: Course) -> None:
    write_solution(course, *lesson())
    write_recording(course, ("Say hello.", "Hello!"))
    build(course, CHAPTER)
    course.recording(CHAPTER).unlink()
    assert out_of_date(course, CHAPTER) is None
