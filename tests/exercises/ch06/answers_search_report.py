"""Answers for 06.10 search_report."""

from collections import Counter
from fractions import Fraction
from typing import Any

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def vectors_of(client, texts):
    if not texts:
        return []
    data = client.embeddings.create(model=MODEL, input=texts).data
    return [item.embedding for item in sorted(data, key=lambda item: item.index)]


def near_of(passages, index, mine, *, unique=True):
    scores = [sum(x * y for x, y in zip(mine, vector, strict=True)) for vector in index]
    order = sorted(range(len(passages)), key=lambda n: -scores[n])
    found = [passages[n][0] for n in order]
    return list(dict.fromkeys(found)) if unique else found


def fused(near, words, first=1, constant=60):
    points = {}
    for ranking in (near, words):
        for rank, article in enumerate(ranking, first):
            points[article] = points.get(article, 0) + 1 / (constant + rank)
    return sorted(points, key=lambda article: -points[article])


def report(client, passages, questions, by_words, k, fuse=fused, *, unique=True):
    index = vectors_of(client, [text for _, text in passages])
    asked = vectors_of(client, [q["question"] for q in questions])
    names = ("vectors", "words", "both")
    hits, missed = dict.fromkeys(names, 0), []
    for question, mine, words in zip(questions, asked, by_words, strict=True):
        near = near_of(passages, index, mine, unique=unique)
        both = fuse(near, words)
        for name, ranking in zip(names, (near, words, both), strict=True):
            hits[name] += any(article in question["articles"] for article in ranking[:k])
        if not any(article in question["articles"] for article in both[:k]):
            missed.append(question["question"])
    return {name: count / len(questions) for name, count in hits.items()} | {"missed": missed}


@right
def in_two_requests(client, passages, questions, by_words, k):
    return report(client, passages, questions, by_words, k)


@wrong("partly right", "'both' is")
def one_after_the_other(client, passages, questions, by_words, k):
    return report(
        client, passages, questions, by_words, k, lambda a, b: list(dict.fromkeys([*a, *b]))
    )


@wrong("partly right", "every article has two passages")
def ranks_passages(client, passages, questions, by_words, k):
    return report(client, passages, questions, by_words, k, unique=False)


@wrong("partly right", "'missed' has no items, and")
def misses_nothing(client, passages, questions, by_words, k):
    return report(client, passages, questions, by_words, k) | {"missed": []}


@wrong("partly right", "at most 2 were expected")
def one_request_a_question(client, passages, questions, by_words, k):
    index = vectors_of(client, [text for _, text in passages])
    rows, missed = [], []
    for question, words in zip(questions, by_words, strict=True):
        near = near_of(passages, index, vectors_of(client, [question["question"]])[0])
        tops = (near[:k], words[:k], fused(near, words)[:k])
        rows.append([bool(set(top) & set(question["articles"])) for top in tops])
        missed += [] if rows[-1][2] else [question["question"]]
    shares = (sum(column) / len(questions) for column in zip(*rows, strict=True))
    return dict(zip(("vectors", "words", "both"), shares, strict=True)) | {"missed": missed}


@wrong("partly right", "'vectors' is")
def as_percent(client, passages, questions, by_words, k):
    made: dict[str, Any] = report(client, passages, questions, by_words, k)
    return {n: v if n == "missed" else v * 100 for n, v in made.items()}


@wrong("partly right", "'both' is")
def only_what_both_have(client, passages, questions, by_words, k):
    def common(near, words):
        return [article for article in fused(near, words) if article in near and article in words]

    return report(client, passages, questions, by_words, k, common)


