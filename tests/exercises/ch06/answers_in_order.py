"""Answers for 06.1 in_order."""

import json
from operator import itemgetter

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


@right
def into_places(client, texts):
    vectors = [None] * len(texts)
    if texts:
        for item in client.embeddings.create(model=MODEL, input=texts).data:
            vectors[item.index] = item.embedding
    return vectors


@right
def raw_floats(client, texts):
    if not texts:
        return []
    answer = client.embeddings.create(model=MODEL, input=texts, encoding_format="float")
    by_index = {item.index: item.embedding for item in answer.data}
    return [by_index[number] for number in range(len(texts))]


@wrong("partly right", "is the vector of")
def in_the_order_of_the_answer(client, texts):
    if not texts:
        return []
    return [item.embedding for item in client.embeddings.create(model=MODEL, input=texts).data]


@wrong("partly right", "It sent")
def one_request_a_text(client, texts):
    return [client.embeddings.create(model=MODEL, input=text).data[0].embedding for text in texts]


@wrong("partly right", "the service refuses an empty list")
def sends_an_empty_list(client, texts):
    data = client.embeddings.create(model=MODEL, input=texts).data
    return [item.embedding for item in sorted(data, key=lambda item: item.index)]


@wrong("partly right", "items, and")
def loses_repeated_texts(client, texts):
    if not texts:
        return []
    texts = list(dict.fromkeys(texts))
    data = client.embeddings.create(model=MODEL, input=texts).data
    return [item.embedding for item in sorted(data, key=lambda item: item.index)]


@right
def from_the_raw_response(client, texts):
    if len(texts) == 0:
        return list(texts)
    raw = client.embeddings.with_raw_response.create(
        model=MODEL, input=tuple(texts), encoding_format="float"
    )
    items = sorted(json.loads(raw.text)["data"], key=itemgetter("index"))
    return [tuple(item["embedding"]) for item in items]


@wrong("partly right", "It sent 2 requests, and 1 was expected")
def asks_twice(client, texts):
    return into_places(client, texts) and into_places(client, texts)
