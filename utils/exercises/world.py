"""Values for scenarios: things that happen at Fernhill Outdoors, the course's fictional shop."""

from __future__ import annotations

import random

PRODUCTS = (
    "Skarn 2 tent",
    "Larkspur rain jacket",
    "Tarn 45 backpack",
    "Ember gas stove",
    "Fellside hiking boots",
    "Moraine sleeping bag",
    "Beck water filter",
    "Cairn trekking poles",
)
QUESTIONS = (
    "Can I return boots that I wore once?",
    "How long does a delivery to Norway take?",
    "Which tent pole fits the Skarn 2?",
    "Do you repair jackets of other brands?",
    "Is the Beck filter safe for salt water?",
    "When is the shop in Brixham open on Sundays?",
    "My parcel is two days late. Where is it?",
)
ANSWERS = (
    "Yes, within 30 days, if they are clean.",
    "Between four and six working days.",
    "Pole set B, sold as a spare part.",
    "We do, for zips and seams.",
    "No. It does not remove salt.",
    "From ten to four.",
    "It left our warehouse this morning.",
)
INSTRUCTIONS = (
    "You answer customers of Fernhill Outdoors in two sentences.",
    "You are the help desk of an outdoor shop. Be brief and kind.",
    "Answer from the shop's policies. If you do not know, say so.",
)
LABELS = ("delivery", "return", "repair", "product question", "complaint")
MAILS = (
    ("The zip of my jacket is stuck. Can you mend it?", "repair"),
    ("Where is my parcel? It should have come on Monday.", "delivery"),
    ("The boots are too small and I want my money back.", "return"),
    ("How heavy is the Tarn 45 when it is empty?", "product question"),
    ("Nobody answers your phone. I am disappointed.", "complaint"),
    ("A pole of my tent broke. Do you have a spare?", "repair"),
    ("Please deliver to my neighbor instead.", "delivery"),
)
SLOGANS = (
    "Out before the rain.",
    "Built for bad weather.",
    "Go further, carry less.",
    "Your house for two nights.",
    "Warm at minus ten.",
    "Made to be mended.",
)


def question_and_answer(rng: random.Random) -> tuple[str, str]:
    """A customer's question and what the model says to it."""
    number = rng.randrange(len(QUESTIONS))
    return QUESTIONS[number], ANSWERS[number]


def some(rng: random.Random, values: tuple[str, ...], count: int) -> list[str]:
    """`count` different ones of the values, in random order."""
    return rng.sample(values, count)
