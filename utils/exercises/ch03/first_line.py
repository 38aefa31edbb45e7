"""A long answer of which only the first line is wanted."""

from __future__ import annotations

from ...scripted import streams
from ..model import Exercise, Run, expect, hinting
from .streams import QUESTIONS, pieces_of, streamed

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


def answer_of_lines(run: Run, kind: int = 0) -> tuple[list[str], int, str]:
    """Pieces of an answer of several lines, the number of the first with a line break, line 1.

    The line break is a piece of its own (0), comes at the end (1) or inside (2) of a piece, or is
    the very first character (3).
    """
    first = pieces_of(run.rng, 1)
    rest = [*pieces_of(run.rng, 4), "\n", *pieces_of(run.rng, 4)]
    if kind == 0:
        return [*first, "\n", *rest], len(first) + 1, "".join(first)
    if kind == 1:
        return [*first, ":\n\n", *rest], len(first) + 1, "".join(first) + ":"
    if kind == 2:
        return [*first, f" today\n{rest[0]}", *rest[1:]], len(first) + 1, "".join(first) + " today"
    return ["\n", *first, *rest], 1, ""


KINDS = (0, 1, 2, 3)


@FIRST_LINE.case(points=2)
def returns_first_line(run: Run) -> None:
    """it returns the first line, wherever in a piece the line break comes"""
    for kind in KINDS:
        pieces, _, line = answer_of_lines(run, kind)
        result = run([streams(*pieces)], run.choose(*QUESTIONS))
        result.returned(line)
        result.sent(1)
        streamed(result)


@FIRST_LINE.case()
def leaves_the_rest(run: Run) -> None:
    """it doesn't read the rest"""
    for kind in KINDS:
        pieces, number, line = answer_of_lines(run, kind)
        result = run([streams(*pieces, every=0.5)], run.choose(*QUESTIONS))
        result.returned(line)
        needed, read = number + 1, result.request(1).sent.parts_read
        with hinting("Leave the loop at the line break."):
            expect(
                read <= needed + 1,
                f"it read {read} events, and the line break came in event {needed}",
            )


@FIRST_LINE.case()
def closes_connection(run: Run) -> None:
    """it closes the connection"""
    pieces, _, line = answer_of_lines(run)
    result = run([streams(*pieces)], run.choose(*QUESTIONS))
    result.returned(line)
    with hinting("with create(..., stream=True) as stream: closes it."):
        closed = result.request(1).sent.closed
        expect(closed, "your code didn't close the stream before it returned")


@FIRST_LINE.case()
def single_line(run: Run) -> None:
    """an answer of one line is returned whole"""
    first = pieces_of(run.rng, 1)
    run([streams(*first)], run.choose(*QUESTIONS)).returned("".join(first))


@FIRST_LINE.case(hidden=True)
def another_line(run: Run) -> None:
    """the first line of another answer, and no more"""
    pieces, number, line = answer_of_lines(run, run.choose(*KINDS))
    result = run([streams(*pieces)], run.choose(*QUESTIONS))
    result.returned(line)
    sent = result.request(1).sent
    expect(sent.closed and sent.parts_read <= number + 2, "it read more than it needed")
