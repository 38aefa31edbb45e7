"""What OpenAI's servers refuse and llama.cpp lets pass: checks on requests, shape of errors.

The wordings follow the service's own where they are known, so that a learner who meets one here
recognizes it there. Where this server is the one that is limited, the message says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from openai.types import completion_create_params, embedding_create_params
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.responses import input_token_count_params, response_create_params

Json = dict[str, Any]

INVALID = "invalid_request_error"

PARAMETERS: dict[str, frozenset[str]] = {
    path: frozenset(params.__annotations__) | {"stream"}
    for path, params in {
        "/v1/chat/completions": chat_create_params.CompletionCreateParamsBase,
        "/v1/completions": completion_create_params.CompletionCreateParamsBase,
        "/v1/embeddings": embedding_create_params.EmbeddingCreateParams,
        "/v1/responses": response_create_params.ResponseCreateParamsBase,
        "/v1/responses/input_tokens": input_token_count_params.InputTokenCountParams,
    }.items()
}
"""Names of parameters by path, as the installed SDK knows them."""

RANGES: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}
INTEGERS: dict[str, tuple[int, int | None]] = {
    "max_tokens": (1, None),
    "max_completion_tokens": (1, None),
    "max_output_tokens": (16, None),
    "top_logprobs": (0, 20),
}
ROLES = ("system", "assistant", "user", "function", "tool", "developer")
FUNCTION_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MAX_STOPS, MAX_EMBEDDING_INPUTS, MAX_TOOLS = 4, 2048, 128

UNSUPPORTED: dict[str, frozenset[str]] = {
    "/v1/chat/completions": frozenset(
        {"audio", "functions", "function_call", "web_search_options", "moderation"}
    ),
    "/v1/completions": frozenset({"best_of", "suffix"}),
    "/v1/responses": frozenset(
        {"background", "conversation", "prompt", "context_management", "moderation", "image"}
    ),
}
"""Parameters that change what is answered, and that this server cannot honor."""


class Refusal(Exception):
    """An answer that is an error, in OpenAI's shape.

    Args:
        message: what is wrong and what would be right.
        status: HTTP status.
        param: the parameter that is wrong.
        code: the error's code, which programs compare.
        kind: the error's type.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        kind: str = INVALID,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = error_body(message, kind, param, code)


