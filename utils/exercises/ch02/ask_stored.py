"""A chain of stored responses, and a service that may have lost it."""

from __future__ import annotations

import openai

from ...scripted import Step, fails, says
from ..model import Exercise, Result, Run, expect, short
from .conversations import INSTRUCTIONS, QUESTIONS, REPLIES, Chat, message, turns

STORED = Exercise(
    id="02.9",
    function="ask_stored",
    title="start over when a stored conversation is gone",
    difficulty="stretch",
    covers=["A4", "A7"],
    client={"max_retries": 0},
    hints=[
        "client.responses.create takes instructions, input and previous_response_id. Do not send "
        "previous_response_id at all when there is none.",
        "instructions are not part of the chain: send them each time.",
        "A chain that is gone is a BadRequestError with the code previous_response_not_found. Then "
        "input=[*history, question] and no previous_response_id starts a new one.",
    ],
)


def asked(run: Run, script: list[Step], previous: str | None) -> tuple[Result, Chat, str]:
    """Play a question, the first one without a previous response; result, history, question."""
    history = turns(run.rng, 2) if previous else []
    question = run.choose(*QUESTIONS)
    result = run(script, run.choose(*INSTRUCTIONS), history, question, previous)
    return result, history, question


def identity(run: Run) -> str:
    """An id of a response."""
    return f"resp_{run.rng.randrange(16**12):012x}"


def gone() -> Step:
    """The error of a chain that is not stored."""
    text = "Previous response with id not found. (simulated)"
    return fails(400, text, code="previous_response_not_found", param="previous_response_id")


@STORED.case()
def starts_chain(run: Run) -> None:
    """the first question starts a chain"""
    answer = run.choose(*REPLIES)
    result, _, question = asked(run, [says(answer)], None)
    request = result.request(1)
    request.went_to("responses")
    request.lacks("previous_response_id", "there is no response before the first one")
    request.contains(question)
    result.field("text").equals(answer)
    result.field("id").contains("resp_", "the id of the response was expected")


@STORED.case(points=2)
def continues_chain(run: Run) -> None:
    """a later question sends only itself, with previous_response_id"""
    previous = identity(run)
    result, history, question = asked(run, [says(run.choose(*REPLIES))], previous)
    result.finished()
    request = result.request(1)
    request.has("previous_response_id", previous)
    request.contains(question)
    request.omits(history[0]["content"], "the service has stored that already")


@STORED.case()
def instructions_every_time(run: Run) -> None:
    """instructions go out each time"""
    for previous in (None, identity(run)):
        result, *_ = asked(run, [says(run.choose(*REPLIES))], previous)
        request, given = result.request(1), result.call.args[0]
        told = [message.text for message in request.messages if message.role != "user"]
        expect(given in told, f"request 1 lacks the instructions: {short(given, 60)}")


@STORED.case(points=2)
def chain_gone(run: Run) -> None:
    """if the chain is gone, the history goes out and starts a new one"""
    answer = run.choose(*REPLIES)
    result, history, question = asked(run, [gone(), says(answer)], identity(run))
    result.field("text").equals(answer)
    request = result.request(2)
    request.lacks("previous_response_id", "that response does not exist any more")
    want = [*history, message("user", question)]
    request.has_messages(want, "the history, then the question", besides="developer")


@STORED.case()
def other_error(run: Run) -> None:
    """another error gets out"""
    error = fails(400, "Unknown parameter: 'inputs'. (simulated)", code="unknown_parameter")
    result, *_ = asked(run, [error, says("Never said.")], identity(run))
    result.sent(1, "the code is unknown_parameter, not previous_response_not_found")
    result.raised(openai.BadRequestError)


@STORED.case(hidden=True)
def history_unchanged(run: Run) -> None:
    """the caller's history is as it was"""
    result, *_ = asked(run, [gone(), says("Yes.")], identity(run))
    result.left_alone(1, "the caller's list of messages")
