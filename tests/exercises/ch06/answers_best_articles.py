"""Answers for 06.6 best_articles."""

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def dot(a, b, strict=True):
    return sum(x * y for x, y in zip(a, b, strict=strict))


def vector_of(client, text):
    return client.embeddings.create(model=MODEL, input=[text]).data[0].embedding


@right
def best_score_of_each(client, question, index, k):
    mine = vector_of(client, question)
    best = {}
    for article, vector in index:
        best[article] = max(best.get(article, -2.0), dot(mine, vector))
    return sorted(best, key=lambda article: best[article], reverse=True)[:k]


@right
def with_numpy(client, question, index, k):
    import numpy as np

    scores = np.array([vector for _, vector in index]) @ np.array(vector_of(client, question))
    return list(dict.fromkeys(index[n][0] for n in np.argsort(-scores)))[:k]


@wrong("partly right", "has four passages")
def cuts_before_it_makes_them_unique(client, question, index, k):
    mine = vector_of(client, question)
    best = sorted(index, key=lambda pair: -dot(mine, pair[1]))[:k]
    return list(dict.fromkeys(article for article, _ in best))


@wrong("partly right", "has four passages")
def every_passage_counts(client, question, index, k):
    mine = vector_of(client, question)
    return [article for article, _ in sorted(index, key=lambda pair: -dot(mine, pair[1]))[:k]]


@wrong("partly right", "was expected")
def adds_up_the_passages(client, question, index, k):
    mine = vector_of(client, question)
    total = {}
    for article, vector in index:
        total[article] = total.get(article, 0) + dot(mine, vector)
    return sorted(total, key=lambda article: -total[article])[:k]


@wrong("wrong", "was expected")
def worst_first(client, question, index, k):
    mine = vector_of(client, question)
    best = sorted(index, key=lambda pair: dot(mine, pair[1]))
    return list(dict.fromkeys(article for article, _ in best))[:k]


@wrong(
    "partly right",
    "(the question has more dimensions than the vectors of the index)",
)
def compares_what_cannot_be_compared(client, question, index, k):
    mine = vector_of(client, question)
    best = sorted(index, key=lambda pair: -dot(mine, pair[1], strict=False))
    return list(dict.fromkeys(article for article, _ in best))[:k]


@wrong("partly right", "the index has its vectors already")
def asks_twice(client, question, index, k):
    vector_of(client, question)
    return best_score_of_each(client, question, index, k)


@right
def one_article_after_the_other(client, question, index, k):
    mine = vector_of(client, question)
    if any(len(vector) != len(mine) for _, vector in index):
        raise ValueError("the index was made by another model")
    left = sorted(((dot(mine, vector), article) for article, vector in index), reverse=True)
    found = []
    for _, article in left:
        if article not in found and len(found) < k:
            found.append(article)
    return found


@wrong("partly right", "the last article's score is negative")
def leaves_negative_scores_out(client, question, index, k):
    mine = vector_of(client, question)
    best = {}
    for article, vector in index:
        score = dot(mine, vector)
        if score > best.get(article, 0):
            best[article] = score
    return sorted(best, key=lambda article: best[article], reverse=True)[:k]


@wrong("partly right", "(the last vector of the index has more dimensions than the question)")
def looks_at_the_first_vector_only(client, question, index, k):
    mine = vector_of(client, question)
    if len(index[0][1]) != len(mine):
        raise ValueError("another model")
    best = sorted(index, key=lambda pair: -dot(mine, pair[1], strict=False))
    return list(dict.fromkeys(article for article, _ in best))[:k]


@wrong("partly right", "the index has its vectors already")
def embeds_the_index_again(client, question, index, k):
    client.embeddings.create(model=MODEL, input=[question, *(article for article, _ in index)])
    return best_score_of_each(client, question, index, k)


@wrong("partly right", "(k is 3; all scores are negative)")
def takes_negative_scores_for_zero(client, question, index, k):
    mine = vector_of(client, question)
    best = {}
    for article, vector in index:
        best[article] = max(best.get(article, 0.0), dot(mine, vector))
    return sorted(best, key=lambda article: best[article], reverse=True)[:k]
