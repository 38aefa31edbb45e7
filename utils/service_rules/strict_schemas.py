"""Which JSON schemas strict mode takes, by the documented subset.

The subset is the one in OpenAI's guide to structured outputs (developers.openai.com, as of
2026-10-26). The SDK's conversion of pydantic models does not check it: the service does, and
answers 400. `outside` says it before the request is sent; the rules on answer formats and tools
say the same in the service's words.

The words are those of reports with the service's message: `additionalProperties`, `required`,
"is not permitted", "must have a 'type' key" and the two limits "exceeds limit of" (gpt-5.6-luna,
2026), "is not a valid format" (2026-08-24). For the number of enum values and of characters, and
for a schema that is itself malformed, nobody reported any, so the course uses its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from .refusal import Json

SOURCE = "D: structured outputs guide; P: users' reports of the messages"
SEEN = date(2026, 10, 26)
"""Day on which the guide was last seen to say this."""

ANYWHERE = frozenset({"type", "title", "description", "enum", "const", "anyOf", "$ref", "$defs"})
"""Keywords that any schema may have."""

BY_TYPE: dict[str, frozenset[str]] = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "string": frozenset({"pattern", "format"}),
    "number": frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ),
    "boolean": frozenset(),
    "null": frozenset(),
}
"""Keywords that a schema of a type may have on top."""

BY_TYPE["integer"] = BY_TYPE["number"]
FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)
MOST_PROPERTIES, MOST_LEVELS, MOST_ENUM_VALUES, MOST_CHARACTERS = 5_000, 10, 1_000, 120_000
_DEEPEST = 100
"""Levels of any kind after which the walk through a schema ends. It is refused long before."""

_TYPED_OTHERWISE = frozenset({"anyOf", "$ref", "enum", "oneOf", "allOf"})
"""A schema with one of these needs no `type`. One with a bare `const` does."""


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One thing in a schema that strict mode refuses.

    Attributes:
        place: where, as the course shows it: `stars`, `items[]`, `the root`.
        reason: what is wrong, as the course shows it.
        words: the same as the service words it, after the schema's name.
    """

    place: str
    reason: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


def outside(schema: Json) -> list[str]:
    """What strict mode would refuse, as "place: reason"; an empty list if it takes the schema.

    Args:
        schema: a JSON schema as a dictionary, such as the SDK makes of a pydantic model.
    """
    return [str(problem) for problem in problems(schema)]


def problems(schema: Json) -> Iterator[SchemaProblem]:
    """What strict mode would refuse, one by one.

    Args:
        schema: a JSON schema as a dictionary; what is in it can be anything.
    """
    kind = schema.get("type")
    if kind != "object":
        yield SchemaProblem("the root", "it must be an object", root_words(kind))
    yield from _problems(schema, _Spot("", (), 1, 1))
    nodes = list(_nodes(schema, 1))
    properties = sum(len(_mapping(node, "properties")) for node in nodes)
    values = sum(len(_sequence(node, "enum")) for node in nodes)
    characters = sum(map(_characters, nodes))
    if properties > MOST_PROPERTIES:
        yield SchemaProblem(
            "the root",
            f"{properties} properties, and at most {MOST_PROPERTIES} are taken",
            f"{properties} parameters exceeds limit of {MOST_PROPERTIES}.",
        )
    for number, most, what in (
        (values, MOST_ENUM_VALUES, "enum values"),
        (characters, MOST_CHARACTERS, "characters in names and values"),
    ):
        if number > most:
            reason = f"{number} {what}, and at most {most} are taken"
            yield SchemaProblem("the root", reason, f"{reason}.")


