"""Rules for tools and for the choice among them, in both APIs.

Chat Completions nests a function in a tool (`tools[0].function.name`), Responses does not
(`tools[0].name`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .refusal import (
    Json,
    Refusal,
    empty_array,
    listed,
    long_array,
    long_string,
    missing,
    not_one_of,
    wrong_type,
)
from .rule import CHAT, ITEM_PATHS, MEASURED, rule
from .strict_schemas import SEEN as STRICT_SEEN
from .strict_schemas import SOURCE as STRICT_SOURCE
from .strict_schemas import problems, root_words

MOST_TOOLS = 128
LONGEST_NAME = 64
NAME = re.compile(r"[a-zA-Z0-9_-]+")
NAME_PATTERN = "^[a-zA-Z0-9_-]+$"
MODES = ("none", "auto", "required")
BY_NAME = ("function", "allowed_tools", "custom")
"""Types of a tool choice that name a tool; the others are the type of a tool themselves."""


def tools_of(path: str, body: Json) -> list[tuple[str, Json, Json]]:
    """The function tools of a request: where each is, the tool, and its definition."""
    found = body.get("tools")
    functions = []
    for at, tool in enumerate(found if isinstance(found, list) else ()):
        if isinstance(tool, dict) and tool.get("type") == "function":
            where = f"tools[{at}]" if path in ITEM_PATHS else f"tools[{at}].function"
            definition = tool if path in ITEM_PATHS else tool.get("function")
            if isinstance(definition, dict):
                functions.append((where, tool, definition))
    return functions


def chosen_names(choice: object) -> list[str]:
    """Names of the functions in a tool choice, in either API's shape; none in a word."""
    if not isinstance(choice, Mapping):
        return []
    kind = choice.get("type")
    if kind == "function":
        return _names([choice])
    if kind == "allowed_tools":
        allowed = choice.get("allowed_tools", choice)
        tools = allowed.get("tools") if isinstance(allowed, Mapping) else None
        return _names(tools if isinstance(tools, list) else [])
    return []


def _names(tools: list[Any]) -> list[str]:
    inner = [tool.get("function", tool) for tool in tools if isinstance(tool, Mapping)]
    found = [each.get("name") for each in inner if isinstance(each, Mapping)]
    return [name for name in found if isinstance(name, str)]


@rule(
    "at most 128 tools, each a function with a name or of another type",
    CHAT,
    *ITEM_PATHS,
    source=f"{MEASURED}; P: users' reports of the limits of 128 and 64",
    seen="2026-09-04",
)
def whole_tools(path: str, body: Json) -> Iterator[Refusal]:
    """An empty list is taken: older models refused it, gpt-5.6-terra does not."""
    tools = body.get("tools")
    if tools is None:
        return
    if not isinstance(tools, list):
        yield wrong_type(
            "tools", "an array of objects" if path == CHAT else "an array of tools", tools
        )
        return
    if len(tools) > MOST_TOOLS:
        yield long_array("tools", MOST_TOOLS, tools)
    for at, tool in enumerate(tools):
        where = f"tools[{at}]"
        if not isinstance(tool, dict):
            yield wrong_type(where, "an object", tool)
        elif tool.get("type") is None:
            yield missing(f"{where}.type")
        elif tool["type"] == "function" and path in ITEM_PATHS:
            yield from proper_name(f"{where}.name", tool)
        elif tool["type"] == "function":
            if not isinstance(tool.get("function"), dict):
                yield missing(f"{where}.function")
            else:
                yield from proper_name(f"{where}.function.name", tool["function"])


def proper_name(param: str, definition: Json) -> Iterator[Refusal]:
    """What is wrong with the name of a function or a schema; `param` is where it is."""
    name = definition.get("name")
    if name is None:
        yield missing(param)
    elif not isinstance(name, str):
        yield wrong_type(param, "a string", name)
    elif not name:
        yield Refusal(
            f"Invalid '{param}': empty string. Expected a string with minimum length 1, "
            f"but got an empty string instead.",
            param=param,
            code="empty_string",
        )
    elif not NAME.fullmatch(name):
        yield Refusal(
            f"Invalid '{param}': string does not match pattern. Expected a string that matches "
            f"the pattern '{NAME_PATTERN}'.",
            param=param,
            code="invalid_value",
        )
    elif len(name) > LONGEST_NAME:
        yield long_string(param, LONGEST_NAME, name)


@rule(
    "parameters of a function are the schema of an object",
    CHAT,
    *ITEM_PATHS,
    source="P: users' reports of the message; S: FunctionDefinition",
    seen="2026-08-24",
)
def parameters_of_an_object(path: str, body: Json) -> Iterator[Refusal]:
    """Strict or not. A function without parameters can leave them out."""
    for where, _, definition in tools_of(path, body):
        parameters = definition.get("parameters")
        if parameters is None or definition.get("strict") is True:
            continue
        if not isinstance(parameters, dict):
            yield wrong_type(f"{where}.parameters", "an object", parameters)
        elif parameters.get("type") != "object":
            yield _bad_schema(where, definition, root_words(parameters.get("type")))


@rule(
    "strict functions in the subset",
    CHAT,
    *ITEM_PATHS,
    source=STRICT_SOURCE,
    seen=STRICT_SEEN.isoformat(),
)
def strict_functions(path: str, body: Json) -> Iterator[Refusal]:
    """Without parameters, a strict function is one that has not closed its object (measured)."""
    for where, _, definition in tools_of(path, body):
        if definition.get("strict") is not True:
            continue
        parameters = definition.get("parameters")
        if parameters is None:
            parameters = {"type": "object"}
        if not isinstance(parameters, dict):
            yield wrong_type(f"{where}.parameters", "an object", parameters)
            continue
        for problem in problems(parameters):
            yield _bad_schema(where, definition, problem.words)


