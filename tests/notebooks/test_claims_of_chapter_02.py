"""What the prose of chapter 02 says about recorded answers, held against the outputs of its cells.

nbval compares the outputs with the recordings; this compares the sentences with the outputs. If a
lesson is recorded again and an answer changes, the sentence to rewrite is named.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from utils.models import CHAT_MODELS
from utils.settings import ROOT

CLAIMS = [
    ("a_history", "nothing-kept", "A tent for 24 euros", "ask-alone", "Skarn 2 costs 24 euros"),
    (
        "a_history",
        "history-is-what-you-send",
        "answers both",
        "dangling-answer",
        "2.1 kg and deliv",
    ),
    ("a_history", "save", "The first answer isn't the one", "five-turns", "a spare pole"),
    ("a_history", "save", "The last answer is from the history", "five-turns", "name is Bruno"),
    ("a_history", "branch-copied-note", "customers can return", "branch-copied", "You can return"),
    ("b_tokens", "quadratic-note", "three to four times", "quadratic", "x3.0"),
    ("b_tokens", "quadratic-note", "three to four times", "quadratic", "x3.6"),
    ("b_tokens", "encode-notes", "takes two", "encode", "' Sk', 'arn'"),
    ("b_tokens", "thirty-tokens", "Thirty tokens", "service-count", "30"),
    ("b_tokens", "overhead-explained", "16 tokens shorter", "overhead", "user                  14"),
    ("b_tokens", "overhead-explained", "cost 12 tokens", "overhead", "assistant, user 26"),
    ("b_tokens", "honest-comparison", "always too low here", "compare-table", "-5%"),
    (
        "b_tokens",
        "languages-notes",
        "four times",
        "language-figure",
        "English 14 in o200k_base, 14",
    ),
    (
        "b_tokens",
        "languages-notes",
        "four times",
        "language-figure",
        "23 in o200k_base, 59 in cl100k",
    ),
    ("b_tokens", "languages-notes", "good at Chinese", "language-figure", "13 in the local model"),
    ("b_tokens", "overflow-notes", "4,096 tokens", "overflow", "maximum context length is 4096"),
    ("b_tokens", "overflow-notes", "2,599", "track", "2599 tokens in o200k_base"),
    ("c_forgetting", "sliding", "all ten right", "recall-everything", "10 of 10"),
    ("c_forgetting", "window-notes", "100 euros", "recall-window", "100 euros"),
    ("c_forgetting", "summary-reads-well", "are for Bruno", "prose", "boots for Bruno"),
    ("c_forgetting", "summary-answers-why", "more than the prose", "with-memory", "5 and 8 of 10"),
    ("c_forgetting", "summary-answers-notes", "less often", "summary-answers", "2 times with it"),
    ("c_forgetting", "summary-answers-notes", "the height", "summary-answers", "1.75 meters"),
    ("c_forgetting", "summary-answers-notes", "the allergy", "summary-answers", "to peanuts"),
    ("c_forgetting", "summary-answers-notes", "Bruno is in", "summary-answers", "name is Max"),
    ("c_forgetting", "compare", "missed the height", "recall-pinned", "10 of 10"),
    ("c_forgetting", "compare-notes", "the cheapest", "recall-table", "4,701"),
    ("d_state", "responses-notes", "they grow", "responses-second", "[95, 129]"),
    (
        "d_state",
        "responses-no-instructions-notes",
        "answers anyway",
        "responses-no-instructions",
        "1-2",
    ),
]


@cache
def cells(lesson: str) -> dict[str, dict[str, Any]]:
    path = ROOT / "solutions" / "02_conversations" / f"{lesson}.ipynb"
    return {cell["id"]: cell for cell in json.loads(path.read_text("utf-8"))["cells"]}


def output(cell: dict[str, Any]) -> str:
    """Everything that a cell printed and showed, as text."""
    found = []
    for one in cell["outputs"]:
        text = one.get("text") or one.get("data", {}).get("text/plain", "")
        found.append("".join(text))
    return "\n".join(found)


@pytest.mark.parametrize(
    ("lesson", "prose", "says", "cell", "shows"), CLAIMS, ids=[f"{c[0][0]}-{c[3]}" for c in CLAIMS]
)
def test_a_sentence_says_what_its_cell_shows(
    lesson: str, prose: str, says: str, cell: str, shows: str
):
    assert says in "".join(cells(lesson)[prose]["source"])
    assert shows in output(cells(lesson)[cell]), f"read the cell {prose} of {lesson} again"


def test_everything_costs_the_most_and_the_window_the_least():
    table = output(cells("c_forgetting")["recall-table"])
    totals = {row[:22].strip(): int(row.split()[-1].replace(",", "")) for row in _rows(table)}
    assert max(totals, key=lambda name: totals[name]) == "everything"
    assert min(totals, key=lambda name: totals[name]) == "window"


def _rows(table: str) -> list[str]:
    return table.splitlines()[2:]


def test_a_cached_token_costs_a_tenth_of_a_new_one():
    assert "costs a tenth of a new one" in "".join(cells("d_state")["review"]["source"])
    assert CHAT_MODELS[0].cached_price == pytest.approx(CHAT_MODELS[0].input_price / 10)