def error_body(
    message: str, kind: str = INVALID, param: str | None = None, code: str | None = None
) -> Json:
    """The body of an error."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _type_name(value: object) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a decimal", str: "a string"}
    names |= {list: "an array", dict: "an object", type(None): "null"}
    return names[type(value)]


def _wrong_type(param: str, expected: str, value: object) -> Refusal:
    return Refusal(
        f"Invalid type for '{param}': expected {expected}, but got {_type_name(value)} instead.",
        param=param,
        code="invalid_type",
    )


def _missing(param: str) -> Refusal:
    return Refusal(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def _empty(param: str) -> Refusal:
    return Refusal(
        f"Invalid '{param}': empty array. Expected an array with minimum length 1, "
        f"but got an empty array instead.",
        param=param,
        code="empty_array",
    )


def check_request(path: str, body: Json, slots: int) -> None:
    """Refuse what the service would refuse, whatever the endpoint.

    Args:
        path: such as `/v1/responses`.
        body: the parsed request.
        slots: how many choices this server can make at once.

    Raises:
        Refusal: the first thing that is wrong.
    """
    for name in body:
        if name not in PARAMETERS[path]:
            raise Refusal(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
        if name in UNSUPPORTED.get(path, ()) and body[name] not in (None, False):
            raise Refusal(
                f"The local model does not support '{name}'.",
                param=name,
                code="unsupported_parameter",
            )
    _check_numbers(body, slots)
    if path == "/v1/chat/completions":
        _check_chat(body)
    elif path == "/v1/embeddings":
        _check_embeddings(body)
    elif path == "/v1/completions" and body.get("prompt") is None:
        raise _missing("prompt")
    elif path.startswith("/v1/responses"):
        _check_responses(body)


def _check_numbers(body: Json, slots: int) -> None:
    for name, (low, high) in RANGES.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _wrong_type(name, "a decimal", value)
        if not low <= value <= high:
            above = value > high
            raise Refusal(
                f"Invalid '{name}': decimal {'above maximum' if above else 'below minimum'} value. "
                f"Expected a value {'<=' if above else '>='} {high if above else low}, "
                f"but got {value} instead.",
                param=name,
                code="decimal_above_max_value" if above else "decimal_below_min_value",
            )
    for name, (least, most) in {**INTEGERS, "n": (1, None)}.items():
        value = body.get(name)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int):
            raise _wrong_type(name, "an integer", value)
        if value < least or (most is not None and value > most):
            above = value > least
            raise Refusal(
                f"Invalid '{name}': integer {'above maximum' if above else 'below minimum'} value. "
                f"Expected a value {'<=' if above else '>='} {most if above else least}, "
                f"but got {value} instead.",
                param=name,
                code="integer_above_max_value" if above else "integer_below_min_value",
            )
    if (body.get("n") or 1) > slots:
        raise Refusal(
            f"The local model makes at most {slots} choices for a request, not n={body['n']}.",
            param="n",
            code="integer_above_max_value",
        )
    stop = body.get("stop")
    if isinstance(stop, list) and len(stop) > MAX_STOPS:
        raise Refusal(
            f"Invalid 'stop': array too long. Expected an array with maximum length {MAX_STOPS}, "
            f"but got an array with length {len(stop)} instead.",
            param="stop",
            code="array_above_max_length",
        )


def _check_chat(body: Json) -> None:
    messages = body.get("messages")
    if messages is None:
        raise _missing("messages")
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of objects", messages)
    if not messages:
        raise _empty("messages")
    for position, message in enumerate(messages):
        _check_message(message, f"messages[{position}]")
    _check_tool_turns(messages)
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        raise Refusal(
            "'top_logprobs' is only allowed when 'logprobs' is true.", param="top_logprobs"
        )
    if body.get("modalities") not in (None, ["text"]):
        raise Refusal(
            "The local model answers in text only.", param="modalities", code="unsupported_value"
        )
    _check_tools(body, flat=False)
    response_format = body.get("response_format") or {}
    if not isinstance(response_format, dict):
        raise _wrong_type("response_format", "an object", response_format)
    check_format(response_format, "response_format", _texts(messages), "messages")


def _check_message(message: object, where: str) -> None:
    if not isinstance(message, dict):
        raise _wrong_type(where, "an object", message)
    role = message.get("role")
    if role is None:
        raise _missing(f"{where}.role")
    if role not in ROLES:
        supported = ", ".join(f"'{name}'" for name in ROLES[:-1])
        raise Refusal(
            f"Invalid value: '{role}'. Supported values are: {supported}, and '{ROLES[-1]}'.",
            param=f"{where}.role",
            code="invalid_value",
        )
    content = message.get("content")
    if content is None and not (role == "assistant" and message.get("tool_calls")):
        raise Refusal(
            "Invalid value for 'content': expected a string, got null. "
            "Only an assistant message with 'tool_calls' can go without.",
            param=f"{where}.content",
        )
    if not isinstance(content, str | list | None):
        raise _wrong_type(f"{where}.content", "one of a string or array of objects", content)
    if role == "tool" and not message.get("tool_call_id"):
        raise _missing(f"{where}.tool_call_id")
    for number, part in enumerate(content if isinstance(content, list) else ()):
        kind = part.get("type") if isinstance(part, dict) else None
        if kind not in ("text", "refusal"):
            raise Refusal(
                f"The local model reads text only, not content of type {kind!r}.",
                param=f"{where}.content[{number}].type",
                code="unsupported_value",
            )


def _check_tool_turns(messages: Sequence[Json]) -> None:
    """Each tool call needs its result right after it, each result its call."""
    waiting: list[str] = []
    for position, message in enumerate(messages):
        if message["role"] == "tool":
            if message["tool_call_id"] in waiting:
                waiting.remove(message["tool_call_id"])
                continue
            raise Refusal(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding "
                "message with 'tool_calls'.",
                param=f"messages.[{position}].role",
            )
        if waiting:
            break
        calls = message.get("tool_calls") or []
        waiting = [call["id"] for call in calls if isinstance(call, dict) and "id" in call]
    if waiting:
        raise Refusal(
            "An assistant message with 'tool_calls' must be followed by tool messages responding "
            "to each 'tool_call_id'. The following tool_call_ids did not have response messages: "
            + ", ".join(waiting),
            param="messages",
        )


def _check_tools(body: Json, *, flat: bool) -> None:
    """Check tools and what goes with them; `flat` is the shape of the Responses API."""
    tools = body.get("tools")
    if not tools:
        if tools == [] and not flat:
            raise _empty("tools")
        for name in ("tool_choice", "parallel_tool_calls"):
            harmless = flat or body.get(name) is None or body.get(name) == "none"
            if not harmless:
                raise Refusal(
                    f"Invalid value for '{name}': '{name}' is only allowed when 'tools' are "
                    f"specified.",
                    param=name,
                )
        return
    if not isinstance(tools, list):
        raise _wrong_type("tools", "an array of objects", tools)
    if len(tools) > MAX_TOOLS:
        raise Refusal(
            f"Invalid 'tools': array too long. Expected an array with maximum length {MAX_TOOLS}, "
            f"but got an array with length {len(tools)} instead.",
            param="tools",
            code="array_above_max_length",
        )
    names = [_tool_name(tool, position, flat) for position, tool in enumerate(tools)]
    for wanted in chosen_names(body.get("tool_choice")):
        if wanted not in names:
            raise Refusal(
                f"Tool choice '{wanted}' not found in 'tools' parameter.", param="tool_choice"
            )


def _tool_name(tool: object, position: int, flat: bool) -> str:
    where = f"tools[{position}]"
    if not isinstance(tool, dict):
        raise _wrong_type(where, "an object", tool)
    if tool.get("type") != "function":
        raise Refusal(
            f"The local model supports tools of type 'function' only, not {tool.get('type')!r}.",
            param=f"{where}.type",
            code="unsupported_value",
        )
    inner = "" if flat else ".function"
    function = tool if flat else tool.get("function")
    if not isinstance(function, dict):
        raise _missing(where + inner)
    name = function.get("name")
    if not name:
        raise _missing(f"{where}{inner}.name")
    if not isinstance(name, str) or not FUNCTION_NAME.fullmatch(name):
        raise Refusal(
            f"Invalid '{where}{inner}.name': string does not match pattern. Expected a string that "
            f"matches the pattern '^[a-zA-Z0-9_-]+$' and is at most 64 characters long.",
            param=f"{where}{inner}.name",
            code="invalid_value",
        )
    return name


def chosen_names(choice: object) -> list[str]:
    """Names of functions in a tool choice, in either API's shape; empty for a word or None.

    Raises:
        Refusal: it is neither one of the words nor a shape that is known.
    """
    if choice is None or choice in ("none", "auto", "required"):
        return []
    if isinstance(choice, Mapping):
        if choice.get("type") == "function":
            return [_function(choice).get("name", "")]
        if choice.get("type") == "allowed_tools":
            allowed = choice.get("allowed_tools", choice)
            if not allowed.get("tools"):
                raise _empty("tool_choice.tools")
            return [_function(tool).get("name", "") for tool in allowed["tools"]]
    raise Refusal(
        f"Invalid value: {choice!r}. Supported values are: 'none', 'auto', 'required', a named "
        f"function, and 'allowed_tools'.",
        param="tool_choice",
        code="invalid_value",
    )


def _function(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a tool or tool choice that has the name, in either API's shape."""
    return item.get("function", item)


