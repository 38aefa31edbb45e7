"""An index whose passages have known scores for the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...scripted import ScriptedAPI
from ..model import Exercise, Run, hinting
from .vectors import ARTICLES, TEXTS, axis, scored, sent_all, service

SEARCH = Exercise(
    id="06.6",
    function="best_articles",
    title="find the best articles for a question",
    difficulty="medium",
    covers=["E2"],
    hints=[
        "Embed the question, then compute the dot product with every vector of the index.",
        "Sort the passages by score, best first, and only then take each article once: "
        "dict.fromkeys keeps the first of each id. Cut to k at the very end.",
        "zip(question_vector, vector, strict=True) raises ValueError for different sizes.",
    ],
)


def distinct(run: Run, count: int) -> list[float]:
    """Different scores, best first: the last one negative, the first two nearly equal."""
    first, *rest = sorted((n / 50 for n in run.rng.sample(range(5, 46), count - 1)), reverse=True)
    scores = [first, first - 0.0004, *rest]
    return [*scores[: count - 1], -run.rng.randint(5, 40) / 50]


def an_index(run: Run, owners: Sequence[str]) -> tuple[str, ScriptedAPI, list[list[Any]]]:
    """A question and an index in which the passages of `owners` come best first, shuffled."""
    question = run.choose(*TEXTS)
    vectors = scored([[score] for score in distinct(run, len(owners))])
    index = [[owner, values] for owner, values in zip(owners, vectors, strict=True)]
    run.rng.shuffle(index)
    return question, service(run, {question: axis(0, 2)}), index


def found(run: Run, owners: Sequence[str], k: int, want: Sequence[str], because: str = "") -> None:
    """Play an index with passages of these owners, best first, and expect these articles."""
    question, api, index = an_index(run, owners)
    result = run(api, question, index, k)
    result.returned(want, because)
    sent_all(result, [question])


@SEARCH.case()
def embeds_question_alone(run: Run) -> None:
    """it embeds the question, and nothing else"""
    owners = run.rng.sample(ARTICLES, 4)
    question, api, index = an_index(run, owners)
    result = run(api, question, index, 1)
    result.returned(owners[:1])
    result.sent(1, "the index has its vectors already")
    sent_all(result, [question])


@SEARCH.case(points=2)
def best_k(run: Run) -> None:
    """it returns the ids of the best k articles, best first"""
    for k in (run.rng.randint(2, 4), 7):
        owners = run.rng.sample(ARTICLES, 7)
        found(run, owners, k, owners[:k], f"k is {k}; the last article's score is negative")
    names = run.rng.sample(ARTICLES, 4)
    question, below = run.choose(*TEXTS), scored([[-0.1], [-0.3], [-0.5], [-0.7]])
    for order in (range(4), range(3, -1, -1)):  # whatever the index begins with
        index = [[names[n], below[n]] for n in order]
        result = run(service(run, {question: axis(0, 2)}), question, index, 3)
        result.returned(names[:3], "k is 3; all scores are negative")


@SEARCH.case(points=2)
def several_passages(run: Run) -> None:
    """an article with several passages comes once, at its best place"""
    a, b, c, d = run.rng.sample(ARTICLES, 4)
    with hinting("Keep each article once before you take k of them."):
        found(run, [a, b, b, c, b, c, b, d], 3, [a, b, c], f"{b} has four passages")
    found(run, [a, b, c, d, a], 4, [a, b, c, d], f"{a} has the best passage and the worst")


@SEARCH.case()
def fewer_than_k(run: Run) -> None:
    """if there are fewer than k articles, it returns them all"""
    owners = run.rng.sample(ARTICLES, 3)
    found(run, [*owners, owners[0]], run.rng.randint(5, 9), owners)


@SEARCH.case()
def other_size(run: Run) -> None:
    """a vector with another number of dimensions than the question's is a ValueError"""
    owners = run.rng.sample(ARTICLES, 3)
    question, api, index = an_index(run, owners)
    run(api, question, index, 2).returned(owners[:2])
    other = service(run, {question: axis(0, run.rng.randint(3, 6))})
    with hinting("zip(..., strict=True) raises it."):
        because = "the question has more dimensions than the vectors of the index"
        run(other, question, index, 2).raised(ValueError, because)
        longer = [[owner, [*values, 0.0]] for owner, values in index]
        because = "the vectors of the index have more dimensions than the question"
        run(api, question, longer, 2).raised(ValueError, because)
        mixed = [*index, ["new", [0.6, 0.0, 0.8]]]
        because = "the last vector of the index has more dimensions than the question"
        run(api, question, mixed, 2).raised(ValueError, because)


@SEARCH.case(hidden=True)
def other_questions(run: Run) -> None:
    """other questions"""
    for k in (1, 3, 5):
        owners = run.rng.sample(ARTICLES, 6)
        found(run, [*owners, *owners[:2]], k, owners[:k])
