"""A stream tells its usage only if it is asked to, and only at its end."""

from __future__ import annotations

from ...scripted import streams, tokens
from ..model import Exercise, Run
from .streams import QUESTIONS, pieces_of

BILL = Exercise(
    id="03.2",
    function="text_and_tokens",
    title="count the tokens of a streamed answer",
    difficulty="easy",
    covers=["B1"],
    hints=[
        "A stream tells its usage only if the request asks for it, in stream_options.",
        'stream_options={"include_usage": True} adds a chunk at the end that has usage and no '
        "choices. In all other chunks usage is None.",
        "Start with tokens = None, and set it when chunk.usage is there.",
    ],
)


@BILL.case()
def asks_for_usage(run: Run) -> None:
    """the request asks for the usage"""
    result = run([streams(*pieces_of(run.rng), usage=tokens(30, 12))], run.choose(*QUESTIONS))
    result.finished()
    result.request(1).has("stream", True)
    result.request(1).field("stream_options").field("include_usage").equals(True)


@BILL.case(points=2)
def text_and_total(run: Run) -> None:
    """it returns the text and the total"""
    pieces = pieces_of(run.rng)
    used = tokens(run.rng.randint(20, 400), run.rng.randint(5, 90))
    result = run([streams(*pieces, usage=used)], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), used.prompt + used.completion))
    result.sent(1)


@BILL.case()
def no_usage(run: Run) -> None:
    """a stream that ends before its usage has an unknown total"""
    pieces = pieces_of(run.rng, 1)
    result = run([streams(*pieces, end="cut")], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), None), "no chunk had a usage")
