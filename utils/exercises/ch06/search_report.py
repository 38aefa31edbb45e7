"""A small help center with rankings by words and by vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..model import Exercise, Result, Run
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


def help_center(run: Run, count: int = 4, *, doubles: bool = False) -> HelpCenter:
    """Some questions over eight articles; `doubles` gives every article a second passage."""
    articles = run.rng.sample(ARTICLES, 8)
    texts = run.rng.sample(TEXTS, count)
    rows: list[list[float]] = [[] for _ in articles]
    by_vectors, by_words, questions, known = [], [], [], {}
    top = 0.9 / math.sqrt(count)
    for number, text in enumerate(texts):
        order = run.rng.sample(range(8), 8)
        for place, article in enumerate(order):
            rows[article].append(top * (1 - place / 10))
        by_vectors.append([articles[n] for n in order])
        words = run.rng.sample(articles, 1 if number % 3 == 0 else run.rng.randint(2, 5))
        by_words.append(words)
        right = run.choose(by_vectors[-1][run.rng.randrange(4)], words[0])
        questions.append({"question": text, "articles": [right]})
        known[text] = axis(number, count + 1)
    passages = []
    for row, article in zip(rows, articles, strict=True):
        for part, factor in enumerate((1.0, 0.97) if doubles else (1.0,), 1):
            text = f"{article}, part {part} ({run.rng.randrange(10**6)})"
            passages.append([article, text])
            known[text] = scored([[value * factor for value in row]])[0]
    run.rng.shuffle(passages)
    return HelpCenter(passages, questions, by_words, known, by_vectors)


def telling(run: Run, k: int, **options: Any) -> HelpCenter:
    """A help center whose rankings have different recalls, so that a wrong fusion shows."""
    center = help_center(run, 6, **options)
    pairs = list(zip(center.by_vectors, center.by_words, strict=True))
    fused = center.fused()
    in_both = [
        [article for article in ranking if article in vectors and article in words]
        for ranking, (vectors, words) in zip(fused, pairs, strict=True)
    ]
    for _ in range(5000):
        for question, vectors in zip(center.questions, center.by_vectors, strict=True):
            question["articles"] = [run.rng.choice(vectors)]
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
    center = help_center(run)
    result = report(run, center, 3)
    result.finished()
    texts = [text for _, text in center.passages]
    sent_all(result, [*texts, *(question["question"] for question in center.questions)])
    result.sent_at_most(2)


@REPORT.case()
def words(run: Run) -> None:
    """words: the share of questions that the given rankings answer"""
    k = run.rng.randint(2, 3)
    center = telling(run, k)
    report(run, center, k).field("words").is_close(center.recall(center.by_words, k), f"k is {k}")


@REPORT.case(points=2)
def vectors(run: Run) -> None:
    """vectors: the share that the embeddings answer"""
    k = run.rng.randint(2, 3)
    center = telling(run, k)
    report(run, center, k).field("vectors").is_close(
        center.recall(center.by_vectors, k), f"k is {k}"
    )


@REPORT.case(points=3, hint="1 / (60 + rank)")
def both(run: Run) -> None:
    """both: the share after reciprocal rank fusion"""
    k = run.rng.randint(2, 3)
    center = telling(run, k)
    report(run, center, k).field("both").is_close(center.recall(center.fused(), k), f"k is {k}")


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
    result.field("missed").equals(want)


@REPORT.case(points=2)
def best_passage(run: Run) -> None:
    """an article counts once in a ranking, at its best passage"""
    k = run.rng.randint(2, 3)
    center = telling(run, k, doubles=True)
    result = report(run, center, k)
    because = f"every article has two passages, k is {k}"
    result.field("vectors").is_close(center.recall(center.by_vectors, k), because)
    result.field("both").is_close(center.recall(center.fused(), k), because)


@REPORT.case(hidden=True)
def no_passages(run: Run) -> None:
    """no passages leave the keywords alone"""
    center = help_center(run)
    center.passages, center.by_vectors = [], [[] for _ in center.questions]
    result = report(run, center, 3)
    result.field("vectors").is_close(0.0, "there is nothing to rank")
    result.field("both").is_close(
        center.recall(center.by_words, 3), "only the rankings by words are left"
    )
