"""A Responses stream ends in every way in which it can end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ... import sse
from ...scripted import (
    Reply,
    ReplyPart,
    SentRequest,
    Step,
    filtered,
    says,
    streams,
    tokens,
    truncated,
)
from ...scripted.answers import Ids
from ..model import Exercise, Run
from .streams import QUESTIONS, SENTENCES, pieces_of

EVENTS = Exercise(
    id="03.9",
    function="read_events",
    title="find out how a Responses stream ended",
    difficulty="medium",
    covers=["A7", "B2"],
    hints=[
        "Every event has a type. Text comes in events of type response.output_text.delta.",
        "The last event is response.completed, response.incomplete or response.failed, each with "
        "the whole response in event.response. An error comes as an event of type error.",
        'Start with problem = "cut" and change it when one of these events comes.',
    ],
)


def read(run: Run, step: Step, text: str, problem: str | None, because: str = "") -> None:
    """Play this stream, which has this text and this problem."""
    result = run([step], run.choose(*QUESTIONS))
    result.returned((text, problem), because)
    result.sent(1)
    request = result.request(1)
    request.went_to("responses")
    request.has("stream", True)
    request.contains(result.call.args[0], role="user")


def some_text(run: Run) -> list[str]:
    """The first pieces of an answer."""
    return pieces_of(run.rng)[: run.rng.randint(3, 8)]


@dataclass(frozen=True)
class FailsAfter(Step):
    """A stream of these pieces whose last event is `response.failed`, with this message."""

    pieces: Sequence[str]
    message: str

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        begun = streams(*self.pieces, end="cut").reply(sent, ids)
        response: dict[str, Any] = {
            "id": f"resp_simulated_{ids.answers}",
            "object": "response",
            "created_at": 0,
            "status": "failed",
            "model": "simulated",
            "error": {"code": "server_error", "message": self.message},
            "incomplete_details": None,
            "output": [],
        }
        last = {"type": "response.failed", "sequence_number": 99, "response": response}
        part = ReplyPart(sse.encode(last, "response.failed"))
        return replace(begun, parts=(*begun.parts, part))


@EVENTS.case()
def completed(run: Run) -> None:
    """a completed response: its text and no problem"""
    pieces = pieces_of(run.rng)
    read(run, streams(*pieces), "".join(pieces), None)


@EVENTS.case()
def reasoning_item(run: Run) -> None:
    """reasoning before the message isn't text"""
    answer = run.choose(*SENTENCES)
    step = says(answer, reasoning="Look it up.", usage=tokens(20, 60, reasoning=40))
    read(run, step, answer, None)


@EVENTS.case()
def incomplete(run: Run) -> None:
    """an incomplete response: the text so far and the reason"""
    for step, reason in ((truncated, "max_output_tokens"), (filtered, "content_filter")):
        text = "".join(some_text(run))
        read(run, step(text), text, reason, "the last event was response.incomplete")


@EVENTS.case()
def failed(run: Run) -> None:
    """a failed response: the text that arrived and the message of its error"""
    message = f"The model failed to answer (case {run.rng.randint(1000, 9999)})."
    for pieces in ([], some_text(run)):
        because = "the last event was response.failed"
        read(run, FailsAfter(pieces, message), "".join(pieces), message, because)


@EVENTS.case(points=2)
def error_event(run: Run) -> None:
    """an error event: the text that arrived and the message"""
    message = "The server had an error while processing your request (simulated)."
    for pieces in ([], some_text(run)):
        step = streams(*pieces, end="error")
        read(run, step, "".join(pieces), message, "an event of type error came")


@EVENTS.case()
def silent_end(run: Run) -> None:
    """a stream that just stops: the text that arrived and cut"""
    pieces = some_text(run)
    read(run, streams(*pieces, end="cut"), "".join(pieces), "cut", "there was no last event")
    pieces = some_text(run)
    read(run, streams(*pieces), "".join(pieces), None, "the last event was response.completed")


@EVENTS.case(hidden=True)
def other_endings(run: Run) -> None:
    """each ending again, with other texts"""
    text = "".join(some_text(run))
    read(run, truncated(text), text, "max_output_tokens")
    read(run, streams(text, end="cut"), text, "cut")
    read(run, FailsAfter([text], text[::-1]), text, text[::-1])
    read(run, says(text, reasoning="Let me see."), text, None)
