"""Running notebooks in real kernels."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.notebooks.samples import (
    CHAPTER,
    CONNECT,
    code,
    lesson,
    notebook,
    write_recording,
    write_solution,
)
from utils.notebooks import usage
from utils.notebooks.build import build, out_of_date
from utils.notebooks.execute import CellFailed, environment, replay, run
from utils.notebooks.files import Course, open_notebook
from utils.notebooks.lint import check
from utils.recordings import read


def outputs(path: Path) -> dict[str, list[str]]:
    """By cell, what its outputs say."""
    return {
        cell.id: [
            o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.outputs
        ]
        for cell in open_notebook(path).notebook.cells
        if cell.cell_type == "code"
    }


def test_both_notebooks_are_run_in_replay_and_stored(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_MODE", "live")
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    monkeypatch.setenv("COURSE_CHAT_MODEL", "another-model")
    write_solution(course, *lesson())
    write_recording(course, ("Say hello.", "Hello!"))
    ran: list[int] = []
    build(course, CHAPTER, on_cell=lambda index, cell: ran.append(index))
    assert ran == [1, 2, 3, 4] * 2
    solution, chapter = outputs(course.solution(CHAPTER)), outputs(course.lesson(CHAPTER))
    assert solution["first-answer"] == chapter["first-answer"] == ["'Hello!'"]
    assert solution["connect-client"][0].startswith("replay: ")
    assert "tiny-chat" in solution["connect-client"][0]
    assert solution["double-check"] == ["42\n"]
    assert chapter["double-check"] == ["not attempted\n"]
    before = [course.lesson(CHAPTER).read_bytes(), course.solution(CHAPTER).read_bytes()]
    assert build(course, CHAPTER).changed == []
    assert [course.lesson(CHAPTER).read_bytes(), course.solution(CHAPTER).read_bytes()] == before
    assert out_of_date(course, CHAPTER) is None
    assert check(open_notebook(course.lesson(CHAPTER)).notebook, CHAPTER) == []


def test_a_failing_cell_is_named_and_nothing_is_stored(course: Course) -> None:
    cells = [code("connect-client", CONNECT), code("bad-cell", "int('seven')")]
    before = write_solution(course, *cells).read_bytes()
    write_recording(course, ("Say hello.", "Hello!"))
    with pytest.raises(CellFailed) as error:
        build(course, CHAPTER)
    assert f"solutions/{CHAPTER}.ipynb, cell 2 (id bad-cell) failed" in str(error.value)
    assert "ValueError: invalid literal for int() with base 10: 'seven'" in str(error.value)
    assert course.solution(CHAPTER).read_bytes() == before
    assert not course.lesson(CHAPTER).exists()


def test_a_request_that_was_not_recorded_is_explained(course: Course) -> None:
    write_solution(course, *lesson("Say goodbye."))
    write_recording(course, ("Say hello.", "Hello!"))
    with pytest.raises(CellFailed) as error:
        build(course, CHAPTER)
    assert "id first-answer" in str(error.value)
    assert "no recorded answer to POST /chat/completions" in str(error.value)
    assert "goodbye" in str(error.value)


def test_a_dead_kernel_and_an_endless_cell_are_named(course: Course) -> None:
    path = course.solution(CHAPTER)
    with pytest.raises(CellFailed, match=r"id leave\) failed:\s+its kernel was stopped or died"):
        run(notebook(code("leave", "import os; os._exit(1)")), path, {}, 30)
    with pytest.raises(CellFailed, match=r"id endless\) failed:\s+it took more than 1 seconds"):
        run(notebook(code("endless", "while True: pass")), path, {}, 1)


def test_outputs_are_the_same_on_every_machine(course: Course) -> None:
    cells = [
        code("flushed-prints", "for n in range(3):\n    print(n, flush=True)"),
        code("shown-widget", "import ipywidgets\nipywidgets.IntSlider()"),
        code("shown-warning", "import warnings\nwarnings.warn('careful', stacklevel=1)"),
        code("shown-error", "import json\njson.loads('{')", tags=["raises-exception"]),
        code("shown-call", "import openai\nopenai.OpenAI()", tags=["raises-exception"]),
        code("shown-folder", "from pathlib import Path\nPath.cwd().name"),
    ]
    first = replay(notebook(*cells), course.solution(CHAPTER), course.recordings)
    again = replay(notebook(*cells), course.solution(CHAPTER), course.recordings)
    text = nbformat.writes(first)
    assert text == nbformat.writes(again)
    assert first.cells[0].outputs[0].text == "0\n1\n2\n"
    assert list(first.cells[1].outputs[0].data) == ["text/plain"]
    assert "<cell>:2: UserWarning: careful" in first.cells[2].outputs[0].text
    assert first.cells[5].outputs[0].data["text/plain"] == "'solutions'"
    assert "openai/_client.py" in "".join(first.cells[4].outputs[0].traceback)
    assert "json/decoder.py" in "".join(first.cells[3].outputs[0].traceback)
    named = [c.text for c in check(first, CHAPTER) if c.rule == "no-machine-paths"]
    assert named == []


def test_a_kernel_has_no_settings_but_the_given_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_MODE", "live")
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    (tmp_path / ".env").write_text("COURSE_BASE_URL=http://127.0.0.1:1/v1\nOTHER=1\n", "utf-8")
    env = environment({"COURSE_PACE": "0"}, tmp_path, tmp_path / "scratch")
    own = {name: value for name, value in env.items() if name.startswith(("COURSE_", "OPENAI_"))}
    assert own == {"COURSE_PACE": "0", "COURSE_BASE_URL": ""}
    assert "OTHER" not in env


def test_it_is_known_which_recorded_answers_are_asked_for(course: Course, tmp_path: Path) -> None:
    path = write_recording(
        course, ("Say hello.", "Hello!"), ("Say hello.", "Hi!"), ("Never asked.", "Silence.")
    )
    log = tmp_path / "log"
    replay(
        notebook(*lesson()),
        course.solution(CHAPTER),
        course.recordings,
        extra={usage.LOG: str(log)},
        extensions=["utils.notebooks.usage"],
    )
    unused = usage.never_asked(read(path), usage.read_log(log))
    assert [line[:15] for line in unused] == ["interactions[1]", "interactions[2]"]
    assert "Never asked." in unused[1]


def test_usage_is_the_most_that_one_notebook_asks() -> None:
    one = usage.AnswerCounts({("a", "x"): 2})
    two = usage.AnswerCounts({("a", "x"): 1, ("a", "y"): 1})
    assert usage.most([one, two]) == {("a", "x"): 2, ("a", "y"): 1}
