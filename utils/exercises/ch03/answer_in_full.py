"""Streams break, stop and stall before one gets to its end, or none does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import openai

from ...scripted import Step, drops, fails, streams
from ...scripted.steps import StreamEnd
from ..model import Exercise, Run
from .streams import QUESTIONS, pieces_of, streamed

IN_FULL = Exercise(
    id="03.10",
    function="answer_in_full",
    title="restart a stream that breaks",
    difficulty="stretch",
    covers=["B1", "F2"],
    client={"max_retries": 0},
    hints=[
        "One loop over attempts around one loop over chunks. Each attempt begins with no text.",
        "An attempt is over when it had a finish_reason, whichever it was: return at once.",
        "Send the request outside the try, and read the stream inside it: an error before the "
        "stream propagates, one in the stream (openai.APIError, json.JSONDecodeError) doesn't.",
        "Keep the longest text of the attempts that broke, in case none gets to its end.",
    ],
)


ENDS: dict[StreamEnd, str] = {
    "drop": "the connection broke",
    "error": "an event said error",
    "malformed": "a line was cut",
    "stall": "nothing more came until the timeout",
    "cut": "no chunk had a finish_reason",
}
"""How a stream can break."""


def tried(
    run: Run, script: list[Step], most: int, pieces: Sequence[str], because: str, **want: Any
) -> None:
    """Play these streams; it returns this text, and `want`, after a request for each of them."""
    result = run(script, run.choose(*QUESTIONS), most)
    text = "".join(pieces)
    result.returned({"text": text, **want, "attempts": len(script)}, because)
    result.sent(len(script), because)
    for number in range(1, len(script) + 1):
        streamed(result, number)


@IN_FULL.case()
def one_attempt(run: Run) -> None:
    """an answer that arrives at once takes one request"""
    for most in (1, 3):
        pieces = pieces_of(run.rng)
        tried(run, [streams(*pieces)], most, pieces, "the stream got to its end", complete=True)


@IN_FULL.case(points=2)
def broken_stream(run: Run) -> None:
    """after a stream that breaks it asks again, from the start"""
    for end, because in ENDS.items():
        if end != "cut":
            pieces = pieces_of(run.rng)
            broken = streams(*pieces_of(run.rng)[:5], end=end)
            tried(run, [broken, streams(*pieces)], 3, pieces, because, complete=True)


@IN_FULL.case(hint="It has no finish_reason.")
def silent_end(run: Run) -> None:
    """a stream that just stops counts as broken"""
    pieces = pieces_of(run.rng)
    script = [streams(*pieces[:4], end="cut"), streams(*pieces)]
    tried(run, [*script], 2, pieces, ENDS["cut"], complete=True)


@IN_FULL.case(points=2)
def other_reasons(run: Run) -> None:
    """an answer that hit the cap or the content filter is returned, and isn't asked for again"""
    for reason in ("length", "content_filter"):
        pieces = pieces_of(run.rng)[:6]
        step = streams(*pieces, finish_reason=reason)
        because = f"finish_reason was {reason}"
        tried(run, [step], 3, pieces, because, complete=False)
        broken = streams(*pieces_of(run.rng), end="cut")
        tried(run, [broken, step], 3, pieces, because, complete=False)


@IN_FULL.case(points=2)
def all_attempts_fail(run: Run) -> None:
    """after the last attempt it returns the longest text"""
    for most in (1, 2, 3, 4):
        texts = [pieces_of(run.rng)[:size] for size in run.rng.sample((2, 4, 6, 8, 10), most)]
        ends: list[StreamEnd] = run.rng.sample([*ENDS], most)
        script = [streams(*text, end=end) for text, end in zip(texts, ends, strict=True)]
        longest = max(texts, key=lambda text: len("".join(text)))
        tried(run, [*script], most, longest, f"attempts was {most}", complete=False)
    tried(run, [streams(end="cut")], 1, [], "no text came", complete=False)


@IN_FULL.case()
def error_before_stream(run: Run) -> None:
    """an error before a stream begins is raised to the caller"""
    pieces = pieces_of(run.rng)
    tried(run, [streams(*pieces)], 3, pieces, "the stream got to its end", complete=True)
    for step, kind in (
        (fails(401), openai.AuthenticationError),
        (fails(429), openai.RateLimitError),
        (fails(503), openai.InternalServerError),
        (drops(), openai.APIConnectionError),
    ):
        result = run([step], run.choose(*QUESTIONS), 3)
        result.raised(kind, "no stream had begun")
        result.sent(1)
    result = run([streams(*pieces, end="cut"), fails(401)], run.choose(*QUESTIONS), 3)
    result.raised(openai.AuthenticationError, "the second stream never began")


@IN_FULL.case(hidden=True)
def late_success(run: Run) -> None:
    """the fourth of five attempts gets to its end"""
    pieces = pieces_of(run.rng)
    ends: list[StreamEnd] = run.rng.sample([*ENDS], 3)
    script = [streams(*pieces_of(run.rng, 3), end=end) for end in ends]
    because = "the first three streams broke"
    tried(run, [*script, streams(*pieces)], 5, pieces, because, complete=True)
