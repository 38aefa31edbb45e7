"""The help center of the shop: its size, its labels, and its facts where they can be checked."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from utils.settings import ROOT
from utils.tokens import encoding

DATA: Path = ROOT / "chapters" / "data"
ARTICLES: list[dict[str, str]] = json.loads((DATA / "help_articles.json").read_text("utf-8"))
QUESTIONS: list[dict[str, Any]] = json.loads((DATA / "search_questions.json").read_text("utf-8"))
VERSIONS: list[list[str]] = json.loads((DATA / "near_duplicates.json").read_text("utf-8"))
BY_ID = {article["id"]: article for article in ARTICLES}
CURRENT = [article for article in ARTICLES if article["status"] == "current"]
CATEGORIES = {
    *("returns", "guarantee", "repairs", "delivery", "orders", "payment", "gift cards"),
    *("account", "stores", "products", "care", "sizing", "safety", "guides"),
}
SIZE, OVERLAP = 96, 24
"""Tokens of a passage and of its overlap, as chapter 6 cuts them."""

PRODUCTS = {
    "product-skarn-2": ("T-SKARN2", "389", "1,980"),
    "product-skarn-4": ("T-SKARN4", "549", "3,450"),
    "product-holt-1": ("T-HOLT1", "279", "1,240"),
    "product-tarp": ("T-TARP", "89", "620"),
    "product-moraine": ("S-MOR", "229", "1,150"),
    "product-moraine-summer": ("S-MORS", "149", "690"),
    "product-dale": ("S-DALE", "99", "480"),
    "product-scree": ("S-FOAM", "39", "410"),
    "product-tarn-45": ("P-TARN45", "179", "1,480"),
    "product-tarn-65": ("P-TARN65", "219", "1,820"),
    "product-gill-20": ("P-GILL20", "79", "560"),
    "product-fellside": ("F-FELL", "189", "1,240"),
    "product-fellside-winter": ("F-FELLW", "229", "1,460"),
    "product-strand": ("F-STRAND", "69", "520"),
    "product-larkspur-jacket": ("J-LARK", "199", "410"),
    "product-larkspur-trousers": ("J-LARKP", "119", "290"),
    "product-heath": ("J-HEATH", "249", "360"),
    "product-wold": ("J-WOLD", "69", "180"),
    "product-ember": ("C-EMBER", "59", "86"),
    "product-ember-pro": ("C-EMBERP", "99", "178"),
    "product-beck": ("C-BECK", "44", "95"),
    "product-billy": ("C-BILLY", "54", "340"),
    "product-cairn": ("N-CAIRN", "89", "480"),
    "product-glim": ("N-GLIM", "49", "82"),
}
"""Article: item number, price in EUR, weight in grams."""

POLICIES = {
    "returns-policy": ["within 30 days", "unused or tried on indoors", "8 EUR"],
    "returns-excluded": ["gas stoves", "water filters", "gift cards"],
    "refunds": ["within 5 working days", "the payment method you used"],
    "exchange-size": ["One swap per order is free"],
    "guarantee": ["for 3 years", "tents and backpacks it is 5 years"],
    "repairs-overview": ["10 working days", "more than 20 EUR", "zips, seams and buckles of any"],
    "delivery-cost": ["4.90 EUR", "80 EUR it is free", "14.90 EUR"],
    "delivery-times": ["Kingdom: 2 to 3", "Union: 4 to 6", "Switzerland: 6 to 9"],
    "delivery-express": ["Order by 13:00", "14.90 EUR", "for the UK and the EU"],
    "delivery-gas": ["only within the UK mainland", "never by express"],
    "delivery-countries": ["14 European countries"],
    "delivery-address-change": ["until the parcel has left the warehouse"],
    "click-and-collect": ["free of charge", "after 2 hours", "for 7 days"],
    "payment-methods": ["cards", "PayPal", "14 days", "United Kingdom, Germany and the Nether"],
    "payment-invoice": ["within 14 days", "the UK, Germany and the Netherlands"],
    "gift-card": ["valid for 3 years"],
    "order-cancel": ['as it is "packed", the button is gone'],
    "store-brixham": ["on Sundays from 10 to 16"],
    "help-contact": ["Monday to Saturday, 8 to 18", "help@fernhill.example"],
    "product-dale": ["R-value of 4.2"],
    "product-scree": ["R-value 1.9"],
    "product-moraine": ["down to -4 degrees", "limit at -10"],
    "product-moraine-summer": ["comfort temperature +8"],
    "product-beck": ["1,000 liters", "does not take away salt"],
}


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def shared(one: dict[str, str], other: dict[str, str]) -> float:
    """Share of the runs of five words of the shorter article that the other has as well."""
    runs = []
    for article in (one, other):
        listed = words(article["text"])
        runs.append({tuple(listed[n : n + 5]) for n in range(max(len(listed) - 4, 1))})
    return len(runs[0] & runs[1]) / min(len(runs[0]), len(runs[1]))


def test_it_has_the_size_that_the_chapters_promise():
    counts = [len(article["text"].split()) for article in ARTICLES]
    assert 145 <= len(ARTICLES) <= 165
    assert 17_000 <= sum(counts) <= 20_000
    assert min(counts) >= 30
    assert max(counts) <= 350


def test_it_has_at_least_three_hundred_passages():
    tokenizer = encoding("cl100k_base")
    lengths = [len(tokenizer.encode(article["text"])) for article in ARTICLES]
    passages = [len(range(0, max(n - OVERLAP, 1), SIZE - OVERLAP)) for n in lengths]
    assert sum(passages) >= 300
    assert Counter(passages).keys() >= {1, 2, 3}


def test_articles_are_complete_and_ids_unique():
    assert len(BY_ID) == len(ARTICLES)
    assert len({article["title"] for article in CURRENT}) == len(CURRENT)
    for article in ARTICLES:
        assert list(article) == ["id", "title", "category", "updated", "status", "text"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", article["id"])
        assert article["category"] in CATEGORIES
        assert article["status"] in ("current", "outdated")
        assert date(2025, 9, 1) <= date.fromisoformat(article["updated"]) <= date(2026, 10, 31)
        assert article["text"] == article["text"].strip()
        assert not re.search(r"\n\n\n| {2}|[*#`]", article["text"]), article["id"]


def test_no_article_is_there_twice():
    versions = {frozenset(pair) for pair in VERSIONS}
    for one, other in combinations(ARTICLES, 2):
        if frozenset((one["id"], other["id"])) not in versions:
            assert shared(one, other) < 0.2, (one["id"], other["id"])
    assert len({article["text"] for article in ARTICLES}) == len(ARTICLES)


def test_marked_versions_exist_and_differ():
    assert len({frozenset(pair) for pair in VERSIONS}) == len(VERSIONS) >= 10
    for one, other in VERSIONS:
        assert BY_ID[one]["category"] == BY_ID[other]["category"]
        assert "outdated" in (BY_ID[one]["status"], BY_ID[other]["status"])
        assert shared(BY_ID[one], BY_ID[other]) < 0.9
    assert any(shared(BY_ID[one], BY_ID[other]) > 0.3 for one, other in VERSIONS)


def test_outdated_articles_do_not_give_themselves_away():
    outdated = [article for article in ARTICLES if article["status"] == "outdated"]
    assert len(outdated) >= 15
    for article in outdated:
        assert not re.search(r"outdated|no longer valid|old version", article["text"], re.I)


@pytest.mark.parametrize("id", PRODUCTS)
def test_product_has_its_number_price_and_weight(id: str):
    text, (number, price, weight) = BY_ID[id]["text"], PRODUCTS[id]
    assert BY_ID[id]["status"] == "current"
    assert text.endswith(f"Item number: {number}.")
    assert re.search(rf"(?<![\d,.]){price} EUR", text)
    assert re.search(rf"(?<![\d,.]){weight} g\b", text)


@pytest.mark.parametrize("id", POLICIES)
def test_policy_says_what_the_shop_does(id: str):
    assert BY_ID[id]["status"] == "current"
    text = f"{BY_ID[id]['title']}\n{BY_ID[id]['text']}"
    for phrase in POLICIES[id]:
        assert phrase.lower() in text.lower(), phrase


NUMBERS = {
    r"(?:Order by|placed by|write before) (\d+:\d+)": "13:00",
    r"[Ee]xpress costs ([\d.]+) EUR": "14.90",
    r"[Ss]tandard delivery costs ([\d.]+) EUR": "4.90",
    r"refund (?:leaves us|follows) within (\d+) working": "5",
    r"same rules hold as for parcels: (\d+) days|[Tt]he (\d+) days (?:for returns|begin)": "30",
    r"pay within (\d+) days": "14",
    r"(?:Switzerland:?|Norway take|Count on) (\d to \d)": "6 to 9",
    r"Brixham is open [\w ]+ from (10 to \d+)": "10 to 16",
}
"""A pattern in current articles, and the number that it must find wherever it occurs."""


@pytest.mark.parametrize("pattern", NUMBERS)
def test_current_articles_agree_on_a_number(pattern: str):
    found = [
        (article["id"], next(filter(None, match.groups())))
        for article in CURRENT
        for match in re.finditer(pattern, article["text"])
    ]
    assert found
    assert {number for _, number in found} == {NUMBERS[pattern]}, found


def test_questions_are_labelled_with_current_articles():
    assert len(QUESTIONS) >= 60
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)
    for question in QUESTIONS:
        right = question["articles"]
        assert 1 <= len(set(right)) == len(right) <= 3, question["id"]
        assert all(BY_ID[id]["status"] == "current" for id in right), question["id"]
        assert any(question["quote"] in BY_ID[id]["text"] for id in right), question["id"]
        assert question["category"] == BY_ID[right[0]]["category"]
        assert question["kind"] in ("words", "paraphrase", "code")
        assert question["trap"] in (None, "near-miss", "outdated")


def test_a_third_of_the_questions_avoid_the_words_of_the_article():
    few = 0
    for question in QUESTIONS:
        article = BY_ID[question["articles"][0]]
        long = {word for word in words(question["question"]) if len(word) > 3}
        known = set(words(f"{article['title']} {article['text']}"))
        few += bool(long) and len(long & known) / len(long) <= 0.35
    assert few >= len(QUESTIONS) / 3


def test_an_outdated_trap_has_an_outdated_article_about_it():
    old = {id for pair in VERSIONS for id in pair}
    traps = [question for question in QUESTIONS if question["trap"] == "outdated"]
    assert len(traps) >= 5
    for question in traps:
        categories = {BY_ID[id]["category"] for id in question["articles"]}
        assert any(BY_ID[id]["category"] in categories for id in old), question["id"]
