"""Pieces come far more often, or less often, than they may be shown."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

from ...scripted import streams
from ..model import Exercise, Result, Run, Spy, Value, count, expect, hinting, short, wrong
from .streams import QUESTIONS, passed, pieces_of, streamed

SHOW = Exercise(
    id="03.6",
    function="show_while_streaming",
    title="throttle the display of a growing text",
    difficulty="medium",
    covers=["B3"],
    hints=[
        "Remember when you called show last, and call it only if 1 / per_second has passed.",
        "After the loop, show the text once more if the last call did not have all of it.",
        "Look at the clock, and never wait inside the loop: while you wait, nothing is read. A "
        "chunk without text isn't a reason to show anything.",
    ],
)


@dataclass(frozen=True)
class Showing:
    """What was shown of a stream.

    Attributes:
        result: What came of it.
        calls: Second and text of every call of show.
        pieces: The pieces of the answer.
        every: Seconds between two pieces.
        limit: How often a second show may be called.
    """

    result: Result
    calls: list[tuple[float, str]]
    pieces: list[str]
    every: float
    limit: float

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def played(run: Run, pieces: list[str], every: float, limit: float) -> Showing:
    """Play a stream with a piece every so many seconds."""
    show = Spy("show", lambda text: None)
    result = run([streams(*pieces, every=every)], run.choose(*QUESTIONS), show, limit)
    result.finished()
    streamed(result)
    made = [(call.at, passed(call, "text")) for call in result.calls("show")]
    for _, given in made:
        expect(
            len(given) == 1 and isinstance(given[0], str),
            f"it called show with {short(given)}, and one text was expected",
        )
    return Showing(result, [(at, given[0]) for at, given in made], pieces, every, limit)


def fast(run: Run, limit: float = 5) -> Showing:
    """Play pieces that come far more often than they may be shown."""
    return played(run, pieces_of(run.rng, 6), run.rng.choice([0.015, 0.02, 0.03]), limit)


def not_too_often(shown: Showing) -> None:
    """Every call but the one with the complete text comes long enough after the one before."""
    for (before, _), (now, text) in pairwise(shown.calls):
        expect(
            now - before >= 1 / shown.limit - 1e-6 or text == shown.text,
            f"it called show {now - before:.3f} s after the call before, and {shown.limit} times a "
            f"second is every {1 / shown.limit:.3f} s",
        )


@SHOW.case(points=2)
def ends_with_whole_text(run: Run) -> None:
    """it returns the whole text, and the last thing shown is the whole text"""
    shown = fast(run)
    shown.result.returned(shown.text)
    last = shown.calls[-1][1] if shown.calls else ""
    Value(last, "the last text shown").equals(shown.text, "the whole answer")


@SHOW.case(points=2)
def at_most_per_second(run: Run) -> None:
    """until the stream has ended, it shows the text per_second times a second, and no more often"""
    for limit in run.rng.sample((3, 4, 5, 8), 2):
        shown = fast(run, limit)
        not_too_often(shown)
        late = 1 / limit + shown.every + 1e-6
        for (before, _), (now, _) in pairwise(shown.calls):
            expect(
                now - before <= late,
                f"it called show {now - before:.3f} s after the call before, though new text had "
                f"come and {1 / limit:.3f} s are enough",
            )
        expect(len(shown.calls) > 2, f"it called show {count(len(shown.calls), 'time')}")


@SHOW.case()
def first_piece_at_once(run: Run) -> None:
    """the first piece is shown at once"""
    shown = fast(run)
    expect(shown.calls, "it never called show")
    at, text = shown.calls[0]
    expect(
        text == shown.pieces[0] and at <= shown.every + 1e-6,
        f"the first text shown is {short(text)} after {at:.2f} s, and {short(shown.pieces[0])} "
        f"arrived after {shown.every:.2f} s",
    )


@SHOW.case()
def slow_pieces(run: Run) -> None:
    """slow pieces are shown one by one, as they arrive"""
    shown = played(run, pieces_of(run.rng, 1), run.rng.choice([0.6, 0.8]), 2)
    for number, text in enumerate(accumulate(shown.pieces), 1):
        at = next((at for at, have in shown.calls if have == text), None)
        if at is None:
            wrong(f"it never showed {short(text)}, though there was time")
        expect(
            at <= number * shown.every + 1e-6,
            f"it showed {short(text)} after {at:.2f} s, and it arrived after "
            f"{number * shown.every:.2f} s",
        )


@SHOW.case()
def nothing_twice(run: Run) -> None:
    """the same text isn't shown twice"""
    pieces = pieces_of(run.rng, 1)
    middle = run.rng.randrange(2, len(pieces) - 1)
    for shown in (played(run, [*pieces[:middle], "", *pieces[middle:]], 0.7, 2), fast(run)):
        shown.result.returned(shown.text)
        expect(shown.calls, "it never called show")
        for (_, before), (_, text) in pairwise(shown.calls):
            expect(before != text, f"it showed the same text twice: {short(text)}")


@SHOW.case()
def keeps_reading(run: Run) -> None:
    """showing doesn't hold up the reading"""
    shown = fast(run)
    shown.result.returned(shown.text)
    took = shown.every * (len(shown.pieces) + 1)
    because = f"the stream takes {took:.2f} s"
    with hinting("While you wait, nothing is read. Look at the clock instead of waiting."):
        shown.result.ended(at_most=took + 1 / shown.limit + 0.01, because=because)


@SHOW.case(hidden=True)
def another_pace(run: Run) -> None:
    """at another pace, too, the text is shown often enough and not too often"""
    limit = run.rng.choice([2.5, 3.0, 10.0])
    shown = played(run, pieces_of(run.rng, 6), 0.025, limit)
    shown.result.returned(shown.text)
    not_too_often(shown)
    expect(len(shown.calls) > 2, f"it called show {count(len(shown.calls), 'time')}")
    Value(shown.calls[-1][1], "the last text shown").equals(shown.text, "the whole answer")
