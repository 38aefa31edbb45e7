"""A cache that is empty, partly filled, or filled by another model."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

import openai

from ...scripted import fails
from ..model import Exercise, Result, Run, expect, hinting, short
from .vectors import (
    TEXTS,
    Vector,
    known_vectors,
    same_vector,
    sent_all,
    service,
    vector,
    vectors_are,
)

CACHED = Exercise(
    id="06.8",
    function="cached",
    title="cache embeddings without mixing them up",
    difficulty="stretch",
    covers=["E3"],
    hints=[
        "The key holds everything that decides about the vector. A tuple (model, dimensions, text) "
        "is a key, and no two of them can be confused.",
        "new = [text for text in dict.fromkeys(texts) if key(text) not in cache] are the texts to "
        "send: no known ones, and none twice. Send nothing if it is empty.",
        "cache[key(new[item.index])] = item.embedding for the items of the answer; then return "
        "[cache[key(text)] for text in texts]. dimensions=dimensions or openai.omit leaves the "
        "parameter out.",
    ],
)

MODELS: tuple[str, ...] = (
    "text-embedding-3-small",
    "text-embedding-3-large",
    "all-minilm-l6-v2",
    "house-model",
)

MARKS = ("", ":", "|", "-", "_", "/", " ")
"""What people put between the parts of a key; each may also be in a part."""


def entries(kept: Sized) -> str:
    """`1 entry`, `2 entries`."""
    return f"{len(kept)} {'entry' if len(kept) == 1 else 'entries'}"


def cache_after(result: Result) -> Any:
    """The cache after the call, as it would come back from a store."""
    return result.argument(0, "the cache").dictionary()


def filled_cache(run: Run, count: int, model: str) -> tuple[dict[str, Vector], Any]:
    """So many texts with their vectors, and a cache that has them."""
    known = known_vectors(run, count)
    result = run(service(run, known), {}, list(known), model)
    return known, cache_after(result)


@CACHED.case()
def empty_cache(run: Run) -> None:
    """with an empty cache it sends all texts in one request, and returns vectors in their order"""
    known, model = known_vectors(run, run.rng.randint(4, 7)), run.choose(*MODELS)
    result = run(service(run, known), {}, list(known), model)
    vectors_are(result, list(known), list(known.values()))
    result.sent(1)
    sent_all(result, list(known))
    result.request(1).has("model", model)


@CACHED.case()
def stores_vectors(run: Run) -> None:
    """the values in the cache are the vectors, and what it had stays there"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 3, model)
    kept = list(cache.values())
    expect(len(kept) == 3, f"it put {entries(kept)} for 3 texts in the cache")
    for number, values in enumerate(known.values()):
        have = next((v for v in kept if same_vector(v, values)), None)
        expect(have is not None, f"no value in the cache is the vector of text {number}")
    text = run.rng.choice([t for t in TEXTS if t not in known])
    result = run(service(run, {text: vector(run.rng)}), cache, [text], model)
    after = cache_after(result)
    lost = [key for key in cache if key not in after]
    expect(not lost, f"it removed {short(lost)} from the cache")
    expect(len(after) == 4, f"the cache has {entries(after)} for 4 texts")


@CACHED.case(points=2)
def only_new_texts(run: Run) -> None:
    """only new texts are sent"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 3, model)
    text = run.rng.choice([t for t in TEXTS if t not in known])
    known[text] = vector(run.rng)
    texts = run.rng.sample(list(known), 4)
    result = run(service(run, {text: known[text]}), cache, texts, model)
    result.finished()
    sent_all(result, [text])
    result.sent(1)
    vectors_are(result, texts, [known[t] for t in texts])


@CACHED.case()
def nothing_new(run: Run) -> None:
    """if nothing is new, nothing is sent"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 3, model)
    texts = list(known)[::-1]
    result = run(service(run, {}), cache, texts, model)
    result.finished()
    result.sent(0, "the cache has all of them")
    vectors_are(result, texts, [known[t] for t in texts])
    result = run(service(run, {}), cache, [], model)
    result.returned([], "there were no texts")
    result.sent(0)


@CACHED.case()
def after_restart(run: Run) -> None:
    """what the cache has is found again after the program has ended and started again"""
    model, size = run.choose(*MODELS), run.rng.randint(2, 6)
    known = known_vectors(run, 3)
    texts = list(known)
    cache = cache_after(run(service(run, known), {}, texts, model, size))
    result = run.after_restart(service(run, {}), cache, texts, model, size)
    result.finished()
    with hinting("hash() and id() give something else in every program."):
        result.sent(0, "the cache has all of them")
    vectors_are(result, texts, [known[t] for t in texts])


