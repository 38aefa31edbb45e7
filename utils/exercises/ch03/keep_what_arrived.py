"""A stream ends in every way in which a stream can end."""

from __future__ import annotations

from collections.abc import Sequence

import openai

from ...scripted import Step, drops, fails, streams
from ...scripted.answers import FinishReason
from ...scripted.steps import StreamEnd
from ..model import Exercise, Run
from .streams import QUESTIONS, pieces_of, streamed

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


def kept(run: Run, step: Step, pieces: Sequence[str], ending: str, because: str = "") -> None:
    """Play this stream of these pieces, which has to have this ending."""
    result = run([step], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": ending}, because)
    result.sent(1)
    streamed(result)


@KEEP.case()
def complete(run: Run) -> None:
    """an answer that ends well is complete"""
    pieces = pieces_of(run.rng)
    kept(run, streams(*pieces), pieces, "complete")


@KEEP.case()
def other_reasons(run: Run) -> None:
    """an answer that hit the cap has the ending length, and a filtered one filtered"""
    endings: list[tuple[FinishReason, str]] = [
        ("length", "length"),
        ("content_filter", "filtered"),
    ]
    for reason, ending in endings:
        pieces = pieces_of(run.rng)[: run.rng.randint(4, 7)]
        step = streams(*pieces, finish_reason=reason)
        kept(run, step, pieces, ending, f"finish_reason was {reason}")


def ends_broken(run: Run, end: StreamEnd, because: str) -> None:
    """Play a stream with this end, and expect what had arrived."""
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 9)]
    kept(run, streams(*pieces, end=end), pieces, "broken", because)


@KEEP.case(points=2, hint="Which finish_reason did you see last?")
def silent_end(run: Run) -> None:
    """a stream that just stops is broken"""
    ends_broken(run, "cut", "no chunk had a finish_reason")


@KEEP.case()
def broken_connection(run: Run) -> None:
    """a connection that breaks or stalls is broken, and the text is kept"""
    ends_broken(run, "drop", "the connection broke")
    ends_broken(run, "stall", "nothing more came until the timeout")


@KEEP.case()
def error_event(run: Run) -> None:
    """an error event in the stream is broken, and the text is kept"""
    ends_broken(run, "error", "an event said error")


@KEEP.case()
def cut_line(run: Run) -> None:
    """a line that isn't valid JSON is broken, and the text is kept"""
    ends_broken(run, "malformed", "a line was cut")


@KEEP.case()
def error_before_stream(run: Run) -> None:
    """an error before the stream begins is raised to the caller"""
    pieces = pieces_of(run.rng)
    kept(run, streams(*pieces), pieces, "complete")
    for script, kind in (
        ([fails(401)], openai.AuthenticationError),
        ([fails(404)], openai.NotFoundError),
        ([drops()] * 3, openai.APIConnectionError),
    ):
        run(script, run.choose(*QUESTIONS)).raised(kind, "no stream had begun")


@KEEP.case(hidden=True)
def other_texts(run: Run) -> None:
    """every kind of broken stream again, with other texts"""
    ends_broken(run, "cut", "no chunk had a finish_reason")
    ends_broken(run, "drop", "the connection broke")
    ends_broken(run, "error", "an event said error")
    ends_broken(run, "malformed", "a line was cut")
