"""Answers that break the model, and what a second request makes of them."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import refuses, says_json, truncated
from ..model import Exercise, Run
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
        "for _ in range(2): return at the first answer that is valid, or that is no answer at all; "
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
    """a valid answer takes one request"""
    catalog, product, mail = shelf(run)
    found = a_return(run, product=product)
    result = run([says_json(found)], mail, catalog)
    result.returned(found)
    result.sent(1)
    result.request(1).contains(mail, "the mail")
    schema = schema_sent(result.request(1))
    for name in ("bought", "returned"):
        schema.field(name).is_of("integer")


@REPAIR.case(
    points=3, hint="the bad answer as an assistant message, then the error as a user message"
)
def impossible_answer(run: Run) -> None:
    """an answer that cannot be gets sent back, with the error"""
    catalog, product, mail = shelf(run)
    bad, good = impossible(run, product), a_return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    result.sent(2, "the first answer was not valid")
    sends_back(result, 2, json.dumps(bad), "bought")
    schema_sent(result.request(2))
    result.returned(good)


@REPAIR.case(points=2)
def unknown_product(run: Run) -> None:
    """a product that is not in the catalog gets sent back, too"""
    catalog, product, mail = shelf(run)
    other = next(p for p in PRODUCTS if p not in catalog)
    bad, good = a_return(run, product=other), a_return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    result.returned(good, f"the first answer had {other}, which is not in the catalog")
    sends_back(result, 2, json.dumps(bad), "catalog")


@REPAIR.case()
def gives_up(run: Run) -> None:
    """after the second bad answer it gives up"""
    catalog, product, mail = shelf(run)
    steps = [says_json(impossible(run, product)) for _ in range(2)]
    result = run(steps, mail, catalog)
    result.returned(None, "the repaired answer was not valid either")
    result.sent(2)


@REPAIR.case()
def refusal(run: Run) -> None:
    """a refusal is not argued with"""
    catalog, _, mail = shelf(run)
    result = run([refuses()], mail, catalog)
    result.returned(None, "the model refused")
    result.sent(1)


@REPAIR.case(hint="look at finish_reason")
def cut_off(run: Run) -> None:
    """an answer that is cut off is not sent back"""
    catalog, product, mail = shelf(run)
    text = json.dumps(a_return(run, product=product))
    result = run([truncated(text[: run.rng.randint(5, len(text) - 5)])], mail, catalog)
    result.returned(None, "finish_reason was length, and the cap is the same the next time")
    result.sent(1)


@REPAIR.case(hidden=True)
def wrong_type(run: Run) -> None:
    """a field of the wrong type gets sent back"""
    catalog, product, mail = shelf(run)
    bad, good = a_return(run, product=product, bought="some"), a_return(run, product=product)
    result = run([says_json(bad), says_json(good)], mail, catalog)
    result.returned(good)
    sends_back(result, 2, json.dumps(bad), "bought")