def _bad_schema(where: str, definition: Json, words: str) -> Refusal:
    return Refusal(
        f"Invalid schema for function '{definition.get('name', '')}': {words}",
        param=f"{where}.parameters",
        code="invalid_function_parameters",
    )


@rule(
    "tool_choice and parallel_tool_calls only with tools",
    CHAT,
    source=f"{MEASURED}; P: a user's report on gpt-4.1-mini (parallel_tool_calls)",
    seen="2026-09-04",
)
def choice_with_tools(path: str, body: Json) -> Iterator[Refusal]:
    """Any choice, "none" included."""
    if body.get("tools") is not None:
        return
    for name in ("tool_choice", "parallel_tool_calls"):
        if body.get(name) is not None:
            yield Refusal(
                f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are specified.",
                param=name,
            )


@rule(
    "a tool choice of a shape that exists",
    CHAT,
    *ITEM_PATHS,
    source=f"{MEASURED}; S: types of the choices",
    seen="2026-08-30",
)
def whole_choice(path: str, body: Json) -> Iterator[Refusal]:
    """One of three words, a function by name, a list of allowed tools, or another type."""
    choice = body.get("tool_choice")
    if isinstance(choice, str):
        if choice not in MODES:
            yield not_one_of("tool_choice", choice, MODES)
        return
    if choice is None:
        return
    if not isinstance(choice, dict):
        words = f"one of {listed(MODES, 'or')} or object"
        if path in ITEM_PATHS:
            words = f"an object or {listed(MODES, 'or')}"
        yield wrong_type("tool_choice", f"one of {words}", choice)
        return
    kind = choice.get("type")
    if kind == "allowed_tools":
        yield from _whole_allowed(path, choice)
    elif path in ITEM_PATHS:
        if kind is None:
            yield missing("tool_choice.type")
        elif kind == "function" and not isinstance(choice.get("name"), str):
            yield missing("tool_choice.name")
    elif kind != "custom":
        if not isinstance(choice.get("function"), dict):
            yield missing("tool_choice.function")
        elif not isinstance(choice["function"].get("name"), str):
            yield missing("tool_choice.function.name")
        elif kind is None:
            yield missing("tool_choice.type")
        elif kind != "function":
            yield not_one_of("tool_choice.type", kind, BY_NAME)


def _whole_allowed(path: str, choice: Json) -> Iterator[Refusal]:
    where, allowed = "tool_choice", choice
    if path == CHAT:
        where, allowed = "tool_choice.allowed_tools", choice.get("allowed_tools")
        if not isinstance(allowed, dict):
            yield missing(where)
            return
    if allowed.get("mode") not in ("auto", "required"):
        if allowed.get("mode") is None:
            yield missing(f"{where}.mode")
        else:
            yield not_one_of(f"{where}.mode", allowed["mode"], ("auto", "required"))
    tools = allowed.get("tools")
    if not isinstance(tools, list):
        yield missing(f"{where}.tools")
    elif not tools:
        yield empty_array(f"{where}.tools")
    else:
        for at, tool in enumerate(tools):
            yield from _whole_allowed_tool(path, f"{where}.tools[{at}]", tool)


def _whole_allowed_tool(path: str, where: str, tool: object) -> Iterator[Refusal]:
    if not isinstance(tool, dict):
        yield wrong_type(where, "an object", tool)
    elif tool.get("type") is None:
        yield missing(f"{where}.type")
    elif tool["type"] == "function":
        inner = tool if path in ITEM_PATHS else tool.get("function")
        if not isinstance(inner, dict):
            yield missing(f"{where}.function")
        elif not isinstance(inner.get("name"), str):
            yield missing(f"{where}.name" if inner is tool else f"{where}.function.name")


@rule("a tool choice among the tools", CHAT, *ITEM_PATHS, source=MEASURED, seen="2026-09-04")
def choice_among_tools(path: str, body: Json) -> Iterator[Refusal]:
    """Chat Completions still says `function_call` and `functions` where it means the new names."""
    choice, given = body.get("tool_choice"), body.get("tools")
    tools = given if isinstance(given, list) else []
    if given is None and path == CHAT:
        return  # another rule says so
    declared = [definition.get("name") for _, _, definition in tools_of(path, body)]
    if path in ITEM_PATHS and not tools:
        if choice == "required":
            yield Refusal(
                "Tool choice 'required' must be specified with 'tools' parameter.",
                param="tool_choice",
            )
        elif isinstance(choice, dict) and isinstance(choice.get("type"), str):
            yield _not_found(choice["type"])
        return
    kind = choice.get("type") if isinstance(choice, dict) else None
    kinds = [tool.get("type") for tool in tools if isinstance(tool, dict)]
    if path in ITEM_PATHS and isinstance(kind, str) and kind not in (*BY_NAME, *kinds):
        yield _not_found(kind)
    for name in chosen_names(choice):
        if name in declared:
            continue
        if kind == "function" and path == CHAT:
            yield Refusal(
                f"Invalid value for 'function_call': no function named '{name}' was specified in "
                f"the 'functions' parameter.",
                param="function_call",
            )
        else:
            yield _not_found(name)


def _not_found(name: str) -> Refusal:
    return Refusal(f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")


RULES = (
    whole_tools,
    parameters_of_an_object,
    strict_functions,
    choice_with_tools,
    whole_choice,
    choice_among_tools,
)
