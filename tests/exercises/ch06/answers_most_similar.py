"""Answers for 06.2 most_similar."""

import math

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))


def vectors_of(client, texts):
    data = client.embeddings.create(model=MODEL, input=texts).data
    return [item.embedding for item in sorted(data, key=lambda item: item.index)]


@right
def on_normalized_vectors(client, text, candidates):
    if not candidates:
        return None
    units = []
    for vector in vectors_of(client, [text, *candidates]):
        length = math.sqrt(dot(vector, vector)) or 1.0
        units.append([number / length for number in vector])
    return max(candidates, key=lambda c: dot(units[0], units[1 + candidates.index(c)]))


@right
def with_numpy(client, text, candidates):
    import numpy as np

    if not candidates:
        return None
    table = np.array(vectors_of(client, [*candidates, text]))
    lengths = np.linalg.norm(table, axis=1)
    lengths[lengths == 0] = 1
    return candidates[int(np.argmax((table / lengths[:, None])[:-1] @ table[-1]))]


@wrong("partly right", "another vector is longer")
def by_the_dot_product(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])
    return max(zip(candidates, others, strict=True), key=lambda pair: dot(mine, pair[1]))[0]


@wrong("partly right", "another one's tip is nearer")
def by_distance(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])
    return min(zip(candidates, others, strict=True), key=lambda pair: math.dist(mine, pair[1]))[0]


@wrong("partly right", "It raised ZeroDivisionError")
def divides_by_zero(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])
    cosines = [dot(mine, other) / (math.hypot(*mine) * math.hypot(*other)) for other in others]
    return candidates[cosines.index(max(cosines))]


@wrong("partly right", "It sent 1 request, and none was expected")
def forgets_that_there_may_be_none(client, text, candidates):
    mine, *others = vectors_of(client, [text, *candidates])
    cosines = [dot(mine, o) / ((math.hypot(*mine) * math.hypot(*o)) or 1) for o in others]
    return candidates[cosines.index(max(cosines))]


@wrong("partly right", "requests, and 1 was expected")
def one_request_each(client, text, candidates):
    best, found = -2.0, None
    mine = vectors_of(client, text)[0] if candidates else []
    for candidate in candidates:
        other = vectors_of(client, candidate)[0]
        value = dot(mine, other) / ((math.hypot(*mine) * math.hypot(*other)) or 1)
        if value > best:
            best, found = value, candidate
    return found


@right
def by_the_angle(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])

    def angle(other):
        lengths = math.dist(mine, [0] * len(mine)) * math.dist(other, [0] * len(other))
        return math.acos(max(-1, min(1, dot(mine, other) / lengths))) if lengths else math.pi / 2

    return min(zip(others, candidates, strict=True), key=lambda pair: angle(pair[0]))[1]


@wrong("partly right", "its vector is all zeros, and the other one points away")
def thinks_that_zeros_are_the_worst(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])
    cosines = [dot(mine, o) / (math.hypot(*o) or 1) if any(o) else -9.0 for o in others]
    return candidates[cosines.index(max(cosines))]


@wrong("partly right", "the similarities are negative")
def begins_with_zero(client, text, candidates):
    best, found = 0.0, candidates[0] if candidates else None
    mine, *others = vectors_of(client, [text, *candidates]) if candidates else [[]]
    for candidate, other in zip(candidates, others, strict=True):
        value = dot(mine, other) / (math.hypot(*other) or 1)
        if value > best or (not any(other) and best <= 0):
            best, found = value, candidate
    return found if best > 0 or not candidates else candidates[-1]


@wrong("partly right", "was expected")
def in_the_order_of_the_answer(client, text, candidates):
    if not candidates:
        return None
    data = client.embeddings.create(model=MODEL, input=[text, *candidates]).data
    mine, *others = [item.embedding for item in data]
    cosines = [dot(mine, o) / (math.hypot(*o) or 1) for o in others]
    return candidates[cosines.index(max(cosines))]


@wrong("partly right", "so every similarity is 0")
def gives_up_on_a_text_of_zeros(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])
    cosines = [dot(mine, o) / ((math.hypot(*mine) * math.hypot(*o)) or 1) for o in others]
    return candidates[cosines.index(max(cosines))] if any(mine) else None


@wrong("partly right", "(its direction is nearest)")
def divides_by_the_sum_of_the_numbers(client, text, candidates):
    if not candidates:
        return None
    mine, *others = vectors_of(client, [text, *candidates])
    scores = [dot(mine, o) / (sum(map(abs, o)) or 1) for o in others]
    return candidates[scores.index(max(scores))]
