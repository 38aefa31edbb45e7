"""A record that arrives in small pieces of JSON, and streams that stop before it is whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from jiter import from_json

from ...scripted import streams
from ..model import Exercise, Result, Run, expect, hinting
from ..world import PRODUCTS
from .extraction import CITIES, NAMES, schema_sent

FILL = Exercise(
    id="05.7",
    function="fill_form",
    title="show partial objects while they stream",
    difficulty="medium",
    covers=["D1", "B2"],
    hints=[
        "with client.chat.completions.stream(..., response_format=Order) as stream: its events of "
        "type content.delta have what can be said so far in .parsed.",
        "Append event.parsed if there is something in it and it is not what you appended last.",
        "content.done comes only when the answer ended with stop: its .parsed is the Order. The "
        "text of a stream that stops early is not to be trusted.",
        "The cap, a broken connection and an error event raise openai.OpenAIError out of the loop; "
        "an object that breaks the model raises ValueError.",
    ],
)


def a_form(run: Run) -> tuple[str, dict[str, Any], list[str]]:
    """A mail, the record in it, and its JSON in pieces."""
    record = {
        "customer": run.choose(*NAMES),
        "city": run.choose(*CITIES),
        "product": run.choose(*PRODUCTS),
        "quantity": run.rng.randint(10, 99),
    }
    mail = f"Please send {record['quantity']} pieces to {record['customer']}, {record['city']}."
    text = json.dumps(record)
    size = run.rng.randint(3, 6)
    return mail, record, [text[i : i + size] for i in range(0, len(text), size)]


def states_of(pieces: Sequence[str]) -> list[Any]:
    """What the SDK's helper makes of the growing text, each state once, without empty ones."""
    made: list[Any] = []
    text = ""
    for piece in pieces:
        text += piece
        state = from_json(text.encode(), partial_mode=True) if text.strip() else None
        if state and state != (made[-1] if made else None):
            made.append(state)
    return made


def filled(
    result: Result, mail: str, states: Sequence[Any], record: Any, because: str = ""
) -> None:
    """It sent this mail, and returned these states and this record."""
    result.output.has_keys("states", "record")
    result.request(1).contains(mail, "the mail")
    have = [item.value for item in result.field("states").items()]
    for number, (before, state) in enumerate(itertools.pairwise(have)):
        expect(before != state, f"'states' has the same state twice in a row, from item {number}")
    expect(all(have), "'states' has an empty state")
    result.field("states").equals(list(states))
    result.field("record").equals(record, because)


@FILL.case(points=3)
def all_states(run: Run) -> None:
    """every state of the form, and the record at the end"""
    mail, record, pieces = a_form(run)
    result = run([streams(*pieces)], mail)
    filled(result, mail, states_of(pieces), record)
    result.sent(1)
    result.request(1).has("stream", True)
    schema = schema_sent(result.request(1))
    schema.has_fields(*record)
    schema.field("quantity").is_of("integer")


def stops_early(run: Run, because: str, *, whole: bool = False, **how: Any) -> None:
    """Play a stream that ends in this way, with a part of the object or with all of it."""
    mail, _, pieces = a_form(run)
    parts = len(pieces) if whole else run.rng.randint(len(pieces) // 2, len(pieces) - 1)
    kept = pieces[:parts]
    filled(run([streams(*kept, **how)], mail), mail, states_of(kept), None, because)


@FILL.case()
def token_cap(run: Run) -> None:
    """an answer at the cap keeps its states and has no record, however whole it looks"""
    for whole in (False, True):
        stops_early(run, "finish_reason was length", whole=whole, finish_reason="length")


@FILL.case()
def broken_connection(run: Run) -> None:
    """after a broken connection or an error event it keeps its states and has no record"""
    stops_early(run, "the connection broke", end="drop")
    stops_early(run, "an event said error", end="error")
    stops_early(run, "the connection broke", whole=True, end="drop")


@FILL.case(points=2)
def silent_end(run: Run) -> None:
    """a stream that just stops has no record, however whole it looks"""
    with hinting("Such a stream has no content.done, and no chunk with a finish_reason."):
        for whole in (True, False):
            stops_early(run, "no chunk had a finish_reason", whole=whole, end="cut")


@FILL.case()
def invalid_object(run: Run) -> None:
    """an object that breaks the model keeps its states and has no record"""
    mail, record, _ = a_form(run)
    pieces = [json.dumps({**record, "quantity": "many"})]
    result = run([streams(*pieces)], mail)
    with hinting("pydantic's ValidationError is a ValueError.", ValueError):
        filled(result, mail, states_of(pieces), None, "quantity was not a number")


@FILL.case(hidden=True)
def other_forms(run: Run) -> None:
    """other mails, in larger and smaller pieces"""
    for size in (1, 20):
        mail, record, pieces = a_form(run)
        text = "".join(pieces)
        pieces = [text[i : i + size] for i in range(0, len(text), size)]
        filled(run([streams(*pieces)], mail), mail, states_of(pieces), record)
