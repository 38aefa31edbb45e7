"""Answers that break the model, and what a second request makes of them."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import Step, filtered, refuses, says, says_json, truncated
from ..model import Exercise, Run, hinting
from ..world import PRODUCTS
from .extraction import CITIES, NAMES, schema_sent, sends_back

REPAIR = Exercise(
    id="05.6",
    function="extract_with_repair",
    title="send a validation error back once",
    difficulty="stretch",
    covers=["D1"],
    hints=[
        "parse() validates and throws the answer away. create() with the same schema leaves it to "
        "you: Return.model_validate_json(answer, context={...}).",
        "The schema by hand needs Return.model_json_schema(), which is closed because of "
        'extra="forbid" in its config.',
        "The second request has the messages of the first, then the bad answer as an assistant "
        "message, then the text of the ValidationError as a user message.",
        "for _ in range(2): return at the first answer that is valid, or not an answer at all; "
        "return None after the loop.",
    ],
)


def a_return(run: Run, **changed: Any) -> dict[str, Any]:
    """A valid record, with these changes."""
    bought = run.rng.randint(2, 9)
    base = {"product": "", "bought": bought, "returned": run.rng.randint(1, bought)}
    return {**base, **changed}


def shelf(run: Run) -> tuple[list[str], str, str]:
    """The catalog, a product in it, and a mail."""
    catalog: list[str] = [*run.rng.sample(PRODUCTS, 4)]
    mail = f"{run.choose(*NAMES)}, {run.choose(*CITIES)}: two of them come back to you. Thanks."
    return catalog, catalog[run.rng.randrange(4)], mail


def impossible(run: Run, product: str) -> dict[str, Any]:
    """A record with more pieces returned than bought."""
    bought = run.rng.randint(1, 4)
    return {"product": product, "bought": bought, "returned": bought + run.rng.randint(1, 5)}


@REPAIR.case()
def valid_answer(run: Run) -> None:
    """a valid answer takes one request, with the strict schema"""
    catalog, product, mail = shelf(run)
    found = a_return(run, product=product)
    result = run([says_json(found)], mail, catalog)
    result.returned(found)
    result.sent(1)
    result.request(1).contains(mail, "the mail")
    schema = schema_sent(result.request(1))
    schema.has_fields("product", "bought", "returned")
    schema.field("product").is_of("string")
    for name in ("bought", "returned"):
        schema.field(name).is_of("integer")


def repaired(run: Run, because: str, answer: Step, text: str, good: Any, *names: str) -> None:
    """Play a bad answer, whose text is given, and a good one: it sends the first one back."""
    catalog, _, mail = shelf(run)
    result = run([answer, says_json(good)], mail, [*catalog, good["product"]])
    result.sent(2, because)
    result.request(1).contains(mail, "the mail")
    sends_back(result, 2, text, *names)
    schema_sent(result.request(2))
    result.returned(good)


@REPAIR.case(points=3)
def impossible_answer(run: Run) -> None:
    """an impossible answer is sent back as it was, then the error as a user message"""
    product = run.choose(*PRODUCTS)
    bad, good = impossible(run, product), a_return(run, product=product)
    because = f"it returns {bad['returned']} and bought {bad['bought']}"
    repaired(run, because, says_json(bad), json.dumps(bad), good, "bought")


@REPAIR.case(points=2)
def unknown_product(run: Run) -> None:
    """a product that isn't in the catalog is sent back, too"""
    catalog, product, mail = shelf(run)
    other = next(p for p in PRODUCTS if p not in catalog)
    bad, good = a_return(run, product=other), a_return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    with hinting('context={"catalog": catalog}'):
        result.returned(good, f"the first answer had {other}, which is not in the catalog")
    sends_back(result, 2, json.dumps(bad), "product")


@REPAIR.case()
def broken_answer(run: Run) -> None:
    """an answer that breaks the schema is sent back, too"""
    product = run.choose(*PRODUCTS)
    good = a_return(run, product=product)
    some, more = {**good, "bought": "some"}, {**good, "color": "green"}
    repaired(run, "bought was a text", says_json(some), json.dumps(some), good, "bought")
    repaired(run, "color is no field", says_json(more), json.dumps(more), good, "color")
    talk = f"They bought {good['bought']}."
    repaired(run, "the first answer was not JSON", says(talk), talk, good)


@REPAIR.case()
def gives_up(run: Run) -> None:
    """it gives up when the second answer isn't valid, or isn't whole"""
    catalog, product, mail = shelf(run)
    text = json.dumps(a_return(run, product=product))
    other = next(p for p in PRODUCTS if p not in catalog)
    unknown = a_return(run, product=other)
    for second, because in (
        (says_json(impossible(run, product)), "the second answer was not valid either"),
        (says_json(unknown), f"the second answer had {other}, which is not in the catalog"),
        (refuses(), "the model refused the second time"),
        (truncated(text), "the second finish_reason was length"),
    ):
        result = run([says_json(impossible(run, product)), second], mail, catalog)
        result.returned(None, because)
        result.sent(2)


@REPAIR.case()
def refusal(run: Run) -> None:
    """after a refusal it returns None at once"""
    catalog, _, mail = shelf(run)
    result = run([refuses()], mail, catalog)
    result.returned(None, "the model refused")
    result.sent(1)


@REPAIR.case()
def cut_off(run: Run) -> None:
    """after an answer that was cut off or filtered, it returns None at once"""
    catalog, product, mail = shelf(run)
    text = json.dumps(a_return(run, product=product))
    part = text[: run.rng.randint(5, len(text) - 5)]
    with hinting("Look at finish_reason before you look at the text."):
        for step, because in (
            (truncated(part), "finish_reason was length, and the cap is the same the next time"),
            (truncated(text), "finish_reason was length, however whole the text looked"),
            (filtered(part), "finish_reason was content_filter"),
        ):
            result = run([step], mail, catalog)
            result.returned(None, because)
            result.sent(1)


@REPAIR.case(hidden=True)
def other_returns(run: Run) -> None:
    """other mails"""
    for product in run.rng.sample(PRODUCTS, 2):
        good = a_return(run, product=product)
        bad = {**good, "returned": None}
        repaired(run, "returned was null", says_json(bad), json.dumps(bad), good, "returned")
