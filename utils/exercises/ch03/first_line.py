"""A long answer of which only the first line is wanted."""

from __future__ import annotations

from ...scripted import streams
from ..model import Exercise, Run, expect
from .streams import QUESTIONS, pieces_of

FIRST_LINE = Exercise(
    id="03.5",
    function="first_line",
    title="stop reading after the first line",
    difficulty="easy",
    covers=["B3", "B1"],
    hints=[
        "Collect the text and leave the loop as soon as there is a line break in it.",
        "break leaves the loop; with create(..., stream=True) as stream: closes the connection.",
        'text.partition("\\n")[0] is the text before the first line break, or all of it.',
    ],
)


def answer_of_lines(run: Run) -> tuple[list[str], list[str]]:
    """Pieces of the first line and of a long rest, the line break in a piece of its own."""
    first = pieces_of(run.rng, 1)
    return first, ["\n", *pieces_of(run.rng, 4), "\n", *pieces_of(run.rng, 4)]


@FIRST_LINE.case()
def returns_first_line(run: Run) -> None:
    """it returns the first line"""
    first, rest = answer_of_lines(run)
    result = run([streams(*first, *rest)], run.choose(*QUESTIONS))
    result.returned("".join(first))
    result.request(1).has("stream", True)
    result.sent(1)


@FIRST_LINE.case(hint="Leave the loop at the line break.")
def leaves_the_rest(run: Run) -> None:
    """it does not read the rest"""
    first, rest = answer_of_lines(run)
    result = run([streams(*first, *rest, every=0.5)], run.choose(*QUESTIONS))
    result.finished()
    needed, read = len(first) + 2, result.request(1).sent.parts_read
    expect(
        read <= needed + 1,
        f"it read {read} events, and the line break came in event {needed}",
    )


@FIRST_LINE.case(hint="with create(..., stream=True) as stream:")
def closes_connection(run: Run) -> None:
    """it closes the connection"""
    first, rest = answer_of_lines(run)
    result = run([streams(*first, *rest)], run.choose(*QUESTIONS))
    result.finished()
    expect(result.request(1).sent.closed, "the connection was still open when it returned")


@FIRST_LINE.case()
def single_line(run: Run) -> None:
    """an answer of one line is returned whole"""
    first, _ = answer_of_lines(run)
    run([streams(*first)], run.choose(*QUESTIONS)).returned("".join(first))


@FIRST_LINE.case(hidden=True)
def break_inside_piece(run: Run) -> None:
    """a line break inside a piece is found, too"""
    first, rest = answer_of_lines(run)
    pieces = [*first[:-1], first[-1] + "\nAnd" + rest[1], *rest[2:]]
    run([streams(*pieces)], run.choose(*QUESTIONS)).returned("".join(first))
