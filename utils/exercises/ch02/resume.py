"""A conversation that was saved, perhaps after a question without an answer."""

from __future__ import annotations

import json

import openai

from ...scripted import fails, says
from ..model import Exercise, Run
from .conversations import QUESTIONS, REPLIES, Chat, chat, message

RESUME = Exercise(
    id="02.4",
    function="resume",
    title="resume a saved conversation",
    difficulty="medium",
    covers=["A4"],
    client={"max_retries": 0},
    hints=[
        "json.loads gives a dictionary with version and messages. Look at version first.",
        "If the last message is a question, it was never answered: drop it before you append.",
        "Return json.dumps of a dictionary with the same version and the longer list.",
    ],
)


def saved(messages: Chat, version: int = 1) -> str:
    """A conversation as it stands in a file."""
    return json.dumps({"version": version, "messages": messages}, ensure_ascii=False)


@RESUME.case()
def sends_saved_history(run: Run) -> None:
    """the conversation goes on where it was"""
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    result = run([says(run.choose(*REPLIES))], saved(history), question)
    result.request(1).has_messages([*history, message("user", question)])


@RESUME.case()
def returns_json(run: Run) -> None:
    """it returns JSON with the version and all turns"""
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    saved_again = run([says(answer)], saved(history), question).output.json()
    saved_again.field("version").equals(1)
    want = [*history, message("user", question), message("assistant", answer)]
    saved_again.field("messages").equals(want)


@RESUME.case(points=2)
def unanswered_question(run: Run) -> None:
    """a question that was never answered is dropped"""
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    dangling = message("user", f"Hello? {run.choose(*QUESTIONS)}")
    result = run([says(run.choose(*REPLIES))], saved([*history, dangling]), question)
    want = [*history, message("user", question)]
    result.request(1).has_messages(want, "the app had crashed")


@RESUME.case()
def other_version(run: Run) -> None:
    """another version raises ValueError, and nothing is sent"""
    version = run.rng.randint(2, 9)
    result = run([says("Never said.")], saved(chat(run.rng, 1), version), run.choose(*QUESTIONS))
    result.raised(ValueError, f"the version is {version}")
    result.sent(0)


@RESUME.case(hidden=True)
def failed_call(run: Run) -> None:
    """a failed call raises"""
    result = run([fails(503)], saved(chat(run.rng, 1)), run.choose(*QUESTIONS))
    result.raised(openai.InternalServerError)
