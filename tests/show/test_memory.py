"""Scores of what a strategy remembers, and its table and figures."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest
from openai.types.chat import ChatCompletion

from utils.recordings import read
from utils.settings import ROOT
from utils.show.memory import (
    Recall,
    growth,
    growth_picture,
    recall,
    recall_picture,
    recall_table,
    says_one_of,
    spent,
)

FOUND = [Recall("all", (True, True, False), 300), Recall("notes", (True, False, False), 90, 45)]


def sizes(bars: Any, side: Literal["width", "height"]) -> list[float]:
    """Width or height of each bar."""
    return [getattr(bar, f"get_{side}")() for bar in bars]


def answer(text: str | None, tokens: int | None = 10) -> ChatCompletion:
    """An answer with this text and so many tokens."""
    usage = tokens and {"prompt_tokens": tokens - 1, "completion_tokens": 1, "total_tokens": tokens}
    message = {"role": "assistant", "content": text}
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": usage or None,
    }
    return ChatCompletion.model_validate(body)


@pytest.mark.parametrize(
    ("text", "accepted", "want"),
    [
        ("You take size 43.", ["43"], True),
        ("It is 143 cm.", ["43"], False),
        ("430", ["43"], False),
        ("BRUNO!", ["bruno"], True),
        ("Brunos", ["bruno"], False),
        ("from 17:00 on", ["five", "17:00"], True),
        ("F-20817.", ["20817"], True),
        ("", ["43"], False),
        ("43", [], False),
    ],
)
def test_an_answer_counts_if_it_says_the_fact_as_a_word(text, accepted, want) -> None:
    assert says_one_of(text, accepted) is want


def test_recall_scores_answers_in_the_order_of_the_facts() -> None:
    answers = [answer("Ingrid"), answer("I do not know."), answer(None)]
    found = recall("window", answers, [["ingrid"], ["43"], ["voss"]], [answer("notes", 25)])
    assert found == Recall("window", (True, False, False), 30, 25)
    assert (found.score, found.total) == (1, 55)


def test_recall_refuses_answers_that_do_not_fit_the_facts() -> None:
    with pytest.raises(ValueError, match="window: 1 answers to 2 questions"):
        recall("window", [answer("Ingrid")], [["ingrid"], ["43"]])


def test_an_answer_without_usage_adds_nothing() -> None:
    assert spent([answer("a"), answer("b", None)]) == 10


def test_the_table_has_a_row_for_each_strategy() -> None:
    assert recall_table(FOUND).rows == [
        ("all", "2 of 3", "100", "0", "300"),
        ("notes", "1 of 3", "30", "45", "135"),
    ]


def test_the_figure_marks_each_fact_and_draws_both_costs() -> None:
    found = recall_picture(FOUND, ["name", "size", "place"])
    left, right = found.figure.axes
    assert found.data == FOUND
    assert len(left.collections) == 6
    assert sizes(right.patches, "width") == [300, 0, 90, 45]
    assert [label.get_text() for label in left.get_xticklabels()] == ["name", "size", "place"]
    assert "all remembers 2 of 3 for 300 tokens" in found.alt


def test_growth_is_a_running_total() -> None:
    assert growth([95, 129, 158]) == [95, 224, 382]
    found = growth_picture([95, 129, 158])
    assert found.data == [(95, 95), (129, 224), (158, 382)]
    assert sizes(found.figure.axes[0].patches, "height") == [95, 129, 158]
    assert "382 at the end" in found.alt


def test_each_planted_fact_is_said_by_the_customer_once() -> None:
    chat = json.loads((ROOT / "chapters" / "data" / "long_chat.json").read_text("utf-8"))
    messages, facts = chat["messages"], chat["facts"]
    assert [m["role"] for m in messages] == ["user", "assistant"] * (len(messages) // 2)
    assert len(facts) == 10
    for fact in facts:
        place = 2 * fact["turn"] - 2
        saying = [
            number
            for number, m in enumerate(messages)
            if m["role"] == "user" and says_one_of(m["content"], fact["accepted"])
        ]
        assert saying == [place], fact["name"]
    assert [f["turn"] for f in facts] == sorted(f["turn"] for f in facts)


def test_the_quiz_is_recorded_for_every_strategy() -> None:
    """Ten questions after each of five contexts; the recording holds all fifty."""
    chat = json.loads((ROOT / "chapters" / "data" / "long_chat.json").read_text("utf-8"))
    questions = {fact["question"] for fact in chat["facts"]}
    contexts: dict[str, set[str]] = {}
    recorded = read(ROOT / "recordings" / "02_conversations" / "c_forgetting.json")
    for interaction in recorded.interactions:
        body = interaction.request.body
        messages = body.get("messages") if isinstance(body, dict) else None
        if messages and messages[-1]["content"] in questions:
            key = json.dumps(messages[:-1])
            contexts.setdefault(key, set()).add(messages[-1]["content"])
    asked_often = [len(asked) for asked in contexts.values() if len(asked) > 1]
    assert asked_often == [10] * 5
