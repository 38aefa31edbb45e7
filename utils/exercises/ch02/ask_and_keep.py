"""A shared history, and calls that succeed, fail, or bring a refusal."""

from __future__ import annotations

import openai

from ...scripted import fails, refuses, says
from ..model import Exercise, Run
from .conversations import QUESTIONS, REPLIES, chat, message

KEEP_CLEAN = Exercise(
    id="02.3",
    function="ask_and_keep",
    title="keep the history clean when a call fails",
    difficulty="easy",
    covers=["A4"],
    client={"max_retries": 0},
    hints=[
        "What does history look like if create raises after you have appended the question?",
        "Send [*history, question] and change history only when the answer is there.",
        "An answer without text (a refusal has content None) isn't a turn: return None and leave "
        "history alone.",
    ],
)


@KEEP_CLEAN.case()
def keeps_both_turns(run: Run) -> None:
    """after an answer the history has both turns, and the text is returned"""
    history, question, answer = chat(run.rng, 1), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    result.returned(answer)
    asked = [*history, message("user", question)]
    result.request(1).has_messages(asked)
    result.argument(0, "the history").equals([*asked, message("assistant", answer)])


@KEEP_CLEAN.case(points=2)
def failed_call(run: Run) -> None:
    """a failed call raises, and the history is as before"""
    history = chat(run.rng, 2)
    status = run.choose(500, 503)
    result = run([fails(status)], history, run.choose(*QUESTIONS))
    result.raised(openai.InternalServerError)
    result.argument(0, "the history").equals(history, "the question has no answer")


@KEEP_CLEAN.case()
def refusal(run: Run) -> None:
    """a refusal returns None, and the history is as before"""
    history = chat(run.rng, 1)
    result = run([refuses()], history, run.choose(*QUESTIONS))
    result.returned(None)
    result.argument(0, "the history").equals(history, "a refusal isn't an answer")


@KEEP_CLEAN.case(hidden=True)
def one_request(run: Run) -> None:
    """it sends nothing but the one request"""
    result = run([fails(500)], chat(run.rng, 1), run.choose(*QUESTIONS))
    result.raised(openai.InternalServerError)
    result.sent(1, "whoever calls it decides about another try")
