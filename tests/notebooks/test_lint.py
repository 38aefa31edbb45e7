"""Each rule for notebooks finds what it is for, and nothing in a good notebook."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from tests.notebooks.samples import CHAPTER, code, notebook, text
from utils import models
from utils.notebooks import lint
from utils.notebooks.build import NOTEBOOK_METADATA
from utils.notebooks.coverage import SUBJECTS, as_text, missing, table, unknown, unpractised

TODAY = date(2026, 11, 21)
PICTURE = nbformat.v4.new_output("display_data", data={"image/png": "aGk=", "text/plain": "x"})


OPENING = text("opening", "# Requests\n\n**Time:** about 5 minutes.")
CLOSING = text("recap", "## In this lesson you\n\n**Next:** more.")


def ran(cell: NotebookNode, *outputs: NotebookNode) -> NotebookNode:
    """A cell with outputs."""
    cell.outputs = list(outputs)
    return cell


def printed(words: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=words)


def raised() -> NotebookNode:
    return nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=["line"])


def complaints(
    *cells: NotebookNode, count: bool = True, ignored: dict[str, str] | None = None, **metadata: Any
) -> list[tuple[str, str]]:
    """Pairs of rule and cell that the lint complains about."""
    if count:
        for number, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
            cell.execution_count = number
    made = notebook(OPENING, *cells, CLOSING, **(NOTEBOOK_METADATA | metadata))
    return [(c.rule, c.cell) for c in lint.check(made, CHAPTER, ignored, TODAY)]


def test_a_good_notebook_has_no_complaint() -> None:
    assert not complaints(
        text("picture", "Use `CHAT_MODEL`. ![A plot of prices](x.png)"),
        ran(code("first-answer", "print('hi')", coverage=["A1"]), printed("hi")),
        code("top-await", "import asyncio\n\nawait asyncio.sleep(0)\n%time 1"),
        code("merge-dicts", "first = {}\nfirst.update({'a': 1})"),
        code("word-only", "print('clear_output, Output( and interact are words here')"),
        code("long-class", "class Tool:\n" + "    name: str\n" * 30 + "\n\nTool()"),
        ran(code("meant-error", "1 / 0", tags=["raises-exception"]), raised()),
        ran(code("bar-chart", "plot()", alt="Bars of four token probabilities"), PICTURE),
        code("shutdown-table", "'gpt-4'", tags=["teaches-ids"]),
    )


LONG = "\n".join(f"x{n} = {n}" for n in range(16))
UPDATED = "handle = display(1, display_id=True)\nhandle.update(2)"


@pytest.mark.parametrize(
    ("rule", "cell"),
    [
        ("errors-are-meant", ran(code("bad-cell", "1 / 0"), raised())),
        ("errors-are-meant", code("bad-cell", "1", tags=["raises-exception"])),
        ("redrawn-outputs-are-tagged", code("bad-cell", "clear_output(wait=True)")),
        ("redrawn-outputs-are-tagged", code("bad-cell", "out = widgets.Output()")),
        ("redrawn-outputs-are-tagged", code("bad-cell", "@interact(x=1)\ndef f(x):\n    return x")),
        ("redrawn-outputs-are-tagged", code("bad-cell", "widgets.interactive(f, x=1)")),
        ("redrawn-outputs-are-tagged", code("bad-cell", UPDATED)),
        ("ignored-outputs-are-listed", code("bad-cell", "1", tags=["nbval-ignore-output"])),
        ("ignored-outputs-are-listed", code("bad-cell", "1", tags=["nbval-skip"])),
        ("ignored-outputs-are-listed", code("bad-cell", "# NBVAL_IGNORE_OUTPUT\n1")),
        ("pictures-have-words", ran(code("bad-cell", "plot()"), PICTURE)),
        ("pictures-have-words", ran(code("bad-cell", "plot()", alt="A figure"), PICTURE)),
        (
            "pictures-have-words",
            ran(code("bad-cell", "plot()", alt="Only one text for both"), PICTURE, PICTURE),
        ),
        ("pictures-have-words", code("bad-cell", "1", alt="There is no picture here")),
        ("pictures-have-words", text("bad-cell", "![](x.png)")),
        ("pictures-have-words", text("bad-cell", '<img src="x.png">')),
        ("ids-are-names", code("3f2a9c1b", "1")),
        ("ids-are-names", code("d94cfdaf-1b5d-4b3e-9a3e-0c1d2e3f4a5b", "1")),
        ("ids-are-names", code("cell-12", "1")),
        ("ids-are-names", code("Bad_Cell", "1")),
        ("cells-are-short", code("bad-cell", LONG)),
        (
            "names-belong-to-one-exercise",
            code("bad-cell", "def read_stream(stream):\n    return list(stream)"),
        ),
        ("no-model-ids", code("bad-cell", 'model = "gpt-6-luna"')),
        ("no-model-ids", text("bad-cell", "Use gpt-4o-mini.")),
        ("no-model-ids", code("bad-cell", 'model = "text-embedding-3-small"')),
        ("no-model-that-shuts-down", ran(code("bad-cell", "print(x)"), printed("gpt-4 is fine"))),
        ("no-keys", code("bad-cell", 'key = "sk-abc"')),
        ("no-keys", ran(code("bad-cell", "1"), printed("Bearer abcdefghijklmnopqrstuvwx"))),
        ("no-machine-paths", ran(code("bad-cell", "1"), printed("see /home/ada/course"))),
        ("no-machine-paths", ran(code("bad-cell", "1"), printed(r"see C:\Users\ada"))),
        ("no-addresses", ran(code("bad-cell", "1"), printed("<object at 0x7f2e1c3b4a50>"))),
        ("coverage-is-known", code("bad-cell", "1", coverage=["Z9"])),
        ("coverage-is-known", code("bad-cell", "1", coverage="A1")),
        ("coverage-is-known", text("bad-cell", "A1", coverage=["A1"])),
        ("tags-are-known", code("bad-cell", "1", tags=["nbval-ignore-ouptut"])),
    ],
)
def test_a_rule_finds_what_it_is_for(rule: str, cell: NotebookNode) -> None:
    assert (rule, cell.id) in complaints(text("title", "# T"), cell)


def test_a_cell_that_did_not_run_in_order_is_found() -> None:
    never, second = code("never-ran", "1"), code("second-cell", "2")
    second.execution_count = 1
    found = complaints(never, second, count=False)
    assert found == [("cells-ran-in-order", "never-ran"), ("cells-ran-in-order", "second-cell")]
    assert ("cells-ran-in-order", "empty-cell") in complaints(code("empty-cell", " "))


def test_a_cell_on_the_list_may_be_ignored_and_must_be_tagged() -> None:
    ignored = {f"{CHAPTER}#live-widget": "its outputs are redrawn; its function is tested"}
    tagged = code("live-widget", "clear_output()", tags=["nbval-ignore-output"])
    assert not complaints(tagged, ignored=ignored)
    found = complaints(code("live-widget", "1"), ignored=ignored)
    assert found == [("ignored-outputs-are-listed", "live-widget")]


def test_several_pictures_have_several_texts() -> None:
    words = ["Bars of four token probabilities", "The same bars at temperature two"]
    assert not complaints(ran(code("two-charts", "plot()", alt=words), PICTURE, PICTURE))


def test_lines_of_classes_and_markers_do_not_count() -> None:
    marked = "### BEGIN SOLUTION\n" + "\n".join(f"x{n} = {n}" for n in range(15))
    assert not complaints(code("long-cell", marked + "\n### END SOLUTION"))


@pytest.mark.parametrize(
    "metadata",
    [
        {"kernelspec": {"name": "conda-env", "display_name": "x", "language": "python"}},
        {"language_info": {"name": "python", "version": "3.11.7"}},
        {"widgets": {}},
    ],
)
def test_metadata_that_an_editor_wrote_is_found(metadata: dict[str, Any]) -> None:
    assert complaints(code("first-cell", "1"), **metadata) == [("format-is-valid", "")]


@pytest.mark.parametrize("id", ["requests", "01_requests/first", "01_requests/a_first/more"])
def test_an_id_that_is_not_a_lessons_is_found(id: str) -> None:
    made = notebook(OPENING, CLOSING, **NOTEBOOK_METADATA)
    assert [c.rule for c in lint.check(made, id)] == ["format-is-valid"]


LESSON = f"{CHAPTER}/a_first_request"
EXERCISE = code("write-ask-shop", "def ask_shop(client): ...", exercise="01.1")
HEADING = text("task-ask-shop", "### Exercise 01.1: ask")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([code(f"cell-number-{n}", "1") for n in range(60)], "62 cells"),
        ([text("long-text", "word " * 1_795)], "words of prose; a lesson has at most 1,800"),
        ([code("long-code", "x = 1\n" * 900)], "46 minutes"),
    ],
)
def test_a_lesson_over_the_limits_is_found(cells: list[NotebookNode], said: str) -> None:
    made = notebook(OPENING, *cells, CLOSING, **NOTEBOOK_METADATA)
    found = [c for c in lint.check(made, LESSON) if c.rule == "lesson-is-one-sitting"]
    assert [said in c.text for c in found] == [True]
    flat = lint.check(made, CHAPTER)
    assert not [c for c in flat if c.rule == "lesson-is-one-sitting"]


def test_what_only_the_solution_has_does_not_count_for_the_limits() -> None:
    marked = "def f():\n    ### BEGIN SOLUTION\n" + "    x = 1\n" * 900 + "    ### END SOLUTION"
    long = text("why", "word " * 1_800, tags=["solution"])
    made = notebook(OPENING, code("write-it", marked), long, CLOSING, **NOTEBOOK_METADATA)
    assert not [c for c in lint.check(made, LESSON) if c.rule == "lesson-is-one-sitting"]


@pytest.mark.parametrize(
    ("cells", "cell", "said"),
    [
        ([EXERCISE], "write-ask-shop", "no cell begins with `### Exercise 01.1`"),
        ([HEADING], "task-ask-shop", "no code cell has that exercise"),
        ([HEADING, code("bad-cell", "1", exercise="01.99")], "bad-cell", "no exercise 01.99"),
        ([HEADING, EXERCISE, code("bad-cell", "1", exercise="02.1")], "bad-cell", "another"),
        ([HEADING, EXERCISE, code("bad-cell", "1", exercise="01.1")], "bad-cell", "in 2 cells"),
    ],
)
def test_an_exercise_without_its_heading_or_its_cell_is_found(
    cells: list[NotebookNode], cell: str, said: str
) -> None:
    made = notebook(OPENING, *cells, CLOSING, **NOTEBOOK_METADATA)
    found = [c for c in lint.check(made, LESSON) if c.rule == "exercises-have-headings"]
    assert any(c.cell == cell and said in c.text for c in found), found
    good = notebook(OPENING, HEADING, EXERCISE, CLOSING, **NOTEBOOK_METADATA)
    assert not [c for c in lint.check(good, LESSON) if c.rule == "exercises-have-headings"]


@pytest.mark.parametrize("missing", ["# Requests", "**Time:**", "**Next:**"])
def test_a_place_of_the_frame_that_is_missing_is_found(missing: str) -> None:
    cells = [text(cell.id, cell.source.replace(missing, "")) for cell in (OPENING, CLOSING)]
    found = lint.check(notebook(*cells, **NOTEBOOK_METADATA), LESSON)
    assert [c.rule for c in found] == ["frame-has-its-places"]


def test_the_syllabus_and_the_cells_name_the_same_subjects() -> None:
    cell = code("first-answer", "1", coverage=["A1"])
    cell.execution_count = 1
    made = notebook(OPENING, cell, CLOSING, **NOTEBOOK_METADATA)
    assert not lint.check(made, LESSON, promised=("A1",))
    found = lint.check(made, LESSON, promised=("A2",))
    assert [c.rule for c in found] == ["syllabus-names-what-is-shown"] * 2
    assert "show A1" in found[0].text
    assert "shows A2" in found[1].text


@pytest.mark.parametrize(
    "model", ["gpt-6-luna", "gpt-4o-2024-08-06", "o3", "text-embedding-3-small"]
)
def test_ids_are_found_as_whole_words(model: str) -> None:
    for around in ('"{}"', "{}.", "({})", "{}, {}"):
        assert lint.model_ids_in(around.format(model, model)) == [model]
    for around in ("{}-preview-x", "x{}", "my/{}", "{}.5"):
        assert model not in lint.model_ids_in(around.format(model))


def test_every_id_of_the_course_is_known_to_the_lint() -> None:
    ids = [model.id for model in (*models.CHAT_MODELS, *models.EMBED_MODELS)]
    assert lint.model_ids_in(" ".join(ids)) == ids


def test_a_model_shuts_down_soon_from_120_days_before() -> None:
    ends = models.shutdown_dates()["gpt-4o"]
    assert lint.shutting_down("gpt-4o", ends - lint.NOTICE) == [("gpt-4o", ends)]
    assert lint.shutting_down("gpt-4o", ends - lint.NOTICE - timedelta(days=1)) == []


def test_the_table_of_coverage_names_cells_and_gaps() -> None:
    made = notebook(code("first-answer", "1", coverage=["A1", "Z9"]), code("sampling", "1"))
    rows = table({CHAPTER: made})
    assert [(row.subject, row.lesson, row.cell) for row in rows] == [
        ("A1", CHAPTER, "first-answer"),
        ("Z9", CHAPTER, "first-answer"),
    ]
    assert [row.subject for row in unknown(rows)] == ["Z9"]
    assert len(missing(rows)) == len(SUBJECTS) - 1
    first, second = as_text(rows, {"A1": ["01.2", "01.3"]}).splitlines()[:2]
    assert first.endswith(f"{CHAPTER}: first-answer")
    assert second.endswith("exercises: 01.2, 01.3")
    assert unpractised(rows, {}) == ["A1"]
    assert unpractised(rows, {"A1": ["01.2"]}) == []


def test_the_subjects_are_those_of_the_course() -> None:
    groups = {"A": 9, "B": 3, "C": 4, "D": 1, "E": 3, "F": 4, "G": 3, "H": 2, "I": 10}
    assert list(SUBJECTS) == [f"{g}{n}" for g, many in groups.items() for n in range(1, many + 1)]
