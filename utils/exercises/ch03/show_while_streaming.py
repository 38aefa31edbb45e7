"""Pieces come far more often, or less often, than they may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from ...scripted import streams
from ..model import Exercise, Result, Run, Spy, Value, expect, short
from .streams import QUESTIONS, pieces_of

SHOW = Exercise(
    id="03.6",
    function="show_while_streaming",
    title="throttle the display of a growing text",
    difficulty="medium",
    covers=["B3"],
    hints=[
        "Remember when you called show last, and call it only if 1 / per_second has passed.",
        "After the loop, show the text once more if the last call did not have all of it.",
        "If that last call would come too early, time.sleep until it may. A chunk without text is "
        "no reason to show anything.",
    ],
)


def played(
    run: Run, pieces: Sequence[str], every: float, per_second: float
) -> tuple[Result, list[tuple[float, str]]]:
    """Play a stream with a piece every so many seconds; the seconds and texts of calls of show."""
    show = Spy("show", lambda *_: None)
    result = run([streams(*pieces, every=every)], run.choose(*QUESTIONS), show, per_second)
    result.finished()
    calls = result.calls("show")
    for call in calls:
        expect(
            len(call.args) == 1 and isinstance(call.args[0], str) and not call.kwargs,
            f"it called show with {short([*call.args, *call.kwargs.values()])}, and one text was "
            "expected",
        )
    return result, [(call.at, call.args[0]) for call in calls]


def fast_pieces(run: Run) -> tuple[list[str], float, float]:
    """Pieces that come far more often than they may be shown."""
    return pieces_of(run.rng, 5), run.rng.choice([0.01, 0.02, 0.03]), run.rng.choice([4, 5, 8])


@SHOW.case(points=2)
def ends_with_whole_text(run: Run) -> None:
    """it returns the whole text, and the last thing shown is the whole text"""
    pieces, every, limit = fast_pieces(run)
    result, shown = played(run, pieces, every, limit)
    result.returned("".join(pieces))
    result.request(1).has("stream", True)
    last = shown[-1][1] if shown else ""
    Value(last, "the last text shown").equals("".join(pieces), "the whole answer")


@SHOW.case(points=2)
def at_most_per_second(run: Run) -> None:
    """never more often than per_second"""
    pieces, every, limit = fast_pieces(run)
    _, shown = played(run, pieces, every, limit)
    for (before, _), (now, _) in pairwise(shown):
        expect(
            now - before >= 1 / limit - 1e-6,
            f"it called show {now - before:.3f} s after the call before, and {limit} times a "
            f"second is every {1 / limit:.3f} s",
        )


@SHOW.case()
def first_piece_at_once(run: Run) -> None:
    """the first piece is shown at once"""
    pieces, every, limit = fast_pieces(run)
    _, shown = played(run, pieces, every, limit)
    expect(shown, "it never called show")
    at, text = shown[0]
    expect(
        text == pieces[0] and at <= every + 1e-6,
        f"the first text shown is {short(text)} after {at:.2f} s, and {short(pieces[0])} arrived "
        f"after {every:.2f} s",
    )


@SHOW.case()
def slow_pieces(run: Run) -> None:
    """slow pieces are shown one by one"""
    pieces = pieces_of(run.rng, 1)
    _, shown = played(run, pieces, run.rng.choice([0.6, 0.8]), 2)
    have = [text for _, text in shown]
    for text in accumulate(pieces):
        expect(text in have, f"it never showed {short(text)}, though there was time")


@SHOW.case(hidden=True)
def nothing_twice(run: Run) -> None:
    """nothing is shown twice"""
    _, shown = played(run, pieces_of(run.rng, 1), 0.7, 2)
    for (_, before), (_, text) in pairwise(shown):
        expect(before != text, f"it showed the same text twice: {short(text)}")
