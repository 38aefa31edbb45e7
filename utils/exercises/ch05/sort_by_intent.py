"""Mails to sort by intents that are known only when the function is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...scripted import says_json
from ..model import Exercise, Result, Run, hinting
from ..world import PRODUCTS
from .extraction import INTENTS, NAMES, schema_sent, strictly

OTHER_INTENTS = ("gift card", "invoice", "press", "réclamation", "club", "school trip")

SORT_MAIL = Exercise(
    id="05.2",
    function="sort_by_intent",
    title="write a strict schema by hand",
    difficulty="easy",
    covers=["D1"],
    hints=[
        'response_format={"type": "json_schema", "json_schema": {"name": ..., "strict": True, '
        '"schema": {...}}}',
        'An enum lists the values that a text can have: {"type": "string", "enum": intents}.',
        "A strict schema lists every key in required, and says additionalProperties: False.",
    ],
)


def sorted_mail(run: Run, intents: Sequence[str]) -> tuple[Result, str, dict[str, Any]]:
    """Play a mail with some of these intents; result, mail, and what the model found."""
    chosen = run.rng.sample(intents, run.rng.randint(3, 5))
    found = {"intent": run.choose(*chosen), "urgent": run.choose(True, False)}
    mail = f"This is {run.choose(*NAMES)} about the {run.choose(*PRODUCTS)}. Please call me."
    return run([strictly(says_json(found))], mail, chosen), mail, found


@SORT_MAIL.case()
def returns_fields(run: Run) -> None:
    """it sends the mail and returns the object as a dictionary"""
    for _ in range(2):
        result, mail, found = sorted_mail(run, INTENTS)
        result.returned(found)
        result.sent(1)
        result.request(1).contains(mail, "the mail")


@SORT_MAIL.case(points=2)
def strict_schema(run: Run) -> None:
    """the schema is strict, with intent, a text, and urgent, true or false"""
    result, _, _ = sorted_mail(run, INTENTS)
    result.finished()
    schema = schema_sent(result.request(1))
    schema.has_fields("intent", "urgent")
    schema.field("intent").is_of("string")
    schema.field("urgent").is_of("boolean")


@SORT_MAIL.case()
def given_intents(run: Run) -> None:
    """intent can only be one of those given"""
    for _ in range(2):
        result, _, _ = sorted_mail(run, INTENTS)
        result.finished()
        with hinting('{"type": "string", "enum": [...]} lists the values.'):
            schema_sent(result.request(1)).field("intent").allows_only(result.call.args[1])


@SORT_MAIL.case(hidden=True)
def new_intents(run: Run) -> None:
    """intents that nobody thought of before"""
    result, _, found = sorted_mail(run, OTHER_INTENTS)
    result.returned(found)
    schema_sent(result.request(1)).field("intent").allows_only(result.call.args[1])
