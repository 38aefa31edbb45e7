"""An index whose passages have known scores for the question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...scripted import ScriptedAPI
from ..model import Exercise, Run
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
    """Scores between 0.1 and 0.9 that differ by at least 0.02, best first."""
    return sorted((n / 50 for n in run.rng.sample(range(5, 46), count)), reverse=True)


def an_index(run: Run, owners: Sequence[str]) -> tuple[str, ScriptedAPI, list[list[Any]]]:
    """A question and an index in which the passages of `owners` come best first, shuffled."""
    question = run.choose(*TEXTS)
    vectors = scored([[score] for score in distinct(run, len(owners))])
    index = [[owner, values] for owner, values in zip(owners, vectors, strict=True)]
    run.rng.shuffle(index)
    return question, service(run, {question: axis(0, 2)}), index


@SEARCH.case()
def embeds_question_alone(run: Run) -> None:
    """it embeds the question alone"""
    question, api, index = an_index(run, run.rng.sample(ARTICLES, 4))
    result = run(api, question, index, 2)
    result.finished()
    result.sent(1, "the index has its vectors already")
    sent_all(result, [question])


@SEARCH.case(points=2)
def best_k(run: Run) -> None:
    """the best k articles, best first"""
    owners = run.rng.sample(ARTICLES, 7)
    question, api, index = an_index(run, owners)
    k = run.rng.randint(2, 4)
    run(api, question, index, k).returned(owners[:k])


@SEARCH.case(points=2, hint="first make the articles unique, then take k of them")
def several_passages(run: Run) -> None:
    """an article with several passages comes once, at its best place"""
    a, b, c, d = run.rng.sample(ARTICLES, 4)
    question, api, index = an_index(run, [a, b, b, c, b, c, b, d])
    run(api, question, index, 3).returned([a, b, c], f"{b} has four passages")


@SEARCH.case()
def fewer_than_k(run: Run) -> None:
    """if there are fewer than k articles, it returns them all"""
    owners = run.rng.sample(ARTICLES, 3)
    question, api, index = an_index(run, [*owners, owners[0]])
    run(api, question, index, run.rng.randint(5, 9)).returned(owners)


@SEARCH.case(hint="zip(..., strict=True)")
def other_size(run: Run) -> None:
    """vectors of another size are a ValueError, not a result"""
    question, _, index = an_index(run, run.rng.sample(ARTICLES, 3))
    api = service(run, {question: axis(0, run.rng.randint(3, 6))})
    run(api, question, index, 2).raised(ValueError, "the index was made by another model")
