"""Python in the page, in a real browser: no network but the site's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site import sample
from tests.site.conftest import Tab
from tests.site.test_browser import violations
from utils import site_command
from utils.notebooks.files import Course

pytestmark = pytest.mark.browser

START = 90_000
"""Milliseconds that loading Python may take on a busy machine; its speed is measured elsewhere."""
TRANSFER_LIMIT = 10_000_000
"""Bytes that a reader's first run may transfer."""


class Runner:
    """The sample chapter with Python running in it."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.page = tab.page
        self.sizes: list[int] = []
        self.page.on("requestfinished", self._finished)

    def _finished(self, request: Any) -> None:
        self.sizes.append(request.sizes()["responseBodySize"])

    def cell(self, cell_id: str) -> Any:
        return self.page.locator(f"[id='cell-id={cell_id}']")

    def edit(self, cell_id: str, source: str) -> None:
        self.cell(cell_id).locator("textarea").fill(source)

    def run(self, cell_id: str, timeout: int = START) -> tuple[str, str]:
        """Press the cell's button; what became of it, and its output in the page."""
        cell = self.cell(cell_id)
        cell.evaluate("cell => { delete cell.dataset.status }")
        cell.locator(".nb-run").click()
        cell.locator("xpath=self::*[@data-status]").wait_for(state="attached", timeout=timeout)
        return cell.get_attribute("data-status"), cell.locator(".nb-live").inner_text().strip()


@pytest.fixture(scope="module")
def runner(browser: Any, address: str) -> Iterator[Runner]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    context.set_default_timeout(20_000)
    made = Runner(Tab(context, address))
    made.tab.open("chapters/98_sample/")
    yield made
    context.close()


def test_nothing_of_python_is_loaded_before_a_click(tab: Tab) -> None:
    requests: list[str] = []
    tab.page.on("request", lambda request: requests.append(request.url))
    tab.open("chapters/98_sample/").wait_for_timeout(300)
    assert not any("assets/python" in url or "assets/runner" in url for url in requests)


def test_a_first_click_runs_the_cells_before_and_then_the_cell(runner: Runner) -> None:
    status, text = runner.run("ask")
    assert (status, text) == ("ok", sample.ANSWER)
    assert "3 answers of test-model" in runner.cell("setup").locator(".nb-live").inner_text()


def test_the_first_run_transfers_less_than_its_limit(runner: Runner) -> None:
    assert 5_000_000 < sum(runner.sizes) < TRANSFER_LIMIT


def test_a_changed_request_is_told_apart_and_another_recorded_one_is_answered(
    runner: Runner,
) -> None:
    runner.edit("ask", sample.ASK.replace(sample.QUESTION, "Where is it?"))
    status, text = runner.run("ask")
    assert status == "error"
    assert "RecordingMissing: no recorded answer" in text
    assert sample.QUESTION in text
    assert "Traceback" not in text
    runner.edit("ask", sample.ASK.replace(sample.QUESTION, sample.OTHER_QUESTION))
    assert runner.run("ask") == ("ok", sample.OTHER_ANSWER)


def test_a_stream_arrives_at_its_recorded_pace(runner: Runner) -> None:
    cell = runner.cell("stream")
    cell.evaluate(
        """cell => {
            window.pieces = [];
            new MutationObserver(() => {
                const text = cell.querySelector(".nb-live").innerText;
                if (pieces.at(-1)?.[1] !== text) pieces.push([performance.now(), text]);
            }).observe(cell, {childList: true, subtree: true, characterData: true});
        }"""
    )
    status, text = runner.run("stream")
    assert (status, text) == ("ok", "".join(sample.WORDS))
    pieces = [piece for piece in runner.page.evaluate("pieces") if piece[1].strip()]
    assert [text.strip() for _, text in pieces][:3] == ["one", "one two", "one two three"]
    assert pieces[-1][0] - pieces[0][0] > 900  # recorded: four pauses of 300 ms


def test_top_level_await_works(runner: Runner) -> None:
    status, text = runner.run("await")
    assert status == "ok"
    assert text.endswith(repr(sample.OTHER_ANSWER))


def test_an_error_shows_the_learners_line_and_stops_nothing_else(runner: Runner) -> None:
    status, text = runner.run("error")
    assert status == "error"
    assert "ValueError: an error on purpose" in text
    assert "eval_code_async" not in text


def test_a_cell_that_needs_matplotlib_says_so_and_keeps_its_picture(runner: Runner) -> None:
    status, text = runner.run("figure")
    assert status == "unavailable"
    assert "needs matplotlib" in text
    assert runner.cell("figure").get_by_alt_text("Two bars, a at 1 and b at 2").is_visible()
    status, text = runner.run("title")
    assert status == "unavailable"
    assert "builds on one that needs matplotlib" in text


def test_html_pictures_and_markdown_are_shown(runner: Runner) -> None:
    runner.cell("table").get_by_text("Show the code").click()
    assert runner.run("table")[0] == "ok"
    assert runner.cell("table").locator(".nb-live th").first.inner_text() == "model"
    assert runner.run("markdown")[0] == "ok"
    assert runner.cell("markdown").locator(".nb-live strong").inner_text() == "bold"


