"""Sheets with specifications, whose names nobody knows before."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import says_json
from ..model import Exercise, Result, Run
from ..world import PRODUCTS
from .extraction import schema_sent, strictly

SPECS = (
    ("weight", "1,980 g"),
    ("color", "moss green"),
    ("persons", "2"),
    ("poles", "aluminum, set B"),
    ("season", "3"),
    ("packed size", "46 x 15 cm"),
    ("floor", "70 denier nylon"),
)

READ_SPECS = Exercise(
    id="05.4",
    function="read_specs",
    title="ask for a dictionary as a list of pairs",
    difficulty="medium",
    covers=["D1"],
    hints=[
        "dict[str, str] becomes an object with open keys, and a strict schema has none.",
        "Ask for a model with one field, specs: list[Spec], and put the dictionary together "
        "yourself.",
        "A dictionary keeps one value for a name, so compare its length with that of the list.",
    ],
)


def read_sheet(run: Run, pairs: Sequence[tuple[str, str]]) -> Result:
    """Play a sheet with these names and values."""
    product = run.choose(*PRODUCTS)
    facts = ", ".join(f"{name}: {value}" for name, value in pairs) or "no details yet"
    text = f"{product} ({run.rng.randint(1, 9)}): {facts}"
    answer = {"specs": [{"name": name, "value": value} for name, value in pairs]}
    result = run([strictly(says_json(answer))], text)
    if result.outcome.failure is None:
        result.request(1).contains(text, "the sheet")
    return result


@READ_SPECS.case(points=2)
def returns_dictionary(run: Run) -> None:
    """it returns a dictionary of names and values"""
    pairs = run.rng.sample(SPECS, run.rng.randint(3, 5))
    result = read_sheet(run, pairs)
    result.returned(dict(pairs))
    result.sent(1)


@READ_SPECS.case(points=2)
def closed_schema(run: Run) -> None:
    """the schema is strict, and has no open object"""
    result = read_sheet(run, run.rng.sample(SPECS, 3))
    result.finished()
    pair = schema_sent(result.request(1)).field("specs").entry()
    pair.has_fields("name", "value")
    pair.field("name").is_of("string")
    pair.field("value").is_of("string")


@READ_SPECS.case()
def repeated_name(run: Run) -> None:
    """a name that comes twice raises ValueError"""
    pairs = run.rng.sample(SPECS, 3)
    again = (pairs[run.rng.randrange(3)][0], f"{run.rng.randint(2, 99)}")
    result = read_sheet(run, [*pairs, again])
    result.raised(ValueError, f"{again[0]} came twice, and a dictionary keeps one of them")


@READ_SPECS.case(hidden=True)
def no_specs(run: Run) -> None:
    """a sheet without specifications gives an empty dictionary"""
    read_sheet(run, []).returned({})
