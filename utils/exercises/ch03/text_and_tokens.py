"""A stream tells its usage only if it is asked to, and only at its end."""

from __future__ import annotations

from ...scripted import streams, tokens
from ..model import Exercise, Result, Run
from .streams import QUESTIONS, pieces_of, streamed

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


def billed(run: Run) -> Result:
    """Play a stream that tells its usage; text and total have to be right."""
    pieces = pieces_of(run.rng)
    used = tokens(run.rng.randint(20, 400), run.rng.randint(5, 90))
    result = run([streams(*pieces, usage=used)], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), used.prompt + used.completion))
    result.sent(1)
    streamed(result)
    return result


@BILL.case()
def asks_for_usage(run: Run) -> None:
    """the request asks the question, for a stream with its usage"""
    result = run([streams(*pieces_of(run.rng), usage=tokens(30, 12))], run.choose(*QUESTIONS))
    result.finished()
    request = streamed(result)
    request.field("stream_options").field("include_usage").equals(True)


@BILL.case(points=2)
def text_and_total(run: Run) -> None:
    """it returns the text and the total"""
    for _ in range(3):
        billed(run)


@BILL.case()
def no_usage(run: Run) -> None:
    """a stream that ends before its usage has an unknown total"""
    pieces = pieces_of(run.rng, 1)
    result = run([streams(*pieces, end="cut")], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), None), "no chunk had a usage")


@BILL.case(hidden=True)
def another_total(run: Run) -> None:
    """it returns the text and the total of another stream"""
    billed(run)
