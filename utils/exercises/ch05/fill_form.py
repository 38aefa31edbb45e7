"""A record that arrives in small pieces of JSON, and streams that stop before it is whole."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

from jiter import from_json

from ...scripted import streams
from ..model import Exercise, Result, Run, expect, short
from ..world import PRODUCTS
from .extraction import CITIES, NAMES, asks_with, schema_sent

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


def _form(run: Run) -> tuple[str, dict[str, Any], list[str]]:
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


def _states(pieces: Sequence[str]) -> list[Any]:
    """What the SDK's helper makes of the growing text, each state once, without empty ones."""
    made: list[Any] = []
    text = ""
    for piece in pieces:
        text += piece
        state = from_json(text.encode(), partial_mode=True) if text.strip() else None
        if state and state != (made[-1] if made else None):
            made.append(state)
    return made


def filled(result: Result, states: Sequence[Any], record: Any, because: str = "") -> None:
    value = result.value
    expect(
        isinstance(value, dict) and value.keys() == {"states", "record"},
        f"it returned {short(value)}, and a dictionary of states and record was expected",
    )
    have = value["states"]
    expect(isinstance(have, list), f"states is {short(have)}, and a list was expected")
    twice = [b for a, b in itertools.pairwise(have) if a == b]
    expect(not twice, f"states has the same state twice in a row: {short(twice[:1])}")
    expect(all(have), f"states has an empty state: {short(have)}")
    expect(
        have == list(states),
        f"states has {len(have)} states, and {len(states)} were expected; its last one is "
        f"{short(have[-1:])}, and {short(list(states[-1:]))} was expected",
    )
    reason = f" ({because})" if because else ""
    expect(
        value["record"] == record,
        f"record is {short(value['record'])}, and {short(record)} was expected{reason}",
    )


@FILL.case(points=3)
def all_states(run: Run) -> None:
    """every state of the form, and the record at the end"""
    mail, record, pieces = _form(run)
    result = run([streams(*pieces)], mail)
    filled(result, _states(pieces), record)
    result.sent(1)
    result.request(1).has("stream", True)
    asks_with(result, mail)
    schema_sent(result.request(1)).field("quantity").is_of("integer")


def half(run: Run, because: str, **how: Any) -> None:
    mail, _, pieces = _form(run)
    kept = pieces[: run.rng.randint(len(pieces) // 2, len(pieces) - 1)]
    filled(run([streams(*kept, **how)], mail), _states(kept), None, because)


@FILL.case()
def token_cap(run: Run) -> None:
    """an answer at the cap keeps its states and has no record"""
    half(run, "finish_reason was length", finish_reason="length")


@FILL.case()
def broken_connection(run: Run) -> None:
    """a connection that breaks keeps its states and has no record"""
    end = run.choose("drop", "error")
    half(run, "the connection broke" if end == "drop" else "an event said error", end=end)


@FILL.case(points=2, hint="no chunk had a finish_reason")
def silent_end(run: Run) -> None:
    """a stream that just stops has no record, however whole it looks"""
    mail, _, pieces = _form(run)
    result = run([streams(*pieces, end="cut")], mail)
    filled(result, _states(pieces), None, "no chunk had a finish_reason")


@FILL.case(hidden=True)
def invalid_object(run: Run) -> None:
    """an object that breaks the model is no record"""
    mail, record, _ = _form(run)
    pieces = [json.dumps({**record, "quantity": "many"})]
    result = run([streams(*pieces)], mail)
    filled(result, _states(pieces), None, "quantity was no number")
