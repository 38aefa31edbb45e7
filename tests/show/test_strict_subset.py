"""The subset of strict mode: what it refuses of the SDK's own conversions, and what it takes."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, ConfigDict, Field, RootModel

from utils import live_rules
from utils.recordings import Request
from utils.show.strict_subset import outside


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Node(BaseModel):
    name: str
    children: list[Node]


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]


class Good(BaseModel):
    """Everything that the subset has."""

    color: Color
    other: Color | None = Field(description="another one")
    stars: Annotated[int, Field(ge=1, le=5)] | None
    code: Annotated[str, Field(pattern="^FO-[0-9]{5}$")]
    few: Annotated[list[str], Field(min_length=1, max_length=3)]
    pet: Cat | Dog
    tree: Node


class Dictionary(BaseModel):
    field: dict[str, str]


class Anything(BaseModel):
    field: Any


class Default(BaseModel):
    field: str = "EUR"


class Pair(BaseModel):
    field: tuple[int, int]


class Unique(BaseModel):
    field: set[str]


class Length(BaseModel):
    field: Annotated[str, Field(max_length=8)]


class Discriminated(BaseModel):
    field: Annotated[Cat | Dog, Field(discriminator="kind")]


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    field: str


class Deep(BaseModel):
    field: list[Dictionary]


class Rows(RootModel[list[str]]):
    pass


def test_the_subset_takes_what_the_guide_lists():
    assert outside(to_strict_json_schema(Good)) == []


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (Dictionary, "field: additionalProperties must be false"),
        (Anything, "field: it has no type"),
        (Default, "field: default is not in the subset"),
        (Pair, "field: prefixItems is not in the subset"),
        (Unique, "field: uniqueItems is not in the subset"),
        (Length, "field: maxLength is not in the subset"),
        (Discriminated, "field: oneOf is not in the subset"),
        (Open, "the root: additionalProperties must be false"),
        (Deep, "$defs.Dictionary.field: additionalProperties must be false"),
        (Rows, "the root: it must be an object"),
    ],
)
def test_it_names_what_the_sdk_lets_pass(model: type[BaseModel], complaint: str):
    assert complaint in outside(to_strict_json_schema(model))


@pytest.mark.parametrize(
    "model",
    [Good, Dictionary, Default, Pair, Unique, Length, Discriminated, Open, Deep, Rows],
)
def test_it_agrees_with_the_rules_for_recordings(model: type[BaseModel]):
    form = {"name": "m", "strict": True, "schema": to_strict_json_schema(model)}
    body: dict[str, Any] = {"model": "m", "messages": []}
    body["response_format"] = {"type": "json_schema", "json_schema": form}
    request = Request(method="POST", path="/chat/completions", body=body)
    found = [each for each in live_rules.violations(request) if "strict schemas" in each]
    assert bool(found) == bool(outside(to_strict_json_schema(model)))


def test_a_key_that_is_not_required_is_named():
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"a": {"type": "null"}},
    }
    assert outside(schema) == ["the root: a must be required"]


def test_a_format_that_is_not_listed_is_named():
    schema = to_strict_json_schema(Dictionary)
    schema["properties"]["field"] = {"type": "string", "format": "uri"}
    assert outside(schema) == ["field: the format 'uri' is not in the subset"]


def test_too_many_enum_values_are_named():
    schema = to_strict_json_schema(Dictionary)
    schema["properties"]["field"] = {"type": "string", "enum": [str(n) for n in range(1001)]}
    assert outside(schema) == ["the root: 1001 enum values, and at most 1000 are taken"]


def test_too_many_levels_are_named():
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(11):
        schema = {
            "type": "object",
            "properties": {"a": schema},
            "required": ["a"],
            "additionalProperties": False,
        }
    assert outside(schema) == [f"{'.'.join('a' * 10)}: more than 10 levels of objects"]
