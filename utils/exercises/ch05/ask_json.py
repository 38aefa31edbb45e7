"""Answers in JSON mode that hold the object, another one, or none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...scripted import Step, filtered, refuses, says, says_json, truncated
from ..model import Exercise, Result, Run, expect, hinting, short
from ..world import PRODUCTS
from .extraction import NAMES, format_sent

ASK_JSON = Exercise(
    id="05.1",
    function="ask_json",
    title="use JSON mode and check the object",
    difficulty="easy",
    covers=["D1"],
    hints=[
        'JSON mode is response_format={"type": "json_object"}, and a message has to say JSON.',
        "JSON mode promises JSON, not your JSON: name the two keys in a message, and check that "
        "the object has both of them.",
        'finish_reason is "stop" only if the answer is whole. content may be None: '
        'json.loads(content or "") then raises ValueError, as it does for text that isn\'t JSON.',
    ],
)


def order_mail(run: Run) -> tuple[str, dict[str, Any]]:
    """A mail, and the object that the model should find in it."""
    found = {"product": run.choose(*PRODUCTS), "quantity": run.rng.randint(2, 9)}
    mail = f"Hello, {found['quantity']} of the {found['product']} please. {run.choose(*NAMES)}"
    return mail, found


def object_comes(run: Run) -> tuple[Result, str, dict[str, Any]]:
    """Play a mail in which the model finds both keys: it returns them."""
    mail, found = order_mail(run)
    result = run([says_json(found)], mail)
    result.returned(found)
    result.sent(1)
    result.request(1).contains(mail, "the mail")
    return result, mail, found


def none_comes(run: Run, steps: Sequence[tuple[Step, str]]) -> None:
    """Play one mail for each of these answers, each with what it was: it returns None."""
    for step, because in steps:
        mail, _ = order_mail(run)
        result = run([step], mail)
        result.returned(None, because)
        result.sent(1)
        result.request(1).contains(mail, "the mail")


@ASK_JSON.case(points=2)
def returns_object(run: Run) -> None:
    """it asks for both keys in JSON mode and returns the object"""
    result, mail, found = object_comes(run)
    request = result.request(1)
    with hinting('response_format={"type": "json_object"}'):
        format_sent(request).field("type").equals("json_object", "that is JSON mode")
    rest = request.text().replace(mail, "")
    for key in found:
        expect(key in rest, f"request 1 does not say that the object should have the key {key}")


@ASK_JSON.case()
def cut_off(run: Run) -> None:
    """an answer that was cut off or filtered gives None, even if it looks whole"""
    _, found = order_mail(run)
    text = json.dumps(found)
    part = text[: run.rng.randint(3, len(text) - 3)]
    with hinting("Look at finish_reason.", ValueError):
        none_comes(
            run,
            [
                (truncated(part), "finish_reason was length"),
                (truncated(text), "finish_reason was length"),
                (filtered(text), "finish_reason was content_filter"),
            ],
        )


@ASK_JSON.case()
def other_keys(run: Run) -> None:
    """an object without both keys gives None"""
    _, found = order_mail(run)
    others = [{"product": found["product"]}, {"quantity": found["quantity"]}, {}]
    none_comes(run, [(says_json(other), f"the object was {short(other)}") for other in others])


@ASK_JSON.case()
def no_text(run: Run) -> None:
    """a refusal gives None, and so does an answer without text"""
    with hinting("content may be None: json.loads(content or '')", TypeError):
        none_comes(run, [(refuses(), "the model refused"), (says(""), "the text was empty")])


@ASK_JSON.case()
def no_object(run: Run) -> None:
    """a text that isn't JSON gives None, and so does JSON that isn't an object"""
    _, found = order_mail(run)
    talk = f"Sure! {json.dumps(found)}"
    texts = (talk, json.dumps(list(found)), json.dumps("product and quantity"), "null")
    none_comes(run, [(says(text), f"the answer was {short(text)}") for text in texts])


@ASK_JSON.case(hidden=True)
def more_orders(run: Run) -> None:
    """other mails"""
    for _ in range(2):
        _, _, found = object_comes(run)
        none_comes(run, [(says_json([found, found]), "the answer was a list")])
