"""Questions whose first right article has a known rank."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..model import Exercise, Result, Run, hinting
from .vectors import ARTICLES, TEXTS, axis, scored, sent_all, service

EVALUATE = Exercise(
    id="06.7",
    function="evaluate",
    title="measure the recall and MRR of a search",
    difficulty="medium",
    covers=["E2"],
    hints=[
        "Embed all questions in one request. For each, rank the articles as in exercise 06.6, but "
        "don't cut the list.",
        "rank = next((n for n, id in enumerate(found, 1) if id in right), None)",
        "recall@5 counts the ranks from 1 to 5; MRR adds up 1 / rank, and nothing for None. Divide "
        "both by the number of questions.",
    ],
)


def evaluated(run: Run, ranks: Sequence[int | None], doubles: int = 0) -> Result:
    """Play with questions whose first right article has these ranks among eight articles."""
    articles = run.rng.sample(ARTICLES, 8)
    size = len(ranks) + 1
    rows: list[list[float]] = [[] for _ in articles]
    questions, known = [], {}
    top = 0.9 / math.sqrt(len(ranks))
    for number, (text, rank) in enumerate(
        zip(run.rng.sample(TEXTS, len(ranks)), ranks, strict=True)
    ):
        order = run.rng.sample(range(8), 8)
        for place, article in enumerate(order):
            rows[article].append(top * (1 - place / 10))
        right = ["an-article-without-passages"]
        if rank:
            right = [articles[n] for n in order[rank - 1 :]][:2]
            run.rng.shuffle(right)
        questions.append({"question": text, "articles": right})
        known[text] = axis(number, size)
    vectors = scored(rows)
    index = [[owner, values] for owner, values in zip(articles, vectors, strict=True)]
    for place in range(doubles):  # a second passage of the same article, a little less similar
        worse = [value * 0.97 for value in rows[place]]
        index.append([articles[place], scored([worse])[0]])
    run.rng.shuffle(index)
    return run(service(run, known), questions, index)


def some_ranks(run: Run) -> list[int | None]:
    """Ranks of the first right article for five questions."""
    ranks: list[int | None] = [1, 1, run.rng.randint(2, 4), 5, run.rng.randint(6, 8)]
    run.rng.shuffle(ranks)
    return ranks


@EVALUATE.case()
def one_request(run: Run) -> None:
    """one request carries all questions, and nothing else is sent"""
    result = evaluated(run, some_ranks(run))
    result.field("recall@1").is_close(2 / 5)
    result.sent(1, "a request takes a list")
    sent_all(result, [question["question"] for question in result.call.args[0]])


@EVALUATE.case(points=2)
def recall(run: Run) -> None:
    """recall@1 and recall@5: shares of questions whose first right article is that near the top"""
    for ranks, first, five in ((some_ranks(run), 2 / 5, 4 / 5), ([2, 5, 6], 0.0, 2 / 3)):
        run.rng.shuffle(ranks)
        result = evaluated(run, ranks)
        because = f"the first right articles have the ranks {ranks}"
        result.field("recall@1").is_close(first, because)
        result.field("recall@5").is_close(five, because)
        result.output.has_keys("recall@1", "recall@5", "mrr")


@EVALUATE.case(points=2)
def reciprocal_rank(run: Run) -> None:
    """the MRR is the mean of 1/rank over the whole ranking"""
    ranks: list[int | None] = [1, 3, 7]
    run.rng.shuffle(ranks)
    for given in (some_ranks(run), ranks):
        want = sum(1 / rank for rank in given if rank) / len(given)
        result = evaluated(run, given)
        with hinting("Don't cut the ranking at five."):
            because = f"the first right articles have the ranks {given}"
            result.field("mrr").is_close(want, because)


@EVALUATE.case()
def not_found(run: Run) -> None:
    """a question without any right article counts as 0"""
    found = run.rng.randint(1, 4)
    ranks = [None, found, None]
    result = evaluated(run, ranks)
    because = f"two questions of three have no answer, ranks {ranks}"
    result.field("mrr").is_close(1 / found / 3, because)
    result.field("recall@5").is_close(1 / 3, because)


@EVALUATE.case(points=2)
def counts_articles(run: Run) -> None:
    """ranks count articles, not passages"""
    for rank in (run.rng.randint(3, 4), 5):
        result = evaluated(run, [rank], doubles=8)
        because = f"every article has two passages, and the rank is {rank}"
        with hinting("Count each article once."):
            result.field("mrr").is_close(1 / rank, because)
            result.field("recall@5").is_close(1.0, because)
    articles, question = run.rng.sample(ARTICLES, 3), run.choose(*TEXTS)
    owners, scores = [0, 1, 1, 2], scored([[0.8], [0.6], [0.5], [0.3]])
    index = [[articles[n], values] for n, values in zip(owners, scores, strict=True)]
    run.rng.shuffle(index)
    asked = [{"question": question, "articles": [articles[1]]}]
    result = run(service(run, {question: axis(0, 2)}), asked, index)
    because = f"the best passage of {articles[0]} is at 0.8, those of {articles[1]} at 0.6 and 0.5"
    with hinting("An article is as good as its best passage."):
        result.field("mrr").is_close(1 / 2, because)


@EVALUATE.case(hidden=True)
def other_questions(run: Run) -> None:
    """other questions"""
    ranks: list[int | None] = [2, None, 6, 1, 1, 8]
    run.rng.shuffle(ranks)
    result = evaluated(run, ranks, doubles=4)
    because = f"the first right articles have the ranks {ranks}"
    result.field("mrr").is_close(sum(1 / rank for rank in ranks if rank) / 6, because)
    result.field("recall@1").is_close(1 / 3, because)
