"""A service that refuses a history as too long until enough of it is gone."""

from __future__ import annotations

import random
from typing import Any

import openai

from ...scripted import fails, says
from ..model import Exercise, Run
from .conversations import QUESTIONS, REPLIES, chat, message

SHORTEN = Exercise(
    id="02.6",
    function="ask_or_shorten",
    title="drop the oldest turns when the context is too long",
    difficulty="medium",
    covers=["A4", "F1"],
    client={"max_retries": 0},
    hints=[
        "openai.BadRequestError has a code. Only context_length_exceeded is cured by sending less.",
        "Catch it, take the first turn (two messages) away after the developer message, and send "
        "again.",
        "When no turn is left, raise the error again: the question itself is too long.",
    ],
)

TOO_LONG = "This model's maximum context length is {limit} tokens. (simulated)"


def too_long(rng: random.Random) -> Any:
    """The error of a request that is too long."""
    text = TOO_LONG.format(limit=rng.choice((4096, 8192, 128_000)))
    return fails(400, text, code="context_length_exceeded", param="messages")


@SHORTEN.case()
def no_error(run: Run) -> None:
    """without an error nothing is dropped"""
    history, question, answer = chat(run.rng, 2), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    result.returned({"text": answer, "dropped": 0})
    result.request(1).has_messages([*history, message("user", question)])


@SHORTEN.case(points=2)
def drops_oldest_turn(run: Run) -> None:
    """after the error it sends the same without the oldest turn"""
    history, question, answer = chat(run.rng, 4), run.choose(*QUESTIONS), run.choose(*REPLIES)
    failures = run.rng.randint(1, 3)
    result = run([*[too_long(run.rng)] * failures, says(answer)], history, question)
    last = message("user", question)
    for number in range(1, failures + 2):
        kept = history[2 * (number - 1) + 1 :]
        result.request(number).has_messages([history[0], *kept, last])
    result.returned({"text": answer, "dropped": failures}, "that many turns were dropped")


@SHORTEN.case()
def no_turn_left(run: Run) -> None:
    """when no turn is left, the error gets out"""
    number = run.rng.randint(1, 3)
    script = [too_long(run.rng)] * (number + 1)
    result = run(script, chat(run.rng, number), run.choose(*QUESTIONS))
    because = "the question alone is too long"
    result.raised(openai.BadRequestError, because, saying="maximum context length")
    result.sent(number + 1)


@SHORTEN.case(points=2)
def other_error(run: Run) -> None:
    """another error 400 is not cured by sending less"""
    error = fails(400, "Unknown parameter: 'maxtokens'. (simulated)", code="unknown_parameter")
    result = run([error, says("Never said.")], chat(run.rng, 3), run.choose(*QUESTIONS))
    result.sent(1, "the code is unknown_parameter, not context_length_exceeded")
    result.raised(openai.BadRequestError)


@SHORTEN.case(hidden=True)
def history_unchanged(run: Run) -> None:
    """the caller's history is as it was"""
    history = chat(run.rng, 3)
    result = run([too_long(run.rng), says("Yes.")], history, run.choose(*QUESTIONS))
    result.left_alone(0, "the caller's list")
