"""What the exercises on conversations have in common: histories, texts and messages."""

from __future__ import annotations

import random

Chat = list[dict[str, str]]
INSTRUCTIONS = (
    "You are the help desk of Fernhill Outdoors. Be brief.",
    "You answer customers of an outdoor shop in two sentences.",
    "You help hikers to choose their gear. Say so if you do not know.",
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
