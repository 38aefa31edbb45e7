"""What is said about the rows of a query: only what the question asks for is right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from utils.settings import ROOT
from utils.show.query_check import verdict

ORDERS: dict[str, Any] = {"answer": [["FO-1"], ["FO-2"], ["FO-3"]], "ordered": False}
RANKED: dict[str, Any] = {"answer": [["FO-2"], ["FO-1"]], "ordered": True}


@pytest.mark.parametrize(
    ("entry", "found", "said"),
    [
        (ORDERS, [["FO-1"], ["FO-2"], ["FO-3"]], "right"),
        (ORDERS, [["FO-3"], ["FO-1"], ["FO-2"]], "right"),
        (ORDERS, [["x", "FO-1", 5], ["y", "FO-2", 6], ["z", "FO-3", 7]], "right"),
        (ORDERS, "orders has no delivered_on", "cannot be run"),
        (ORDERS, [], "no rows"),
        (ORDERS, [["FO-1"], ["FO-2"]], "2 of 3 rows"),
        (ORDERS, [["FO-1"], ["FO-2"], ["FO-3"], ["FO-4"]], "1 row too many"),
        (ORDERS, [["FO-1"], ["FO-8"]], "1 of 3 rows, and 1 other"),
        (ORDERS, [["FO-9"]], "other rows"),
        (ORDERS, [["FO-1"], ["FO-1"], ["FO-2"], ["FO-3"]], "1 row too many"),
        (RANKED, [["FO-2"], ["FO-1"]], "right"),
        (RANKED, [["FO-1"], ["FO-2"]], "wrong order"),
    ],
)
def test_verdicts(entry: dict[str, Any], found: Any, said: str):
    assert verdict(entry, found) == said


def test_known_answers_are_right():
    questions = json.loads((ROOT / "chapters/data/query_questions.json").read_text("utf-8"))
    for entry in questions:
        assert verdict(entry, entry["answer"]) == "right"
        assert verdict(entry, [["none of these"]]) == "other rows"
