"""Vectors to be cut to a size and made one long again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..model import Exercise, Result, Run, Value, hinting
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


def cut_vectors(run: Run, known: dict[str, Vector], size: int, because: str = "") -> Result:
    """Play these texts, and expect their vectors cut to this size, with length 1."""
    result = run(service(run, known), list(known), size)
    want = [unit(values[:size]) for values in known.values()]
    vectors_are(result, list(known), want, because)
    return result


@SHORTER.case()
def one_request(run: Run) -> None:
    """one request carries all texts, without dimensions"""
    known = known_vectors(run, 3)
    result = run(service(run, known), list(known), 4)
    result.items(3, "one for each text")
    result.sent(1)
    result.request(1).lacks("dimensions", "this model does not know it")
    sent_all(result, list(known))


@SHORTER.case()
def size(run: Run) -> None:
    """the vectors have as many numbers as asked for"""
    for size in (run.rng.randint(2, 5), 1):
        known = known_vectors(run, 3)
        for item in run(service(run, known), list(known), size).items(3):
            item.items(size, "the numbers of a vector")


@SHORTER.case(points=2)
def length_one(run: Run) -> None:
    """each is the beginning of its text's vector, divided by its length"""
    size = run.rng.randint(2, 5)
    known = {text: unit(vector(run.rng, 8)) for text in run.rng.sample(TEXTS, 4)}
    result = run(service(run, known), list(known), size)
    with hinting("Divide by the length of what is left."):
        for item in result.items(4):
            length = math.hypot(*(number.number() for number in item.items()))
            Value(length, f"the length of {item.name}").is_close(1.0, within=TOLERANCE)
    vectors_are(result, list(known), [unit(values[:size]) for values in known.values()])
    cut_vectors(run, known_vectors(run, 3), size)


@SHORTER.case()
def zeros_left(run: Run) -> None:
    """a vector of which only zeros are left stays as it is"""
    size = run.rng.randint(2, 4)
    known = known_vectors(run, 3)
    known[run.choose(*known)] = [0.0] * size + [1.0] * (6 - size)
    with hinting("Don't divide by a length of 0.", ZeroDivisionError):
        cut_vectors(run, known, size)


@SHORTER.case()
def large_size(run: Run) -> None:
    """a vector with fewer numbers than asked for keeps all of them, with length 1"""
    because = "the vectors have only six numbers"
    for size in (6, 7, 50):
        cut_vectors(run, known_vectors(run, 2), size, because)


@SHORTER.case(hidden=True)
def other_texts(run: Run) -> None:
    """other texts and sizes"""
    for size in (1, 3, 5):
        cut_vectors(run, known_vectors(run, 3), size)
