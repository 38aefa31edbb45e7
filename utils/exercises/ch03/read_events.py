"""A Responses stream ends in every way in which it can end."""

from __future__ import annotations

from ...scripted import response_fails, says, streams, tokens, truncated
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


@EVENTS.case()
def completed(run: Run) -> None:
    """a completed response: its text and no problem"""
    pieces, question = pieces_of(run.rng), run.choose(*QUESTIONS)
    result = run([streams(*pieces)], question)
    result.returned(("".join(pieces), None))
    result.request(1).went_to("responses")
    result.request(1).has("stream", True)
    result.request(1).contains(question)


@EVENTS.case()
def incomplete(run: Run) -> None:
    """an incomplete response: the text so far and the reason"""
    text = "".join(pieces_of(run.rng)[: run.rng.randint(3, 8)])
    result = run([truncated(text)], run.choose(*QUESTIONS))
    result.returned((text, "max_output_tokens"), "the last event was response.incomplete")


@EVENTS.case()
def failed(run: Run) -> None:
    """a failed response: the message of its error"""
    message = run.choose("The model failed to answer.", "The model is being restarted.")
    result = run([response_fails("server_error", message)], run.choose(*QUESTIONS))
    result.returned(("", message), "the last event was response.failed")


@EVENTS.case(points=2)
def error_event(run: Run) -> None:
    """an error event: the text that arrived and the message"""
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 8)]
    result = run([streams(*pieces, end="error")], run.choose(*QUESTIONS))
    message = "The server had an error while processing your request (simulated)."
    result.returned(("".join(pieces), message), "an event of type error came")


@EVENTS.case()
def silent_end(run: Run) -> None:
    """a stream that just stops: cut"""
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 8)]
    result = run([streams(*pieces, end="cut")], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), "cut"), "there was no last event")


@EVENTS.case(hidden=True)
def reasoning_item(run: Run) -> None:
    """reasoning before the message is not text"""
    answer = run.choose(*SENTENCES)
    script = [says(answer, reasoning="Look it up.", usage=tokens(20, 60, reasoning=40))]
    run(script, run.choose(*QUESTIONS)).returned((answer, None))
