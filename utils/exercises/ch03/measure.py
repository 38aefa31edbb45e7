"""A stream whose pieces come after random pauses, timed on the simulated clock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...scripted import Reply, SentRequest, Step, streams
from ...scripted.answers import Ids
from ..model import Exercise, Result, Run
from .streams import QUESTIONS, choice, chunk, pieces_of, sse


@dataclass(frozen=True)
class Paused(Step):
    """A step whose parts come after pauses of their own, in seconds."""

    step: Step
    pauses: tuple[float, ...]

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.step.reply(sent, ids)
        pauses = [*self.pauses, *[0.0] * len(made.parts)]
        parts = [replace(part, after=p) for part, p in zip(made.parts, pauses, strict=False)]
        return replace(made, parts=tuple(parts))


MEASURE = Exercise(
    id="03.4",
    function="measure",
    title="measure time to first token",
    difficulty="medium",
    covers=["B3"],
    hints=[
        "Read the clock before create(): the time to the first token includes the way there.",
        "The first chunk only brings the role. Note the time of chunks whose delta has content.",
        "Gaps are differences of neighbors in that list: "
        "[b - a for a, b in zip(times, times[1:])].",
    ],
)


@dataclass(frozen=True)
class Timed:
    """A stream that was played.

    Attributes:
        result: What came of it.
        takes: Seconds until the stream began.
        pauses: Seconds before each piece of text, counted from the chunk before it.
        end: Seconds from the last piece to the end of the stream.
    """

    result: Result
    takes: float
    pauses: list[float]
    end: float


def timed(run: Run, count: int) -> Timed:
    """Play a stream of so many pieces, with random pauses."""
    takes = run.rng.randint(5, 30) / 10
    pauses = [run.rng.randint(3, 90) / 100 for _ in range(count)]
    end = run.rng.randint(1, 9) / 10
    step = streams(*pieces_of(run.rng)[:count], takes=takes)
    result = run([Paused(step, (0.0, *pauses, end))], run.choose(*QUESTIONS))
    return Timed(result, takes, pauses, end)


@MEASURE.case(points=2, hint="The chunk that brings the role has no text.")
def first(run: Run) -> None:
    """first runs from sending the request to the first piece of text"""
    stream = timed(run, 5)
    stream.result.request(1).has("stream", True)
    because = f"the stream began after {stream.takes:g} s, its text {stream.pauses[0]:g} s later"
    stream.result.field("first").is_close(stream.takes + stream.pauses[0], because)


@MEASURE.case()
def total(run: Run) -> None:
    """total runs to the end of the stream"""
    stream = timed(run, 5)
    because = f"the last piece came {stream.end:g} s before it"
    stream.result.field("total").is_close(stream.takes + sum(stream.pauses) + stream.end, because)


@MEASURE.case()
def longest_gap(run: Run) -> None:
    """longest_gap is the longest wait between two pieces of text"""
    stream = timed(run, 6)
    because = "between two pieces, not before the first"
    stream.result.field("longest_gap").is_close(max(stream.pauses[1:]), because)


@MEASURE.case()
def one_piece(run: Run) -> None:
    """one piece has no gap"""
    timed(run, 1).result.field("longest_gap").is_close(0.0, "there is only one piece")


@MEASURE.case(hidden=True)
def no_text(run: Run) -> None:
    """an answer without text has no first"""
    step = sse(chunk(choice({"role": "assistant"})), chunk(choice({}, "stop")))
    run([step], run.choose(*QUESTIONS)).field("first").is_none("no text came")
