"""Vectors to be cut to a size and made one long again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..model import Exercise, Result, Run, expect, short
from .vectors import TEXTS, TOLERANCE, Vector, sent_all, service, some, vector, vectors_are

SHORTER = Exercise(
    id="06.3",
    function="shortened",
    title="shorten vectors by hand",
    difficulty="easy",
    covers=["E1"],
    hints=[
        "Ask for the whole vectors, without dimensions, and keep vector[:size].",
        "Divide each number of the cut vector by the cut vector's own length.",
        "A cut vector may be all zeros: (length or 1.0) keeps you from dividing by zero.",
    ],
)


def unit(values: Sequence[float]) -> Vector:
    length = math.hypot(*values)
    return [value / (length or 1.0) for value in values]


def _shortened(run: Run, size: int) -> tuple[Result, list[str]]:
    known = {text: unit(vector(run.rng, 8)) for text in run.rng.sample(TEXTS, 4)}
    result = run(service(run, known), list(known), size)
    vectors_are(result, list(known), [unit(values[:size]) for values in known.values()])
    return result, list(known)


@SHORTER.case()
def one_request(run: Run) -> None:
    """one request, without dimensions"""
    known = some(run, 3)
    result = run(service(run, known), list(known), 4)
    result.finished()
    result.sent(1)
    result.request(1).lacks("dimensions", "this model does not know it")
    sent_all(result, list(known))


@SHORTER.case()
def size(run: Run) -> None:
    """the vectors have the size that was asked for"""
    size, known = run.rng.randint(2, 5), some(run, 3)
    value = run(service(run, known), list(known), size).value
    sizes = [len(v) if isinstance(v, list | tuple) else None for v in value]
    expect(
        sizes == [size] * 3,
        f"the vectors have {short(sizes)} numbers, and {size} were expected for each",
    )


@SHORTER.case(points=2, hint="divide by the length of what is left")
def length_one(run: Run) -> None:
    """their length is 1"""
    known = some(run, 4)
    value = run(service(run, known), list(known), run.rng.randint(2, 5)).value
    for number, have in enumerate(value):
        length = math.hypot(*have)
        expect(
            abs(length - 1) <= TOLERANCE,
            f"vector {number} has the length {length:.4g}, and 1 was expected",
        )
    _shortened(run, run.rng.randint(2, 5))


@SHORTER.case()
def zeros_left(run: Run) -> None:
    """a vector of which only zeros are left stays zero"""
    size = run.rng.randint(2, 4)
    known = some(run, 3)
    empty = run.choose(*known)
    known[empty] = [0.0] * size + [1.0] * (6 - size)
    result = run(service(run, known), list(known), size)
    vectors_are(result, list(known), [unit(values[:size]) for values in known.values()])


@SHORTER.case(hidden=True)
def large_size(run: Run) -> None:
    """a size above the vector's keeps all its numbers"""
    _shortened(run, 50)
