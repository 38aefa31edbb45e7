"""Vectors that are near in angle, near in distance, or just long."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import ScriptedAPI
from ..model import Exercise, Result, Run, hinting
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
AXIS, AWRY, ZERO = (0, 5, 0), (4, 3, -1), (0, 0, 0)


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
    """one request carries the text and all candidates"""
    text, candidates, api = point_to(run, (3, 3.5, 0), (-1, 2, 1), (0, 0, 5), (1, -1, 0))
    result = run(api, text, candidates)
    result.returned(candidates[0], "its arrow points nearly the same way")
    result.sent(1)
    sent_all(result, [text, *candidates])


@SIMILAR.case()
def long_vector(run: Run) -> None:
    """a long vector is not more similar for being long"""
    with hinting("Divide the dot product by both lengths."):
        picked(run, "its direction is nearest; another vector is longer", SHORT_BUT_RIGHT, LONG)


@SIMILAR.case()
def direction(run: Run) -> None:
    """the direction counts, not the distance"""
    with hinting("Compare angles, not distances."):
        because = "its direction is nearest; another one's tip is nearer"
        picked(run, because, SHORT_BUT_RIGHT, CLOSE)
        # Divided by the sum of its numbers instead of its length, AXIS would be ahead.
        picked(run, "its direction is nearest", (3, 3, 0), AXIS)


@SIMILAR.case()
def all_point_away(run: Run) -> None:
    """if all point away, the one that points away least is the most similar"""
    picked(run, "the similarities are negative", (-4, 1, 2), (-3, -4, 1), (-3, -3, 0))


@SIMILAR.case()
def zero_vector(run: Run) -> None:
    """a vector of zeros has the similarity 0"""
    with hinting("Don't divide by a length of 0.", ZeroDivisionError):
        picked(run, "the other vector is all zeros, and this one points nearly there", AWRY, ZERO)
        picked(run, "its vector is all zeros, and the other one points away", ZERO, (-3, -3, 1))
        text, other = run.rng.sample(TEXTS, 2)
        nowhere = service(run, {text: [0.0, 0.0, 0.0], other: [3.0, 4.0, 0.0]})
        result = run(nowhere, text, [other])
        result.returned(other, "the text's vector is all zeros, so every similarity is 0")


@SIMILAR.case()
def no_candidates(run: Run) -> None:
    """without candidates it returns None and sends nothing"""
    picked(run, "its arrow points nearly the same way", AWRY, (1, -1, 0))
    result = run(service(run, known_vectors(run, 1)), run.choose(*TEXTS), [])
    result.sent(0)
    result.returned(None, "there were no candidates")


@SIMILAR.case(hidden=True)
def one_candidate(run: Run) -> None:
    """one candidate, and several"""
    picked(run, "it is the only one", (-3, -4, 0))
    picked(run, "its direction is nearest", SHORT_BUT_RIGHT, LONG, CLOSE, ZERO, (-3, -3, 1))
