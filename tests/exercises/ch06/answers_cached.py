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


@wrong("partly right", "It put 1 entry for 3 texts in the cache")
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


@right
def with_keys_of_text(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: repr((m, d, t)))


@right
def with_none_where_nothing_was_given(client, cache, texts, model, dimensions=None):
    wanted = {text: (text, model, dimensions or 0) for text in texts}
    missing = [text for text in wanted if wanted[text] not in cache]
    if missing:
        options = {"dimensions": dimensions} if dimensions else {}
        data = client.embeddings.create(model=model, input=missing, **options).data
        for item in sorted(data, key=lambda item: item.index):
            cache[wanted[missing[item.index]]] = list(item.embedding)
    return [cache[wanted[text]] for text in texts]


@wrong("partly right", "isn't (")
def keys_with_colons(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: f"{m}:{d}:{t}")


@wrong("partly right", "isn't (")
def a_hash_of_joined_parts(client, cache, texts, model, dimensions=None):
    def key(m, d, t):
        return hashlib.sha256("|".join([m, str(d), t]).encode()).hexdigest()

    return fill(client, cache, texts, model, dimensions, key)


@wrong("partly right", "It sent 1 request, and none was expected (the cache has all of them)")
def keys_made_by_hash(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: hash((m, d, t)))


MEMORY = {}


@wrong("partly right", "It put 0 entries for 3 texts in the cache")
def a_cache_of_its_own(client, cache, texts, model, dimensions=None):
    return fill(client, MEMORY, texts, model, dimensions)


@wrong("partly right", "from the cache")
def forgets_what_is_not_asked_for(client, cache, texts, model, dimensions=None):
    made = fill(client, cache, texts, model, dimensions)
    for key in [k for k in cache if k not in {key_of(model, dimensions, t) for t in texts}]:
        del cache[key]
    return made


@wrong("partly right", "there were no texts")
def returns_none_for_no_texts(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions) or None


@wrong("partly right", "hat I bought in your store in Brixham")
def keys_in_lower_case(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: (m, d, t.lower()))


@wrong("partly right", "hat I bought in your store in Brixham")
def keys_without_white_space(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: (m, d, t.strip()))


@wrong("partly right", "hat I bought in your store in Brixham")
def keys_that_are_cut(client, cache, texts, model, dimensions=None):
    return fill(client, cache, texts, model, dimensions, lambda m, d, t: (m, d, t[:40]))
