"""Answers that are whole, refused, cut off or filtered, each with its usage."""

from __future__ import annotations

import json
from typing import Any

import openai

from ...scripted import Step, Usage, filtered, refuses, says_json, truncated
from ..model import Exercise, Result, Run, hinting
from ..world import PRODUCTS
from .extraction import review_of, schema_sent, total, usage_of

WHY = Exercise(
    id="05.5",
    function="read_or_say_why",
    title="report why no object came back",
    difficulty="medium",
    covers=["D1", "F1"],
    hints=[
        "parse() can end without an object in three ways. Two of them are exceptions.",
        "openai.LengthFinishReasonError and openai.ContentFilterFinishReasonError both have the "
        "completion they are about, with its usage, in .completion.",
        "A refusal isn't an exception: message.parsed is None, and message.refusal has a text.",
    ],
)


CAP = "parse() raises openai.LengthFinishReasonError, with the completion in .completion."
FILTER = "parse() raises openai.ContentFilterFinishReasonError, with the completion in .completion."


def reported(result: Result, status: str, record: Any, used: Usage, because: str = "") -> None:
    """It returned these three."""
    result.field("status").equals(status, because)
    result.field("record").equals(record, because)
    result.field("tokens").equals(total(used), "the tokens of the prompt and of the answer")
    result.output.has_keys("status", "record", "tokens")


def without_record(run: Run, step: Step, status: str, used: Usage, because: str) -> None:
    """Play an answer without an object, and expect this status and the tokens."""
    text, _ = review_of(run.rng)
    result = run([step], text)
    reported(result, status, None, used, because)
    result.sent(1)


def whole(run: Run) -> str:
    """The text of a whole object."""
    return json.dumps({"product": run.choose(*PRODUCTS), "stars": run.rng.randint(1, 5)})


@WHY.case()
def record(run: Run) -> None:
    """a rating that came is ok"""
    for _ in range(2):
        used, stars = usage_of(run.rng), run.rng.randint(1, 5)
        text, product = review_of(run.rng)
        found = {"product": product, "stars": stars}
        result = run([says_json(found, usage=used)], text)
        reported(result, "ok", found, used)
        result.sent(1)
        result.request(1).contains(text, "the review")
        schema = schema_sent(result.request(1))
        schema.has_fields("product", "stars")
        schema.field("stars").ranges(1, 5)


@WHY.case(points=2)
def refusal(run: Run) -> None:
    """a refusal is refused, and its tokens count"""
    used = usage_of(run.rng)
    with hinting("message.refusal has a text, and message.parsed is None.", AttributeError):
        without_record(run, refuses(usage=used), "refused", used, "the model refused")


@WHY.case(points=2)
def cut_off(run: Run) -> None:
    """an answer at the cap is cut off, wherever it was cut, and its tokens count"""
    because = "finish_reason was length"
    begun = f'{{"product": "{run.choose(*PRODUCTS)[:5]}'
    with hinting(CAP, openai.LengthFinishReasonError):
        for text in (begun, "", whole(run)):
            used = usage_of(run.rng)
            without_record(run, truncated(text, usage=used), "cut off", used, because)


@WHY.case()
def content_filter(run: Run) -> None:
    """an answer that was filtered is filtered, and its tokens count"""
    because = "finish_reason was content_filter"
    with hinting(FILTER, openai.ContentFilterFinishReasonError):
        for text in ("", whole(run)):
            used = usage_of(run.rng)
            without_record(run, filtered(text, usage=used), "filtered", used, because)


@WHY.case(hidden=True)
def other_reviews(run: Run) -> None:
    """other reviews, refused, cut off, and filtered"""
    for made, status in ((refuses, "refused"), (truncated, "cut off"), (filtered, "filtered")):
        used = usage_of(run.rng)
        without_record(run, made(usage=used), status, used, "there was no text")
