"""The labeled texts of chapter 5: their form, their spread, and labels that the texts bear out."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

DATA = Path(__file__).parents[2] / "chapters" / "data"
Product = Literal[
    "Skarn 2 tent",
    "Skarn 4 tent",
    "Holt 1 tent",
    "Rowan tarp",
    "Moraine sleeping bag",
    "Moraine Summer sleeping bag",
    "Dale sleeping mat",
    "Scree foam mat",
    "Tarn 45 backpack",
    "Tarn 65 backpack",
    "Gill 20 day pack",
    "Fellside hiking boots",
    "Fellside Winter boots",
    "Strand sandals",
    "Larkspur rain jacket",
    "Larkspur rain trousers",
    "Heath down jacket",
    "Wold merino shirt",
    "Ember gas stove",
    "Ember Pro gas stove",
    "Beck water filter",
    "Billy pot set",
    "Cairn trekking poles",
    "Glim headlamp",
]
CATALOG: tuple[str, ...] = Product.__args__  # type: ignore[attr-defined]
Topic = Literal[
    "quality",
    "fit",
    "comfort",
    "weight",
    "warmth",
    "waterproofing",
    "delivery",
    "service",
    "price",
]
TOPICS: tuple[str, ...] = Topic.__args__  # type: ignore[attr-defined]
STATED = {
    1: ("1/5", "one star", "i give one", "une étoile"),
    2: ("2/5", "2 stars", "two stars"),
    3: ("3/5", "3 stars", "three out of five", "trois étoiles", "drei von fünf"),
    4: ("4/5", "four stars", "so 4"),
    5: ("5/5", "5 stars", "five stars", "★★★★★", "fünf von fünf", "cinco estrellas"),
}
"""How a text may say each number of stars, in lower case."""


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ReviewGold(Strict):
    product: Product
    sentiment: Literal["positive", "mixed", "negative"]
    stars: int | None = Field(ge=1, le=5)
    topics: list[Topic] = Field(min_length=1, max_length=3)
    wants_reply: bool

    @model_validator(mode="after")
    def consistent(self) -> ReviewGold:
        order = sorted(set(self.topics), key=TOPICS.index)
        assert self.topics == order, f"topics in their order, each once: {order}"
        if self.stars is not None:
            assert not (self.stars >= 4 and self.sentiment == "negative")
            assert not (self.stars <= 2 and self.sentiment == "positive")
        return self


class Item(Strict):
    product: Product
    quantity: int = Field(ge=1, le=9)


class MailGold(Strict):
    intent: Literal["return", "exchange", "repair", "delivery", "cancel", "question"]
    order: str | None = Field(pattern=r"^FO-1\d{4}$")
    items: list[Item] = Field(max_length=3)
    urgent: bool


class Text(Strict):
    id: str
    language: Literal["en", "de", "fr", "es"]
    text: str
    arguable: list[str]


class Review(Text):
    gold: ReviewGold


class Mail(Text):
    gold: MailGold


def read(name: str, kind: type[Any]) -> list[Any]:
    entries = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return [kind.model_validate(entry) for entry in entries]


REVIEWS: list[Review] = read("reviews", Review)
MAILS: list[Mail] = read("mails", Mail)
EVERY: list[Any] = [*REVIEWS, *MAILS]
both = pytest.mark.parametrize(("entries", "letter"), [(REVIEWS, "R"), (MAILS, "M")])


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@both
def test_there_are_enough_and_they_are_numbered(entries: list[Any], letter: str):
    assert len(entries) >= {"R": 40, "M": 30}[letter]
    assert [entry.id for entry in entries] == [f"{letter}{n + 1:02}" for n in range(len(entries))]


@both
def test_lengths_and_languages_vary(entries: list[Any], letter: str):
    lengths = [len(entry.text.split()) for entry in entries]
    assert min(lengths) >= 15
    assert max(lengths) <= 90
    assert max(lengths) >= 3 * min(lengths)
    languages = Counter(entry.language for entry in entries)
    assert {"en", "de", "fr", "es"} == set(languages)
    assert languages["en"] >= 0.8 * len(entries)


def test_no_text_is_another_in_other_words():
    """No two share more than a third of their runs of three words."""
    texts = [words(entry.text) for entry in EVERY]
    runs = [{tuple(w[i : i + 3]) for i in range(len(w) - 2)} for w in texts]
    for i, one in enumerate(runs):
        for j in range(i):
            shared = len(one & runs[j]) / min(len(one), len(runs[j]))
            assert shared < 0.34, f"{EVERY[i].id} and {EVERY[j].id} share {shared:.0%}"


def test_arguable_names_fields_and_is_rare():
    for entry in EVERY:
        assert set(entry.arguable) <= set(type(entry.gold).model_fields), entry.id
    assert sum(bool(entry.arguable) for entry in EVERY) <= len(EVERY) // 8


@pytest.mark.parametrize("review", REVIEWS, ids=lambda r: r.id)
def test_stars_are_stated_in_the_text(review: Review):
    said = review.text.lower()
    if review.gold.stars is None:
        assert "/5" not in said
        assert "★" not in said
    else:
        assert any(form in said for form in STATED[review.gold.stars])


@pytest.mark.parametrize("mail", MAILS, ids=lambda m: m.id)
def test_order_numbers_stand_in_the_text(mail: Mail):
    numbers = re.findall(r"(?<!\d)1\d{4}(?!\d)", mail.text)
    if mail.gold.order is None:
        assert not numbers
    else:
        assert mail.gold.order.removeprefix("FO-") in numbers


@pytest.mark.parametrize("entry", EVERY, ids=lambda e: e.id)
def test_products_are_named_at_least_in_short(entry: Any):
    gold = entry.gold
    products = [gold.product] if isinstance(gold, ReviewGold) else [i.product for i in gold.items]
    for product in products:
        name = product.split()[0].lower()
        assert any(word.startswith(name) for word in words(entry.text)), product


def test_labels_are_spread_over_every_value():
    sentiments = Counter(r.gold.sentiment for r in REVIEWS)
    assert min(sentiments["positive"], sentiments["mixed"], sentiments["negative"]) >= 10
    topics = Counter(topic for r in REVIEWS for topic in r.gold.topics)
    assert all(topics[topic] >= 3 for topic in TOPICS), topics
    assert {r.gold.product for r in REVIEWS} == set(CATALOG)
    stars = Counter(r.gold.stars for r in REVIEWS)
    assert all(stars[n] >= 3 for n in (None, 1, 2, 3, 4, 5)), stars
    intents = Counter(m.gold.intent for m in MAILS)
    assert len(intents) == 6
    assert min(intents.values()) >= 5
    assert {len(m.gold.items) for m in MAILS} == {0, 1, 2, 3}
    for flags in ([r.gold.wants_reply for r in REVIEWS], [m.gold.urgent for m in MAILS]):
        assert 0.2 <= sum(flags) / len(flags) <= 0.4


def test_full_catalog_names_are_rare_so_that_copying_is_not_enough():
    verbatim = [r.id for r in REVIEWS if r.gold.product.lower() in r.text.lower()]
    assert 1 <= len(verbatim) <= len(REVIEWS) / 4, verbatim
