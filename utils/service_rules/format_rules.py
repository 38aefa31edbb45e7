"""Rules for the format of an answer: JSON mode and JSON schemas, in both APIs.

Chat Completions nests the schema (`response_format.json_schema.schema`), Responses does not
(`text.format.schema`).
"""

from __future__ import annotations

from collections.abc import Iterator

from .refusal import Json, Refusal, missing, not_one_of, wrong_type
from .response_rules import STATE
from .rule import CHAT, ITEM_PATHS, MEASURED, rule
from .strict_schemas import SEEN as STRICT_SEEN
from .strict_schemas import SOURCE as STRICT_SOURCE
from .strict_schemas import problems
from .tool_rules import proper_name

KINDS = {CHAT: ("json_object", "json_schema", "text")}
KINDS |= dict.fromkeys(ITEM_PATHS, ("json_object", "text", "json_schema"))
"""Formats, in the order in which each API lists them."""


def format_of(path: str, body: Json) -> tuple[str, object]:
    """The wanted format and its name; None if the request wants none."""
    if path == CHAT:
        return "response_format", body.get("response_format")
    text = body.get("text")
    return "text.format", text.get("format") if isinstance(text, dict) else None


def schema_of(path: str, body: Json) -> tuple[str, Json] | None:
    """The definition of the wanted JSON schema (name, schema, strict), and where it is."""
    where, form = format_of(path, body)
    if not isinstance(form, dict) or form.get("type") != "json_schema":
        return None
    if path in ITEM_PATHS:
        return where, form
    definition = form.get("json_schema")
    return (f"{where}.json_schema", definition) if isinstance(definition, dict) else None


@rule(
    "a format that exists, and a schema with a name",
    CHAT,
    *ITEM_PATHS,
    source=f"{MEASURED}; S: ResponseFormatJSONSchema",
    seen="2026-08-30",
)
def whole_format(path: str, body: Json) -> Iterator[Refusal]:
    """The schema itself is checked where it is strict."""
    where, form = format_of(path, body)
    if form is None:
        return
    if not isinstance(form, dict):
        yield wrong_type(where, "an object", form)
    elif form.get("type") is None:
        yield missing(f"{where}.type")
    elif form["type"] not in KINDS[path]:
        yield not_one_of(f"{where}.type", form["type"], KINDS[path])
    elif form["type"] == "json_schema":
        found = schema_of(path, body)
        if found is None:
            yield missing(f"{where}.json_schema")
            return
        inner, definition = found
        yield from proper_name(f"{inner}.name", definition)
        if definition.get("schema") is None:
            yield missing(f"{inner}.schema")
        elif not isinstance(definition["schema"], dict):
            yield wrong_type(f"{inner}.schema", "an object", definition["schema"])


@rule(
    "strict formats in the subset",
    CHAT,
    *ITEM_PATHS,
    source=STRICT_SOURCE,
    seen=STRICT_SEEN.isoformat(),
)
def strict_formats(path: str, body: Json) -> Iterator[Refusal]:
    """The service names the parameter `response_format`, or `text.format.schema`."""
    found = schema_of(path, body)
    if found is None or found[1].get("strict") is not True:
        return
    definition = found[1]
    if isinstance(schema := definition.get("schema"), dict):
        for problem in problems(schema):
            yield Refusal(
                f"Invalid schema for response_format '{definition.get('name', '')}': "
                f"{problem.words}",
                param="response_format" if path == CHAT else "text.format.schema",
                code="invalid_json_schema",
            )


@rule(
    "JSON mode says JSON",
    CHAT,
    *ITEM_PATHS,
    source="S: docstring; P: users' reports of both messages, and that instructions do not count",
    seen="2026-08-24",
)
def json_mode_says_json(path: str, body: Json) -> Iterator[Refusal]:
    """Judged only if the request shows the whole input. On Responses, `instructions` are none."""
    _, form = format_of(path, body)
    if not isinstance(form, dict) or form.get("type") != "json_object":
        return
    if path == CHAT:
        if "json" not in texts(body.get("messages")).lower():
            yield Refusal(
                "'messages' must contain the word 'json' in some form, to use 'response_format' of "
                "type 'json_object'.",
                param="messages",
            )
    elif not any(body.get(n) for n in STATE) and "json" not in texts(body.get("input")).lower():
        yield Refusal(
            "Response input messages must contain the word 'json' in some form to use "
            "'text.format' of type 'json_object'.",
            param="text.format",
        )


def texts(items: object) -> str:
    """All text in messages or items, one below the other."""
    if isinstance(items, str):
        return items
    if isinstance(items, list):
        return "\n".join(map(texts, items))
    if isinstance(items, dict):
        return "\n".join(texts(items.get(name)) for name in ("content", "text", "output"))
    return ""


RULES = (whole_format, strict_formats, json_mode_says_json)
