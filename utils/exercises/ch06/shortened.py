"""Vectors to be cut to a size and made one long again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..model import Exercise, Run, Value
from .vectors import TEXTS, TOLERANCE, Vector, known_vectors, sent_all, service, vector, vectors_are

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
    """The vector with length 1, unless it is zero."""
    length = math.hypot(*values)
    return [value / (length or 1.0) for value in values]


def cut_vectors(run: Run, size: int) -> None:
    """Play some texts, and expect their vectors cut to this size."""
    known = {text: unit(vector(run.rng, 8)) for text in run.rng.sample(TEXTS, 4)}
    result = run(service(run, known), list(known), size)
    vectors_are(result, list(known), [unit(values[:size]) for values in known.values()])


@SHORTER.case()
def one_request(run: Run) -> None:
    """one request, without dimensions"""
    known = known_vectors(run, 3)
    result = run(service(run, known), list(known), 4)
    result.finished()
    result.sent(1)
    result.request(1).lacks("dimensions", "this model does not know it")
    sent_all(result, list(known))


@SHORTER.case()
def size(run: Run) -> None:
    """the vectors have the size that was asked for"""
    size, known = run.rng.randint(2, 5), known_vectors(run, 3)
    for item in run(service(run, known), list(known), size).items(3):
        item.items(size, "the numbers of a vector")


@SHORTER.case(points=2, hint="divide by the length of what is left")
def length_one(run: Run) -> None:
    """their length is 1"""
    known = known_vectors(run, 4)
    for item in run(service(run, known), list(known), run.rng.randint(2, 5)).items(4):
        length = math.hypot(*(number.number() for number in item.items()))
        Value(length, f"the length of {item.name}").is_close(1.0, within=TOLERANCE)
    cut_vectors(run, run.rng.randint(2, 5))


@SHORTER.case()
def zeros_left(run: Run) -> None:
    """a vector of which only zeros are left stays zero"""
    size = run.rng.randint(2, 4)
    known = known_vectors(run, 3)
    empty = run.choose(*known)
    known[empty] = [0.0] * size + [1.0] * (6 - size)
    result = run(service(run, known), list(known), size)
    vectors_are(result, list(known), [unit(values[:size]) for values in known.values()])


@SHORTER.case(hidden=True)
def large_size(run: Run) -> None:
    """a size above the vector's keeps all its numbers"""
    cut_vectors(run, 50)
