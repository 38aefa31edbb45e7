"""Answers for 06.10 search_report."""

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
    made = report(client, passages, questions, by_words, k)
    return {n: v if n == "missed" else v * 100 for n, v in made.items()}


@wrong("partly right", "'both' is")
def only_what_both_have(client, passages, questions, by_words, k):
    def common(near, words):
        return [article for article in fused(near, words) if article in near and article in words]

    return report(client, passages, questions, by_words, k, common)
