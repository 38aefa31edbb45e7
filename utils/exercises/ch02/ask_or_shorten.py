"""A service that rejects a history as too long until enough of it is gone."""

from __future__ import annotations

import random
from typing import Any

import openai

from ...scripted import fails, says
from ..model import Exercise, Run
from .conversations import NEVER, QUESTIONS, REPLIES, chat, failures, incomplete, message

SHORTEN = Exercise(
    id="02.6",
    function="ask_or_shorten",
    title="drop the oldest turns when the context is too long",
    difficulty="medium",
    covers=["A4", "F1"],
    client={"max_retries": 0},
    hints=[
        "An openai.BadRequestError has a code. Only context_length_exceeded is cured by sending "
        "less.",
        "Catch it, leave out the first turn (two messages) after the developer message, and send "
        "again.",
        "When no turn is left, raise the error again: the question itself is too long.",
        "text is the content if finish_reason is stop and there is no refusal, and otherwise None.",
    ],
)

TOO_LONG = "This model's maximum context length is {limit} tokens. (simulated)"


def too_long(rng: random.Random) -> Any:
    """The error of a request that is too long."""
    text = TOO_LONG.format(limit=rng.choice((4096, 8192, 128_000)))
    return fails(400, text, code="context_length_exceeded", param="messages")


@SHORTEN.case()
def no_error(run: Run) -> None:
    """without an error, nothing is dropped"""
    for number in (2, 0):
        history, question = chat(run.rng, number), run.choose(*QUESTIONS)
        answer = run.choose(*REPLIES)
        result = run([says(answer)], history, question)
        result.returned({"text": answer, "dropped": 0})
        result.request(1).has_messages([*history, message("user", question)])


@SHORTEN.case(points=2)
def drops_oldest_turn(run: Run) -> None:
    """after each such error, it sends the same without the oldest turn"""
    for failed in (1, 2, 3, 4):
        history, question, answer = chat(run.rng, 4), run.choose(*QUESTIONS), run.choose(*REPLIES)
        result = run([*[too_long(run.rng)] * failed, says(answer)], history, question)
        last = message("user", question)
        for number in range(1, failed + 2):
            kept = history[2 * (number - 1) + 1 :]
            result.request(number).has_messages([history[0], *kept, last])
        because = "the errors" if failed > 1 else "the error"
        result.returned({"text": answer, "dropped": failed}, f"a turn for each of {because}")


@SHORTEN.case()
def no_turn_left(run: Run) -> None:
    """when no turn is left, the error is raised to the caller"""
    for number in (2, 0, 1):
        script = [*[too_long(run.rng)] * (number + 1), NEVER]
        result = run(script, chat(run.rng, number), run.choose(*QUESTIONS))
        because = "the question alone is too long"
        result.sent(number + 1, because)
        result.raised(openai.BadRequestError, because, saying="maximum context length")


@SHORTEN.case(points=2)
def other_error(run: Run) -> None:
    """every other error is raised to the caller, and nothing more is sent"""
    misleading = fails(400, TOO_LONG.format(limit=4096), code="string_above_max_length")
    for step in (*failures(), misleading):
        question = run.choose(*QUESTIONS)
        result = run([too_long(run.rng), step, NEVER], chat(run.rng, 3), question)
        because = "the error of the second request was another one"
        result.sent(2, because)
        result.raised(openai.APIError, because)


@SHORTEN.case()
def history_unchanged(run: Run) -> None:
    """the caller's list is as it was"""
    history, answer = chat(run.rng, 3), run.choose(*REPLIES)
    result = run([*[too_long(run.rng)] * 2, says(answer)], history, run.choose(*QUESTIONS))
    result.returned({"text": answer, "dropped": 2})
    result.left_alone(0, "the caller's list")


@SHORTEN.case()
def no_complete_answer(run: Run) -> None:
    """without a complete answer, text is None"""
    for step, because in incomplete(run):
        result = run([too_long(run.rng), step], chat(run.rng, 2), run.choose(*QUESTIONS))
        result.returned({"text": None, "dropped": 1}, because)
