"""A stream whose pieces come after random pauses, timed on the simulated clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...scripted import Reply, ReplyPart, ScriptedAPI, SentRequest, Step
from ...scripted.answers import Ids
from ..model import Exercise, Result, Run, hinting
from .streams import QUESTIONS, choice, chunk, pieces_of, sse, streamed


@dataclass(frozen=True)
class Paused(Step):
    """A step that begins after `takes` seconds, with a pause of its own before each part."""

    step: Step
    takes: float
    pauses: tuple[float, ...]

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.step.reply(sent, ids)
        return replace(made, parts=_separate(made.parts, self.pauses), after=self.takes)


def _separate(parts: Sequence[ReplyPart], pauses: Sequence[float]) -> tuple[ReplyPart, ...]:
    """The events of a body, one part each, after these pauses; those beyond come at once."""
    events = b"".join(part.data for part in parts).split(b"\n\n")[:-1]
    waits = [*pauses, *[0.0] * len(events)]
    return tuple(
        ReplyPart(event + b"\n\n", wait) for event, wait in zip(events, waits, strict=False)
    )


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
        pauses: Seconds before each piece of text, counted from the piece before it.
        end: Seconds from the last piece to the end of the stream.
    """

    result: Result
    takes: float
    pauses: list[float]
    end: float


def timed(run: Run, count: int) -> Timed:
    """Play a stream of so many pieces, with random pauses and chunks without text in between."""
    takes = run.rng.randint(5, 30) / 10
    events: list[Any] = [chunk(choice({"role": "assistant", "content": ""}))]
    waits, pauses = [0.0], []
    for number, piece in enumerate(pieces_of(run.rng)[:count]):
        pause = run.rng.randint(3, 90) / 100
        if number % 2:  # nothing comes halfway
            events.append(chunk(choice({"content": run.choose("", None)})))
            waits.append(pause / 2)
        events.append(chunk(choice({"content": piece})))
        waits.append(pause / 2 if number % 2 else pause)
        pauses.append(pause)
    end = run.rng.randint(1, 9) / 10
    events.append(chunk(choice({}, "stop")))
    api = ScriptedAPI([Paused(sse(*events), takes, (*waits, end))])
    api.clock.advance(run.rng.randint(50, 900))  # a clock seldom starts at 0
    result = run(api, run.choose(*QUESTIONS))
    streamed(result)
    return Timed(result, takes, pauses, end)


@MEASURE.case(points=2)
def first(run: Run) -> None:
    """first runs from sending the request to the first piece of text"""
    stream = timed(run, 5)
    because = f"the stream began after {stream.takes:g} s, its text {stream.pauses[0]:g} s later"
    with hinting("The chunk that brings the role has no text."):
        stream.result.field("first").is_close(stream.takes + stream.pauses[0], because)


@MEASURE.case()
def total(run: Run) -> None:
    """total runs from sending the request to the end of the stream"""
    stream = timed(run, 5)
    because = f"the last piece came {stream.end:g} s before it"
    stream.result.field("total").is_close(stream.takes + sum(stream.pauses) + stream.end, because)


@MEASURE.case()
def longest_gap(run: Run) -> None:
    """longest_gap is the longest wait between two pieces of text"""
    for count in (2, 6):
        stream = timed(run, count)
        because = "between two pieces with text, not before the first"
        stream.result.field("longest_gap").is_close(max(stream.pauses[1:]), because)


@MEASURE.case()
def one_piece(run: Run) -> None:
    """one piece has no gap"""
    stream = timed(run, 1)
    stream.result.field("longest_gap").is_close(0.0, "there is only one piece")
    stream.result.field("first").is_close(stream.takes + stream.pauses[0])


@MEASURE.case()
def no_text(run: Run) -> None:
    """an answer without text has no first, and no gap"""
    stream = timed(run, 0)
    stream.result.field("first").is_none("no text came")
    stream.result.field("longest_gap").is_close(0.0, "no text came")
    stream.result.field("total").is_close(stream.takes + stream.end)


@MEASURE.case(hidden=True)
def another_stream(run: Run) -> None:
    """all three values fit another stream"""
    stream = timed(run, 8)
    stream.result.field("first").is_close(stream.takes + stream.pauses[0])
    stream.result.field("total").is_close(stream.takes + sum(stream.pauses) + stream.end)
    stream.result.field("longest_gap").is_close(max(stream.pauses[1:]))
