"""Rules for the messages of Chat Completions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .refusal import (
    Json,
    Refusal,
    empty_array,
    missing,
    not_one_of,
    wrong_type,
)
from .rule import CHAT, MEASURED, rule

ROLES = ("system", "assistant", "user", "function", "tool", "developer")
PARTS = ("text", "image_url", "input_audio", "refusal", "audio", "file")
INSTEAD_OF_CONTENT = ("tool_calls", "function_call", "refusal", "audio")
"""An assistant message that has one of these can go without content."""

TEXT_OR_PARTS = "one of a string or array of objects"


def messages_of(body: Json) -> list[tuple[int, Json]]:
    """The messages that are objects, with their positions."""
    found = body.get("messages")
    if not isinstance(found, list):
        return []
    return [(at, message) for at, message in enumerate(found) if isinstance(message, dict)]


def _calls_of(message: Json) -> list[Any]:
    calls = message.get("tool_calls") if message.get("role") == "assistant" else None
    return calls if isinstance(calls, list) else []


@rule("messages, at least one", CHAT, source=MEASURED, seen="2026-08-31")
def gives_messages(path: str, body: Json) -> Iterator[Refusal]:
    """Each of them is an object."""
    messages = body.get("messages")
    if "messages" not in body:
        yield missing("messages")
    elif not isinstance(messages, list):
        yield wrong_type("messages", "an array of objects", messages)
    elif not messages:
        yield empty_array("messages")
    else:
        for at, message in enumerate(messages):
            if not isinstance(message, dict):
                yield wrong_type(f"messages[{at}]", "an object", message)


@rule("a role that exists", CHAT, source=MEASURED, seen="2026-08-30")
def existing_roles(path: str, body: Json) -> Iterator[Refusal]:
    """Every message has one."""
    for at, message in messages_of(body):
        if message.get("role") is None:
            yield missing(f"messages[{at}].role")
        elif message["role"] not in ROLES:
            yield not_one_of(f"messages[{at}].role", message["role"], ROLES)


@rule(
    "content is text, or parts of a kind that exists",
    CHAT,
    source=f"{MEASURED}; P: users' reports of the list of parts",
    seen="2026-08-30",
)
def readable_content(path: str, body: Json) -> Iterator[Refusal]:
    """`input_text` and the like belong to Responses."""
    for at, message in messages_of(body):
        where = f"messages[{at}].content"
        content = message.get("content")
        if isinstance(content, list):
            for number, part in enumerate(content):
                yield from _part(f"{where}[{number}]", part)
        elif content is None:  # another rule asks for it; only a developer has a type to break
            if "content" in message and message.get("role") == "developer":
                yield wrong_type(where, TEXT_OR_PARTS, content)
        elif not isinstance(content, str):
            yield wrong_type(where, TEXT_OR_PARTS, content)


def _part(where: str, part: object) -> Iterator[Refusal]:
    if not isinstance(part, dict):
        yield wrong_type(where, "an object", part)
        return
    kind = part.get("type")
    if kind is None:
        yield missing(f"{where}.type")
    elif kind not in PARTS:
        yield not_one_of(f"{where}.type", kind, PARTS)
    elif kind in ("text", "refusal") and not isinstance(part.get(kind), str):
        if part.get(kind) is None:
            yield missing(f"{where}.{kind}")
        else:
            yield wrong_type(f"{where}.{kind}", "a string", part[kind])


@rule(
    "tool calls that are whole",
    CHAT,
    source=f"{MEASURED} (the empty list); P: users' reports on gpt-5.6-luna (type); "
    "S: ChatCompletionMessageFunctionToolCallParam (the rest)",
    seen="2026-08-31",
)
def whole_tool_calls(path: str, body: Json) -> Iterator[Refusal]:
    """An id, a type, and a function with its arguments as a JSON text."""
    for at, message in messages_of(body):
        calls = message.get("tool_calls")
        if message.get("role") != "assistant" or calls is None:
            continue
        where = f"messages[{at}].tool_calls"
        if not isinstance(calls, list):
            yield wrong_type(where, "an array of objects", calls)
        elif not calls:
            yield empty_array(where)
        else:
            for number, call in enumerate(calls):
                yield from _call(f"{where}[{number}]", call)


def _call(where: str, call: object) -> Iterator[Refusal]:
    if not isinstance(call, dict):
        yield wrong_type(where, "an object", call)
        return
    for name in ("id", "type"):
        value = call.get(name)
        if name not in call:
            yield missing(f"{where}.{name}")
        elif not isinstance(value, str):
            yield wrong_type(f"{where}.{name}", "a string", value)
    if call.get("type") != "function":
        return
    function = call.get("function")
    if not isinstance(function, dict):
        yield missing(f"{where}.function")
        return
    for name in ("name", "arguments"):
        if function.get(name) is None:
            yield missing(f"{where}.function.{name}")
        elif not isinstance(function[name], str):
            yield wrong_type(f"{where}.function.{name}", "a string", function[name])


@rule("a tool message names its call", CHAT, source="S: ChatCompletionToolMessageParam",
      seen="2026-11-21")  # fmt: skip
def tool_messages_name_a_call(path: str, body: Json) -> Iterator[Refusal]:
    """By the id that the model gave it."""
    for at, message in messages_of(body):
        if message.get("role") == "tool" and not message.get("tool_call_id"):
            yield missing(f"messages[{at}].tool_call_id")


@rule(
    "every tool call answered, right after it",
    CHAT,
    source="D: function calling guide; P: users' reports of both messages",
    seen="2026-11-21",
)
def every_call_answered(path: str, body: Json) -> Iterator[Refusal]:
    """And no answer without its call."""
    waiting: list[Any] = []
    for at, message in messages_of(body):
        if message.get("role") == "tool":
            if message.get("tool_call_id") in waiting:
                waiting.remove(message["tool_call_id"])
            elif message.get("tool_call_id"):
                yield Refusal(
                    "Invalid parameter: messages with role 'tool' must be a response to a "
                    "preceeding message with 'tool_calls'.",
                    param=f"messages.[{at}].role",
                )
            continue
        if waiting:
            yield _unanswered(waiting)
        calls = _calls_of(message)
        waiting = [call["id"] for call in calls if isinstance(call, dict) and call.get("id")]
    if waiting:
        yield _unanswered(waiting)


def _unanswered(ids: list[Any]) -> Refusal:
    return Refusal(
        "An assistant message with 'tool_calls' must be followed by tool messages responding "
        "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
        + ", ".join(map(str, ids)),
        param="messages",
    )


@rule("content is given", CHAT, source=MEASURED, seen="2026-08-31")
def gives_content(path: str, body: Json) -> Iterator[Refusal]:
    """Only an assistant message that has something else can go without; "" and [] are content."""
    for at, message in messages_of(body):
        role = message.get("role")
        if message.get("content") is not None or role == "function":
            continue
        if role == "developer":
            if "content" not in message:
                yield missing(f"messages[{at}].content")
            continue
        if role == "assistant" and any(message.get(n) is not None for n in INSTEAD_OF_CONTENT):
            continue
        yield Refusal(
            "Invalid value for 'content': expected a string, got null.",
            param=f"messages.[{at}].content",
        )


RULES = (
    gives_messages,
    existing_roles,
    readable_content,
    whole_tool_calls,
    tool_messages_name_a_call,
    every_call_answered,
    gives_content,
)
