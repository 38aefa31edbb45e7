"""What the exercises on embeddings have in common: texts, vectors, and their service."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...scripted import Reply, ScriptedAPI, SentRequest, fails, returns
from ...scripted.answers import Ids, embeddings, vector_for
from ...scripted.steps import Embeds
from ..model import Result, Run, expect, reason, short, wrong

TEXTS: tuple[str, ...] = (
    "Are gift cards valid for three years?",
    "The zip of my jacket jumps open.",
    "How long does a parcel to Norway take?",
    "My mat goes flat overnight.",
    "Which stove works in frost?",
    "I was charged twice for one order.",
    "Can the Fellside boots get new soles?",
    "Is the store in Brixham open on Sundays?",
    "Wash down with a soap made for it.",
    "Never cook inside a closed tent.",
    "A voucher may be spent in several steps.",
    "Pole set B fits the Skarn 2.",
    "The filter must not freeze.",
    "Send me the invoice once more, please.",
    "Where is the tracking number?",
    "These trousers are too long.",
    "A cartridge cannot travel by plane.",
    "What does an R-value of 4.2 mean?",
)
ARTICLES: tuple[str, ...] = (
    "returns-policy",
    "refunds",
    "guarantee",
    "repair-zip",
    "delivery-times",
    "gift-card",
    "care-tent",
    "safety-water",
    "product-ember",
    "product-ember-pro",
    "store-bristol",
    "sizing-boots",
)
TOLERANCE = 1e-5
"""How far a number of a vector may be off: a float32 has about seven digits."""
Vector = list[float]


@dataclass(frozen=True)
class Vectors(Embeds):
    """Embeddings that a case knows: the vector given for a text, in an order that says nothing."""

    known: Mapping[str, Sequence[float]] = field(default_factory=dict)
    seed: int = 0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        if sent.endpoint != "embeddings":
            return super().reply(sent, ids)
        texts = inputs_of(sent)
        if not texts or "" in texts:
            refused = "'input' cannot be an empty list or contain an empty string"
            return fails(400, message=refused).reply(sent, ids)
        ids.answers += 1
        size = len(next(iter(self.known.values()), [0.0] * 8))
        vectors = [self.known.get(text) or vector_for(text, size) for text in texts]
        body = embeddings(sent, vectors, None)
        order = list(range(len(body["data"])))
        while len(order) > 1 and order == sorted(order):
            random.Random(f"{self.seed}/{sent.number}/{len(order)}").shuffle(order)
            order = order if order != sorted(order) else order[::-1]
        return returns({**body, "data": [body["data"][n] for n in order]}).reply(sent, ids)


def inputs_of(sent: SentRequest) -> list[str]:
    """The texts of an embeddings request, as a list."""
    given = sent.json.get("input")
    return [str(text) for text in given] if isinstance(given, list) else [str(given)]


def service(run: Run, known: Mapping[str, Sequence[float]]) -> ScriptedAPI:
    """A service that knows these vectors and answers any number of requests."""
    return ScriptedAPI([], otherwise=Vectors(known=known, seed=run.rng.randrange(10**6)))


def vector(rng: random.Random, size: int = 6) -> Vector:
    """Some vector whose numbers survive float32 unchanged."""
    return [rng.choice((-1, 1)) * rng.randint(1, 96) / 32 for _ in range(size)]


def known_vectors(run: Run, count: int) -> dict[str, Vector]:
    """Texts and a vector for each."""
    return {text: vector(run.rng) for text in run.rng.sample(TEXTS, count)}


def same_vector(a: Any, b: Any) -> bool:
    """Whether two vectors are the same but for rounding."""
    if not isinstance(a, list | tuple) or not isinstance(b, list | tuple):
        return a is None and b is None
    if len(a) != len(b) or any(isinstance(x, bool) or not isinstance(x, int | float) for x in a):
        return False
    return all(abs(x - y) <= TOLERANCE for x, y in zip(a, b, strict=True))


def vectors_are(
    result: Result, texts: Sequence[str], want: Sequence[Vector | None], because: str = ""
) -> None:
    """It returned these vectors for these texts, in order."""
    items = result.items(len(want), "one for each text")
    for item, text, right in zip(items, texts, want, strict=True):
        if same_vector(item.value, right):
            continue
        if right is None:
            wrong(f"{item.name} is {short(item.value)}, and None was expected for {short(text)}")
        for other, vector in zip(texts, want, strict=True):
            if vector and same_vector(item.value, vector):
                wrong(f"{item.name} is the vector of {short(other)}, not the one of {short(text)}")
        have = f"{item.name} is {short(item.value, 60)}"
        wrong(f"{have}, and {short(right, 60)} was expected{reason(because)}")


def sent_texts(result: Result) -> list[str]:
    """All texts that were sent to be embedded, in order."""
    for number in range(1, len(result.requests) + 1):
        result.request(number).went_to("embeddings")
    return [text for sent in result.requests for text in inputs_of(sent)]


def sent_all(result: Result, texts: Sequence[str]) -> None:
    """These texts were sent, each once, whatever the order."""
    sent = sent_texts(result)
    for text in texts:
        expect(text in sent, f"{short(text)} was never sent")
    for text in sent:
        expect(text in texts, f"it sent {short(text)}, which nobody asked for")
    for text in texts:
        expect(sent.count(text) == 1, f"it sent {short(text)} more than once")


def scored(scores: Sequence[Sequence[float]]) -> list[Vector]:
    """Unit vectors with these scores for the questions on the first axes."""
    rest = [math.sqrt(1 - sum(s * s for s in row)) for row in scores]
    return [[*row, extra] for row, extra in zip(scores, rest, strict=True)]


def axis(number: int, size: int) -> Vector:
    """The unit vector along one axis: the vector of a question."""
    return [1.0 if n == number else 0.0 for n in range(size)]