@CACHED.case()
def repeated_text(run: Run) -> None:
    """a text that comes twice is sent once"""
    known = known_vectors(run, 3)
    texts = [*known, *known]
    run.rng.shuffle(texts)
    result = run(service(run, known), {}, texts, run.choose(*MODELS))
    vectors_are(result, texts, [known[t] for t in texts])
    sent_all(result, list(known))


@CACHED.case()
def other_model(run: Run) -> None:
    """another model has other vectors"""
    model, other = run.rng.sample(MODELS, 2)
    known, cache = filled_cache(run, 2, model)
    texts, changed = list(known), {text: vector(run.rng) for text in known}
    result = run(service(run, changed), cache, texts, other)
    with hinting("The model belongs in the key."):
        vectors_are(result, texts, [changed[t] for t in texts], f"that is the vector of {other}")
        again = run(service(run, {}), cache_after(result), texts, model)
        vectors_are(again, texts, [known[t] for t in texts], f"that is the vector of {model}")


@CACHED.case()
def other_dimensions(run: Run) -> None:
    """other dimensions are other vectors"""
    model, size = run.choose(*MODELS), run.rng.randint(2, 5)
    known, cache = filled_cache(run, 2, model)
    texts, cut = list(known), {text: values[:size] for text, values in known.items()}
    result = run(service(run, cut), cache, texts, model, size)
    with hinting("The dimensions belong in the key."):
        because = f"that is the one for dimensions={size}"
        vectors_are(result, texts, [cut[t] for t in texts], because)
        again = run(service(run, {}), cache_after(result), texts, model)
        vectors_are(again, texts, [known[t] for t in texts], "no dimensions were given")


@CACHED.case()
def dimensions_sent(run: Run) -> None:
    """dimensions is sent if it was given, and left out otherwise"""
    known, size = known_vectors(run, 2), run.rng.randint(2, 6)
    given = run(service(run, known), {}, list(known), run.choose(*MODELS), size)
    given.finished()
    given.request(1).has("dimensions", size)
    without = run(service(run, known), {}, list(known), run.choose(*MODELS))
    without.finished()
    without.request(1).lacks("dimensions", "nobody asked for it")


@CACHED.case(points=2)
def distinct_keys(run: Run) -> None:
    """no two combinations of model, dimensions, and text have the same key"""
    model, digit = run.choose(*MODELS), run.rng.randint(2, 9)
    word = f"{run.rng.randrange(16**4):04x} boots"
    first = {f"{digit}{mark}{word}": vector(run.rng, 2) for mark in MARKS}
    cache = cache_after(run(service(run, first), {}, list(first), model, 2))
    with hinting("A tuple of the three is a key, and no two of them are alike."):
        for mark in MARKS:
            other = f"{model}{mark}2" if mark else model
            size = digit if mark else 20 + digit
            mine = vector(run.rng, 2)
            result = run(service(run, {word: mine}), cache, [word], other, size)
            text = f"{digit}{mark}{word}"
            because = f"{short((other, size, word))} isn't {short((model, 2, text))}"
            result.sent(1, because)
            vectors_are(result, [word], [mine], because)
    stem = f"{word} that I bought in your store in Brixham"
    alike = (stem, stem.upper(), f" {stem}", f"{stem} ", f"{stem}, size 4", f"{stem}, size 5")
    similar = {text: vector(run.rng, 3) for text in alike}
    result = run(service(run, similar), {}, list(alike), model)
    result.finished()
    with hinting("Put the text into the key as it is: letters, spaces, and all of it."):
        vectors_are(result, alike, list(similar.values()), "texts that look alike are different")
        sent_all(result, alike)


@CACHED.case()
def failed_request(run: Run) -> None:
    """the error of a failed request propagates, and the cache stays as it was"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 2, model)
    text = run.rng.choice([t for t in TEXTS if t not in known])
    result = run([fails(400, code="invalid_request_error")], cache, [*known, text], model)
    result.raised(openai.BadRequestError)
    result.left_alone(0, "the cache")


@CACHED.case(hidden=True)
def other_texts(run: Run) -> None:
    """other texts, and a cache that grows"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 5, model)
    more = {text: vector(run.rng) for text in TEXTS if text not in known}
    texts = [*list(more)[:2], *known, *list(more)[:2]]
    result = run(service(run, more), cache, texts, model)
    vectors_are(result, texts, [(known | more)[t] for t in texts])
    sent_all(result, list(more)[:2])
