"""A chain of stored responses, and a service that may have lost it."""

from __future__ import annotations

import openai

from ...scripted import Step, fails, filtered, refuses, response_fails, says, truncated
from ..model import Exercise, Result, Run, expect, short
from .conversations import (
    INSTRUCTIONS,
    NEVER,
    QUESTIONS,
    REPLIES,
    Chat,
    failures,
    message,
    turns,
)

STORED = Exercise(
    id="02.9",
    function="ask_stored",
    title="start over when a stored conversation is gone",
    difficulty="stretch",
    covers=["A4", "A7"],
    client={"max_retries": 0},
    hints=[
        "client.responses.create takes instructions, input and previous_response_id. Leave out "
        "previous_response_id when there is none.",
        "instructions aren't part of the chain: send them each time.",
        "A chain that is gone is a BadRequestError with the code previous_response_not_found. Then "
        "input=[*history, question] without previous_response_id starts a new one.",
        "A refusal is a part of the type refusal in the content of a message in response.output. "
        "With one, status is completed, and output_text is empty.",
    ],
)


def asked(
    run: Run, script: list[Step], previous: str | None, number: int = 2
) -> tuple[Result, Chat, str]:
    """Play a question after so many turns; the result, the history, and the question."""
    history, question = turns(run.rng, number), run.choose(*QUESTIONS)
    result = run(script, run.choose(*INSTRUCTIONS), history, question, previous)
    return result, history, question


def identity(run: Run) -> str:
    """An id of a response."""
    return f"resp_{run.rng.randrange(16**12):012x}"


def gone() -> Step:
    """The error of a chain that is not stored."""
    text = "Previous response with id not found. (simulated)"
    return fails(400, text, code="previous_response_not_found", param="previous_response_id")


FIRST_ID = "resp_simulated_1"
"""The id that the simulated service gives its first response."""


@STORED.case()
def starts_chain(run: Run) -> None:
    """without a previous_id, the history and the question start a chain"""
    for number in (0, 2):
        answer = run.choose(*REPLIES)
        result, history, question = asked(run, [says(answer)], None, number)
        result.ended_as_expected()
        request = result.request(1)
        request.went_to("responses")
        request.lacks("previous_response_id", "there is no response before the first one")
        want = [*history, message("user", question)]
        request.has_messages(want, "the history, then the question", besides="developer")
        result.returned({"text": answer, "id": FIRST_ID})


@STORED.case(points=2)
def continues_chain(run: Run) -> None:
    """with a previous_id, it sends only the question and that id"""
    previous, answer = identity(run), run.choose(*REPLIES)
    result, _, question = asked(run, [says(answer)], previous)
    result.finished()
    request = result.request(1)
    request.went_to("responses")
    request.has("previous_response_id", previous)
    want, because = [message("user", question)], "the service has stored the rest"
    request.has_messages(want, because, besides="developer")
    result.returned({"text": answer, "id": FIRST_ID})
    result.sent(1)


@STORED.case(points=2)
def instructions_every_time(run: Run) -> None:
    """instructions go out with every request, and the service may store the response"""
    answer = says(run.choose(*REPLIES))
    plays: list[tuple[list[Step], str | None]] = [
        ([answer], None),
        ([answer], identity(run)),
        ([gone(), answer], identity(run)),
    ]
    for script, previous in plays:
        result, *_ = asked(run, script, previous)
        result.ended_as_expected()
        given = result.call.args[0]
        for number in range(1, len(script) + 1):
            request = result.request(number)
            told = [message.text for message in request.messages if message.role != "user"]
            expect(given in told, f"request {number} lacks the instructions: {short(given, 60)}")
            request.has_default("store", True, "the next question continues from this response")


@STORED.case(points=2)
def chain_gone(run: Run) -> None:
    """if the chain is gone, the history and the question start a new one"""
    for number in (2, 1):
        answer = run.choose(*REPLIES)
        result, history, question = asked(run, [gone(), says(answer)], identity(run), number)
        result.ended_as_expected()
        request = result.request(2)
        request.lacks("previous_response_id", "that response doesn't exist anymore")
        want = [*history, message("user", question)]
        request.has_messages(want, "the history, then the question", besides="developer")
        result.returned({"text": answer, "id": FIRST_ID})


@STORED.case(points=2)
def other_error(run: Run) -> None:
    """every other error is raised to the caller, and nothing more is sent"""
    for step in (*failures(), fails(404)):
        for script, previous in (
            ([step, NEVER], identity(run)),
            ([step, NEVER], None),
            ([gone(), step, NEVER], identity(run)),
        ):
            result, *_ = asked(run, script, previous)
            result.sent(len(script) - 1, "only a chain that is gone is started over")
            result.raised(openai.APIError)


@STORED.case()
def new_chain_gone(run: Run) -> None:
    """a new chain that fails in the same way isn't started again"""
    result, *_ = asked(run, [gone(), gone(), NEVER], identity(run))
    result.sent(2, "the second request didn't name a response, so its chain can't be gone")
    result.raised(openai.BadRequestError)


@STORED.case(points=2, hint="status isn't completed, or a part of the message is a refusal.")
def no_complete_response(run: Run) -> None:
    """a response that isn't complete raises ValueError"""
    for step, because in (
        (truncated(run.choose(*REPLIES)[:9]), "status was incomplete"),
        (filtered("It"), "status was incomplete"),
        (response_fails(), "status was failed"),
        (refuses(), "it was a refusal"),
    ):
        for previous in (None, identity(run)):
            result, _, question = asked(run, [step, NEVER], previous)
            result.sent(1, because)
            result.request(1).contains(question)
            result.raised(ValueError, because)


@STORED.case()
def history_unchanged(run: Run) -> None:
    """the caller's list is as it was"""
    for script, previous in (([says("Yes.")], None), ([gone(), says("Yes.")], identity(run))):
        result, *_ = asked(run, [*script], previous)
        result.field("text").equals("Yes.")
        result.left_alone(1, "the caller's list of messages")
