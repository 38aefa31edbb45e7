"""Answers for 06.7 evaluate."""

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
