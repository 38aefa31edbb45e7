"""Streams break, stop and stall before one gets to its end, or none does."""

from __future__ import annotations

import openai

from ...scripted import fails, streams
from ..model import Exercise, Run
from .streams import QUESTIONS, pieces_of

IN_FULL = Exercise(
    id="03.10",
    function="answer_in_full",
    title="restart a stream that breaks",
    difficulty="stretch",
    covers=["B1", "F2"],
    client={"max_retries": 0},
    hints=[
        "One loop over attempts around one loop over chunks. Each attempt begins with no text.",
        "An attempt is good when it had a finish_reason, be it stop or length: return at once.",
        "Send the request outside of the try, and read the stream inside it: an error before the "
        "stream has to get out, one in the stream has not.",
        "Keep the longest text of the attempts that broke, in case that none gets to its end.",
    ],
)


@IN_FULL.case()
def one_attempt(run: Run) -> None:
    """an answer that arrives at once takes one request"""
    pieces = pieces_of(run.rng)
    result = run([streams(*pieces)], run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 1})
    result.sent(1)
    result.request(1).has("stream", True)


@IN_FULL.case(points=2)
def broken_stream(run: Run) -> None:
    """after a stream that breaks it asks again, and starts anew"""
    pieces = pieces_of(run.rng)
    broken = streams(*pieces_of(run.rng)[:5], end=run.choose("drop", "error"))
    result = run([broken, streams(*pieces)], run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 2})
    result.sent(2)


@IN_FULL.case(hint="It has no finish_reason.")
def silent_end(run: Run) -> None:
    """a stream that just stops counts as broken"""
    pieces = pieces_of(run.rng)
    script = [streams(*pieces[:4], end="cut"), streams(*pieces)]
    result = run(script, run.choose(*QUESTIONS), 2)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 2})


@IN_FULL.case()
def token_cap(run: Run) -> None:
    """an answer that hit the cap is returned, not asked again"""
    pieces = pieces_of(run.rng)[:6]
    result = run([streams(*pieces, finish_reason="length")], run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(pieces), "complete": False, "attempts": 1})
    result.sent(1)


@IN_FULL.case(points=2)
def all_attempts_fail(run: Run) -> None:
    """after the last attempt it returns the longest text"""
    texts = [pieces_of(run.rng)[:count] for count in (3, 9, 5)]
    script = [streams(*texts[0], end="cut"), streams(*texts[1], end="drop")]
    script.append(streams(*texts[2], end="cut"))
    result = run(script, run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(texts[1]), "complete": False, "attempts": 3})
    result.sent(3)


@IN_FULL.case()
def error_before_stream(run: Run) -> None:
    """an error before the stream is let out"""
    result = run([fails(401)], run.choose(*QUESTIONS), 3)
    result.raised(openai.AuthenticationError)
    result.sent(1)


@IN_FULL.case(hidden=True)
def stalled_stream(run: Run) -> None:
    """a stream that stalls until the timeout counts as broken"""
    pieces = pieces_of(run.rng)
    script = [streams(*pieces[:3], end="stall"), streams(*pieces)]
    result = run(script, run.choose(*QUESTIONS), 2)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 2})
