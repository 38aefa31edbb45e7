"""A cache that is empty, partly filled_cache, or filled_cache by another model."""

from __future__ import annotations

from typing import Any

import openai

from ...scripted import fails
from ..model import Exercise, Result, Run
from .vectors import TEXTS, Vector, known_vectors, sent_all, service, vector, vectors_are

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
    """with an empty cache it sends all, in one request, and keeps their order"""
    known, model = known_vectors(run, run.rng.randint(4, 7)), run.choose(*MODELS)
    result = run(service(run, known), {}, list(known), model)
    vectors_are(result, list(known), list(known.values()))
    result.sent(1)
    result.request(1).has("model", model)


@CACHED.case(points=2, hint="look into the cache first")
def only_new_texts(run: Run) -> None:
    """only new texts are sent"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 3, model)
    text = run.rng.choice([t for t in TEXTS if t not in known])
    known[text] = vector(run.rng)
    texts = run.rng.sample(list(known), 4)
    result = run(service(run, {text: known[text]}), cache, texts, model)
    result.finished()
    result.sent(1)
    sent_all(result, [text])
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


@CACHED.case(hint="dict.fromkeys(texts)")
def repeated_text(run: Run) -> None:
    """a text that comes twice is sent once"""
    known = known_vectors(run, 3)
    texts = [*known, *known]
    run.rng.shuffle(texts)
    result = run(service(run, known), {}, texts, run.choose(*MODELS))
    result.finished()
    sent_all(result, list(known))
    vectors_are(result, texts, [known[t] for t in texts])


@CACHED.case(hint="the model belongs in the key")
def other_model(run: Run) -> None:
    """another model has other vectors"""
    model, other = run.rng.sample(MODELS, 2)
    known, cache = filled_cache(run, 2, model)
    texts, changed = list(known), {text: vector(run.rng) for text in known}
    result = run(service(run, changed), cache, texts, other)
    vectors_are(result, texts, [changed[t] for t in texts], f"that is the vector of {other}")
    again = run(service(run, {}), cache_after(result), texts, model)
    vectors_are(again, texts, [known[t] for t in texts], f"that is the vector of {model}")


@CACHED.case(hint="the dimensions belong in the key")
def other_dimensions(run: Run) -> None:
    """other dimensions are other vectors"""
    model, size = run.choose(*MODELS), run.rng.randint(2, 5)
    known, cache = filled_cache(run, 2, model)
    texts, cut = list(known), {text: values[:size] for text, values in known.items()}
    result = run(service(run, cut), cache, texts, model, size)
    vectors_are(result, texts, [cut[t] for t in texts], f"that is the one for dimensions={size}")


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


@CACHED.case(points=2, hidden=True)
def distinct_keys(run: Run) -> None:
    """keys cannot be confused"""
    model = run.choose(*MODELS)
    digit = run.rng.randint(1, 9)
    first, second = f"{digit} pairs of boots", " pairs of boots"
    one, two = vector(run.rng, 2), vector(run.rng, 2)
    result = run(service(run, {first: one}), {}, [first], model, 2)
    other = run(service(run, {second: two}), cache_after(result), [second], model, 20 + digit)
    other.sent(1, f"({model}, 2, {first!r}) and ({model}, {20 + digit}, {second!r}) differ")
    vectors_are(other, [second], [two])


@CACHED.case(hidden=True)
def failed_request(run: Run) -> None:
    """a failed request leaves the cache as it was"""
    model = run.choose(*MODELS)
    known, cache = filled_cache(run, 2, model)
    text = run.rng.choice([t for t in TEXTS if t not in known])
    result = run([fails(400, code="invalid_request_error")], cache, [*known, text], model)
    result.raised(openai.BadRequestError)
    result.left_alone(0, "the cache")
