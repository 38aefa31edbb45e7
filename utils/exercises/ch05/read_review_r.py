"""Responses that are whole, refused, cut off, filtered or invalid."""

from __future__ import annotations

from ...scripted import Step, filtered, refuses, says_json, tokens, truncated
from ..model import Exercise, Result, Run
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
        "then. Review.model_validate_json(response.output_text) does the rest.",
    ],
)


def responded(run: Run, step: Step) -> Result:
    """Play a review that is answered so."""
    text, _ = review_of(run.rng)
    result = run([step], text)
    result.finished()
    result.request(1).contains(text, "the review")
    return result


@RESPONSES.case(points=2)
def record(run: Run) -> None:
    """a record is ok"""
    found = {"product": run.choose(*PRODUCTS), "stars": run.rng.randint(1, 5)}
    result = responded(run, says_json(found))
    result.returned({"status": "ok", "record": found})
    result.sent(1)
    result.request(1).went_to("responses")
    schema_sent(result.request(1)).field("stars").ranges(1, 5)


@RESPONSES.case(points=2, hint="response.status")
def cut_off(run: Run) -> None:
    """a text that was cut off is cut off"""
    result = responded(run, truncated(f'{{"product": "{run.choose(*PRODUCTS)[:6]}'))
    result.returned({"status": "cut off", "record": None}, "the reason was max_output_tokens")


@RESPONSES.case()
def cut_by_reasoning(run: Run) -> None:
    """a cap that reasoning ate up is cut off, too"""
    used = tokens(run.rng.randint(40, 90), 64, reasoning=64)
    result = responded(run, truncated("", usage=used))
    because = "there was no message, only a reasoning item"
    result.returned({"status": "cut off", "record": None}, because)


@RESPONSES.case(hint="a part of type refusal")
def refusal(run: Run) -> None:
    """a refusal is refused"""
    because = "the message had a part of type refusal"
    responded(run, refuses()).returned({"status": "refused", "record": None}, because)


@RESPONSES.case()
def content_filter(run: Run) -> None:
    """an answer that was filtered is filtered"""
    result = responded(run, filtered(f'{{"product": "{run.choose(*PRODUCTS)[:4]}'))
    result.returned({"status": "filtered", "record": None}, "the reason was content_filter")


@RESPONSES.case(hidden=True)
def invalid_record(run: Run) -> None:
    """a complete answer that breaks the model is invalid"""
    record = {"product": run.choose(*PRODUCTS), "stars": run.rng.randint(6, 99)}
    result = responded(run, says_json(record))
    result.returned({"status": "invalid", "record": None}, f"stars was {record['stars']}")
