"""Answers for 06.8 cached."""

import hashlib
import json

import openai
from exercise_answers import right, wrong


def key_of(model, dimensions, text):
    return hashlib.sha256(json.dumps([model, dimensions, text]).encode()).hexdigest()


def fill(client, cache, texts, model, dimensions, key=key_of, *, twice=False, ordered=True):
    new = [text for text in texts if key(model, dimensions, text) not in cache]
    if not twice:
        new = list(dict.fromkeys(new))
    if new:
        more = {} if dimensions is None else {"dimensions": dimensions}
        data = client.embeddings.create(model=model, input=new, **more).data
        for place, item in enumerate(data):
            text = new[item.index if ordered else place]
            cache[key(model, dimensions, text)] = item.embedding
    return [cache[key(model, dimensions, text)] for text in texts]


@right
def with_hashed_keys(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions)


@right
def a_cache_in_the_cache(client, cache, texts, model, dimensions=None):
    mine = dict(cache.get((model, dimensions), {}))
    new = list({text: None for text in texts if text not in mine})
    if new:
        size = openai.NOT_GIVEN if dimensions is None else dimensions
        data = client.embeddings.create(model=model, input=new, dimensions=size).data
        mine.update({new[item.index]: item.embedding for item in data})
        cache[(model, dimensions)] = mine
    return [mine[text] for text in texts]


@wrong("partly right", "the vector of")
def in_the_order_of_the_answer(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, ordered=False)


@wrong("partly right", "another model has other vectors")
def forgets_the_model(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: (d, t))


@wrong("partly right", "other dimensions are other vectors")
def forgets_the_dimensions(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: (m, t))


@wrong("partly right", "more than once")
def sends_the_same_text_twice(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, twice=True)


@wrong("partly right", "which nobody asked for")
def never_looks_into_the_cache(client, cache, texts, model, dimensions=None):
    return fill(client, {}, texts, model, dimensions)


@wrong("partly right", "It sent no request")
def keys_that_run_into_each_other(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: f"{m}{d or ''}{t}")


@wrong("partly right", "nobody asked for it")
def always_sends_dimensions(client, cache, texts, model, dimensions=None):
    return (
        fill(client, cache, texts, model, dimensions)
        if dimensions
        else _null(client, cache, texts, model)
    )


def _null(client, cache, texts, model):
    new = [t for t in dict.fromkeys(texts) if key_of(model, None, t) not in cache]
    if new:
        data = client.embeddings.create(model=model, input=new, dimensions=1536).data
        cache.update({key_of(model, None, new[item.index]): item.embedding for item in data})
    return [cache[key_of(model, None, text)] for text in texts]


@wrong("partly right", "to the cache")
def marks_before_it_asks(client, cache, texts, model, dimensions=None):
    new = [t for t in dict.fromkeys(texts) if key_of(model, dimensions, t) not in cache]
    for text in new:
        cache[key_of(model, dimensions, text)] = []
    if new:
        more = {} if dimensions is None else {"dimensions": dimensions}
        for item in client.embeddings.create(model=model, input=new, **more).data:
            cache[key_of(model, dimensions, new[item.index])] = item.embedding
    return [cache[key_of(model, dimensions, text)] for text in texts]


@wrong("partly right", "requests, and 1 was expected")
def one_request_a_text(client, cache, texts, model, dimensions=None):
    return [fill(client, cache, [text], model, dimensions)[0] for text in texts]
