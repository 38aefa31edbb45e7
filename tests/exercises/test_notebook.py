"""check, hint, solution and progress, as a learner meets them."""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from utils.exercises import every, get, judge
from utils.exercises.judging import Judgment
from utils.exercises.playing import LocalPlayer
from utils.grading import check, hint, notebook, progress, solution
from utils.grading.box import DARK, LIGHT, box
from utils.grading.dashboard import Dashboard
from utils.grading.solutions import SolutionMissing, notebook_of, solution_cell, solution_source
from utils.grading.store import ProgressStore, ProgressUnavailable, Record
from utils.settings import data_dir
from utils.solution_regions import without_solutions


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A learner who has done nothing yet; returns the data folder."""
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "data"))
    for name in ("_hints", "_attempted"):
        getattr(notebook, name).clear()
    return data_dir()


def ask_shop(client, instructions, question):
    messages = [
        {"role": "developer", "content": instructions},
        {"role": "user", "content": question},
    ]
    response = client.chat.completions.create(model="m", messages=messages)
    return response.choices[0].message.content


def wrong_role(client, instructions, question):
    messages = [{"role": "system", "content": instructions}, {"role": "user", "content": question}]
    response = client.chat.completions.create(model="m", messages=messages)
    return response.choices[0].message.content


def test_right_answer_has_verdict_score_and_words():
    verdict = check("01.1", ask_shop)
    assert (verdict.verdict, verdict.score, verdict.max_score) == ("right", 3, 3)
    assert repr(verdict) == verdict.text
    assert verdict.text.splitlines() == [
        "Exercise 01.1 · ask_shop() · right · 3 of 3 points",
        "  ok  it returns the text of the answer",
        "  ok  the instructions are a developer message, the question is a user message",
        "  ok  both texts arrive unchanged",
        "  A class is graded on 1 more variation of these cases.",
    ]


def test_the_same_function_gets_the_same_verdict_every_time():
    seen = []

    def keep(client, instructions, question):
        seen.append(question)
        return wrong_role(client, instructions, question)

    texts = [check("01.1", keep).text for _ in range(3)]
    assert len(set(texts)) == 1
    assert "partly right · " in texts[0]
    each = len(seen) // 3
    assert seen[:each] == seen[each : 2 * each] == seen[2 * each :]


def test_a_verdict_that_is_not_right_says_where_help_is():
    help = 'hint("01.1") gives a hint, solution("01.1") shows a solution.'
    assert help in check("01.1", wrong_role).text
    assert help in check("01.1", lambda client, a, b: client.nothing).text
    assert help not in check("01.1", ask_shop).text


def test_a_verdict_says_on_how_many_variations_a_class_is_graded():
    hidden = {e.id: sum(case.hidden for case in e.cases) for e in every()}
    one = next(id for id, number in hidden.items() if number == 1)
    none = next((id for id, number in hidden.items() if number == 0), None)
    said = " of these cases."
    assert f"A class is graded on 1 more variation{said}" in check(one, lambda *_: 1).text
    if none:
        assert said not in check(none, lambda *_: 1).text
    judgment = judge(get(one), LocalPlayer(lambda *_: 1), hidden=True)
    assert said not in judgment.text, "a class's report has played them"


@pytest.mark.parametrize(
    ("owner", "name"), [(openai, "OpenAI"), (httpx2, "Client"), (time, "monotonic")]
)
def test_a_kernel_in_which_something_is_broken_is_to_be_restarted(monkeypatch, owner, name):
    monkeypatch.setattr(owner, name, None)
    verdict = check("01.1", ask_shop)
    monkeypatch.undo()
    assert verdict.verdict == "not attempted"
    assert f"{owner.__name__}.{name} has been overwritten" in verdict.text
    assert "Restart the kernel" in verdict.text


def test_a_check_that_fails_in_itself_blames_the_kernel(monkeypatch):
    def fails(*_: Any, **__: Any) -> Any:
        raise RuntimeError("out of order")

    monkeypatch.setattr(notebook, "judge", fails)
    assert (
        "something in this kernel is broken (RuntimeError: out of order)"
        in check("01.1", ask_shop).text
    )


def words(text: str) -> list[str]:
    return text.replace("\n", " ").split()


def visible(markup: str) -> str:
    import html
    import re

    without = re.sub(r"<style>.*?</style>", "", markup, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", without))


def printing(client, instructions, question):
    print("<b>asked</b> & printed")
    return "<i>"


@pytest.mark.parametrize("function", [ask_shop, wrong_role, printing, None])
def test_the_box_says_the_same_words_as_the_plain_text(function):
    verdict = check("01.1", function or (lambda client, a, b: None))
    assert words(visible(verdict._repr_html_())) == words(verdict.text)


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palettes", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", LIGHT)
def test_colors_pass_wcag_aa(palettes: dict[str, Any], tone: str):
    colors = palettes[tone]
    for color in (colors.text, colors.accent, colors.quiet):
        low, high = sorted((luminance(color), luminance(colors.background)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (tone, color)
    low, high = sorted(
        (luminance(palettes["right"].accent), luminance(palettes["open"].background))
    )
    assert (high + 0.05) / (low + 0.05) >= 4.5


@pytest.mark.parametrize(
    "body",
    ["pass", "...", '"""Text."""', "return None", "raise NotImplementedError", '"""T."""; pass'],
)
@pytest.mark.parametrize("keyword", ["def", "async def"])
def test_a_stub_is_not_attempted_and_leaves_no_trace(body: str, keyword: str):
    namespace: dict[str, Any] = {}
    exec(f"{keyword} ask_shop(client, instructions, question):\n    {body}\n", namespace)
    verdict = check("01.1", namespace["ask_shop"])
    assert verdict.verdict == "not attempted"
    assert verdict.score == 0
    assert "Fill in the function above" in verdict.text
    assert ProgressStore().records() == {}


@pytest.mark.parametrize("body", ["return 'x'", "return 0", '"""T."""; return 1', "print(1)"])
def test_a_wrong_body_is_an_attempt(body: str):
    namespace: dict[str, Any] = {}
    exec(f"def ask_shop(client, instructions, question):\n    {body}\n", namespace)
    assert check("01.1", namespace["ask_shop"]).verdict == "wrong"


def test_check_refuses_what_is_no_function_and_no_exercise():
    with pytest.raises(TypeError, match=r"takes the function ask_shop itself"):
        check("01.1", "Bergen")  # type: ignore[arg-type]
    with pytest.raises(LookupError, match=r"There is no exercise 01\.99"):
        check("01.99", ask_shop)


def test_without_a_function_it_looks_into_the_notebook(monkeypatch):
    namespace: dict[str, Any] = {}
    monkeypatch.setattr("utils.grading.cells.main_namespace", lambda: namespace)
    assert "There is no function named ask_shop yet" in check("01.1").text
    namespace["ask_shop"] = ask_shop
    assert check("01.1").verdict == "right"


def test_hints_come_one_by_one_and_the_last_stays():
    hints = get("01.1").hints
    texts = [hint("01.1").text for _ in range(len(hints) + 1)]
    assert [f"hint {n} of 3" in text for n, text in zip((1, 2, 3, 3), texts, strict=True)] == [
        True
    ] * 4
    assert hints[0] in texts[0]
    assert "solution('01.1')" in texts[-1]
    assert ProgressStore().records()["01.1"].hints == 3


def write_solution(folder: Path, source: str, exercise: str = "01.1") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    cell = {
        "cell_type": "code",
        "metadata": {"exercise": exercise},
        "source": source.splitlines(True),
    }
    path = folder / "01_requests.ipynb"
    path.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    return path


SOURCE = "def ask_shop(a):\n    ### BEGIN SOLUTION\n    return 42\n    ### END SOLUTION\n"


def test_the_solution_comes_after_an_attempt(monkeypatch, tmp_path):
    write_solution(tmp_path / "solutions", SOURCE)
    monkeypatch.setattr("utils.settings.ROOT", tmp_path)
    assert "Try first" in solution("01.1").text
    check("01.1", wrong_role)
    shown = solution("01.1").text
    assert shown.endswith("def ask_shop(a):\n    return 42")
    assert ProgressStore().records()["01.1"].solution_shown
    notebook._attempted.clear()  # another kernel, another day
    assert "return 42" in solution("01.1").text


def test_stub_and_solution_come_from_one_cell(tmp_path):
    cell = solution_cell("01.1", write_solution(tmp_path, SOURCE))
    assert solution_source(cell) == "def ask_shop(a):\n    return 42\n"
    assert without_solutions(cell, "") == ("def ask_shop(a):\n    raise NotImplementedError\n", 1)


@pytest.mark.parametrize(
    ("source", "exercise"),
    [
        (SOURCE.replace("### BEGIN SOLUTION", ""), "01.1"),
        (SOURCE.replace("### END SOLUTION", ""), "01.1"),
        (SOURCE + SOURCE, "01.1"),
        (SOURCE, "01.2"),
    ],
)
def test_a_missing_marker_or_cell_is_named(tmp_path, source, exercise):
    path = write_solution(tmp_path, source, exercise)
    with pytest.raises(SolutionMissing, match=r"01\.1.*|01_requests"):
        solution_cell("01.1", path)


def test_the_solution_is_in_any_notebook_of_its_chapter(tmp_path):
    folder = tmp_path / "solutions"
    write_solution(folder, SOURCE, "01.2")
    lesson = write_solution(folder / "01_requests", SOURCE)
    assert notebook_of("01.1", folder) == lesson
    assert notebook_of("01.2", folder) == folder / "01_requests.ipynb"
    searched = r"01_requests/01_requests\.ipynb, 01_requests\.ipynb"
    with pytest.raises(SolutionMissing, match=rf'"exercise": "01\.3".*searched.*: {searched}'):
        notebook_of("01.3", folder)
    write_solution(folder, SOURCE, "01.1")
    with pytest.raises(SolutionMissing, match="both have a code cell"):
        notebook_of("01.1", folder)


def test_a_damaged_notebook_is_named_only_if_the_solution_is_not_elsewhere(tmp_path):
    folder = tmp_path / "solutions"
    path = write_solution(folder, SOURCE)
    (folder / "01_more.ipynb").write_text("{", encoding="utf-8")
    assert notebook_of("01.1", folder) == path
    with pytest.raises(SolutionMissing, match=r"01_more\.ipynb cannot be read"):
        notebook_of("01.2", folder)


def test_a_missing_solutions_notebook_is_told_not_raised(monkeypatch, tmp_path):
    monkeypatch.setattr("utils.settings.ROOT", tmp_path)
    check("01.1", wrong_role)
    assert "there is no notebook of chapter 01 in solutions/" in solution("01.1").text


# -- progress -------------------------------------------------------------------------------------


def test_progress_counts_done_tried_and_open():
    check("01.1", ask_shop)
    check("01.1", wrong_role)
    check("01.2", lambda client, question: {})
    text = progress().text
    assert "1 of " in text
    assert " done, 1 tried, " in text
    assert "  done     3 of 3  01.1 ask_shop()" in text
    assert "  tried" in text
    assert "Next: 01.2 answer_with_receipt()" in text
    record = ProgressStore().records()["01.1"]
    assert (record.done, record.best, record.verdict, record.attempts) == (
        True,
        3,
        "partly right",
        2,
    )


def test_the_dashboard_says_the_same_in_html_and_marks_stretch_goals():
    check("01.1", ask_shop)
    board = progress()
    markup = visible(board._repr_html_())
    assert board.summary in markup
    assert "stretch goals 0 of " in board.summary
    for exercise in board.exercises:
        assert board.label(exercise) in markup
    assert board.text.count("· stretch\n") >= 1


def test_everything_done_is_said():
    exercises = [get("01.1")]
    record = Record("right", 3, 3, 3, True, 1)
    assert "Everything is done." in Dashboard(exercises, {"01.1": record}).text


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"format": 99, "exercises": {}}',
        b'{"format": 1, "exercises": {"01.1": {"score": "three"}}}',
        b"",
    ],
)
def test_a_damaged_file_is_set_aside_and_reported(fresh: Path, content: bytes):
    store = ProgressStore()
    store.path.write_bytes(content)
    text = progress().text
    assert "progress-damaged-1.json" in text
    assert (fresh / "progress-damaged-1.json").read_bytes() == content
    assert check("01.1", ask_shop).verdict == "right"
    assert ProgressStore().records()["01.1"].done
    store.path.write_bytes(content)
    check("01.1", ask_shop)
    assert (fresh / "progress-damaged-2.json").read_bytes() == content
    assert ProgressStore().records()["01.1"].done


def test_a_file_that_cannot_be_written_does_not_cost_the_verdict(fresh: Path):
    ProgressStore().path.mkdir()
    verdict = check("01.1", ask_shop)
    assert verdict.verdict == "right"
    assert "Your progress was not saved" in verdict.text
    assert "cannot be read" in progress().text


def _many(folder: str, exercise: str) -> None:
    store = ProgressStore(Path(folder))
    for _ in range(20):
        store.attempted(Judgment(exercise, "f", "right", 1, 1))


def test_two_kernels_lose_nothing(fresh: Path):
    spawn = multiprocessing.get_context("spawn")
    jobs = [spawn.Process(target=_many, args=(str(fresh), f"01.{n}")) for n in (1, 2)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join(60)
    assert {k: v.attempts for k, v in ProgressStore().records().items()} == {"01.1": 20, "01.2": 20}
    assert not list(fresh.glob("*.part"))


def test_a_locked_file_is_told(fresh: Path, monkeypatch):
    import filelock

    monkeypatch.setattr("utils.grading.store.LOCK_SECONDS", 0.1)
    with filelock.FileLock(f"{ProgressStore().path}.lock"):
        with pytest.raises(ProgressUnavailable, match="locked by another program"):
            ProgressStore().records()
        assert "was not saved" in check("01.1", ask_shop).text


# -- in a kernel ----------------------------------------------------------------------------------


def run_cells(*cells: str) -> list[dict[str, Any]]:
    """Outputs of the last cell, run one after the other in a real kernel."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbclient.NotebookClient(made, timeout=60, allow_errors=True).execute()
    return [dict(output) for output in made.cells[-1].outputs]


