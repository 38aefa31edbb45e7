"""A session keeps complete turns only, sends what its window and notes say, saves and loads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import openai
import pytest

from utils.chat_session import ChatSession, NoAnswer, Pins, Summary, Window
from utils.scripted import ScriptedAPI, Step, fails, filtered, refuses, says, streams, truncated

TOLD = "You are the help desk."


def session_of(script: Sequence[Step], **options: Any) -> tuple[ChatSession, ScriptedAPI]:
    api = ScriptedAPI(script)
    return ChatSession(api.client(max_retries=0), "m", TOLD, **options), api


def texts(api: ScriptedAPI, number: int) -> list[str]:
    return [m["content"] for m in api.requests[number].json["messages"]]


def words(messages: Any) -> int:
    """Every message costs the words of its text."""
    return sum(len(m["content"].split()) for m in messages)


def filled(session: ChatSession, *questions: str) -> ChatSession:
    for number, question in enumerate(questions, 1):
        session.turns.append({"role": "user", "content": question})
        session.turns.append({"role": "assistant", "content": f"Answer {number}."})
    return session


def test_each_question_goes_out_after_the_turns_before_it():
    session, api = session_of([says("One."), says("Two.")], max_completion_tokens=60)
    assert (session.ask("First?"), session.ask("Second?")) == ("One.", "Two.")
    assert texts(api, 1) == [TOLD, "First?", "One.", "Second?"]
    assert [r.json["max_completion_tokens"] for r in api.requests] == [60, 60]
    assert [u.completion_tokens > 0 for u in session.usages] == [True, True]


@pytest.mark.parametrize("step", [fails(429), fails(500), fails(400), streams("x", end="drop")])
def test_a_failed_call_leaves_the_history_alone(step: Step):
    session, api = session_of([says("One."), step, says("Two.")])
    session.ask("First?")
    with pytest.raises(openai.APIError):
        session.ask("Second?")
    assert len(session.turns) == 2
    assert session.ask("Second?") == "Two."
    assert texts(api, 2) == [TOLD, "First?", "One.", "Second?"]


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (refuses("No."), "No."),
        (truncated("It we"), "It we"),
        (filtered("It"), "It"),
        (says(""), ""),
    ],
)
def test_an_answer_that_is_not_complete_is_no_turn_but_is_paid_for(step: Step, text: str):
    session, _ = session_of([step])
    with pytest.raises(NoAnswer) as raised:
        session.ask("First?")
    assert raised.value.text == text
    assert session.turns == []
    assert len(session.usages) == 1


def test_a_window_sends_the_newest_whole_turns():
    session, api = session_of([says("Yes.")], window=Window(8, words))
    filled(session, "a b", "c d", "e f").ask("g?")
    assert texts(api, 0) == [TOLD, "c d", "Answer 2.", "e f", "Answer 3.", "g?"]


def test_a_window_that_drops_to_less_moves_rarely():
    session, _ = session_of([says(f"{n}.") for n in range(12)], window=Window(12, words, drop_to=6))
    firsts = []
    for _ in range(12):
        session.ask("one two three")
        firsts.append(session.first)
    assert firsts == [0, 0, 0, 0, 6, 6, 6, 12, 12, 12, 18, 18]


def test_a_context_that_is_too_long_is_shortened_turn_by_turn():
    long = fails(400, "too long", code="context_length_exceeded")
    session, api = session_of([long, long, says("Yes.")])
    filled(session, "a", "b", "c").ask("d?")
    assert texts(api, 2) == [TOLD, "c", "Answer 3.", "d?"]
    assert len(session.turns) == 8
    assert session.to_send("e?")[1].get("content") == "c"


def test_a_question_that_is_too_long_alone_raises():
    long = fails(400, "too long", code="context_length_exceeded")
    session, api = session_of([long, long])
    with pytest.raises(openai.BadRequestError):
        filled(session, "a").ask("b?")
    assert len(api.requests) == 2


def test_pins_note_each_message_once_and_stay():
    pins = Pins("Note it.", settings={"max_completion_tokens": 9})
    script = [says("name: Tom"), says("nothing"), says("Yes."), says("size: 43"), says("No.")]
    session, api = session_of(script, pins=pins, heading="Known:")
    filled(session, "I am Tom.", "Hm.").ask("Third?")
    assert texts(api, 0) == ["Note it.", "I am Tom."]
    assert api.requests[0].json["max_completion_tokens"] == 9
    assert texts(api, 2)[0] == f"{TOLD}\n\nKnown:\nname: Tom"
    session.ask("Fourth?")
    assert texts(api, 3) == ["Note it.", "Third?"]
    assert texts(api, 4)[0] == f"{TOLD}\n\nKnown:\nname: Tom\nsize: 43"
    assert len(session.usages) == 5


def test_a_summary_covers_what_the_window_leaves_out_and_goes_on_from_there():
    options = {"window": Window(4, words), "summary": Summary("Take notes.")}
    session, api = session_of([says("notes 1"), says("d"), says("notes 2"), says("e")], **options)
    filled(session, "a", "b", "c").ask("d?")
    assert texts(api, 0) == [
        "Take notes.\n\nCustomer: a\nShop: Answer 1.\nCustomer: b\nShop: Answer 2."
    ]
    assert texts(api, 1)[0].endswith("earlier:\nnotes 1")
    session.ask("e?")
    chat = "Notes so far:\nnotes 1\n\nThe chat since then:\nCustomer: c\nShop: Answer 3."
    assert texts(api, 2) == [f"Take notes.\n\n{chat}"]
    assert texts(api, 3)[0].endswith("earlier:\nnotes 2")


@pytest.mark.parametrize("step", [fails(500), truncated("Ingr"), refuses(), says("")])
def test_notes_that_fail_cost_no_answer_and_are_made_the_next_time(step: Step):
    session, api = session_of([step, says("Yes."), says("name: Tom"), says("nothing"), says("No.")])
    session.pins = Pins("Note it.")
    assert filled(session, "I am Tom.").ask("Second?") == "Yes."
    assert texts(api, 1)[0] == TOLD
    session.ask("Third?")
    assert texts(api, 4)[0].endswith("name: Tom")


def test_a_loaded_session_sends_what_the_saved_one_would():
    def memory() -> dict[str, Any]:
        return {"window": Window(4, words), "summary": Summary("Take notes."), "pins": Pins("Pin.")}

    script = [says(t) for t in ("nothing", "size: 43", "nothing", "notes", "Yes.")]
    session, _ = session_of(script, **memory())
    filled(session, "a", "b", "c").ask("d?")
    text = session.to_json()
    again, api = session_of([], **memory())
    assert again.load(text) is again
    assert again.to_send("e?") == session.to_send("e?")
    assert again.to_json() == text
    assert TOLD not in text
    assert api.requests == []


def test_loading_drops_an_unanswered_question_and_the_instructions():
    session, _ = session_of([])
    messages = [
        {"role": "developer", "content": "Old instructions."},
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c"},
    ]
    session.load(json.dumps({"version": 1, "messages": messages}))
    assert session.turns == messages[1:3]


@pytest.mark.parametrize("text", ['{"version": 2, "messages": []}', '{"messages": []}', "[]"])
def test_another_version_is_refused_and_the_session_stays(text: str):
    session, _ = session_of([])
    filled(session, "a")
    with pytest.raises(ValueError, match="version"):
        session.load(text)
    assert len(session.turns) == 2


def test_a_cleared_session_is_like_a_new_one():
    script = [says("name: Tom"), says("notes"), says("Yes.")]
    memory = {"window": Window(2, words), "summary": Summary("Notes?"), "pins": Pins("Pin.")}
    session, _ = session_of(script, **memory)
    filled(session, "I am Tom.").ask("b?")
    session.clear()
    assert session.to_send("c?") == session_of([])[0].to_send("c?")
    assert (session.usages, session.first) == ([], 0)


def test_a_branch_goes_its_own_way():
    session, _ = session_of([says("Left."), says("nothing"), says("Right.")])
    branch = filled(session, "a").branch()
    branch.ask("b?")
    session.pins = Pins("Pin.")
    other = session.branch()
    other.ask("c?")
    assert (len(session.turns), len(branch.turns), len(other.turns)) == (2, 4, 4)
    assert session.pins.covered == 0
    assert session.usages == []