@right
def with_fractions_and_one_request(client, passages, questions, by_words, k):
    texts = [text for _, text in passages] + [q["question"] for q in questions]
    vectors = vectors_of(client, texts)
    index, asked = vectors[: len(passages)], vectors[len(passages) :]

    def hit(ranking, question):
        return not set(question["articles"]).isdisjoint(ranking[:k])

    def fuse(near, words):
        def points(article):
            ranks = [ranking.index(article) + 1 for ranking in (near, words) if article in ranking]
            return sum(Fraction(1, 60 + rank) for rank in ranks)

        return sorted(near + [a for a in words if a not in near], key=points, reverse=True)

    rows = []
    for question, mine, words in zip(questions, asked, by_words, strict=True):
        near = near_of(passages, index, mine)
        rankings = {"vectors": near, "words": words, "both": fuse(near, words)}
        rows.append({name: hit(ranking, question) for name, ranking in rankings.items()})
    made = {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
    misses = [q["question"] for q, row in zip(questions, rows, strict=True) if not row["both"]]
    return {**made, "missed": misses}


@right
def with_a_counter(client, passages, questions, by_words, k):
    def fuse(near, words):
        points: Any = Counter()
        for ranking in (near, words):
            for rank, article in enumerate(ranking):
                points[article] += 1 / (61 + rank)
        return [article for article, _ in points.most_common()]

    return report(client, passages, questions, by_words, k, fuse)


@wrong("partly right", "comes first)")
def ranks_from_zero(client, passages, questions, by_words, k):
    def fuse(near, words):
        return fused(near, words, first=0)

    return report(client, passages, questions, by_words, k, fuse)


@wrong("partly right", "comes first)")
def a_constant_of_ten(client, passages, questions, by_words, k):
    def fuse(near, words):
        return fused(near, words, constant=10)

    return report(client, passages, questions, by_words, k, fuse)


@wrong("partly right", "'both' is")
def a_constant_of_one(client, passages, questions, by_words, k):
    def fuse(near, words):
        return fused(near, words, constant=1)

    return report(client, passages, questions, by_words, k, fuse)


@wrong("partly right", "comes first)")
def a_constant_of_a_hundred(client, passages, questions, by_words, k):
    def fuse(near, words):
        return fused(near, words, constant=100)

    return report(client, passages, questions, by_words, k, fuse)


@wrong("partly right", "has the ranks 1 and 2")
def words_first_between_equals(client, passages, questions, by_words, k):
    return report(client, passages, questions, by_words, k, lambda a, b: fused(b, a))


@wrong("partly right", "'both' is")
def rounds_shares(client, passages, questions, by_words, k):
    made: dict[str, Any] = report(client, passages, questions, by_words, k)
    return {n: v if n == "missed" else round(v, 2) for n, v in made.items()}


def with_scores(client, passages, questions, by_words, k, score):
    """The report with another score for an article, made of those of its passages."""
    asked = [q["question"] for q in questions]
    vectors = vectors_of(client, [text for _, text in passages] + asked)
    names = ("vectors", "words", "both")
    hits, missed = dict.fromkeys(names, 0), []
    mines = vectors[len(passages) :]
    for question, mine, words in zip(questions, mines, by_words, strict=True):
        parts = {}
        for (article, _), vector in zip(passages, vectors, strict=False):
            parts.setdefault(article, []).append(
                sum(x * y for x, y in zip(mine, vector, strict=True))
            )
        near = sorted(parts, key=lambda article: -score(parts[article]))
        both = fused(near, words)
        for name, ranking in zip(names, (near, words, both), strict=True):
            hits[name] += any(article in question["articles"] for article in ranking[:k])
        if not any(article in question["articles"] for article in both[:k]):
            missed.append(question["question"])
    return {name: count / len(questions) for name, count in hits.items()} | {"missed": missed}


@wrong("partly right", "'vectors' is 0")
def adds_up_the_passages(client, passages, questions, by_words, k):
    return with_scores(client, passages, questions, by_words, k, sum)


@wrong("partly right", "'vectors' is")
def takes_the_last_passage(client, passages, questions, by_words, k):
    return with_scores(client, passages, questions, by_words, k, lambda parts: parts[-1])
