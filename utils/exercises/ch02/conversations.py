"""What the exercises on conversations have in common: histories, texts, messages, bad endings."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from ...scripted import Step, fails, filtered, refuses, says, streams, truncated
from ..model import Described, Run, Value, count, expect, reason, short, text_of, wrong

Chat = list[dict[str, str]]
INSTRUCTIONS = (
    "You are the help desk of Fernhill Outdoors. Be brief.",
    "You answer customers of an outdoor shop in two sentences.",
    "You help hikers choose their gear. If you don't know, say so.",
)
TOPICS = (
    ("My name is Ingrid and I own a Skarn 2.", "Welcome, Ingrid. What can I do for the Skarn 2?"),
    ("A pole of my tent broke on Sunday.", "We can send pole set B to you."),
    ("I hike with my dog, who sleeps in the tent.", "Then take the tent with the wide porch."),
    ("I can spend 180 euros.", "The Moraine bag fits into that."),
    ("Please deliver to the station in Voss.", "It will be at the pickup point on Friday."),
    ("My boots are size 43 and wide.", "The Fellside boots come in a wide version."),
    ("I cook twice a day, for two people.", "Then one canister lasts for two days."),
    ("It will rain all week.", "The Larkspur jacket keeps you dry."),
)
QUESTIONS = (
    "And what does that cost?",
    "Can you send it to Bergen instead?",
    "Which one of them is lighter?",
    "How long is that covered by the guarantee?",
    "Does it come in green?",
)
REPLIES = (
    "It is 48 euros.",
    "Yes, that takes two days longer.",
    "The smaller one, by 200 grams.",
    "For two years.",
    "In green and in blue.",
)
MAILS = (
    "The sole of my boot came off on the first day!",
    "Do you sell gift cards?",
    "I got two left shoes.",
    "The courier left the parcel in the rain.",
)
NEVER = says("Never said.")
"""An answer that a case scripts although nobody should ask for it."""


def message(role: str, content: str) -> dict[str, str]:
    """One message."""
    return {"role": role, "content": content}


def turns(rng: random.Random, number: int) -> Chat:
    """So many questions and answers, in random order."""
    chosen = rng.sample(TOPICS, number)
    return [
        message(role, text)
        for turn in chosen
        for role, text in zip(("user", "assistant"), turn, strict=True)
    ]


def chat(rng: random.Random, number: int) -> Chat:
    """A developer message and so many turns."""
    return [message("developer", rng.choice(INSTRUCTIONS)), *turns(rng, number)]


def incomplete(run: Run) -> Iterator[tuple[Step, str]]:
    """Every way to end without a complete answer, and what tells the function so."""
    yield refuses(), "message.refusal was set"
    yield truncated(run.choose(*REPLIES)[:9]), "finish_reason was length"
    yield filtered(run.choose(*REPLIES)[:7]), "finish_reason was content_filter"
    yield filtered(), "finish_reason was content_filter"


def failures() -> Iterator[Step]:
    """Every kind of failed call: errors of the client, of its limits, of the service, of the net.

    None of them is a history that is too long.
    """
    yield fails(400, "Unknown parameter: 'inputs'. (simulated)", code="unknown_parameter")
    yield fails(401)
    yield fails(429)
    yield fails(500)
    yield fails(503)
    yield streams("Never", end="drop")


def _said(entry: Any) -> tuple[str, str] | None:
    """Role and text of a message, whether a dictionary or an object of the SDK.

    None if it is no message, has neither text nor the null that a message without text has, or
    carries something besides that says more, such as a refusal.
    """
    fields = entry.fields if isinstance(entry, Described) else entry
    if not isinstance(fields, dict):
        return None
    more = {k: v for k, v in fields.items() if k not in ("role", "content") and v not in (None, [])}
    content = fields.get("content")
    if more or not isinstance(content, str | list):
        return None
    return str(fields.get("role")), text_of(content)


def is_chat(value: Value, want: Chat, because: str = "") -> None:
    """A value is a list of these messages; the first that differs is named.

    What the SDK returns is a message, too: an object, or a dictionary made from it, with nulls or
    without.
    """
    items = value.items()
    for number, (item, wanted) in enumerate(zip(items, want, strict=False), 1):
        said = _said(item.value)
        if said == (wanted["role"], wanted["content"]):
            continue
        have = f"{said[0]}: {short(said[1], 60)}" if said else short(item.value)
        wrong(
            f"message {number} of {value.name} is {have}, and {wanted['role']}: "
            f"{short(wanted['content'], 60)} was expected{reason(because)}"
        )
    expect(
        len(items) == len(want),
        f"{value.name} has {count(len(items), 'message')}, and {len(want)} "
        f"{'was' if len(want) == 1 else 'were'} expected{reason(because)}",
    )
