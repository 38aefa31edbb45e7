"""Answers for 06.7 evaluate."""

from fractions import Fraction

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def ranks_of(client, questions, index, *, ordered=True, unique=True):
    data = client.embeddings.create(model=MODEL, input=[q["question"] for q in questions]).data
    if ordered:
        data = sorted(data, key=lambda item: item.index)
    ranks = []
    for asked, item in zip(questions, data, strict=True):
        found = [a for a, _ in sorted(index, key=lambda pair: -dot(item.embedding, pair[1]))]
        if unique:
            found = list(dict.fromkeys(found))
        places = [n for n, article in enumerate(found, 1) if article in asked["articles"]]
        ranks.append(min(places) if places else None)
    return ranks


def report(ranks, count=None):
    count = count or len(ranks)
    return {
        "recall@1": sum(rank == 1 for rank in ranks) / count,
        "recall@5": sum(rank is not None and rank <= 5 for rank in ranks) / count,
        "mrr": sum(1 / rank for rank in ranks if rank) / count,
    }


@right
def by_ranks(client, questions, index):
    return report(ranks_of(client, questions, index))


@wrong("partly right", "'mrr' is")
def counts_passages(client, questions, index):
    return report(ranks_of(client, questions, index, unique=False))


@wrong("partly right", "the first right articles have the ranks")
def in_the_order_of_the_answer(client, questions, index):
    return report(ranks_of(client, questions, index, ordered=False))


@wrong("partly right", "'mrr' is")
def only_first_five(client, questions, index):
    ranks = ranks_of(client, questions, index)
    return report([rank if rank and rank <= 5 else None for rank in ranks])


@wrong("partly right", "two questions of three have no answer")
def leaves_out_what_is_not_found(client, questions, index):
    ranks = [rank for rank in ranks_of(client, questions, index) if rank]
    return report(ranks)


@wrong("partly right", "requests, and 1 was expected")
def one_request_a_question(client, questions, index):
    return report([ranks_of(client, [question], index)[0] for question in questions])


@wrong("partly right", "'recall@5' is")
def five_is_not_in_the_first_five(client, questions, index):
    ranks = ranks_of(client, questions, index)
    return report(ranks) | {"recall@5": sum(r is not None and r < 5 for r in ranks) / len(ranks)}


@wrong("partly right", "has no 'recall@1', only 'recall_1'")
def another_name(client, questions, index):
    made = report(ranks_of(client, questions, index))
    return {"recall_1": made["recall@1"], "recall@5": made["recall@5"], "mrr": made["mrr"]}


@right
def with_numpy(client, questions, index):
    import numpy as np

    data = client.embeddings.create(model=MODEL, input=[q["question"] for q in questions]).data
    asked = np.array([item.embedding for item in sorted(data, key=lambda item: item.index)])
    scores = asked @ np.array([vector for _, vector in index]).T
    ranks = []
    for question, row in zip(questions, scores, strict=True):
        found = list(dict.fromkeys(index[n][0] for n in np.argsort(-row)))
        ranks.append(next((n for n, a in enumerate(found, 1) if a in question["articles"]), None))
    return report(ranks)


@right
def by_the_best_score_of_each_article(client, questions, index):
    data = client.embeddings.create(model=MODEL, input=[q["question"] for q in questions]).data
    totals = dict.fromkeys(("recall@1", "recall@5", "mrr"), Fraction(0))
    for item in data:
        best = {}
        for article, vector in index:
            best[article] = max(best.get(article, -9.0), dot(item.embedding, vector))
        right = [best[a] for a in questions[item.index]["articles"] if a in best]
        if right:
            rank = 1 + sum(score > max(right) for score in best.values())
            totals["recall@1"] += rank == 1
            totals["recall@5"] += rank <= 5
            totals["mrr"] += Fraction(1, rank)
    return {name: float(total / len(questions)) for name, total in totals.items()}


@wrong("partly right", "'mrr' is")
def rounds_it(client, questions, index):
    made = report(ranks_of(client, questions, index))
    return {name: round(value, 2) for name, value in made.items()}


@wrong("partly right", "'recall@5' is")
def counts_right_articles_not_questions(client, questions, index):
    data = client.embeddings.create(model=MODEL, input=[q["question"] for q in questions]).data
    shares = [0.0] * len(questions)
    for item in data:
        order = sorted(index, key=lambda pair: -dot(item.embedding, pair[1]))
        found = list(dict.fromkeys(article for article, _ in order))[:5]
        right = questions[item.index]["articles"]
        shares[item.index] = len(set(found) & set(right)) / len(right)
    made = report(ranks_for(questions, index, data))
    return made | {"recall@5": sum(shares) / len(shares)}


def ranks_for(questions, index, data):
    """Ranks of the first right articles, from an answer that has come."""
    ranks: list[int | None] = [None] * len(questions)
    for item in data:
        order = sorted(index, key=lambda pair: -dot(item.embedding, pair[1]))
        found = list(dict.fromkeys(article for article, _ in order))
        right = questions[item.index]["articles"]
        ranks[item.index] = next((n for n, a in enumerate(found, 1) if a in right), None)
    return ranks


@wrong("partly right", "'mrr' is")
def ranks_begin_with_zero(client, questions, index):
    ranks = ranks_of(client, questions, index)
    made = report(ranks)
    return made | {"mrr": sum(1 / (rank + 1) for rank in ranks if rank) / len(ranks)}


@wrong("partly right", "'mrr' is")
def adds_up_the_passages(client, questions, index):
    data = client.embeddings.create(model=MODEL, input=[q["question"] for q in questions]).data
    ranks: list[int | None] = [None] * len(questions)
    for item in data:
        total = {}
        for article, vector in index:
            total[article] = total.get(article, 0) + dot(item.embedding, vector)
        found = sorted(total, key=lambda article: -total[article])
        right = questions[item.index]["articles"]
        ranks[item.index] = next((n for n, a in enumerate(found, 1) if a in right), None)
    return report(ranks)
