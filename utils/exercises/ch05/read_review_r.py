"""Responses that are whole, refused, cut off, filtered or invalid."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import Step, filtered, refuses, says, says_json, tokens, truncated
from ..model import Exercise, Result, Run, hinting
from ..world import PRODUCTS
from .extraction import review_of, schema_sent

RESPONSES = Exercise(
    id="05.9",
    function="read_review_r",
    title="check the status of a structured response",
    difficulty="medium",
    covers=["D1", "A7"],
    hints=[
        "responses.parse() raises pydantic's ValidationError for a text that was cut off, and you "
        "no longer see why. responses.create() with text={...} gives you the response.",
        'text={"format": {"type": "json_schema", "name": ..., "strict": True, "schema": ...}}: '
        "flat, without json_schema around it.",
        'status is "incomplete" with incomplete_details.reason "max_output_tokens" or '
        '"content_filter". Only then look at the output.',
        "A refusal is a part of type refusal in the content of a message; output_text is empty "
        "then. Verdict.model_validate_json(response.output_text) does the rest.",
    ],
)


def responded(run: Run, step: Step) -> Result:
    """Play a review that is answered so."""
    text, _ = review_of(run.rng)
    result = run([step], text)
    result.finished()
    result.request(1).contains(text, "the review")
    result.sent(1)
    return result


def without_record(run: Run, step: Step, status: str, because: str) -> None:
    """Play an answer without a record, and expect this status."""
    responded(run, step).returned({"status": status, "record": None}, because)


def verdict(run: Run) -> dict[str, Any]:
    """A valid record."""
    return {"product": run.choose(*PRODUCTS), "stars": run.rng.randint(1, 5)}


@RESPONSES.case(points=2)
def record(run: Run) -> None:
    """a record is ok, and was asked for with a strict schema"""
    found = verdict(run)
    result = responded(run, says_json(found))
    result.returned({"status": "ok", "record": found})
    result.request(1).went_to("responses")
    schema = schema_sent(result.request(1))
    schema.has_fields("product", "stars")
    schema.field("product").is_of("string")
    schema.field("stars").ranges(1, 5)


@RESPONSES.case(points=2)
def cut_off(run: Run) -> None:
    """a text that was cut off is cut off, even if it looks whole"""
    because = "the reason was max_output_tokens"
    begun = f'{{"product": "{run.choose(*PRODUCTS)[:6]}'
    with hinting("Look at response.status before you look at the text."):
        for text in (begun, json.dumps(verdict(run))):
            without_record(run, truncated(text), "cut off", because)


@RESPONSES.case()
def cut_by_reasoning(run: Run) -> None:
    """an answer whose cap was used up by reasoning is cut off, too"""
    used = tokens(run.rng.randint(40, 90), 64, reasoning=64)
    because = "there was no message, only a reasoning item"
    without_record(run, truncated("", usage=used), "cut off", because)


@RESPONSES.case()
def refusal(run: Run) -> None:
    """a refusal is refused"""
    with hinting("Look for a part of type refusal in the content of the message."):
        for used in (None, tokens(run.rng.randint(40, 90), 80, reasoning=64)):
            step = refuses(usage=used)
            without_record(run, step, "refused", "the message had a part of type refusal")


@RESPONSES.case()
def content_filter(run: Run) -> None:
    """an answer that was filtered is filtered, even if it looks whole"""
    begun = f'{{"product": "{run.choose(*PRODUCTS)[:4]}'
    for text in (begun, "", json.dumps(verdict(run))):
        without_record(run, filtered(text), "filtered", "the reason was content_filter")


@RESPONSES.case()
def invalid_record(run: Run) -> None:
    """a complete answer that breaks the model is invalid"""
    found = verdict(run)
    many = run.rng.randint(6, 99)
    without_record(run, says_json(found | {"stars": many}), "invalid", f"stars was {many}")
    without_record(run, says_json({"stars": 3}), "invalid", "there was no product")
    more = found | {"color": "green"}
    without_record(run, says_json(more), "invalid", "color is no field of the model")
    without_record(run, says("It is a good one."), "invalid", "the text was not JSON")


@RESPONSES.case(hidden=True)
def other_reviews(run: Run) -> None:
    """other reviews, good and bad"""
    found = verdict(run)
    responded(run, says_json(found)).returned({"status": "ok", "record": found})
    without_record(run, says_json(found | {"stars": 0}), "invalid", "stars was 0")
