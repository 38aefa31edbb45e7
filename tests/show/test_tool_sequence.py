"""The steps of a conversation with tools, read from a recording, and their drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from utils.recordings import (
    Origin,
    RecordingFile,
    RecordingMissing,
    Request,
    Response,
    interaction,
    write,
)
from utils.show.tool_figures import label_of, sequence
from utils.show.tool_sequence import (
    FUNCTIONS,
    LONGEST,
    MODEL,
    PROGRAM,
    SequenceStep,
    recorded_steps,
    steps_of,
)

TOOLS = [{"type": "function", "function": {"name": "order_status"}}]
ASKED: list[Any] = [
    {"role": "developer", "content": "Be brief."},
    {"role": "user", "content": "Where are they?"},
]


def call(id: str, arguments: str) -> dict[str, Any]:
    function = {"name": "order_status", "arguments": arguments}
    return {"id": id, "type": "function", "function": function}


TWO_CALLS = {
    "role": "assistant",
    "content": None,
    "tool_calls": [call("call_1", '{"order_number": "FO-1"}'), call("call_2", '{"order_nu')],
}
RESULTS = [
    {"role": "tool", "tool_call_id": "call_2", "content": '{"error": "bad arguments"}'},
    {"role": "tool", "tool_call_id": "call_1", "content": '{"status": "' + "x" * 80 + '"}'},
]


def body(*more: dict[str, Any], tools: Any = TOOLS) -> dict[str, Any]:
    return {"model": "m", "messages": [*ASKED, *more], "tools": tools}


def answer(message: dict[str, Any], tokens: int) -> dict[str, Any]:
    return {"choices": [{"message": message}], "usage": {"prompt_tokens": tokens}}


FIRST = (body(), answer(TWO_CALLS, 300))
SECOND = (
    body(TWO_CALLS, *RESULTS),
    answer({"role": "assistant", "content": "On their way."}, 1450),
)


def test_each_call_is_followed_by_its_own_result():
    steps = steps_of([FIRST, SECOND])
    assert [(step.sender, step.receiver) for step in steps] == [
        (PROGRAM, MODEL),
        (MODEL, PROGRAM),
        (PROGRAM, FUNCTIONS),
        (FUNCTIONS, PROGRAM),
        (PROGRAM, FUNCTIONS),
        (FUNCTIONS, PROGRAM),
        (PROGRAM, MODEL),
        (MODEL, PROGRAM),
    ]
    assert steps[0] == SequenceStep(PROGRAM, MODEL, "2 messages, 1 tool", 300)
    assert steps[1].text == "2 tool calls"
    assert steps[2].text == 'order_status("FO-1")'
    assert steps[3].text.startswith('{"status": "xxx')
    assert steps[5].text == '{"error": "bad arguments"}'
    assert steps[6] == SequenceStep(PROGRAM, MODEL, "5 messages, 1 tool", 1450)
    assert steps[7] == SequenceStep(MODEL, PROGRAM, "On their way.")


def test_long_texts_are_cut_and_broken_arguments_shown_as_they_are():
    steps = steps_of([FIRST, SECOND])
    assert len(steps[3].text) == LONGEST
    assert steps[3].text.endswith("…")
    assert steps[4].text == 'order_status({"order_nu)'


def test_a_call_without_a_result_has_no_arrow_back():
    steps = steps_of([FIRST])
    assert [step.receiver for step in steps] == [MODEL, PROGRAM, FUNCTIONS, FUNCTIONS]


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def save(*exchanges: tuple[dict[str, Any], dict[str, Any]]) -> None:
        interactions = [
            interaction(
                Request(method="POST", path="/chat/completions", body=sent),
                Response(status=200, json=said),
            )
            for sent, said in exchanges
        ]
        origin = Origin(provider="local", chat_model="m", recorded="2026-11-21T00:00:00Z")
        file = RecordingFile(format=1, lesson="04_tools", origin=origin, interactions=interactions)
        write(tmp_path / "04_tools.json", file)

    without_tools = (body(), answer({"role": "assistant", "content": "?"}, 20))
    del without_tools[0]["tools"]
    save(without_tools, FIRST, SECOND, FIRST)
    monkeypatch.setenv("COURSE_RECORDINGS_DIR", str(tmp_path))


@pytest.mark.usefixtures("recording")
def test_the_first_conversation_with_tools_is_found_in_a_recording():
    assert recorded_steps("04_tools", "Where are they?") == steps_of([FIRST, SECOND])


@pytest.mark.usefixtures("recording")
def test_a_question_that_nobody_asked_is_missing():
    with pytest.raises(RecordingMissing, match="Who are you"):
        recorded_steps("04_tools", "Who are you?")


def test_the_drawing_says_in_words_what_it_shows():
    steps = steps_of([FIRST, SECOND])
    picture = sequence(steps)
    assert picture.data == steps
    for step in steps:
        assert label_of(step) in picture.alt
    assert label_of(steps[6]) == "5 messages, 1 tool (1,450 tokens)"


def test_every_step_is_an_arrow_between_its_lifelines():
    steps = steps_of([FIRST, SECOND])
    (ax,) = sequence(steps).figure.axes
    drawn = [text for text in ax.texts if getattr(text, "arrow_patch", None) is not None]
    assert len(drawn) == len(steps)
    ends = [(a.xyann[0], a.xy[0]) for a in drawn]  # pyright: ignore[reportAttributeAccessIssue]
    places = {MODEL: 0.0, PROGRAM: 1.0, FUNCTIONS: 2.0}
    assert ends == [(places[s.sender], places[s.receiver]) for s in steps]
    written = {text.get_text() for text in ax.texts}
    assert {label_of(step) for step in steps} <= written
