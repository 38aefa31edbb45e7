"""Questions whose first right article has a known rank."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..model import Exercise, Result, Run
from .vectors import ARTICLES, TEXTS, axis, scored, sent_all, service

EVALUATE = Exercise(
    id="06.7",
    function="evaluate",
    title="measure the recall and MRR of a search",
    difficulty="medium",
    covers=["E2"],
    hints=[
        "Embed all questions in one request. For each, rank the articles as in exercise 6, without "
        "cutting the list.",
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
    """one request carries all questions"""
    result = evaluated(run, some_ranks(run))
    result.finished()
    result.sent(1, "a request takes a list")
    sent_all(result, [question["question"] for question in result.call.args[0]])


@EVALUATE.case(points=2)
def recall(run: Run) -> None:
    """recall@1 and recall@5"""
    ranks = some_ranks(run)
    result = evaluated(run, ranks)
    because = f"the first right articles have the ranks {ranks}"
    result.field("recall@1").is_close(2 / 5, because)
    result.field("recall@5").is_close(4 / 5, because)


@EVALUATE.case(points=2, hint="do not cut it at five")
def reciprocal_rank(run: Run) -> None:
    """the MRR looks at the whole ranking"""
    ranks = some_ranks(run)
    want = sum(1 / rank for rank in ranks if rank) / len(ranks)
    evaluated(run, ranks).field("mrr").is_close(
        want, f"the first right articles have the ranks {ranks}"
    )


@EVALUATE.case(hint="next(..., None)")
def not_found(run: Run) -> None:
    """what is not found counts as 0"""
    ranks = [None, run.rng.randint(1, 4), None]
    result = evaluated(run, ranks)
    found = ranks[1] or 1
    result.field("mrr").is_close(
        1 / found / 3, f"two questions of three have no answer, ranks {ranks}"
    )
    result.field("recall@5").is_close(1 / 3, f"ranks {ranks}")


@EVALUATE.case(points=2, hint="take each article once")
def counts_articles(run: Run) -> None:
    """ranks count articles, not passages"""
    rank = run.rng.randint(3, 6)
    result = evaluated(run, [rank], doubles=8)
    result.field("mrr").is_close(
        1 / rank, f"every article has two passages, and the rank is {rank}"
    )
