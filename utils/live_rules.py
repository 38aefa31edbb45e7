"""What the live default model accepts: rules that every recorded request has to obey.

The recordings come from a local model, which takes almost anything. A holder of a key sends the
same requests to OpenAI, so each one is checked against these rules. A rule carries its source and
the date when it was last seen to hold; D is OpenAI's documentation, S the installed SDK's own
types, P reports by users with the service's error message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from . import models
from .recordings import Request

Body = dict[str, Any]
Check = Callable[[Body], Iterator[str]]

CHAT, RESPONSES, EMBEDDINGS = "/chat/completions", "/responses", "/embeddings"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the live model wants.

    Attributes:
        name: the rule in one line.
        paths: the endpoints it holds for.
        source: where it comes from.
        seen: when it was last seen to hold.
        check: yields what is wrong with a body, nothing if it is fine.
    """

    name: str
    paths: tuple[str, ...]
    source: str
    seen: date
    check: Check


RULES: list[Rule] = []


def rule(name: str, *paths: str, source: str, seen: str) -> Callable[[Check], Check]:
    """Register a check as a rule."""

    def register(check: Check) -> Check:
        RULES.append(Rule(name, paths, source, date.fromisoformat(seen), check))
        return check

    return register


def violations(request: Request) -> list[str]:
    """What the live default model would reject in a request; an empty list if it is fine."""
    body = request.body if isinstance(request.body, dict) else {}
    return [
        f"{rule.name}: {complaint} ({rule.source}, {rule.seen})"
        for rule in RULES
        if request.path in rule.paths
        for complaint in rule.check(body)
    ]


def effort(body: Body) -> str | None:
    """The reasoning effort that a request asks for, in either API."""
    reasoning = body.get("reasoning")
    return body.get("reasoning_effort") or (
        reasoning.get("effort") if isinstance(reasoning, dict) else None
    )


SAMPLING = (
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "stop",
)


@rule("no max_tokens", CHAT, source="P: 400 on gpt-5.6 and gpt-6; S: deprecated", seen="2026-11-12")
def no_max_tokens(body: Body) -> Iterator[str]:
    if "max_tokens" in body:
        yield "max_tokens is refused; use max_completion_tokens"


@rule(
    "function tools only without reasoning", CHAT, source="D: page of gpt-6-luna", seen="2026-11-12"
)
def tools_without_reasoning(body: Body) -> Iterator[str]:
    if body.get("tools") and effort(body) != "none":
        yield 'tools on Chat Completions need reasoning_effort="none"; or use Responses'


@rule("sampling only without reasoning", CHAT, RESPONSES, source="P: gpt-6-luna", seen="2026-09-09")
def sampling_without_reasoning(body: Body) -> Iterator[str]:
    used = [name for name in SAMPLING if name in body]
    if used and effort(body) != "none":
        yield f'{", ".join(used)} need reasoning effort "none"'


@rule("a known effort", CHAT, RESPONSES, source="D: page of gpt-6-luna", seen="2026-10-26")
def known_effort(body: Body) -> Iterator[str]:
    known = models.CHAT_MODELS[0].efforts
    if (asked := effort(body)) is not None and asked not in known:
        yield f"effort {asked!r} is not one of {', '.join(known)}"


RANGES = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "top_logprobs": (0, 20),
    "n": (1, 128),
}


@rule("numbers within their range", CHAT, RESPONSES, source="S: docstrings", seen="2026-11-21")
def within_range(body: Body) -> Iterator[str]:
    for name, (least, most) in RANGES.items():
        value = body.get(name)
        if value is not None and not least <= value <= most:
            yield f"{name} is {value}, and may be {least} to {most}"


@rule("room for an answer", CHAT, RESPONSES, source="P: error messages", seen="2026-04-08")
def room_for_an_answer(body: Body) -> Iterator[str]:
    for name in ("max_completion_tokens", "max_output_tokens"):
        if (value := body.get(name)) is not None and value < 16:
            yield f"{name} is {value}; the least is 16"


@rule("at most four stop sequences", CHAT, source="S: docstring", seen="2026-11-21")
def few_stops(body: Body) -> Iterator[str]:
    stop = body.get("stop")
    if isinstance(stop, list) and len(stop) > 4:
        yield f"{len(stop)} stop sequences"


DEPRECATED = {"functions": "tools", "function_call": "tool_choice", "user": "safety_identifier"}


@rule("nothing deprecated", CHAT, RESPONSES, source="S: docstrings", seen="2026-11-21")
def nothing_deprecated(body: Body) -> Iterator[str]:
    for name, now in DEPRECATED.items():
        if name in body:
            yield f"{name} is deprecated; use {now}"
    for message in _messages(body):
        if message.get("role") == "function":
            yield "the role function is deprecated; use tool"