def test_in_a_kernel_everything_is_shown_and_nothing_is_broken():
    *_, shown = run_cells(
        "from utils import check\nimport asyncio\nfrom time import sleep\n",
        "async def ask_shop(client, instructions, question):\n"
        "    sleep(1000); await asyncio.sleep(1000); print('seen')\n"
        "    r = await client.chat.completions.create(model='m', messages=[\n"
        "        {'role': 'developer', 'content': instructions},\n"
        "        {'role': 'user', 'content': question}])\n"
        "    return r.choices[0].message.content\n"
        "await asyncio.sleep(0)\n",
        "import matplotlib.pyplot as plt\n"
        "done = await asyncio.sleep(0, 'loop lives')\n"
        "assert done == 'loop lives'\n"
        "check('01.1', ask_shop)",
    )
    assert shown["output_type"] == "execute_result"
    assert "Exercise 01.1 · ask_shop() · right" in shown["data"]["text/plain"]
    assert "course-box-right" in shown["data"]["text/html"]


def test_in_a_kernel_a_syntax_error_is_told_with_its_line():
    cell = "def ask_shop(client, instructions, question):\n    return client.chat.(\n"
    (shown,) = run_cells("from utils import check", cell, "check('01.1')")
    text = shown["data"]["text/plain"]
    assert "ask_shop() · raised" in text
    assert "Your cell has a syntax error" in text
    assert "line 2: return client.chat.(" in text