def test_typing_is_colored_and_tab_and_enter_indent(runner: Runner) -> None:
    area = runner.cell("exercise").locator("textarea")
    area.fill("def shout(text: str) -> str:")
    area.press("End")
    area.press("Enter")
    area.press_sequentially("return 'wrong'")
    assert area.input_value() == "def shout(text: str) -> str:\n    return 'wrong'"
    assert runner.cell("exercise").locator("code .k").first.inner_text() == "def"


def test_a_wrong_answer_gets_its_message_and_a_right_one_passes(runner: Runner) -> None:
    runner.edit("exercise", "def shout(text: str) -> str:\n    return text")
    assert runner.run("exercise")[0] == "ok"
    status, text = runner.run("check")
    assert status == "error"
    assert "shout must return capitals" in text
    runner.edit("exercise", sample.SOLVED)
    assert runner.run("exercise")[0] == "ok"
    assert runner.run("check") == ("ok", "")


def test_shift_and_enter_run_a_cell(runner: Runner) -> None:
    runner.edit("ask", "print(6 * 7)")
    cell = runner.cell("ask")
    cell.evaluate("cell => { delete cell.dataset.status }")
    cell.locator("textarea").press("Shift+Enter")
    cell.locator("xpath=self::*[@data-status='ok']").wait_for(state="attached")
    assert cell.locator(".nb-live").inner_text().strip() == "42"


def test_the_running_page_is_accessible_and_quiet(runner: Runner, vendored: None) -> None:
    axe = (site_command.module("vendor").CACHE / "axe" / "axe.min.js").read_text("utf-8")
    assert violations(runner.page, axe) == []
    assert runner.tab.errors == []
    assert runner.tab.foreign == []


def test_an_endless_loop_is_stopped_and_python_starts_afresh(runner: Runner) -> None:
    runner.edit("ask", "while True: pass")
    cell = runner.cell("ask")
    cell.locator(".nb-run").click()
    runner.page.wait_for_timeout(500)
    assert cell.locator(".nb-run").inner_text() == "Stop"
    cell.locator(".nb-run").click()
    assert "Stopped" in cell.locator(".nb-live").inner_text()
    runner.edit("ask", sample.ASK)
    assert runner.run("ask") == ("ok", sample.ANSWER)  # with the setup cell before it


def test_all_cells_of_the_page_run_in_order(runner: Runner) -> None:
    page = runner.page
    runner.edit("exercise", sample.SOLVED)
    page.get_by_role("button", name="Run all").click()
    page.wait_for_function(
        "[...document.querySelectorAll('.nb-cell')].at(-1).dataset.status && "
        "!document.querySelector('.nb-run[data-busy]')",
        timeout=START,
    )
    found = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.nb-cell')]"
        ".map(cell => [cell.id.slice(8), cell.dataset.status]))"
    )
    unavailable = {"figure", "title", "widget"}
    expected = dict.fromkeys(found, "ok") | dict.fromkeys(unavailable, "unavailable")
    assert found == expected | {"error": "error"}


@pytest.mark.parametrize("id", Course().select(["01"]))
def test_a_lesson_of_chapter_one_runs_to_its_end(id: str, tab: Tab) -> None:
    page = tab.open(f"chapters/{id}/")
    page.locator(".nb-run").first.click()
    page.get_by_role("button", name="Run all").click(timeout=START)
    page.wait_for_function("!document.querySelector('.nb-run[data-busy]')", timeout=3 * START)
    cells = page.evaluate(
        "[...document.querySelectorAll('.nb-cell')].map(cell => [cell.id, cell.dataset.status, "
        "Boolean(cell.querySelector('.nb-outputs .nb-error')), "
        "cell.querySelector('.nb-live').innerText])"
    )
    assert [cell for cell in cells if cell[1] == "error" and not cell[2]] == []
    assert [cell[0] for cell in cells if cell[1] is None] == []
    assert tab.foreign == []


def test_a_wrong_answer_to_an_exercise_of_the_course_gets_its_verdict(
    runner: Runner,
) -> None:
    from utils.exercises import registry

    exercise = registry.get("01.1")
    runner.edit(
        "exercise",
        f"from utils import check, hint\n\ndef {exercise.function}(client, *rest):\n"
        f"    return 'wrong'\n\nverdict = check('01.1', {exercise.function})\nverdict",
    )
    status, text = runner.run("exercise")
    assert status == "ok"
    assert "01.1" in text
    assert re.search(r"wrong|not", text)
    runner.edit("check", "hint('01.1')")
    status, text = runner.run("check")
    assert status == "ok"
    assert exercise.hints[0][:40] in text


def test_the_manifest_gives_sizes_and_hashes(site: Path) -> None:
    listed = json.loads((site / "assets" / "python" / "python.json").read_text("utf-8"))
    for name, entry in listed.items():
        assert (site / "assets" / "python" / name).stat().st_size == entry["bytes"], name