NOT_IN_RESPONSES = (
    "messages",
    "max_tokens",
    "max_completion_tokens",
    "n",
    "seed",
    "stop",
    "logit_bias",
    "presence_penalty",
    "frequency_penalty",
    "response_format",
    "reasoning_effort",
)


@rule("only what Responses knows", RESPONSES, source="S: signature", seen="2026-11-21")
def only_known_to_responses(body: Body) -> Iterator[str]:
    for name in NOT_IN_RESPONSES:
        if name in body:
            yield f"{name} is not a parameter of Responses"


@rule("every tool call answered", CHAT, source="D: function calling guide", seen="2026-11-21")
def every_call_answered(body: Body) -> Iterator[str]:
    open_calls: list[str] = []
    for message in _messages(body):
        if message.get("role") == "tool":
            if message.get("tool_call_id") not in open_calls:
                yield f"a tool message answers {message.get('tool_call_id')!r}, which nobody called"
            else:
                open_calls.remove(message["tool_call_id"])
        else:
            if open_calls:
                yield f"tool calls {open_calls} are not answered"
            open_calls = [call.get("id") for call in message.get("tool_calls") or ()]
    if open_calls:
        yield f"tool calls {open_calls} are not answered"


@rule("JSON mode says JSON", CHAT, RESPONSES, source="S: docstring", seen="2026-11-21")
def json_mode_says_json(body: Body) -> Iterator[str]:
    text = body.get("text")
    wanted = body.get("response_format") or (text.get("format") if isinstance(text, dict) else {})
    if isinstance(wanted, dict) and wanted.get("type") == "json_object":
        said = json.dumps([body.get("messages"), body.get("input"), body.get("instructions")])
        if "json" not in said.lower():
            yield "JSON mode needs the word JSON in a message"


@rule(
    "strict schemas in the subset",
    CHAT,
    RESPONSES,
    source="D: structured outputs guide",
    seen="2026-10-26",
)
def strict_schemas(body: Body) -> Iterator[str]:
    for name, schema in _strict_schemas(body):
        if schema.get("type") != "object":
            yield f"{name}: the root must be an object"
        for place, complaint in _outside_the_subset(schema):
            yield f"{name}{place}: {complaint}"


@rule("embeddings of something", EMBEDDINGS, source="S: docstring", seen="2026-11-21")
def embeddings_of_something(body: Body) -> Iterator[str]:
    given = body.get("input")
    inputs = given if isinstance(given, list) else [given]
    if not inputs or any(item in ("", [], None) for item in inputs):
        yield "an input is empty"
    if len(inputs) > 2048 and not isinstance(inputs[0], int):
        yield f"{len(inputs)} inputs, and at most 2,048 are allowed"


def _messages(body: Body) -> list[Body]:
    found = body.get("messages")
    return [m for m in found if isinstance(m, dict)] if isinstance(found, list) else []


def _strict_schemas(body: Body) -> Iterator[tuple[str, Body]]:
    """Name and schema of every strict tool and strict answer format of a request."""
    text = body.get("text")
    formats = [body.get("response_format"), text.get("format") if isinstance(text, dict) else None]
    for entry in (*formats, *(body.get("tools") or ())):
        if isinstance(entry, dict):
            inner = entry.get("json_schema") or entry.get("function") or entry
            if inner.get("strict"):
                yield (
                    inner.get("name", "schema"),
                    inner.get("schema") or inner.get("parameters") or {},
                )


FORBIDDEN = (
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "prefixItems",
    "uniqueItems",
    "patternProperties",
    "minLength",
    "maxLength",
    "default",
)


def _outside_the_subset(schema: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if not isinstance(schema, dict):
        return
    for word in FORBIDDEN:
        if word in schema:
            yield place, f"{word} is not in the subset"
    if schema.get("type") == "object" or "properties" in schema:
        inner = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            yield place, "additionalProperties must be false"
        if missing := sorted(set(inner) - set(schema.get("required", ()))):
            yield place, f"{', '.join(missing)} must be required"
        for name, value in inner.items():
            yield from _outside_the_subset(value, f"{place}.{name}")
    for name, value in schema.get("$defs", {}).items():
        yield from _outside_the_subset(value, f"{place}.$defs.{name}")
    for number, value in enumerate(schema.get("anyOf", ())):
        yield from _outside_the_subset(value, f"{place}.anyOf[{number}]")
    yield from _outside_the_subset(schema.get("items"), f"{place}[]")
