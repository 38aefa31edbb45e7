"""Vectors that are near in angle, near in distance, or just long."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import ScriptedAPI
from ..model import Exercise, Result, Run
from .vectors import TEXTS, known_vectors, sent_all, service

SIMILAR = Exercise(
    id="06.2",
    function="most_similar",
    title="find the most similar text",
    difficulty="easy",
    covers=["E1"],
    hints=[
        "Send the text and the candidates in one list: [text, *candidates].",
        "Cosine: the dot product divided by both lengths. math.hypot(*vector) is a length.",
        "A vector of zeros has no direction: give it the similarity 0 instead of dividing.",
    ],
)


# Arrows for a question that points to (3, 4, 0): near in angle, near in distance, or just long.
AT, SHORT_BUT_RIGHT, CLOSE, LONG = (3, 4, 0), (0.375, 0.5, 0.0625), (3, 3, 1), (16, 2, 12)


def point_to(run: Run, *arrows: Sequence[float]) -> tuple[str, list[str], ScriptedAPI]:
    """A text in the direction `AT`, candidates with these arrows, and their service."""
    text, *candidates = run.rng.sample(TEXTS, len(arrows) + 1)
    axes, scale = run.rng.sample(range(3), 3), run.choose(0.5, 1, 2)
    turned = [[arrow[axis] * scale for axis in axes] for arrow in (AT, *arrows)]
    return text, candidates, service(run, dict(zip((text, *candidates), turned, strict=True)))


def picked(run: Run, because: str, *arrows: Sequence[float]) -> Result:
    """The first arrow is right; the candidates come in random order."""
    text, candidates, api = point_to(run, *arrows)
    given = run.rng.sample(candidates, len(candidates))
    result = run(api, text, given)
    result.returned(candidates[0], because)
    return result


@SIMILAR.case()
def one_request(run: Run) -> None:
    """one request carries the text and the candidates"""
    text, candidates, api = point_to(run, (3, 3.5, 0), (-1, 2, 1), (0, 0, 5), (1, -1, 0))
    result = run(api, text, candidates)
    result.finished()
    result.sent(1)
    sent_all(result, [text, *candidates])
    result.returned(candidates[0], "its arrow points nearly the same way")


@SIMILAR.case(hint="divide by both lengths")
def long_vector(run: Run) -> None:
    """a long vector is not more similar for being long"""
    picked(run, "its direction is nearest; another vector is longer", SHORT_BUT_RIGHT, LONG)


@SIMILAR.case(hint="compare angles, not distances")
def direction(run: Run) -> None:
    """the direction counts, not the distance"""
    picked(run, "its direction is nearest; another one's tip is nearer", SHORT_BUT_RIGHT, CLOSE)


@SIMILAR.case()
def no_candidates(run: Run) -> None:
    """no candidates are None, and no request"""
    result = run(service(run, known_vectors(run, 1)), run.choose(*TEXTS), [])
    result.returned(None)
    result.sent(0)


@SIMILAR.case()
def zero_vector(run: Run) -> None:
    """a vector of zeros is similar to nothing"""
    picked(run, "the other vector is all zeros", (4, 3, -1), (0, 0, 0))


@SIMILAR.case(hidden=True)
def all_point_away(run: Run) -> None:
    """the least different one wins if all point away"""
    picked(run, "the similarities are negative", (-4, 1, 2), (-3, -4, 1), (-3, -3, 0))
