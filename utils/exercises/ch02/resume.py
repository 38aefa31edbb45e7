"""A conversation that was saved, perhaps after a question without an answer."""

from __future__ import annotations

import json

import openai

from ...scripted import says
from ..model import Exercise, Result, Run
from .conversations import (
    NEVER,
    QUESTIONS,
    REPLIES,
    Chat,
    chat,
    failures,
    incomplete,
    is_chat,
    message,
)

RESUME = Exercise(
    id="02.4",
    function="resume",
    title="resume a saved conversation",
    difficulty="medium",
    covers=["A4"],
    client={"max_retries": 0},
    hints=[
        "json.loads gives a dictionary with version and messages. Check the version first; "
        'data.get("version") is None if there is none.',
        "If the last message is a question, it was never answered: drop it before you append.",
        "Return json.dumps of a dictionary with the same version and the messages. They include "
        "the new turn only if its answer is complete.",
    ],
)


def saved(messages: Chat, **version: int) -> str:
    """A conversation as it is stored in a file."""
    return json.dumps({**version, "messages": messages}, ensure_ascii=False)


def holds(result: Result, want: Chat, because: str = "") -> None:
    """It returned JSON with version 1 and these messages."""
    stored = result.output.json()
    stored.has_keys("version", "messages")
    stored.field("version").equals(1)
    is_chat(stored.field("messages"), want, because)


@RESUME.case()
def sends_saved_history(run: Run) -> None:
    """it sends the saved messages and then the question"""
    for number in (2, 0, 1):
        history, question = chat(run.rng, number), run.choose(*QUESTIONS)
        result = run([says(run.choose(*REPLIES))], saved(history, version=1), question)
        result.ended_as_expected()
        result.request(1).has_messages([*history, message("user", question)])


@RESUME.case()
def returns_json(run: Run) -> None:
    """it returns JSON with the version and all turns"""
    for number in (2, 0):
        history, question = chat(run.rng, number), run.choose(*QUESTIONS)
        answer = run.choose(*REPLIES)
        result = run([says(answer)], saved(history, version=1), question)
        holds(result, [*history, message("user", question), message("assistant", answer)])


@RESUME.case(points=2)
def unanswered_question(run: Run) -> None:
    """a question that was never answered is dropped"""
    for number in (2, 0):
        history, question = chat(run.rng, number), run.choose(*QUESTIONS)
        answer = run.choose(*REPLIES)
        dangling = message("user", f"Hello? {run.choose(*QUESTIONS)}")
        result = run([says(answer)], saved([*history, dangling], version=1), question)
        result.ended_as_expected()
        want = [*history, message("user", question)]
        result.request(1).has_messages(want, "the app had crashed")
        holds(result, [*want, message("assistant", answer)], "the app had crashed")


@RESUME.case(points=2)
def no_complete_answer(run: Run) -> None:
    """without a complete answer, the new question isn't saved either"""
    for step, because in incomplete(run):
        history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
        result = run([step], saved(history, version=1), question)
        result.request(1).has_messages([*history, message("user", question)])
        holds(result, history, because)


@RESUME.case()
def other_version(run: Run) -> None:
    """only version 1 is read: another one, or none, raises ValueError before anything is sent"""
    history, question, answer = chat(run.rng, 1), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], saved(history, version=1), question)
    holds(result, [*history, message("user", question), message("assistant", answer)])
    for version in (2, 0, 10, None):
        named = {} if version is None else {"version": version}
        result = run([NEVER], saved(history, **named), question)
        because = "there is no version" if version is None else f"the version is {version}"
        result.raised(ValueError, because)
        result.sent(0, because)


@RESUME.case()
def failed_call(run: Run) -> None:
    """a failed call raises its error after one request"""
    for step in failures():
        history, question = chat(run.rng, 1), run.choose(*QUESTIONS)
        result = run([step, NEVER], saved(history, version=1), question)
        result.sent(1)
        result.request(1).has_messages([*history, message("user", question)])
        result.raised(openai.APIError)
