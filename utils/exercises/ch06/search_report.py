"""A small help center with rankings by words and by vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from ..model import Exercise, Result, Run, hinting
from .vectors import ARTICLES, TEXTS, Vector, axis, scored, sent_all, service

REPORT = Exercise(
    id="06.10",
    function="search_report",
    title="build a hybrid search and measure it",
    difficulty="stretch",
    covers=["E2"],
    hints=[
        "Embed the texts of the passages and the questions, at most two requests. Rank the "
        "articles of each question by the dot product of their best passage.",
        "Reciprocal rank fusion: an article gets 1 / (60 + rank) from each of the two rankings "
        "that has it, with ranks counted from 1. Sort by the sum.",
        "A Counter adds up the points, and most_common() keeps the order of insertion for ties: "
        "go through the ranking by vectors first.",
        "A hit: set(ranking[:k]) & set(question['articles']). Count hits for each of the three "
        "rankings, divide by the number of questions, and note the questions that both misses.",
    ],
)


@dataclass
class HelpCenter:
    """A small help center: passages, questions, rankings by words, and what a search must say."""

    passages: list[list[str]]
    questions: list[dict[str, Any]]
    by_words: list[list[str]]
    known: dict[str, Vector]
    by_vectors: list[list[str]]

    def fused(self) -> list[list[str]]:
        """The rankings that reciprocal rank fusion makes of the two."""
        made = []
        for vectors, words in zip(self.by_vectors, self.by_words, strict=True):
            points: dict[str, float] = {}
            for ranking in (vectors, words):
                for rank, article in enumerate(ranking, 1):
                    points[article] = points.get(article, 0.0) + 1 / (60 + rank)
            made.append(sorted(points, key=lambda article: -points[article]))
        return made

    def recall(self, rankings: list[list[str]], k: int) -> float:
        """Share of questions with a right article among the first k."""
        hits = [self.hit(number, ranking, k) for number, ranking in enumerate(rankings)]
        return sum(hits) / len(hits)

    def hit(self, number: int, ranking: list[str], k: int) -> bool:
        return bool(set(ranking[:k]) & set(self.questions[number]["articles"]))


DUELS: tuple[tuple[tuple[int, int], tuple[int, int], Literal["outer", "inner"]], ...] = (
    ((2, 14), (6, 9), "inner"),
    ((1, 13), (5, 8), "outer"),
)
"""Ranks of two articles, and which of them is ahead. With a constant below 60 in place of 60, or
with ranks from 0, it would be the other one in the first duel; above 60, in the second."""


@dataclass(frozen=True)
class Ranks:
    """The ranking by vectors and the one by words for a question, and its right articles."""

    by_vectors: list[str]
    by_words: list[str]
    right: list[str]


def center_of(run: Run, ranks: list[Ranks], *, doubles: bool = False) -> HelpCenter:
    """A help center with these rankings; `doubles` gives every article a second passage."""
    articles = run.rng.sample(ranks[0].by_vectors, len(ranks[0].by_vectors))
    texts = run.rng.sample(TEXTS, len(ranks))
    top = 0.9 / math.sqrt(len(ranks))
    passages, known = [], {}
    for article in articles:
        row = [top * (1 - ranking.by_vectors.index(article) / 40) for ranking in ranks]
        for part, factor in enumerate((1.0, 0.99) if doubles else (1.0,), 1):
            text = f"{article}, part {part} ({run.rng.randrange(10**6)})"
            passages.append([article, text])
            known[text] = scored([[value * factor for value in row]])[0]
    run.rng.shuffle(passages)
    known |= {text: axis(number, len(ranks) + 1) for number, text in enumerate(texts)}
    questions = [
        {"question": text, "articles": ranking.right}
        for text, ranking in zip(texts, ranks, strict=True)
    ]
    by_words = [ranking.by_words for ranking in ranks]
    return HelpCenter(passages, questions, by_words, known, [r.by_vectors for r in ranks])


def some_ranks(run: Run, count: int) -> list[Ranks]:
    """Random rankings for so many questions, the last without any article that shares a word."""
    articles = run.rng.sample(ARTICLES, 8)
    made = []
    for number in range(count):
        shared = 0 if number == count - 1 else 1 if number % 3 == 0 else run.rng.randint(2, 5)
        ranking, words = run.rng.sample(articles, 8), run.rng.sample(articles, shared)
        right = run.choose(ranking[run.rng.randrange(4)], *words[:1])
        made.append(Ranks(ranking, words, [right]))
    return made


def duel(
    run: Run,
    articles: list[str],
    outer: tuple[int, int],
    inner: tuple[int, int],
    right: Literal["outer", "inner"],
) -> Ranks:
    """Rankings in which one of two articles is the first when they are fused.

    Both are in both rankings. The others are in one of them, or far down in one.

    Args:
        articles: Ids of all the articles, at least 28.
        outer: Ranks of an article by vectors and by words, one better and one worse than `inner`.
        inner: Ranks of the other one.
        right: Which of them is the right article.
    """
    by_vectors = run.rng.sample(articles, len(articles))
    first, second = by_vectors[outer[0] - 1], by_vectors[inner[0] - 1]
    others = iter(by_vectors[15:])
    places = {outer[1]: first, inner[1]: second}
    by_words = [places.get(n) or next(others) for n in range(1, max(places) + 1)]
    return Ranks(by_vectors, by_words, [first if right == "outer" else second])


def telling(run: Run, k: int, **options: Any) -> HelpCenter:
    """A help center whose rankings have different recalls, so that a wrong fusion shows."""
    center = center_of(run, some_ranks(run, 7), **options)
    pairs = list(zip(center.by_vectors, center.by_words, strict=True))
    fused = center.fused()
    in_both = [
        [article for article in ranking if article in vectors and article in words]
        for ranking, (vectors, words) in zip(fused, pairs, strict=True)
    ]
    for _ in range(5000):
        for number, question in enumerate(center.questions):
            question["articles"] = run.rng.sample(center.by_vectors[number], 1 + number % 2)
        both = center.recall(fused, k)
        others = [center.recall(r, k) for r in (center.by_vectors, center.by_words, in_both)]
        twice = [[article for article in r for _ in range(2)] for r in center.by_vectors]
        repeated = center.recall(twice, k)  # what a ranking of passages would find
        if both not in others and 0 < both < 1 and others[0] not in (others[1], repeated):
            return center
    raise RuntimeError("no scenario was found")  # pragma: no cover


def report(run: Run, center: HelpCenter, k: int) -> Result:
    """Play the search over this help center."""
    return run(service(run, center.known), center.passages, center.questions, center.by_words, k)


@REPORT.case(points=2)
def embeds_once(run: Run) -> None:
    """it embeds every text once, in at most two requests"""
    center = center_of(run, some_ranks(run, 5))
    result = report(run, center, 3)
    result.output.has_keys("vectors", "words", "both", "missed")
    texts = [text for _, text in center.passages]
    sent_all(result, [*texts, *(question["question"] for question in center.questions)])
    result.sent_at_most(2)


@REPORT.case()
def words(run: Run) -> None:
    """words: the share of questions with a right article among the first k by words"""
    for k in (2, 3):
        center = telling(run, k)
        want = center.recall(center.by_words, k)
        report(run, center, k).field("words").is_close(want, f"k is {k}")


@REPORT.case(points=2)
def vectors(run: Run) -> None:
    """vectors: the same for the ranking by the best passages"""
    for k in (2, 3):
        center = telling(run, k)
        want = center.recall(center.by_vectors, k)
        report(run, center, k).field("vectors").is_close(want, f"k is {k}")


@REPORT.case(points=3)
def both(run: Run) -> None:
    """both: the same after fusion, with 1/(60 + rank) from each ranking that has the article"""
    k = run.rng.randint(2, 3)
    center = telling(run, k)
    want = center.recall(center.fused(), k)
    report(run, center, k).field("both").is_close(want, f"k is {k}")
    for outer, inner, ahead in DUELS:
        behind = "inner" if ahead == "outer" else "outer"
        articles = run.rng.sample([f"{a}-{part}" for part in "abc" for a in ARTICLES], 28)
        ranks = [duel(run, articles, outer, inner, right) for right in (ahead, behind, ahead)]
        names = ranks[0].by_vectors
        told = " and ".join(
            f"{names[place[0] - 1]} has the ranks {place[0]} and {place[1]}"
            for place in (outer, inner)
        )
        because = f"k is 1; for the first question {told}: {ranks[0].right[0]} comes first"
        report(run, center_of(run, ranks), 1).field("both").is_close(2 / 3, because)


@REPORT.case()
def equals(run: Run) -> None:
    """between equals, the one that the vectors rank first comes first"""
    made, names = [], run.rng.sample(ARTICLES, 8)
    for number in range(3):
        by_vectors = run.rng.sample(names, 8)
        first, second = by_vectors[:2]
        made.append(Ranks(by_vectors, [second, first], [second if number else first]))
    center = center_of(run, made)
    because = f"{made[0].by_vectors[0]} has the ranks 1 and 2, {made[0].by_vectors[1]} 2 and 1"
    report(run, center, 1).field("both").is_close(1 / 3, because)


@REPORT.case()
def missed(run: Run) -> None:
    """missed: the questions that both misses, in order"""
    k = 2
    center = telling(run, k)
    result = report(run, center, k)
    want = [
        center.questions[n]["question"]
        for n, ranking in enumerate(center.fused())
        if not center.hit(n, ranking, k)
    ]
    with hinting("Note the question if the fused ranking has no hit."):
        result.field("missed").equals(want, f"k is {k}")


@REPORT.case(points=2)
def best_passage(run: Run) -> None:
    """an article counts once in a ranking, at its best passage"""
    k = run.rng.randint(2, 3)
    center = telling(run, k, doubles=True)
    result = report(run, center, k)
    because = f"every article has two passages, k is {k}"
    with hinting("Count each article once: dict.fromkeys keeps the first of each."):
        result.field("vectors").is_close(center.recall(center.by_vectors, k), because)
        result.field("both").is_close(center.recall(center.fused(), k), because)
    names, question = run.rng.sample(ARTICLES, 3), run.choose(*TEXTS)
    for best in (0, 1):  # the best passage of the first article comes first, or last
        scores = [[0.3], [0.3]]
        scores[best] = [0.8]
        owners = [names[0], names[0], names[1], names[1], names[2]]
        rows = scored([*scores, [0.6], [0.59], [0.1]])
        passages = [[owner, f"{owner}, part {n}"] for n, owner in enumerate(owners, 1)]
        known = dict(zip([text for _, text in passages], rows, strict=True))
        known[question] = axis(0, 2)
        asked = [{"question": question, "articles": [names[0]]}]
        result = run(service(run, known), passages, asked, [[]], 1)
        because = f"the best passage of {names[0]} is at 0.8, that of {names[1]} at 0.6"
        result.field("vectors").is_close(1.0, because)


@REPORT.case(hidden=True)
def other_questions(run: Run) -> None:
    """other questions"""
    center = telling(run, 4, doubles=True)
    result = report(run, center, 4)
    result.field("words").is_close(center.recall(center.by_words, 4))
    result.field("both").is_close(center.recall(center.fused(), 4))
