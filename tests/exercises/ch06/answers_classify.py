"""Answers for 06.9 classify."""

import math
from collections import Counter

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def similarities(client, examples, messages):
    """For each message: pairs of similarity and label."""
    texts = [text for text, _ in examples] + messages
    data = client.embeddings.create(model=MODEL, input=texts).data
    vectors = [item.embedding for item in sorted(data, key=lambda item: item.index)]
    known, asked = vectors[: len(examples)], vectors[len(examples) :]
    return [
        [
            (sum(x * y for x, y in zip(mine, other, strict=True)), label)
            for other, (_, label) in zip(known, examples, strict=True)
        ]
        for mine in asked
    ]


@right
def the_nearest(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    best = [max(pairs) for pairs in similarities(client, examples, messages)]
    return [label if value >= least else None for value, label in best]


@wrong("partly right", "and least is")
def always_somebody(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    return [max(pairs)[1] for pairs in similarities(client, examples, messages)]


@wrong("partly right", "three examples of")
def the_most_of_three(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    made = []
    for pairs in similarities(client, examples, messages):
        nearest = [label for value, label in sorted(pairs, reverse=True)[:3] if value >= least]
        made.append(Counter(nearest).most_common(1)[0][0] if nearest else None)
    return made


@wrong("partly right", "there is nothing to compare with")
def asks_without_examples(client, examples, messages, least):
    pairs = similarities(client, examples, messages)
    return [max(p)[1] if p and max(p)[0] >= least else None for p in pairs]


@wrong("partly right", "requests, and 1 was expected")
def one_request_a_message(client, examples, messages, least):
    return [the_nearest(client, examples, [message], least)[0] for message in messages]


@wrong("partly right", "the nearest example is at -0.3")
def thinks_that_nothing_is_below_zero(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    made = []
    for pairs in similarities(client, examples, messages):
        best, found = 0.0, None
        for value, label in pairs:
            if value > best and value >= least:
                best, found = value, label
        made.append(found)
    return made


@right
def with_numpy(client, examples, messages, least):
    import numpy as np

    if not len(examples):
        return [None] * len(messages)
    texts = [text for text, _ in examples]
    data = client.embeddings.create(model=MODEL, input=texts + messages).data
    table = np.array([item.embedding for item in sorted(data, key=lambda item: item.index)])
    scores = table[len(texts) :] @ table[: len(texts)].T
    nearest = scores.argmax(axis=1)
    return [
        examples[n][1] if row[n] >= least else None for n, row in zip(nearest, scores, strict=True)
    ]


@right
def with_a_full_cosine(client, examples, messages, least):
    made = []
    if not examples:
        return [None for _ in messages]
    texts = [text for text, _ in examples]
    data = client.embeddings.create(model=MODEL, input=[*messages, *texts]).data
    vectors = {item.index: item.embedding for item in data}
    for place in range(len(messages)):
        label, best = None, -2.0
        for number, (_, its) in enumerate(examples, len(messages)):
            mine, other = vectors[place], vectors[number]
            product = sum(a * b for a, b in zip(mine, other, strict=True))
            cosine = product / (math.hypot(*mine) * math.hypot(*other))
            if cosine > best:
                label, best = its, cosine
        made.append(None if best < least else label)
    return made


@wrong("partly right", "and least is 0.5: that is not below")
def wants_more_than_least(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    best = [max(pairs) for pairs in similarities(client, examples, messages)]
    return [label if value > least else None for value, label in best]


@wrong("partly right", "is at 0.6004")
def rounds_similarities(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    made = []
    for pairs in similarities(client, examples, messages):
        best = max(round(value, 2) for value, _ in pairs)
        label = [label for value, label in pairs if round(value, 2) == best]
        made.append(sorted(label)[0 if len(set(label)) < 2 else -1] if best >= least else None)
        if len(set(label)) > 1:  # takes whichever comes first, which is luck
            made[-1] = "a tie"
    return made


@wrong("partly right", "was expected")
def begins_with_the_messages(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    texts = messages + [text for text, _ in examples]
    data = client.embeddings.create(model=MODEL, input=texts).data
    vectors = [item.embedding for item in sorted(data, key=lambda item: item.index)]
    known, asked = vectors[: len(examples)], vectors[len(examples) :]
    made = []
    for mine in asked:
        scores = [sum(x * y for x, y in zip(mine, o, strict=True)) for o in known]
        made.append(examples[scores.index(max(scores))][1] if max(scores) >= least else None)
    return made


@wrong("partly right", "are at 0.7 and -0.4")
def the_best_mean(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    made = []
    for pairs in similarities(client, examples, messages):
        of = {label: [v for v, other in pairs if other == label] for _, label in pairs}
        best = max(of, key=lambda label: sum(of[label]) / len(of[label]))
        made.append(best if max(of[best]) >= least else None)
    return made


@wrong("partly right", "the nearest example is at 0.4996")
def rounds_before_it_compares(client, examples, messages, least):
    if not examples:
        return [None for _ in messages]
    best = [max(pairs) for pairs in similarities(client, examples, messages)]
    return [label if round(value, 2) >= round(least, 2) else None for value, label in best]