def check_format(form: Json, where: str, texts: str, param: str) -> None:
    """Check the format that an answer must have.

    Args:
        form: `response_format` of Chat Completions, or `text.format` of Responses.
        where: its name, for the message.
        texts: everything the model is told.
        param: where those texts are.

    Raises:
        Refusal: it is unknown, has no schema, or JSON is wanted without saying so.
    """
    kind = form.get("type")
    if kind == "json_object" and "json" not in texts.lower():
        raise Refusal(
            f"'{param}' must contain the word 'json' in some form, to use '{where}' of type "
            f"'json_object'.",
            param=param,
        )
    if kind == "json_schema":
        inner = form if "schema" in form else form.get("json_schema") or {}
        prefix = where if inner is form else f"{where}.json_schema"
        for name in ("name", "schema"):
            if not inner.get(name):
                raise _missing(f"{prefix}.{name}")
    if kind not in (None, "text", "json_object", "json_schema"):
        raise Refusal(
            f"Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and "
            f"'text'.",
            param=f"{where}.type",
            code="invalid_value",
        )


def _texts(items: object) -> str:
    """All text in messages or items, to look for a word."""
    if isinstance(items, str):
        return items
    if isinstance(items, list):
        return "\n".join(_texts(item) for item in items)
    if isinstance(items, dict):
        return "\n".join(_texts(items.get(name)) for name in ("content", "text", "output"))
    return ""


def _check_embeddings(body: Json) -> None:
    value = body.get("input")
    if value is None:
        raise _missing("input")
    if body.get("dimensions") is not None:
        raise Refusal("This model does not support specifying dimensions.", param="dimensions")
    if body.get("encoding_format") not in (None, "float", "base64"):
        raise Refusal(
            f"Invalid value: '{body['encoding_format']}'. Supported values are: 'float' and "
            f"'base64'.",
            param="encoding_format",
            code="invalid_value",
        )
    if not isinstance(value, str | list):
        raise _wrong_type("input", "a string, an array of strings, or arrays of token ids", value)
    if value == []:
        raise _empty("input")
    if isinstance(value, list) and len(value) > MAX_EMBEDDING_INPUTS:
        raise Refusal(
            f"Invalid 'input': array too long. Expected an array with maximum length "
            f"{MAX_EMBEDDING_INPUTS}, but got an array with length {len(value)} instead.",
            param="input",
            code="array_above_max_length",
        )
    for item in value if isinstance(value, list) else [value]:
        if item in ("", []):
            raise Refusal("Invalid 'input': an input cannot be empty.", param="input")
        tokens = item if isinstance(item, list) else [item]
        if isinstance(item, str):
            continue
        if not all(isinstance(token, int) and not isinstance(token, bool) for token in tokens):
            raise _wrong_type("input", "strings, or arrays of token ids", item)


def _check_responses(body: Json) -> None:
    items = body.get("input")
    if items is None:
        raise _missing("input")
    if not isinstance(items, str | list):
        raise _wrong_type("input", "one of a string or array of input items", items)
    if items == []:
        raise _empty("input")
    _check_tools(body, flat=True)
    text = body.get("text") or {}
    if not isinstance(text, dict):
        raise _wrong_type("text", "an object", text)
    told = _texts(items) + "\n" + str(body.get("instructions") or "")
    check_format(text.get("format") or {}, "text.format", told, "input")