def test_in_a_kernel_the_learners_own_line_is_shown_and_loops_are_stopped():
    source = (
        "from utils import check\n"
        "from utils.exercises import get\n"
        "get('01.1').seconds = 0.5\n"
        "def helper(client):\n"
        "    return client.nothing\n"
        "def ask_shop(client, instructions, question):\n"
        "    return helper(client)\n"
        "def endless(client, instructions, question):\n"
        "    while True: pass\n"
    )
    outputs = run_cells(source, "print(check('01.1', ask_shop)); print(check('01.1', endless))")
    text = "".join(output.get("text", "") for output in outputs)
    assert "(your line 5: return client.nothing)" in text
    assert "still running after 0.5 s" in text


def test_grading_needs_no_notebook_and_no_extra_library():
    """As in a browser's Python: only openai, httpx2, anyio and pydantic are there."""
    code = (
        "import sys\n"
        "for name in 'filelock platformdirs dotenv IPython nbformat matplotlib numpy'.split():\n"
        "    sys.modules[name] = None\n"
        "from utils.grading import check, progress\n"
        "print(check('01.1', lambda client, a, b: 'x').verdict, progress().count('tried'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.stdout == "wrong 1\n", done.stderr


def test_a_report_can_use_the_same_box():
    judgment = judge(get("01.1"), LocalPlayer(wrong_role))
    assert words(visible(box(judgment.lines(), "partly"))) == words(judgment.text)
