"""Answers for 06.3 shortened."""

import math
from itertools import islice

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def vectors_of(client, texts, **more):
    data = client.embeddings.create(model=MODEL, input=texts, **more).data
    return [item.embedding for item in sorted(data, key=lambda item: item.index)]


@right
def with_numpy(client, texts, size):
    import numpy as np

    table = np.array(vectors_of(client, texts), dtype=np.float32)[:, :size]
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    return table / np.where(lengths == 0, 1, lengths)


@right
def float_encoding(client, texts, size):
    cut = [v[:size] for v in vectors_of(client, texts, encoding_format="float")]
    return [[x / (math.sqrt(sum(y * y for y in v)) or 1) for x in v] for v in cut]


@wrong("partly right", "The length of item [")
def only_cut(client, texts, size):
    return [vector[:size] for vector in vectors_of(client, texts)]


@wrong("partly right", "The length of item [")
def divides_by_the_old_length(client, texts, size):
    return [
        [number / math.hypot(*vector) for number in vector[:size]]
        for vector in vectors_of(client, texts)
    ]


@wrong("partly right", "has dimensions=")
def asks_the_service(client, texts, size):
    made = []
    for vector in vectors_of(client, texts, dimensions=size):
        length = math.hypot(*vector[:size]) or 1.0
        made.append([number / length for number in vector[:size]])
    return made


@wrong("partly right", "It raised ZeroDivisionError")
def divides_by_zero(client, texts, size):
    cut = [vector[:size] for vector in vectors_of(client, texts)]
    return [[number / math.hypot(*vector) for number in vector] for vector in cut]


@wrong("partly right", "(the numbers of a vector)")
def normalizes_without_cutting(client, texts, size):
    return [[number / math.hypot(*v) for number in v] for v in vectors_of(client, texts)]


@wrong("partly right", "is the vector of")
def in_the_order_of_the_answer(client, texts, size):
    made = []
    for item in client.embeddings.create(model=MODEL, input=texts).data:
        cut = item.embedding[:size]
        made.append([number / (math.hypot(*cut) or 1.0) for number in cut])
    return made


@right
def with_statistics_of_the_cut(client, texts, size):
    made = {}
    for item in client.embeddings.create(model=MODEL, input=texts).data:
        cut = list(islice(item.embedding, size))
        length = math.dist(cut, [0.0] * len(cut))
        made[item.index] = [number / length for number in cut] if length else cut
    return [made[place] for place in sorted(made)]


@wrong("partly right", "(the vectors have only six numbers)")
def fills_up_with_zeros(client, texts, size):
    made = with_statistics_of_the_cut(client, texts, size)
    return [vector + [0.0] * (size - len(vector)) for vector in made]


@wrong("partly right", "(the vectors have only six numbers)")
def leaves_short_vectors_as_they_are(client, texts, size):
    vectors = vectors_of(client, texts)
    units = [[x / (math.hypot(*v[:size]) or 1) for x in v[:size]] for v in vectors]
    return [v if len(v) <= size else unit for v, unit in zip(vectors, units, strict=True)]


@wrong("partly right", "was expected")
def makes_zeros_one(client, texts, size):
    made = with_statistics_of_the_cut(client, texts, size)
    return [vector if any(vector) else [1.0, *vector[1:]] for vector in made]
