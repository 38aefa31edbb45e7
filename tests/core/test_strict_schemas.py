"""The subset of strict mode: what it refuses of the SDK's own conversions, and what it takes."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from openai.lib._pydantic import to_strict_json_schema
from pydantic import BaseModel, ConfigDict, Field, RootModel

from utils.service_rules.strict_schemas import outside, problems


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


def closed(**more: Any) -> dict[str, Any]:
    made = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    return made | {"additionalProperties": False} | more


@pytest.mark.parametrize(
    ("schema", "shown", "words"),
    [
        (
            {"type": "array", "items": closed()},
            "the root: it must be an object",
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'.",
        ),
        (
            {"anyOf": [closed()]},
            "the root: it must be an object",
            "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'.",
        ),
        (
            closed(required=[]),
            "the root: a must be required",
            "In context=(), 'required' is required to be supplied and to be an array including "
            "every key in properties. Missing 'a'.",
        ),
        (
            closed(required=["a", "b"]),
            "the root: b required, and not among the properties",
            "In context=(), 'required' is required to be supplied and to be an array including "
            "every key in properties. Extra required key 'b' supplied.",
        ),
        (
            closed(properties={"a": {"type": "array", "items": {"type": "object"}}}),
            "a[]: additionalProperties must be false",
            "In context=('properties', 'a', 'items'), 'additionalProperties' is required to be "
            "supplied and to be false.",
        ),
        (
            closed(properties={"a": {"type": ["object", "null"], "properties": {}}}),
            "a: additionalProperties must be false",
            "In context=('properties', 'a'), 'additionalProperties' is required to be supplied and "
            "to be false.",
        ),
        (
            closed(properties={"a": {"anyOf": [{"type": "null"}, {"type": "string", "x": 1}]}}),
            "a: x is not in the subset",
            "In context=('properties', 'a', 'anyOf', '1'), 'x' is not permitted.",
        ),
        (
            closed(properties={"a": {"type": "string", "format": "uri"}}),
            "a: the format 'uri' is not in the subset",
            "In context=('properties', 'a'), 'uri' is not a valid format.",
        ),
        (
            closed(properties={"a": {"const": "x"}}),
            "a: it has no type",
            "In context=('properties', 'a'), schema must have a 'type' key.",
        ),
        (
            closed(properties={"a": {"type": "array"}}),
            "a: its items have no schema",
            "In context=('properties', 'a'), array schema missing items.",
        ),
        (
            closed(properties={str(n): {"type": "null"} for n in range(5001)}, required=[]),
            "the root: 5001 properties, and at most 5000 are taken",
            "5001 parameters exceeds limit of 5000.",
        ),
        (
            closed(properties={"a": {"type": "string", "enum": ["x" * 60_000, "y" * 60_000]}}),
            "the root: 120001 characters in names and values, and at most 120000 are taken",
            "120001 characters in names and values, and at most 120000 are taken.",
        ),
        (
            closed(properties={"a": {"type": "array", "items": True}}),
            "a: its items have no schema",
            "In context=('properties', 'a'), array schema items is not an object.",
        ),
        (
            closed(properties=[]),
            "the root: properties must be an object",
            "In context=(), 'properties' must be an object.",
        ),
        (
            closed(required="a"),
            "the root: required must be an array",
            "In context=(), 'required' must be an array.",
        ),
        (
            closed(properties={"a": {"anyOf": ["x"]}}),
            "a: anyOf[0] must be a schema",
            "In context=('properties', 'a'), 'anyOf[0]' must be a schema.",
        ),
        (
            closed(properties={"a": {"type": 7}}),
            "a: type must be a name or an array of names",
            "In context=('properties', 'a'), 'type' must be a name or an array of names.",
        ),
        (
            closed(properties={"a": True}),
            "the root: properties.a must be a schema",
            "In context=(), 'properties.a' must be a schema.",
        ),
    ],
)
def test_each_problem_is_shown_in_the_courses_words_and_told_in_the_services(
    schema: dict[str, Any], shown: str, words: str
):
    assert shown in outside(schema)
    assert words in [problem.words for problem in problems(schema)]


def test_too_many_levels_are_told_with_their_number():
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(11):
        schema = closed(properties={"a": schema})
    assert [p.words for p in problems(schema)] == ["11 levels of nesting exceeds limit of 10."]


def test_an_endless_schema_is_given_up_and_refused():
    schema: dict[str, Any] = closed()
    for _ in range(3000):
        schema = closed(properties={"a": schema})
    assert any("levels of nesting" in problem.words for problem in problems(schema))


def test_the_subset_takes_recursion_through_references():
    schema = closed(properties={"a": {"$ref": "#"}}, **{"$defs": {"N": closed()}})
    assert outside(schema) == []
