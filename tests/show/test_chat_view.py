"""The chat in the page: Enter sends, the answer streams, Stop stops, and the cost is shown."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from utils.chat_session import ChatSession, Pins
from utils.recordings import RecordingMissing
from utils.scripted import ScriptedAPI, fails, refuses, says, streams, tokens
from utils.show.chat_view import ChatView

STREAMED = (streams("It weighs", " **2.1 kg**.", every=0.1), streams("About", " 4 pounds."))


def chat_of(api: ScriptedAPI, paint: Any = None, **options: Any) -> ChatView:
    session = ChatSession(
        api.client(max_retries=0), "m", "Help.", max_completion_tokens=60, **options
    )
    client = api.async_client(max_retries=0, timeout=30)
    return ChatView(session, client, paint=paint, suggestions=["How heavy?"])


def asked(api: ScriptedAPI, view: ChatView, *questions: str) -> list[str]:
    async def ask() -> list[str]:
        return [await view.ask(question) for question in questions]

    with api.simulated_time():
        return api.run(ask())


def press_enter(view: ChatView, text: str) -> None:
    """What JupyterLab sends when somebody types a text and presses Enter."""
    box = view.widget().children[1]
    box.value = text
    box._handle_custom_msg({"event": "submit"}, [])


def test_answers_stream_into_the_session_and_the_page():
    api = ScriptedAPI(STREAMED)
    pages: list[str] = []
    view = chat_of(api, pages.append)
    assert asked(api, view, "How heavy?", "In pounds?") == [
        "It weighs **2.1 kg**.",
        "About 4 pounds.",
    ]
    assert [m["role"] for m in view.session.turns] == ["user", "assistant"] * 2
    sent = api.requests[1].json
    assert [m["content"] for m in sent["messages"]][1:] == [
        "How heavy?",
        "It weighs **2.1 kg**.",
        "In pounds?",
    ]
    assert sent["stream_options"] == {"include_usage": True}
    assert sent["max_completion_tokens"] == 60
    assert any("Streaming" in page for page in pages)
    assert "<strong>2.1 kg</strong>" in pages[-1]
    assert pages[-1].count("In pounds?") == 1
    assert "Streaming" not in pages[-1]


def test_the_cost_so_far_counts_every_answer():
    used = tokens(100_000, 20_000)
    api = ScriptedAPI([streams("One", usage=used), streams("Two", usage=used)])
    view = chat_of(api)
    assert "So far: 0 answers, 0 tokens in, 0 out; $0.000000" in view.html
    asked(api, view, "a?")
    assert "So far: 1 answer, 100,000 tokens in, 20,000 out; $0.020000" in view.html
    asked(api, view, "b?")
    assert "200,000 tokens in, 40,000 out; $0.040000" in view.html


def test_cached_tokens_get_their_price_only_in_long_prompts():
    api = ScriptedAPI(
        [
            streams("One", usage=tokens(100_000, 0, cached=100_000)),
            streams("Two", usage=tokens(1000, 0, cached=1000)),
        ]
    )
    view = chat_of(api)
    asked(api, view, "a?", "b?")
    assert "$0.001100" in view.html


@pytest.mark.parametrize(
    ("step", "state", "note"),
    [
        (fails(500), "broken", "InternalServerError"),
        (streams("It", end="drop"), "broken", "APIConnectionError"),
        (streams("It", end="cut"), "cut off", "isn&#x27;t complete"),
        (streams("It", finish_reason="length"), "cut off", "&#x27;length&#x27;"),
        (streams("It", finish_reason="content_filter"), "cut off", "&#x27;content_filter&#x27;"),
        (refuses("I can't."), "refused", "I can&#x27;t."),
    ],
)
def test_a_bad_end_is_named_and_the_next_question_follows_the_last_complete_turn(
    step: Any, state: str, note: str
):
    api = ScriptedAPI([streams("One"), step, streams("Three")])
    view = chat_of(api)
    asked(api, view, "a?", "b?")
    assert view.state == state
    assert note in view.html
    assert "isn&#x27;t in the history" in view.html
    assert "b?" in view.html
    asked(api, view, "c?")
    assert "b?" not in view.html
    sent = [m["content"] for m in api.requests[2].json["messages"]]
    assert sent == ["Help.", "a?", "One", "c?"]


def test_stop_closes_the_connection_and_the_turn_is_not_kept():
    api = ScriptedAPI([streams(*"abcdefgh", every=0.5)])
    view = chat_of(api, lambda page: view.stop() if len(view.text) == 3 else None)
    assert asked(api, view, "a?") == ["abc"]
    assert view.state == "stopped"
    assert api.requests[0].closed
    assert view.session.turns == []
    assert "Stopped" in view.html


def test_a_context_that_is_too_long_is_shortened():
    long = fails(400, "too long", code="context_length_exceeded")
    api = ScriptedAPI([streams("One"), long, streams("Two")])
    view = chat_of(api)
    assert asked(api, view, "a?", "b?") == ["One", "Two"]
    assert [m["content"] for m in api.requests[2].json["messages"]] == ["Help.", "b?"]


def test_notes_are_made_before_the_answer():
    api = ScriptedAPI([streams("One"), says("name: Tom"), streams("Two")])
    view = chat_of(api, pins=Pins("Note it."))
    asked(api, view, "I am Tom.", "b?")
    assert "name: Tom" in api.requests[2].json["messages"][0]["content"]


def test_a_question_that_was_not_recorded_says_how_to_ask_it():
    view = chat_of(ScriptedAPI([]))

    async def missing() -> Any:
        raise RecordingMissing("no recorded answer")

    view.open_stream = missing

    async def ask() -> None:
        await view.ask("a?")

    asyncio.run(ask())
    assert view.state == "broken"
    assert "local or live" in view.html


def test_enter_sends_and_the_button_too():
    api = ScriptedAPI(STREAMED)
    view = chat_of(api)
    page, box, buttons = view.widget().children
    send, stop, fresh = buttons.children

    async def use() -> None:
        assert (send.disabled, stop.disabled) == (False, True)
        press_enter(view, "How heavy?")
        assert (send.disabled, stop.disabled, box.value) == (True, False, "")
        press_enter(view, "Too early")
        assert box.value == "Too early"
        await view.finished()
        box.value = "In pounds?"
        send.click()
        await view.finished()

    with api.simulated_time():
        api.run(use())
    assert "4 pounds" in page.value
    assert (send.disabled, stop.disabled) == (False, True)
    assert box.options == ("How heavy?",)
    assert len(api.requests) == 2
    fresh.click()
    assert "pounds" not in page.value
    assert "So far: 0 answers" in page.value
    assert view.session.turns == []


def test_a_new_chat_waits_for_the_end_of_the_answer():
    api = ScriptedAPI(STREAMED)
    view = chat_of(api)

    async def too_early() -> None:
        task = view.ask("How heavy?")
        view.clear()
        await task

    with api.simulated_time():
        api.run(too_early())
    assert len(view.session.turns) == 2


def test_an_empty_box_sends_nothing():
    api = ScriptedAPI([])
    view = chat_of(api)
    press_enter(view, "   ")
    with pytest.raises(ValueError, match="empty"):
        view.ask(" ")
    with pytest.raises(RuntimeError, match="Nothing has been asked"):
        view.start()
    assert api.requests == []


def test_it_refuses_two_questions_at_once():
    api = ScriptedAPI(STREAMED)
    view = chat_of(api)

    async def twice() -> None:
        task = view.ask("a?")
        with pytest.raises(RuntimeError, match="still streaming"):
            view.ask("b?")
        await task

    with api.simulated_time():
        api.run(twice())


def test_markup_of_people_and_models_is_shown_as_text():
    api = ScriptedAPI([streams("<script>alert(1)</script>")])
    view = chat_of(api)
    asked(api, view, "<img src=x onerror=alert(2)>")
    assert "<script" not in view.html
    assert "<img" not in view.html


def test_without_a_kernel_the_chat_so_far_is_shown():
    api = ScriptedAPI(STREAMED)
    view = chat_of(api)
    asked(api, view, "How heavy?")
    bundle = view._repr_mimebundle_()
    assert "It weighs" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
