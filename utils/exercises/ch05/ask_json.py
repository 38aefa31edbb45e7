"""Answers in JSON mode that hold the object, another one, or none."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import refuses, says, says_json, truncated
from ..model import Exercise, Run, short
from ..world import PRODUCTS
from .extraction import NAMES

ASK_JSON = Exercise(
    id="05.1",
    function="ask_json",
    title="use JSON mode and check the object",
    difficulty="easy",
    covers=["D1"],
    hints=[
        'JSON mode is response_format={"type": "json_object"}, and a message has to say JSON.',
        "JSON mode promises JSON, not your JSON: name the two keys in a message, and look whether "
        "the object has them.",
        'finish_reason "length" means that the text is cut off. content may be None: '
        'json.loads(content or "null").',
    ],
)


def order_mail(run: Run) -> tuple[str, dict[str, Any]]:
    """A mail, and the object that the model should find in it."""
    found = {"product": run.choose(*PRODUCTS), "quantity": run.rng.randint(2, 9)}
    mail = f"Hello, {found['quantity']} of the {found['product']} please. {run.choose(*NAMES)}"
    return mail, found


@ASK_JSON.case(points=2)
def returns_object(run: Run) -> None:
    """it asks in JSON mode and returns the object"""
    mail, found = order_mail(run)
    result = run([says_json(found)], mail)
    result.returned(found)
    result.sent(1)
    request = result.request(1)
    request.went_to("chat")
    request.has("response_format", {"type": "json_object"})
    request.contains(mail, "the mail")
    for key in found:
        request.contains(key, "a key of the object")


@ASK_JSON.case(hint="look at finish_reason")
def cut_off(run: Run) -> None:
    """an answer that is cut off gives None"""
    mail, found = order_mail(run)
    text = json.dumps(found)
    step = truncated(text[: run.rng.randint(3, len(text) - 3)])
    run([step], mail).returned(None, "finish_reason was length")


@ASK_JSON.case()
def other_keys(run: Run) -> None:
    """an object with other keys gives None"""
    mail, found = order_mail(run)
    other = run.choose({"item": found["product"], "amount": 1}, {"product": found["product"]}, {})
    run([says_json(other)], mail).returned(None, f"the object was {short(other)}")


@ASK_JSON.case()
def refusal(run: Run) -> None:
    """a refusal gives None"""
    mail, _ = order_mail(run)
    run([refuses()], mail).returned(None, "content was None")


@ASK_JSON.case(hidden=True)
def no_object(run: Run) -> None:
    """a list, or no JSON at all, gives None"""
    mail, found = order_mail(run)
    for text in (json.dumps([found]), f"Sure! {json.dumps(found)}", '"product and quantity"'):
        run([says(text)], mail).returned(None, f"the answer was {short(text)}")
