"""Sheets with specifications, whose names nobody knows before."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import Step, refuses, says_json
from ..model import Exercise, Result, Run, hinting
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
        "A dictionary keeps one value for a name, so compare its length with that of the list. "
        "After a refusal, message.parsed is None.",
    ],
)


def read_sheet(run: Run, pairs: Sequence[tuple[str, str]], step: Step | None = None) -> Result:
    """Play a sheet with these names and values, which the model finds unless `step` is given."""
    product = run.choose(*PRODUCTS)
    facts = ", ".join(f"{name}: {value}" for name, value in pairs) or "no details yet"
    text = f"{product} ({run.rng.randint(1, 9)}): {facts}"
    answer = {"specs": [{"name": name, "value": value} for name, value in pairs]}
    result = run([strictly(step or says_json(answer))], text)
    result.request(1).contains(text, "the sheet")
    return result


def good_sheet(run: Run, count: int = 3) -> Result:
    """Play a sheet without a name in doubt: it returns the dictionary."""
    pairs = run.rng.sample(SPECS, count)
    result = read_sheet(run, pairs)
    result.returned(dict(pairs), "" if count else "the sheet named no specification")
    result.sent(1)
    return result


@READ_SPECS.case(points=2)
def returns_dictionary(run: Run) -> None:
    """it returns a dictionary of names and values"""
    for count in (run.rng.randint(3, 5), 1, 0):
        good_sheet(run, count)


@READ_SPECS.case(points=2)
def closed_schema(run: Run) -> None:
    """the schema is strict: one field, specs, a list of objects with name and value"""
    schema = schema_sent(good_sheet(run).request(1))
    schema.has_fields("specs")
    pair = schema.field("specs").entry()
    pair.has_fields("name", "value")
    pair.field("name").is_of("string")
    pair.field("value").is_of("string")


@READ_SPECS.case()
def repeated_name(run: Run) -> None:
    """a name that comes twice raises ValueError, even with the same value"""
    for same in (False, True):
        pairs = run.rng.sample(SPECS, 3)
        name, value = pairs[run.rng.randrange(3)]
        again = (name, value if same else f"{run.rng.randint(200, 999)}")
        result = read_sheet(run, [*pairs, again])
        because = f"{name} came twice, with {'the same value' if same else 'another value'}"
        with hinting("Compare the length of the dictionary with that of the list."):
            result.raised(ValueError, because)


@READ_SPECS.case()
def refusal(run: Run) -> None:
    """a refusal raises ValueError"""
    result = read_sheet(run, run.rng.sample(SPECS, 2), refuses())
    with hinting("parsed is None after a refusal."):
        result.raised(ValueError, "the model refused")


@READ_SPECS.case(hidden=True)
def long_sheet(run: Run) -> None:
    """a sheet with all the specifications there are"""
    good_sheet(run, len(SPECS))
