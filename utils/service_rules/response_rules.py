"""Rules for requests to the Responses API: its input items, and parameters that only it has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from openai.types.responses import ResponseIncludable, ResponseTextConfigParam
from openai.types.shared_params import Reasoning

from .refusal import Json, Refusal, listed, missing, not_one_of, unknown, wrong_type
from .rule import ITEM_PATHS, MEASURED, rule

ROLES = ("assistant", "system", "developer", "user")
PARTS = (
    "input_text",
    "input_image",
    "input_audio",
    "output_text",
    "refusal",
    "input_file",
    "computer_screenshot",
    "summary_text",
    "encrypted_content",
)
PARTS_OF_A_USER = ("input_text", "input_image", "input_file", "scoped_content", "input_audio")
PARTS_OF_AN_ASSISTANT = ("output_text", "refusal")
ITEMS = (
    "additional_tools",
    "agent_message",
    "apply_patch_call",
    "apply_patch_call_output",
    "code_interpreter_call",
    "compaction",
    "compaction_trigger",
    "computer_call",
    "computer_call_output",
    "custom_tool_call",
    "custom_tool_call_output",
    "file_search_call",
    "function_call",
    "function_call_output",
    "image_generation_call",
    "item_reference",
    "local_shell_call",
    "local_shell_call_output",
    "mcp_approval_request",
    "mcp_approval_response",
    "mcp_call",
    "mcp_list_tools",
    "message",
    "multi_agent_call",
    "multi_agent_call_output",
    "program",
    "program_output",
    "reasoning",
    "shell_call",
    "shell_call_output",
    "tool_search_call",
    "tool_search_output",
    "web_search_call",
)
"""Types of input items, as the service listed them on 2026-08-30."""

TEXTS = {
    "function_call": ("arguments", "call_id", "name"),
    "function_call_output": ("call_id",),
}
"""Texts that an item has to have, by its type (S)."""

STATE = ("previous_response_id", "conversation", "prompt")
"""Parameters by which the service adds input that the request does not show."""

VERBOSITIES = ("low", "medium", "high")
SUMMARIES = ("concise", "detailed", "auto")


def items_of(body: Json) -> list[tuple[int, Json]]:
    """The input items that are objects, with their positions; none if the input is a text."""
    found = body.get("input")
    if not isinstance(found, list):
        return []
    return [(at, item) for at, item in enumerate(found) if isinstance(item, dict)]


def type_of(item: Json) -> Any:
    """The type of an item; an item without one is a message."""
    return "message" if item.get("type") is None else item["type"]


@rule("an input", *ITEM_PATHS, source=MEASURED, seen="2026-08-31")
def gives_input(path: str, body: Json) -> Iterator[Refusal]:
    """Text or items. It can be empty where the service adds some of its own."""
    given = body.get("input")
    if "input" not in body:
        yield missing("input")
    elif given is None:  # null is called an object here
        yield wrong_type("input", "a string", {})
    elif not isinstance(given, str | list):
        yield wrong_type("input", "one of a string or array of input items", given)
    elif not given and not any(body.get(name) for name in STATE):
        yield Refusal(
            "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be "
            "provided.",
            code="missing_required_parameter",
        )


@rule(
    "input items of a kind that exists, and whole",
    *ITEM_PATHS,
    source=f"{MEASURED}; S: types of the items",
    seen="2026-08-31",
)
def whole_items(path: str, body: Json) -> Iterator[Refusal]:
    """Messages with a role and content; calls and their outputs with what belongs to them."""
    given = body.get("input")
    for at, item in enumerate(given if isinstance(given, list) else ()):
        where = f"input[{at}]"
        if not isinstance(item, dict):
            yield wrong_type(where, "an input item", item)
        elif (kind := type_of(item)) == "message":
            yield from _message(where, item)
        elif kind not in ITEMS:
            yield not_one_of(where, kind, ITEMS)
        else:
            yield from _texts(where, item, TEXTS.get(kind, ()))
            if kind == "function_call_output":
                yield from _output(where, item)


def _texts(where: str, item: Json, names: tuple[str, ...]) -> Iterator[Refusal]:
    for name in names:
        if name not in item:
            yield missing(f"{where}.{name}")
        elif not isinstance(item[name], str):
            yield wrong_type(f"{where}.{name}", "a string", item[name])


def _output(where: str, item: Json) -> Iterator[Refusal]:
    output = item.get("output")
    if "output" not in item:
        yield missing(f"{where}.output")
    elif isinstance(output, list):
        for number, part in enumerate(output):
            yield from _part(f"{where}.output[{number}]", part, PARTS_OF_A_USER)
    elif not isinstance(output, str):
        yield wrong_type(f"{where}.output", "one of a string or array of objects", output)


def _message(where: str, item: Json) -> Iterator[Refusal]:
    role, content = item.get("role"), item.get("content")
    if role not in ROLES:
        yield not_one_of(where, role, ROLES)
    elif "content" not in item:
        yield missing(f"{where}.content")
    elif isinstance(content, list):
        variant = PARTS_OF_AN_ASSISTANT if role == "assistant" else PARTS_OF_A_USER
        for number, part in enumerate(content):
            yield from _part(f"{where}.content[{number}]", part, variant)
    elif not isinstance(content, str):
        yield wrong_type(f"{where}.content", "one of a string or array of objects", content)


def _part(where: str, part: object, variant: tuple[str, ...]) -> Iterator[Refusal]:
    """The service first looks whether a kind of part exists, then whether it fits the role."""
    if not isinstance(part, dict):
        yield wrong_type(where, "an object", part)
        return
    kind = part.get("type")
    if kind is None:
        yield missing(f"{where}.type")
    elif kind not in PARTS and kind not in variant:
        yield not_one_of(f"{where}.type", kind, PARTS)
    elif kind not in variant:
        yield not_one_of(where, kind, variant)
    elif kind in ("input_text", "output_text"):
        yield from _texts(where, part, ("text",))
    elif kind == "refusal":
        yield from _texts(where, part, ("refusal",))


@rule(
    "every function call with its output, and no output without its call",
    *ITEM_PATHS,
    source="P: users' reports of both messages, the last on gpt-5.6-sol",
    seen="2026-08-03",
)
def every_function_call_answered(path: str, body: Json) -> Iterator[Refusal]:
    """Judged only if the request shows the whole input. Order does not matter."""
    items = items_of(body)
    kinds = {type_of(item) for _, item in items if isinstance(type_of(item), str)}
    if any(body.get(name) for name in STATE) or kinds & {"item_reference", "compaction"}:
        return
    ids = {
        kind: [item.get("call_id") for _, item in items if type_of(item) == kind]
        for kind in ("function_call", "function_call_output")
    }
    for call_id in ids["function_call_output"]:
        if isinstance(call_id, str) and call_id not in ids["function_call"]:
            yield Refusal(
                f"No tool call found for function call output with call_id {call_id}.",
                param="input",
            )
    for call_id in ids["function_call"]:
        if isinstance(call_id, str) and call_id not in ids["function_call_output"]:
            yield Refusal(f"No tool output found for function call {call_id}.", param="input")


@rule("one kind of state", *ITEM_PATHS, source=MEASURED, seen="2026-08-30")
def one_kind_of_state(path: str, body: Json) -> Iterator[Refusal]:
    """A chain of responses or a conversation. The service shortens the first name itself."""
    if body.get("previous_response_id") and body.get("conversation"):
        yield Refusal(
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: "
            "'pre..._id' or 'conversation'.",
            code="mutually_exclusive_parameters",
        )


@rule("parameters of Responses with values that exist", *ITEM_PATHS, source=MEASURED,
      seen="2026-08-30")  # fmt: skip
def existing_values(path: str, body: Json) -> Iterator[Refusal]:
    """`include`, `truncation`, `text`, and `reasoning`."""
    include = body.get("include")
    if isinstance(include, list):
        for number, value in enumerate(include):
            if value not in get_args(ResponseIncludable):
                yield not_one_of(f"include[{number}]", value, get_args(ResponseIncludable))
    elif include is not None:
        yield wrong_type("include", "an array", include)
    yield from _word(body, "truncation", "truncation", ("auto", "disabled"))
    text = body.get("text")
    if isinstance(text, dict):
        yield from _unknown_members(text, "text", ResponseTextConfigParam)
        yield from _word(text, "verbosity", "text.verbosity", VERBOSITIES)
    elif text is not None:
        yield wrong_type("text", "an object", text)
    reasoning = body.get("reasoning")
    if isinstance(reasoning, dict):
        yield from _unknown_members(reasoning, "reasoning", Reasoning)
        yield from _word(reasoning, "summary", "reasoning.summary", SUMMARIES)


def _word(body: Json, name: str, param: str, words: tuple[str, ...]) -> Iterator[Refusal]:
    value = body.get(name)
    if isinstance(value, str):
        if value not in words:
            yield not_one_of(param, value, words)
    elif value is not None:
        yield wrong_type(param, f"one of {listed(words, 'or')}", value)


def _unknown_members(value: Json, name: str, params: Any) -> Iterator[Refusal]:
    for member in value:
        if member not in params.__annotations__:
            yield unknown(f"{name}.{member}")


RULES = (
    gives_input,
    whole_items,
    every_function_call_answered,
    one_kind_of_state,
    existing_values,
)
