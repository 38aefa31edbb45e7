"""What the prose of chapter 03 says about its cells, held against their outputs.

nbval compares the outputs with the recordings; this compares the sentences with the outputs. If a
lesson is recorded again and an answer changes, the sentence to rewrite is named.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from utils.settings import ROOT
from utils.show import timing

LESSONS = {
    "a": "a_reading_along",
    "b": "b_bad_endings",
    "c": "c_what_the_reader_feels",
    "d": "d_showing_a_stream",
}
CLAIMS = [
    ("a", "after-same", "word for word", "same-without-stream", "True"),
    ("a", "about-raw-lines", "It is 200", "raw-lines", "200 text/event-stream"),
    ("a", "about-raw-lines", "The last event isn't JSON", "raw-lines", "data: [DONE]"),
    ("a", "about-tokens", "` boots`", "parse-raw", "' boots'"),
    ("a", "about-chunks", "no choices at all", "four-chunks", "choices=[]  total_tokens=77"),
    ("a", "helper", "OpenAI's SDK doesn't have it", "helper-events", "text_stream: False"),
    ("b", "about-the-cap", "only the last chunk says", "at-the-cap", "\nlength"),
    ("b", "about-cut", 'says "never"', "quiet-cut", "for an hour, never"),
    ("b", "about-cut", "no chunk had a `finish_reason`", "quiet-cut", "simulated: None"),
    ("b", "about-refusal", "stays empty", "refusal-chunks", "{'content': '', 'refusal': None"),
    ("b", "about-helper-endings", "the helper raises", "helper-raises", "LengthFinishReasonError"),
    (
        "b",
        "about-helper-endings",
        "the helper raises",
        "helper-raises",
        "ContentFilterFinishReason",
    ),
    (
        "b",
        "about-helper-endings",
        "only `finish_reason` is `None`",
        "helper-raises",
        "cut      None",
    ),
    (
        "b",
        "about-responses-helper",
        "its message doesn't say why",
        "responses-helper",
        "raised: Did",
    ),
    ("b", "about-responses-endings", "for the `error` event", "responses-endings-table", "  error"),
    ("b", "deadline-how", "half a minute", "no-deadline", "after 30 s"),
    ("c", "about-gaps", "The first token came early", "recorded-times", "first token after 0.06 s"),
    ("c", "in-and-out", "10 or 20 orders", "inputs-asked", "FH-1003"),
    ("c", "about-split", "delays the **first token**", "split", "464 characters in 2.6 and 0.3 s"),
    ("c", "about-split", "delays the **first token**", "split", "874 characters in 4.8 and 0.3 s"),
    ("c", "about-split", "delays the **end**", "split", "309 characters out 0.3 and 5.1 s"),
    ("c", "about-stopped", "no request that cancels", "stopped-on-wire", "completion: False"),
    ("c", "about-stopped", "don't get the usage chunk", "stopped-on-wire", "usage: None"),
    ("d", "about-paint", "the limit hardly matters", "paint-figure", "painted 88 times"),
    ("d", "about-paint", "the limit hardly matters", "paint-figure", "84 at 21 pieces a second"),
    ("d", "about-throttle", "never appear", "throttle-tried", "20 characters were never painted"),
    ("d", "about-tools", "only in the first fragment", "tool-fragments-shown", "0 None None"),
]


@cache
def cells(lesson: str) -> dict[str, dict[str, Any]]:
    path = ROOT / "solutions" / "03_streaming" / f"{LESSONS[lesson]}.ipynb"
    return {cell["id"]: cell for cell in json.loads(path.read_text("utf-8"))["cells"]}


def output(lesson: str, cell: str) -> str:
    """Everything that a cell printed and showed, as text."""
    found = []
    for one in cells(lesson)[cell]["outputs"]:
        text = one.get("text") or one.get("data", {}).get("text/plain", "")
        found.append("".join(text))
    return "\n".join(found)


@pytest.mark.parametrize(
    ("lesson", "prose", "says", "cell", "shows"), CLAIMS, ids=[f"{c[0]}-{c[3]}" for c in CLAIMS]
)
def test_a_sentence_says_what_its_cell_shows(
    lesson: str, prose: str, says: str, cell: str, shows: str
) -> None:
    assert says in "".join(cells(lesson)[prose]["source"])
    assert shows in output(lesson, cell), f"read the cell {prose} of lesson 03{lesson} again"


def test_a_text_has_nine_types_of_events() -> None:
    assert "the nine above" in "".join(cells("a")["about-responses-types"]["source"])
    assert len(re.findall(r"^ +\d+  response\.", output("a", "responses-stream"), re.M)) == 9


def test_every_ending_took_one_request() -> None:
    assert "In every case, there was one request" in "".join(cells("b")["about-endings"]["source"])
    rows = output("b", "endings-table").splitlines()
    assert len(rows) == 8
    assert all("1 request " in row for row in rows)


def test_three_streams_take_as_long_as_the_slowest() -> None:
    assert "as long as the slowest" in "".join(cells("c")["about-lanes"]["source"])
    seconds = [float(found) for found in re.findall(r"([\d.]+) s", output("c", "lanes"))]
    assert len(seconds) == 3
    assert max(seconds) < sum(seconds) / 2


def test_the_pace_of_reading_is_the_one_that_is_named() -> None:
    assert f"{timing.WORDS_PER_MINUTE} words a minute" in "".join(
        cells("c")["about-split"]["source"]
    )
