"""Answers for 06.9 classify."""

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