def root_words(kind: object) -> str:
    """How the service says that the root of a schema is not an object, after the schema's name."""
    return (
        f"schema must be a JSON Schema of 'type: \"object\"', "
        f"got 'type: \"{kind if isinstance(kind, str) else None}\"'."
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in a schema: as a path for people, as the service's path, in levels of objects, and
    in levels of any kind."""

    place: str
    context: tuple[str, ...]
    objects: int
    depth: int

    def below(self, place: str, *context: str, objects: int | None = None) -> _Spot:
        level = self.objects if objects is None else objects
        return _Spot(self.place + place, self.context + context, level, self.depth + 1)

    def problem(self, reason: str, words: str) -> SchemaProblem:
        name = self.place.lstrip(".") or "the root"
        return SchemaProblem(name, reason, f"In context={self.context!r}, {words}")

    def malformed(self, word: str, expected: str) -> SchemaProblem:
        return self.problem(f"{word} must be {expected}", f"'{word}' must be {expected}.")


def _problems(schema: object, spot: _Spot) -> Iterator[SchemaProblem]:
    if not isinstance(schema, dict) or spot.depth > _DEEPEST:
        return
    kind = schema.get("type")
    kinds = [each for each in (kind if isinstance(kind, list) else [kind]) if isinstance(each, str)]
    is_object = "object" in kinds or "properties" in schema
    if kind is None and not schema.keys() & _TYPED_OTHERWISE:
        yield spot.problem("it has no type", "schema must have a 'type' key.")
    allowed = ANYWHERE.union(*(BY_TYPE.get(each, frozenset()) for each in kinds))
    if is_object:
        allowed |= BY_TYPE["object"]
    for word in sorted(schema.keys() - allowed):
        yield spot.problem(f"{word} is not in the subset", f"'{word}' is not permitted.")
    form = schema.get("format", "date")
    if form not in FORMATS if isinstance(form, str) else True:
        yield spot.problem(
            f"the format {form!r} is not in the subset", f"'{form}' is not a valid format."
        )
    yield from _malformed(schema, spot)
    if is_object:
        yield from _object(schema, spot)
    below = spot.objects + is_object
    for child, value in _mapping(schema, "properties").items():
        yield from _problems(value, spot.below(f".{child}", "properties", child, objects=below))
    for child, value in _mapping(schema, "$defs").items():
        yield from _problems(value, spot.below(f".$defs.{child}", "$defs", child, objects=1))
    for word in ("anyOf", "oneOf", "allOf"):
        for number, value in enumerate(_sequence(schema, word)):
            yield from _problems(value, spot.below("", word, str(number)))
    yield from _problems(schema.get("items"), spot.below("[]", "items"))


def _object(schema: Json, spot: _Spot) -> Iterator[SchemaProblem]:
    if schema.get("additionalProperties") is not False:
        yield spot.problem(
            "additionalProperties must be false",
            "'additionalProperties' is required to be supplied and to be false.",
        )
    properties = _mapping(schema, "properties")
    required = [name for name in _sequence(schema, "required") if isinstance(name, str)]
    full = "'required' is required to be supplied and to be an array including every key in"
    if absent := sorted(properties.keys() - set(required)):
        yield spot.problem(
            f"{', '.join(absent)} must be required", f"{full} properties. Missing '{absent[0]}'."
        )
    if extra := sorted(set(required) - properties.keys()):
        yield spot.problem(
            f"{', '.join(extra)} required, and not among the properties",
            f"{full} properties. Extra required key '{extra[0]}' supplied.",
        )
    if spot.objects > MOST_LEVELS:
        words = f"{spot.objects} levels of nesting exceeds limit of {MOST_LEVELS}."
        reason = f"more than {MOST_LEVELS} levels of objects"
        yield SchemaProblem(spot.place.lstrip("."), reason, words)


def _malformed(schema: Json, spot: _Spot) -> Iterator[SchemaProblem]:
    """Keywords whose value is of a wrong JSON type."""
    for word in ("properties", "$defs"):
        if not isinstance(schema.get(word, {}), dict):
            yield spot.malformed(word, "an object")
        for child, value in _mapping(schema, word).items():
            if not isinstance(value, dict):
                yield spot.malformed(f"{word}.{child}", "a schema")
    for word in ("required", "enum", "anyOf"):
        if not isinstance(schema.get(word, []), list):
            yield spot.malformed(word, "an array")
    for number, value in enumerate(_sequence(schema, "anyOf")):
        if not isinstance(value, dict):
            yield spot.malformed(f"anyOf[{number}]", "a schema")
    kind, items = schema.get("type"), schema.get("items")
    if kind == "array" and "prefixItems" not in schema:
        if items is None:
            yield spot.problem("its items have no schema", "array schema missing items.")
        elif not isinstance(items, dict):
            yield spot.problem("its items have no schema", "array schema items is not an object.")
    if kind is not None and not isinstance(kind, str | list):
        yield spot.malformed("type", "a name or an array of names")


def _mapping(schema: Json, word: str) -> Json:
    found = schema.get(word)
    return found if isinstance(found, dict) else {}


def _sequence(schema: Json, word: str) -> list[Any]:
    found = schema.get(word)
    return found if isinstance(found, list) else []


def _nodes(schema: object, depth: int) -> Iterator[Json]:
    """Every schema within a schema, itself included."""
    if isinstance(schema, dict) and depth <= _DEEPEST:
        yield schema
        inner = [*_mapping(schema, "properties").values(), *_mapping(schema, "$defs").values()]
        inner += [schema.get("items"), *_sequence(schema, "anyOf")]
        for each in inner:
            yield from _nodes(each, depth + 1)


def _characters(node: Json) -> int:
    """Characters of names of properties and definitions, and of enum and const values."""
    names = [*_mapping(node, "properties"), *_mapping(node, "$defs")]
    values = [*_sequence(node, "enum"), node.get("const")]
    return sum(len(text) for text in (*names, *values) if isinstance(text, str))
