"""Which parts of a JSON schema strict mode does not take, by the documented subset.

The subset is the one in OpenAI's guide to structured outputs (developers.openai.com, as of
2026-10-26). The SDK's conversion of pydantic models does not check it: the service does, and
answers 400. `outside` says it before the request is sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SEEN = "2026-10-26"
"""Day on which the guide was last seen to say this."""

ANYWHERE = frozenset({"type", "title", "description", "enum", "const", "anyOf", "$ref", "$defs"})
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
BY_TYPE["integer"] = BY_TYPE["number"]
FORMATS = frozenset(
    ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
)
MOST_PROPERTIES, MOST_LEVELS, MOST_ENUM_VALUES = 5_000, 10, 1_000


def outside(schema: dict[str, Any]) -> list[str]:
    """What strict mode would refuse, as "place: reason"; an empty list if it takes the schema.

    Args:
        schema: a JSON schema as a dictionary, such as the SDK makes of a pydantic model.
    """
    found = []
    if schema.get("type") != "object":
        found.append("the root: it must be an object")
    found += _complaints(schema, "", 1)
    nodes = list(_nodes(schema))
    properties = sum(len(node.get("properties", ())) for node in nodes)
    values = sum(len(node.get("enum", ())) for node in nodes)
    if properties > MOST_PROPERTIES:
        found.append(f"the root: {properties} properties, and at most {MOST_PROPERTIES} are taken")
    if values > MOST_ENUM_VALUES:
        found.append(f"the root: {values} enum values, and at most {MOST_ENUM_VALUES} are taken")
    return found


def _complaints(schema: Any, place: str, level: int) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    name = place.lstrip(".") or "the root"
    kind = schema.get("type")
    if kind is None and not schema.keys() & {"anyOf", "$ref", "enum", "const", "oneOf", "allOf"}:
        yield f"{name}: it has no type"
    kinds = kind if isinstance(kind, list) else [kind]
    allowed = ANYWHERE.union(*(BY_TYPE.get(str(each), frozenset()) for each in kinds))
    for word in sorted(schema.keys() - allowed):
        yield f"{name}: {word} is not in the subset"
    if schema.get("format", "date") not in FORMATS:
        yield f"{name}: the format {schema['format']!r} is not in the subset"
    properties = schema.get("properties", {})
    if kind == "object":
        if schema.get("additionalProperties") is not False:
            yield f"{name}: additionalProperties must be false"
        if missing := sorted(properties.keys() - set(schema.get("required", ()))):
            yield f"{name}: {', '.join(missing)} must be required"
        if level > MOST_LEVELS:
            yield f"{name}: more than {MOST_LEVELS} levels of objects"
    below = level + (kind == "object")
    for child, value in properties.items():
        yield from _complaints(value, f"{place}.{child}", below)
    for child, value in schema.get("$defs", {}).items():
        yield from _complaints(value, f"{place}.$defs.{child}", 1)
    for word in ("anyOf", "oneOf", "allOf"):
        for value in schema.get(word, ()):
            yield from _complaints(value, place, level)
    yield from _complaints(schema.get("items"), f"{place}[]", level)


def _nodes(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema within a schema, itself included."""
    if isinstance(schema, dict):
        yield schema
        inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
        inner += [schema.get("items"), *schema.get("anyOf", ())]
        for each in inner:
            yield from _nodes(each)
