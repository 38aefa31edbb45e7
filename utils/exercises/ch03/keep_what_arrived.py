"""A stream ends in every way in which a stream can end."""

from __future__ import annotations

import openai

from ...scripted import fails, streams
from ...scripted.steps import StreamEnd
from ..model import Exercise, Run
from .streams import QUESTIONS, pieces_of

KEEP = Exercise(
    id="03.3",
    function="keep_what_arrived",
    title="keep what arrived when a stream breaks",
    difficulty="medium",
    covers=["B1"],
    hints=[
        "Three things can tell you how a stream ended: its finish_reason, an exception, or that "
        "there was neither.",
        "Build the text outside the try, so that it is still there when the loop raises.",
        "Catch openai.APIError (an error event, a broken connection, a timeout) and "
        "json.JSONDecodeError (a line that isn't JSON) around the loop, not around create().",
    ],
)


@KEEP.case()
def complete(run: Run) -> None:
    """an answer that ends well is complete"""
    pieces = pieces_of(run.rng)
    result = run([streams(*pieces)], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": "complete"})
    result.request(1).has("stream", True)


@KEEP.case()
def token_cap(run: Run) -> None:
    """an answer that hit the cap has the ending length"""
    pieces = pieces_of(run.rng)[: run.rng.randint(4, 7)]
    result = run([streams(*pieces, finish_reason="length")], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": "length"})


def ends_broken(run: Run, end: StreamEnd, because: str) -> None:
    """Play a stream with this end, and expect what had arrived."""
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 9)]
    result = run([streams(*pieces, end=end)], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": "broken"}, because)
    result.sent(1)


@KEEP.case(points=2, hint="Which finish_reason did you see last?")
def silent_end(run: Run) -> None:
    """a stream that just stops is broken"""
    ends_broken(run, "cut", "no chunk had a finish_reason")


@KEEP.case()
def broken_connection(run: Run) -> None:
    """a connection that breaks is broken, and the text is kept"""
    ends_broken(run, "drop", "the connection broke")


@KEEP.case()
def error_event(run: Run) -> None:
    """an error event in the stream is broken, and the text is kept"""
    ends_broken(run, "error", "an event said error")


@KEEP.case()
def error_before_stream(run: Run) -> None:
    """an error before the stream is let out"""
    run([fails(401)], run.choose(*QUESTIONS)).raised(openai.AuthenticationError)


@KEEP.case(hidden=True)
def cut_line(run: Run) -> None:
    """a line that is no JSON is broken"""
    ends_broken(run, "malformed", "a line was cut")
