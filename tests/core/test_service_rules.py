"""What the service refuses: each rule broken once, in the service's words, and what passes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from utils import service_rules
from utils.service_rules import (
    CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    EVERY_MODEL,
    INPUT_TOKENS,
    RESPONSES,
    RULES,
    SCOPES,
    Refusal,
    Rule,
    deprecations,
    enforce,
    violations,
)

MESSAGES = [{"role": "user", "content": "Hi"}]
NONE: dict[str, Any] = {"reasoning_effort": "none"}
STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
          "additionalProperties": False}  # fmt: skip
BASES: dict[str, dict[str, Any]] = {
    CHAT: {"model": "m", "messages": MESSAGES},
    RESPONSES: {"model": "m", "input": "Hi"},
    INPUT_TOKENS: {"model": "m", "input": "Hi"},
    EMBEDDINGS: {"model": "m", "input": "Hi"},
    COMPLETIONS: {"model": "m", "prompt": "Hi"},
}
GONE = object()


def body_of(path: str, more: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in (BASES[path] | more).items() if v is not GONE}


def tool(schema: Any = STRICT, strict: Any = True, name: Any = "f") -> dict[str, Any]:
    function = {"name": name, "parameters": schema, "strict": strict}
    return {"type": "function", "function": function}


def flat(schema: Any = STRICT, strict: Any = True, name: Any = "f") -> dict[str, Any]:
    return {"type": "function"} | tool(schema, strict, name)["function"]


def chat_format(schema: Any, strict: Any = True) -> dict[str, Any]:
    inner = {"name": "s", "strict": strict, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": inner}}


def text_format(schema: Any) -> dict[str, Any]:
    form = {"type": "json_schema", "name": "s", "strict": True, "schema": schema}
    return {"text": {"format": form}}


def call(**more: Any) -> dict[str, Any]:
    made = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}} | more
    return {k: v for k, v in made.items() if v is not GONE}


def asks(*calls: Any) -> dict[str, Any]:
    return {"role": "assistant", "tool_calls": list(calls)}


RESULT = {"role": "tool", "tool_call_id": "c1", "content": "1"}
CALL_ITEM = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
OUTPUT_ITEM = {"type": "function_call_output", "call_id": "c1", "output": "1"}
USER_ITEM = {"role": "user", "content": "Hi"}

FINE: list[tuple[str, dict[str, Any]]] = [
    (CHAT, {}),
    (CHAT, {"temperature": 0, **NONE}),
    (CHAT, {"temperature": 1, "top_p": 1}),
    (CHAT, dict.fromkeys(("temperature", "max_tokens", "tools", "stop", "user", "metadata"))),
    (CHAT, {"max_completion_tokens": 1, "n": 3, "seed": 1}),
    (CHAT, {"stop": "x", "logprobs": True, "top_logprobs": 20, **NONE}),
    (CHAT, {"tools": [tool()], **NONE}),
    (CHAT, {"tools": [], **NONE}),
    (CHAT, {"tools": [tool(strict=False, schema={"type": "object"})], **NONE}),
    (CHAT, {"tools": [{"type": "function", "function": {"name": "f"}}], **NONE}),
    (CHAT, {"tools": [tool()], "tool_choice": {"type": "function", "function": {"name": "f"}},
            "parallel_tool_calls": False, **NONE}),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {
        "type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [tool()]}}}),
    (CHAT, {"tools": [{"type": "custom", "custom": {"name": "c"}}], **NONE,
            "tool_choice": {"type": "custom", "custom": {"name": "c"}}}),
    (CHAT, {"messages": [*MESSAGES, asks(call()), RESULT]}),
    (CHAT, {"messages": [*MESSAGES, asks(call(), call(id="c2")), {**RESULT, "tool_call_id": "c2"},
                         RESULT]}),
    (CHAT, {"messages": [*MESSAGES, {"role": "assistant", "content": None, "refusal": "No."}]}),
    (CHAT, {"messages": [{"role": "user", "content": ""}, {"role": "user", "content": []}]}),
    (CHAT, {"messages": [{"role": "user", "content": [
        {"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "data:"}}]}]}),
    (CHAT, chat_format(STRICT)),
    (CHAT, chat_format({"type": "object"}, strict=False)),
    (CHAT, {"messages": [{"role": "user", "content": "As Json."}],
            "response_format": {"type": "json_object"}}),
    (CHAT, {"stream": True, "stream_options": {"include_usage": True}}),
    (CHAT, {"metadata": {"lesson": "1"}, "store": False, "verbosity": "low"}),
    (RESPONSES, {"reasoning": {"effort": "none"}, "temperature": 0}),
    (RESPONSES, {"temperature": 1, "max_output_tokens": 16}),
    (RESPONSES, {"tools": [flat()]}),
    (RESPONSES, {"tools": [flat({"type": "object"}, strict=None)], "tool_choice": "auto"}),
    (RESPONSES, {"tool_choice": "auto", "parallel_tool_calls": True}),
    (RESPONSES, {"tools": [flat(), {"type": "web_search"}], "tool_choice": {"type": "web_search"}}),
    (RESPONSES, {"tools": [flat()], "tool_choice": {
        "type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}}),
    (RESPONSES, {"input": [USER_ITEM, CALL_ITEM, OUTPUT_ITEM]}),
    (RESPONSES, {"input": [USER_ITEM, {"type": "reasoning", "id": "rs_1", "summary": []}, CALL_ITEM,
                           {**OUTPUT_ITEM, "output": [{"type": "input_text", "text": "1"}]}]}),
    (RESPONSES, {"input": [OUTPUT_ITEM], "previous_response_id": "resp_1"}),
    (RESPONSES, {"input": [], "previous_response_id": "resp_1"}),
    (RESPONSES, {"input": [{"role": "assistant", "content": [
        {"type": "output_text", "text": "Hi", "annotations": []}], "id": "msg_1"}, USER_ITEM]}),
    (RESPONSES, {"input": "As JSON.", "text": {"format": {"type": "json_object"}}}),
    (RESPONSES, text_format(STRICT) | {"reasoning": {"summary": "auto"}, "truncation": "auto"}),
    (RESPONSES, {"include": ["reasoning.encrypted_content"]}),
    (INPUT_TOKENS, {"tools": [flat()]}),
    (EMBEDDINGS, {"input": ["a", "b"], "encoding_format": "float", "dimensions": 1536}),
    (EMBEDDINGS, {"input": [1] * 8192}),
    (EMBEDDINGS, {"input": [[1, 2], [3]]}),
    (COMPLETIONS, {"max_tokens": 4, "temperature": 0, "logprobs": 2}),
]  # fmt: skip

SAMPLING = "sampling only without reasoning"
NUMBERS = "numbers of the right type and within their range"
CONTENT = "content is text, or parts of a kind that exists"
WHOLE_CALLS = "tool calls that are whole"
ANSWERED = "every tool call answered, right after it"
ITEMS = "input items of a kind that exists, and whole"
CALLS_AND_OUTPUTS = "every function call with its output, and no output without its call"
TOOLS = "at most 128 tools, each a function with a name or of another type"
CHOICE = "a tool choice of a shape that exists"
FORMAT = "a format that exists, and a schema with a name"
FORMATS = "strict formats in the subset"
FUNCTIONS = "strict functions in the subset"
VALUES = "parameters of Responses with values that exist"
TYPES = "booleans and texts of the right type"
MOVED = "no parameter that moved to another name"

REFUSED: list[tuple[str, str, dict[str, Any], str | None, str | None, str]] = [
    ("a model is named", CHAT, {"model": GONE}, None, None, "you must provide a model parameter"),
    ("a model is named", EMBEDDINGS, {"model": 7}, "model", "invalid_type", "but got an integer"),
    ("a model is named", RESPONSES, {"model": GONE}, "model", "missing_required_parameter",
     "Missing required parameter: 'model'."),
    ("a model is named", RESPONSES, {"model": None}, "model", "invalid_type", "got an object"),
    ("a model is named", RESPONSES, {"model": ""}, "model", "model_not_found", "'' does not exist"),
    ("only parameters that the endpoint has", CHAT, {"temprature": 0}, "temprature",
     "unknown_parameter", "Unknown parameter: 'temprature'. Did you mean 'temperature'?"),
    ("only parameters that the endpoint has", CHAT, {"zzz": 0}, "zzz",
     "unknown_parameter", "Unknown parameter: 'zzz'."),
    ("only parameters that the endpoint has", RESPONSES, {"seed": 1}, "seed",
     "unknown_parameter", "Unknown parameter: 'seed'."),
    ("only parameters that the endpoint has", RESPONSES, {"stre": 1}, "stre",
     "unknown_parameter", "Unknown parameter: 'stre'. Did you mean 'store' or 'stream'?"),
    (MOVED, RESPONSES, {"messages": MESSAGES}, None, "unsupported_parameter", "moved to 'input'."),
    (MOVED, RESPONSES, {"reasoning_effort": "low"}, "reasoning_effort", "unsupported_parameter",
     "moved to 'reasoning.effort'."),
    ("a prompt", COMPLETIONS, {"prompt": GONE}, "prompt", "missing_required_parameter", "'prompt'"),
    ("messages, at least one", CHAT, {"messages": GONE}, "messages", "missing_required_parameter",
     "Missing required parameter: 'messages'."),
    ("messages, at least one", CHAT, {"messages": None}, "messages", "invalid_type", "got null"),
    ("messages, at least one", CHAT, {"messages": []}, "messages", "empty_array",
     "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty "
     "array instead."),
    ("messages, at least one", CHAT, {"messages": ["Hi"]}, "messages[0]", "invalid_type",
     "Invalid type for 'messages[0]': expected an object, but got a string instead."),
    ("a role that exists", CHAT, {"messages": [{"content": "Hi"}]}, "messages[0].role",
     "missing_required_parameter", "Missing required parameter: 'messages[0].role'."),
    ("a role that exists", CHAT, {"messages": [{"role": "robot", "content": ""}]},
     "messages[0].role", "invalid_value", "Invalid value: 'robot'. Supported values are: 'system', "
     "'assistant', 'user', 'function', 'tool', and 'developer'."),
    (CONTENT, CHAT, {"messages": [{"role": "user", "content": 7}]}, "messages[0].content",
     "invalid_type", "expected one of a string or array of objects, but got an integer instead."),
    (CONTENT, CHAT, {"messages": [{"role": "developer", "content": None}]}, "messages[0].content",
     "invalid_type", "but got null instead."),
    (CONTENT, CHAT, {"messages": [{"role": "user", "content": [{"type": "input_text"}]}]},
     "messages[0].content[0].type", "invalid_value", "Invalid value: 'input_text'. Supported "
     "values are: 'text', 'image_url', 'input_audio', 'refusal', 'audio', and 'file'."),
    (CONTENT, CHAT, {"messages": [{"role": "user", "content": [{"type": "text"}]}]},
     "messages[0].content[0].text", "missing_required_parameter", ".text'."),
    (WHOLE_CALLS, CHAT, {"messages": [asks()]}, "messages[0].tool_calls", "empty_array", "empty"),
    (WHOLE_CALLS, CHAT, {"messages": [asks(call(type=GONE)), RESULT]},
     "messages[0].tool_calls[0].type", "missing_required_parameter",
     "Missing required parameter: 'messages[0].tool_calls[0].type'."),
    (WHOLE_CALLS, CHAT, {"messages": [asks(call(type=None)), RESULT]},
     "messages[0].tool_calls[0].type", "invalid_type", "but got null"),
    (WHOLE_CALLS, CHAT,
     {"messages": [asks(call(function={"name": "f", "arguments": {}})), RESULT]},
     "messages[0].tool_calls[0].function.arguments", "invalid_type",
     "expected a string, but got an object instead."),
    ("a tool message names its call", CHAT,
     {"messages": [asks(call()), RESULT, {"role": "tool", "content": "1"}]},
     "messages[2].tool_call_id", "missing_required_parameter", "tool_call_id'."),
    (ANSWERED, CHAT, {"messages": [*MESSAGES, asks(call())]}, "messages", None,
     "did not have response messages: c1"),
    (ANSWERED, CHAT, {"messages": [asks(call()), *MESSAGES]}, "messages", None, ": c1"),
    (ANSWERED, CHAT, {"messages": [*MESSAGES, RESULT]}, "messages.[1].role", None,
     "messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."),
    ("content is given", CHAT, {"messages": [{"role": "user"}]}, "messages.[0].content", None,
     "Invalid value for 'content': expected a string, got null."),
    ("content is given", CHAT, {"messages": [{"role": "assistant", "refusal": None}]},
     "messages.[0].content", None, "got null"),
    ("content is given", CHAT, {"messages": [{"role": "developer"}]}, "messages[0].content",
     "missing_required_parameter", "Missing required parameter: 'messages[0].content'."),
    ("an input", RESPONSES, {"input": GONE, "previous_response_id": "resp_1"}, "input",
     "missing_required_parameter", "Missing required parameter: 'input'."),
    ("an input", RESPONSES, {"input": None}, "input", "invalid_type",
     "expected a string, but got an object instead."),
    ("an input", RESPONSES, {"input": []}, None, "missing_required_parameter",
     "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation' must be "
     "provided."),
    ("an input", RESPONSES, {"input": {"a": 1}}, "input", "invalid_type",
     "expected one of a string or array of input items, but got an object instead."),
    (ITEMS, RESPONSES, {"input": ["Hi"]}, "input[0]", "invalid_type",
     "Invalid type for 'input[0]': expected an input item, but got a string instead."),
    (ITEMS, RESPONSES, {"input": [{"type": "bogus"}]}, "input[0]", "invalid_value",
     "Invalid value: 'bogus'. Supported values are: 'additional_tools', "),
    (ITEMS, RESPONSES, {"input": [{"role": "tool", "content": "1"}]}, "input[0]", "invalid_value",
     "Supported values are: 'assistant', 'system', 'developer', and 'user'."),
    (ITEMS, RESPONSES, {"input": [{"role": "user"}]}, "input[0].content",
     "missing_required_parameter", "Missing required parameter: 'input[0].content'."),
    (ITEMS, RESPONSES, {"input": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
     "input[0].content[0].type", "invalid_value", "Invalid value: 'text'. Supported values are: "
     "'input_text', 'input_image', 'input_audio', 'output_text', 'refusal', 'input_file', "
     "'computer_screenshot', 'summary_text', and 'encrypted_content'."),
    (ITEMS, RESPONSES, {"input": [{"role": "assistant", "content": [{"type": "input_text",
     "text": "Hi"}]}]}, "input[0].content[0]", "invalid_value",
     "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'."),
    (ITEMS, RESPONSES, {"input": [{k: v for k, v in CALL_ITEM.items() if k != "name"},
     OUTPUT_ITEM]}, "input[0].name", "missing_required_parameter", "'input[0].name'"),
    (ITEMS, RESPONSES, {"input": [CALL_ITEM, OUTPUT_ITEM | {"output": {"a": 1}}]},
     "input[1].output", "invalid_type", "but got an object"),
    (CALLS_AND_OUTPUTS, RESPONSES, {"input": [USER_ITEM, CALL_ITEM]}, "input", None,
     "No tool output found for function call c1."),
    (CALLS_AND_OUTPUTS, RESPONSES, {"input": [USER_ITEM, OUTPUT_ITEM]}, "input", None,
     "No tool call found for function call output with call_id c1."),
    ("one kind of state", RESPONSES, {"previous_response_id": "resp_1", "conversation": "conv_1"},
     None, "mutually_exclusive_parameters", "Ensure you are only providing one of"),
    (VALUES, RESPONSES, {"truncation": "bogus"}, "truncation", "invalid_value",
     "Invalid value: 'bogus'. Supported values are: 'auto' and 'disabled'."),
    (VALUES, RESPONSES, {"include": ["bogus"]}, "include[0]", "invalid_value", "'bogus'"),
    (VALUES, RESPONSES, {"text": {"zzz": 1}}, "text.zzz", "unknown_parameter", "'text.zzz'"),
    (VALUES, RESPONSES, {"text": {"verbosity": "x"}}, "text.verbosity", "invalid_value",
     "Supported values are: 'low', 'medium', and 'high'."),
    (VALUES, RESPONSES, {"reasoning": {"summary": "x"}}, "reasoning.summary", "invalid_value",
     "Supported values are: 'concise', 'detailed', and 'auto'."),
    ("an input that is not empty", EMBEDDINGS, {"input": GONE}, "input",
     "missing_required_parameter", "'input'"),
    ("an input that is not empty", EMBEDDINGS, {"input": []}, "input", "empty_array", "empty"),
    ("an input that is not empty", EMBEDDINGS, {"input": ["a", ""]}, "input", None,
     "Invalid 'input[1]': input cannot be an empty string."),
    ("an input that is not empty", EMBEDDINGS, {"input": [1.5]}, "input[0]", "invalid_type",
     "token ids"),
    ("inputs within the limits", EMBEDDINGS, {"input": ["a"] * 2049}, "input", None,
     "Invalid 'input': array length must be 2048 or less."),
    ("inputs within the limits", EMBEDDINGS, {"input": [1] * 8193}, "input", None,
     "Invalid 'input[0]': maximum input length is 8192 tokens."),
    ("inputs within the limits", EMBEDDINGS, {"input": [[1] * 8000] * 38}, "input", None,
     "Invalid 'input': maximum request size is 300000 tokens per request."),
    ("an encoding that exists", EMBEDDINGS, {"encoding_format": "int8"}, "encoding_format",
     "invalid_value", "Invalid value: 'int8'. Supported values are: 'float' and 'base64'."),
    (TOOLS, CHAT, {"tools": [tool()] * 129, **NONE}, "tools", "array_above_max_length",
     "Expected an array with maximum length 128, but got an array with length 129 instead."),
    (TOOLS, CHAT, {"tools": [{"type": "function"}]}, "tools[0].function",
     "missing_required_parameter", "'tools[0].function'"),
    (TOOLS, CHAT, {"tools": [tool(name="a b")], **NONE}, "tools[0].function.name",
     "invalid_value", "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."),
    (TOOLS, CHAT, {"tools": [tool(name="")], **NONE}, "tools[0].function.name", "empty_string",
     "Invalid 'tools[0].function.name': empty string."),
    (TOOLS, RESPONSES, {"tools": [flat(name="n" * 65)]}, "tools[0].name",
     "string_above_max_length", "maximum length 64, but got a string with length 65 instead."),
    (TOOLS, RESPONSES, {"tools": [tool()]}, "tools[0].name", "missing_required_parameter",
     "Missing required parameter: 'tools[0].name'."),
    ("parameters of a function are the schema of an object", CHAT,
     {"tools": [tool({}, strict=False)], **NONE}, "tools[0].function.parameters",
     "invalid_function_parameters", "Invalid schema for function 'f': schema must be a JSON Schema "
     "of 'type: \"object\"', got 'type: \"None\"'."),
    (FUNCTIONS, CHAT, {"tools": [tool({"type": "object", "properties": {}})], **NONE},
     "tools[0].function.parameters", "invalid_function_parameters",
     "Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be "
     "supplied and to be false."),
    (FUNCTIONS, CHAT, {"tools": [tool(None)], **NONE}, "tools[0].function.parameters",
     "invalid_function_parameters", "'additionalProperties' is required"),
    (FUNCTIONS, RESPONSES, {"tools": [flat(STRICT | {"required": []})]}, "tools[0].parameters",
     "invalid_function_parameters", "Missing 'a'."),
    ("tool_choice and parallel_tool_calls only with tools", CHAT, {"tool_choice": "none"},
     "tool_choice", None, "'tool_choice' is only allowed when 'tools' are specified."),
    ("tool_choice and parallel_tool_calls only with tools", CHAT, {"parallel_tool_calls": False},
     "parallel_tool_calls", None, "is only allowed when 'tools' are specified."),
    (CHOICE, CHAT, {"tools": [tool()], "tool_choice": "bogus", **NONE}, "tool_choice",
     "invalid_value", "Supported values are: 'none', 'auto', and 'required'."),
    (CHOICE, CHAT, {"tools": [tool()], "tool_choice": 7, **NONE}, "tool_choice", "invalid_type",
     "expected one of one of 'none', 'auto', or 'required' or object, but got an integer"),
    (CHOICE, CHAT, {"tools": [tool()], "tool_choice": {"type": "function", "name": "f"}, **NONE},
     "tool_choice.function", "missing_required_parameter", "'tool_choice.function'"),
    (CHOICE, RESPONSES, {"tools": [flat()], "tool_choice": tool()}, "tool_choice.name",
     "missing_required_parameter", "'tool_choice.name'"),
    (CHOICE, RESPONSES, {"tools": [flat()], "tool_choice": {"type": "allowed_tools",
     "mode": "auto", "tools": []}}, "tool_choice.tools", "empty_array", "empty"),
    ("a tool choice among the tools", CHAT, {"tools": [tool()], **NONE,
     "tool_choice": {"type": "function", "function": {"name": "g"}}}, "function_call", None,
     "no function named 'g' was specified in the 'functions' parameter."),
    ("a tool choice among the tools", RESPONSES,
     {"tools": [flat()], "tool_choice": {"type": "function", "name": "g"}}, "tool_choice", None,
     "Tool choice 'g' not found in 'tools' parameter."),
    ("a tool choice among the tools", RESPONSES, {"tool_choice": "required"}, "tool_choice", None,
     "Tool choice 'required' must be specified with 'tools' parameter."),
    ("a tool choice among the tools", RESPONSES,
     {"tools": [flat()], "tool_choice": {"type": "web_search"}}, "tool_choice", None,
     "Tool choice 'web_search' not found in 'tools' parameter."),
    ("a tool choice among the tools", RESPONSES,
     {"tool_choice": {"type": "function", "name": "g"}}, "tool_choice", None,
     "Tool choice 'function' not found in 'tools' parameter."),
    (FORMAT, CHAT, {"response_format": "json"}, "response_format", "invalid_type", "an object"),
    (FORMAT, CHAT, {"response_format": {}}, "response_format.type", "missing_required_parameter",
     "'response_format.type'"),
    (FORMAT, CHAT, {"response_format": {"type": "x"}}, "response_format.type", "invalid_value",
     "Supported values are: 'json_object', 'json_schema', and 'text'."),
    (FORMAT, CHAT, {"response_format": {"type": "json_schema"}}, "response_format.json_schema",
     "missing_required_parameter", "'response_format.json_schema'"),
    (FORMAT, RESPONSES, {"text": {"format": {"type": "json_schema", "schema": {}}}},
     "text.format.name", "missing_required_parameter", "'text.format.name'"),
    (FORMAT, RESPONSES, {"text": {"format": {"type": "x"}}}, "text.format.type", "invalid_value",
     "Supported values are: 'json_object', 'text', and 'json_schema'."),
    (FORMATS, CHAT, chat_format({"type": "array", "items": STRICT}), "response_format",
     "invalid_json_schema", "Invalid schema for response_format 's': schema must be a JSON Schema "
     "of 'type: \"object\"', got 'type: \"array\"'."),
    (FORMATS, CHAT, chat_format(STRICT | {"properties": {"a": {"oneOf": [STRICT]}}}),
     "response_format", "invalid_json_schema",
     "In context=('properties', 'a'), 'oneOf' is not permitted."),
    (FORMATS, CHAT, chat_format(STRICT | {"$defs": {"B": {"type": "object", "properties": {}}}}),
     "response_format", "invalid_json_schema",
     "In context=('$defs', 'B'), 'additionalProperties' is required"),
    (FORMATS, RESPONSES, text_format(STRICT | {"required": []}), "text.format.schema",
     "invalid_json_schema", "Invalid schema for response_format 's': In context=(), 'required' is "
     "required to be supplied and to be an array including every key in properties. Missing 'a'."),
    ("JSON mode says JSON", CHAT, {"response_format": {"type": "json_object"}}, "messages", None,
     "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
     "'json_object'."),
    ("JSON mode says JSON", RESPONSES, {"instructions": "As JSON.",
     "text": {"format": {"type": "json_object"}}}, "text.format", None,
     "Response input messages must contain the word 'json' in some form"),
    (NUMBERS, CHAT, {"temperature": 3, **NONE}, "temperature", "decimal_above_max_value",
     "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3 "
     "instead."),
    (NUMBERS, CHAT, {"temperature": "hot", **NONE}, "temperature", "invalid_type",
     "Invalid type for 'temperature': expected a decimal, but got a string instead."),
    (NUMBERS, CHAT, {"seed": 1.5}, "seed", "invalid_type",
     "expected an integer, but got a decimal number instead."),
    (NUMBERS, CHAT, {"n": True}, "n", "invalid_type", "but got a boolean instead."),
    (NUMBERS, CHAT, {"n": 129}, "n", "integer_above_max_value", "Expected a value <= 128"),
    (NUMBERS, CHAT, {"max_completion_tokens": 0}, "max_completion_tokens",
     "integer_below_min_value", "Expected a value >= 1, but got 0 instead."),
    (NUMBERS, RESPONSES, {"max_output_tokens": 15}, "max_output_tokens",
     "integer_below_min_value", "Invalid 'max_output_tokens': integer below minimum value. "
     "Expected a value >= 16, but got 15 instead."),
    ("top_logprobs at most 20", CHAT, {"logprobs": True, "top_logprobs": 21, **NONE},
     "top_logprobs", None, "must be less than or equal to 20."),
    ("top_logprobs only with logprobs", CHAT, {"top_logprobs": 1, **NONE}, "top_logprobs", None,
     "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."),
    (TYPES, CHAT, {"store": "yes"}, "store", "invalid_type", "a boolean, but got a string"),
    (TYPES, CHAT, {"logprobs": 3, **NONE}, "logprobs", "invalid_type", "but got an integer"),
    (TYPES, RESPONSES, {"instructions": ["x"]}, "instructions", "invalid_type", "got an array"),
    (TYPES, CHAT, {"safety_identifier": "x" * 129}, "safety_identifier",
     "string_above_max_length", "maximum length 128"),
    ("at most four stop sequences", CHAT, {"stop": list("abcde"), **NONE}, "stop",
     "array_above_max_length", "maximum length 4, but got an array with length 5 instead."),
    ("stream_options only while streaming", CHAT, {"stream_options": {"include_usage": True}},
     "stream_options", None,
     "The 'stream_options' parameter is only allowed when 'stream' is enabled."),
    ("stream_options only while streaming", RESPONSES,
     {"stream": True, "stream_options": {"include_usage": True}}, "stream_options.include_usage",
     "unknown_parameter", "Unknown parameter: 'stream_options.include_usage'."),
    ("metadata of at most 16 short texts", CHAT, {"metadata": {str(n): "" for n in range(17)}},
     "metadata", "object_above_max_properties", "at most 16 properties"),
    ("metadata of at most 16 short texts", CHAT, {"metadata": {"k": 7}}, "metadata.k",
     "invalid_type", "expected a string, but got an integer instead."),
    ("a reasoning effort that exists", CHAT, {"reasoning_effort": "huge"}, "reasoning_effort",
     "unsupported_value", "'reasoning_effort' does not support 'huge' with this model."),
    ("a reasoning effort that exists", RESPONSES, {"reasoning": {"effort": "huge"}},
     "reasoning.effort", "invalid_value", "Invalid value: 'huge'. Supported values are: 'none', "
     "'minimal', 'low', 'medium', 'high', 'xhigh', and 'max'."),
    ("no max_tokens", CHAT, {"max_tokens": 5}, "max_tokens", "unsupported_parameter",
     "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
     "'max_completion_tokens' instead."),
    ("function tools only without reasoning", CHAT, {"tools": [tool()]}, "reasoning_effort", None,
     "Function tools with reasoning_effort are not supported for gpt-6-luna in "
     "/v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to "
     "'none'."),
    (SAMPLING, CHAT, {"temperature": 0}, "temperature", "unsupported_value",
     "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) "
     "value is supported."),
    (SAMPLING, CHAT, {"stop": ["x"], "reasoning_effort": "low"}, "stop", "unsupported_parameter",
     "Unsupported parameter: 'stop' is not supported with this model."),
    (SAMPLING, RESPONSES, {"top_p": 1, "reasoning": {"effort": "low"}}, "top_p", None,
     "Unsupported parameter: 'top_p' is not supported with this model."),
    (SAMPLING, RESPONSES, {"include": ["message.output_text.logprobs"]}, "include",
     "unsupported_parameter", "logprobs are not supported with reasoning models."),
    ("a reasoning effort that the model offers", CHAT, {"reasoning_effort": "minimal"},
     "reasoning_effort", "unsupported_value",
     "Supported values are: 'none', 'low', 'medium', 'high', 'xhigh', and 'max'."),
    ("a reasoning effort that the model offers", RESPONSES, {"reasoning": {"effort": "minimal"}},
     "reasoning.effort", "unsupported_value",
     "Unsupported value: 'minimal' is not supported with the 'gpt-6-luna' model."),
    ("at most 1,536 dimensions", EMBEDDINGS, {"dimensions": 1537}, "dimensions", None,
     "Must be less than or equal to 1536."),
]  # fmt: skip


TYPE, GIVEN = "invalid_type", "missing_required_parameter"
MALFORMED: list[tuple[str, dict[str, Any], str, str]] = [
    (CHAT, {"stop": [1], **NONE}, "stop[0]", TYPE),
    (CHAT, {"stop": 1, **NONE}, "stop", TYPE),
    (CHAT, {"stream": True, "stream_options": "x"}, "stream_options", TYPE),
    (CHAT, {"metadata": "x"}, "metadata", TYPE),
    (CHAT, {"metadata": {"k" * 65: ""}}, "metadata." + "k" * 65, "property_name_above_max_length"),
    (CHAT, {"metadata": {"k": "x" * 513}}, "metadata.k", "string_above_max_length"),
    (RESPONSES, {"reasoning": "low"}, "reasoning", TYPE),
    (RESPONSES, {"reasoning": {"effort": 5}}, "reasoning.effort", TYPE),
    (CHAT, {"messages": [{"role": "user", "content": ["x"]}]}, "messages[0].content[0]", TYPE),
    (CHAT, {"messages": [{"role": "user", "content": [{}]}]}, "messages[0].content[0].type", GIVEN),
    (CHAT, {"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]},
     "messages[0].content[0].text", TYPE),
    (CHAT, {"messages": [asks() | {"tool_calls": "x"}]}, "messages[0].tool_calls", TYPE),
    (CHAT, {"messages": [asks("x")]}, "messages[0].tool_calls[0]", TYPE),
    (CHAT, {"messages": [asks(call(id=GONE))]}, "messages[0].tool_calls[0].id", GIVEN),
    (CHAT, {"messages": [asks(call(function=GONE)), RESULT]},
     "messages[0].tool_calls[0].function", GIVEN),
    (CHAT, {"messages": [asks(call(function={"arguments": "{}"})), RESULT]},
     "messages[0].tool_calls[0].function.name", GIVEN),
    (EMBEDDINGS, {"input": 7}, "input", TYPE),
    (CHAT, {"response_format": {"type": "json_schema", "json_schema": {"name": "s"}}},
     "response_format.json_schema.schema", GIVEN),
    (RESPONSES, {"text": {"format": {"type": "json_schema", "name": "s", "schema": "x"}}},
     "text.format.schema", TYPE),
    (RESPONSES, {"top_logprobs": 3}, "top_logprobs", "unsupported_parameter"),
    (RESPONSES, {"input": [{**CALL_ITEM, "arguments": {}}, OUTPUT_ITEM]}, "input[0].arguments",
     TYPE),
    (RESPONSES, {"input": [CALL_ITEM, {k: v for k, v in OUTPUT_ITEM.items() if k != "output"}]},
     "input[1].output", GIVEN),
    (RESPONSES, {"input": [{"role": "user", "content": 7}]}, "input[0].content", TYPE),
    (RESPONSES, {"input": [{"role": "user", "content": ["x"]}]}, "input[0].content[0]", TYPE),
    (RESPONSES, {"input": [{"role": "user", "content": [{}]}]}, "input[0].content[0].type", GIVEN),
    (RESPONSES, {"input": [{"role": "assistant", "content": [{"type": "refusal"}]}]},
     "input[0].content[0].refusal", GIVEN),
    (RESPONSES, {"include": "x"}, "include", TYPE),
    (RESPONSES, {"text": "x"}, "text", TYPE),
    (RESPONSES, {"truncation": {}}, "truncation", TYPE),
    (CHAT, {"tools": "x", **NONE}, "tools", TYPE),
    (CHAT, {"tools": ["x"], **NONE}, "tools[0]", TYPE),
    (RESPONSES, {"tools": [{}]}, "tools[0].type", GIVEN),
    (RESPONSES, {"tools": [flat(name=7)]}, "tools[0].name", TYPE),
    (RESPONSES, {"tools": [flat("x", strict=False)]}, "tools[0].parameters", TYPE),
    (RESPONSES, {"tools": [flat("x")]}, "tools[0].parameters", TYPE),
    (RESPONSES, {"tools": [flat()], "tool_choice": 7}, "tool_choice", TYPE),
    (RESPONSES, {"tools": [flat()], "tool_choice": {}}, "tool_choice.type", GIVEN),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {"type": "function", "function": {}}},
     "tool_choice.function.name", GIVEN),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {"function": {"name": "f"}}},
     "tool_choice.type", GIVEN),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {"type": "x", "function": {"name": "f"}}},
     "tool_choice.type", "invalid_value"),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {"type": "allowed_tools"}},
     "tool_choice.allowed_tools", GIVEN),
    (RESPONSES, {"tools": [flat()], "tool_choice": {"type": "allowed_tools", "tools": [flat()]}},
     "tool_choice.mode", GIVEN),
    (RESPONSES, {"tools": [flat()], "tool_choice": {
        "type": "allowed_tools", "mode": "none", "tools": [flat()]}},
     "tool_choice.mode", "invalid_value"),
    (RESPONSES, {"tools": [flat()], "tool_choice": {"type": "allowed_tools", "mode": "auto"}},
     "tool_choice.tools", GIVEN),
    (RESPONSES, {"tools": [flat()], "tool_choice": {
        "type": "allowed_tools", "mode": "auto", "tools": ["f"]}}, "tool_choice.tools[0]", TYPE),
    (RESPONSES, {"tools": [flat()], "tool_choice": {
        "type": "allowed_tools", "mode": "auto", "tools": [{"name": "f"}]}},
     "tool_choice.tools[0].type", GIVEN),
    (RESPONSES, {"tools": [flat()], "tool_choice": {
        "type": "allowed_tools", "mode": "auto", "tools": [{"type": "function"}]}},
     "tool_choice.tools[0].name", GIVEN),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {
        "type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [flat()]}}},
     "tool_choice.allowed_tools.tools[0].function", GIVEN),
    (CHAT, {"tools": [tool()], **NONE, "tool_choice": {"type": "allowed_tools", "allowed_tools": {
        "mode": "auto", "tools": [{"type": "function", "function": {}}]}}},
     "tool_choice.allowed_tools.tools[0].function.name", GIVEN),
]  # fmt: skip


@pytest.mark.parametrize(("path", "more", "param", "code"), MALFORMED)
def test_what_is_of_a_wrong_type_or_not_whole_is_refused(
    path: str, more: dict[str, Any], param: str, code: str
) -> None:
    found = [violation.refusal for violation in violations(path, body_of(path, more))]
    assert (param, code) in [(refusal.param, refusal.code) for refusal in found], found


@pytest.mark.parametrize(("path", "more"), FINE)
def test_what_the_live_model_takes_passes(path: str, more: dict[str, Any]) -> None:
    assert list(map(str, violations(path, body_of(path, more)))) == []


@pytest.mark.parametrize(("rule", "path", "more", "param", "code", "words"), REFUSED)
def test_what_is_refused_is_refused_by_its_rule_in_the_services_words(
    rule: str, path: str, more: dict[str, Any], param: str | None, code: str | None, words: str
) -> None:
    found = list(violations(path, body_of(path, more)))
    mine = [each.refusal for each in found if each.rule.name == rule and words in str(each.refusal)]
    assert mine, [str(each) for each in found]
    error = mine[0].body["error"]
    assert (error["param"], error["code"]) == (param, code)
    assert error["type"] == "invalid_request_error"
    assert mine[0].status == 400


@pytest.mark.parametrize(("rule", "path", "more", "param", "code", "words"), REFUSED)
def test_one_flaw_breaks_no_other_rule(
    rule: str, path: str, more: dict[str, Any], param: str | None, code: str | None, words: str
) -> None:
    together = {
        # a flaw that lies in two things at once
        "a tool choice among the tools": CHOICE,
        "a role that exists": ITEMS,
        "every function call with its output, and no output without its call": ITEMS,
        CHOICE: "a tool choice among the tools",
        TOOLS: "function tools only without reasoning",
        FORMATS: FORMAT,
    }
    names = {each.rule.name for each in violations(path, body_of(path, more))}
    assert names - {together.get(rule)} == {rule}


def test_every_rule_has_been_broken_once_and_names_its_source() -> None:
    assert {rule.name for rule in RULES} == {name for name, *_ in REFUSED}
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.source[:2] in ("D:", "S:", "P:"), rule.name
        assert date(2026, 1, 1) < rule.seen <= date.today(), rule.name
        assert rule.scope in SCOPES
        assert rule.check.__doc__, rule.name


def test_no_rule_is_left_out_of_the_book() -> None:
    folder = Path(service_rules.__file__).parent
    modules = [vars(__import__(f"utils.service_rules.{path.stem}", fromlist=["_"]))
               for path in folder.glob("*_rules.py")]  # fmt: skip
    made = [value for names in modules for value in names.values() if isinstance(value, Rule)]
    assert len(made) > 30
    assert {id(rule) for rule in made} == {id(rule) for rule in RULES}


def test_scopes_part_what_every_model_wants_from_what_the_live_one_wants() -> None:
    body = body_of(CHAT, {"max_tokens": 5, "n": 0})
    names = [each.rule.name for each in violations(CHAT, body, [EVERY_MODEL])]
    assert names == [NUMBERS]
    assert {each.rule.name for each in violations(CHAT, body)} == {NUMBERS, "no max_tokens"}
    enforce(CHAT, body_of(CHAT, {"max_tokens": 5}))
    with pytest.raises(Refusal, match="below minimum") as caught:
        enforce("/v1" + CHAT, body)
    assert caught.value.param == "n"


def test_an_endpoint_without_rules_and_a_body_that_is_no_object() -> None:
    assert list(violations("/responses/resp_1", None)) == []
    assert [str(v.refusal) for v in violations(CHAT, ["x"])][:1] == [
        "you must provide a model parameter"
    ]


def test_a_violation_as_text_has_the_rule_its_source_and_its_day() -> None:
    (violation,) = violations(CHAT, body_of(CHAT, {"max_tokens": 5}))
    assert str(violation).startswith("no max_tokens: Unsupported parameter: 'max_tokens'")
    assert str(violation).endswith("(P: 400 on gpt-5.6 and gpt-6; S: deprecated, 2026-11-12)")


@pytest.mark.parametrize(
    ("path", "more", "found"),
    [
        (CHAT, {"user": "u1"}, ["'user' is deprecated; use 'safety_identifier'"]),
        (RESPONSES, {"user": "u1"}, ["'user' is deprecated; use 'safety_identifier'"]),
        (CHAT, {"user": None}, []),
        (EMBEDDINGS, {"user": "u1"}, []),
        (CHAT, {"functions": [{"name": "f"}]}, ["'functions' is deprecated; use 'tools'"]),
        (
            CHAT,
            {"messages": [*MESSAGES, {"role": "function", "name": "f", "content": "1"}]},
            ["'function' is deprecated; use 'tool'"],
        ),
    ],
)
def test_what_is_deprecated_is_accepted_and_named(
    path: str, more: dict[str, Any], found: list[str]
) -> None:
    body = body_of(path, more)
    assert list(map(str, deprecations(path, body))) == found
    assert list(violations(path, body)) == []


# Rules are asked about whatever a learner's function sends.

ODD = (GONE, None, True, 0, -1.5, "", "x", [], [[]], [{}], {}, {"type": ["x"]}, {"type": {}}, 1e9)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every value within a JSON value, itself included."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value[:3]))
    return [path, *(place for key, inner in pairs for place in places(inner, (*path, key)))]


def replaced(value: Any, place: tuple[Any, ...], new: Any) -> Any:
    """A copy with another value in one place, or without it."""
    if not place:
        return {} if new is GONE else new
    copy = json.loads(json.dumps(value))
    target = copy
    for key in place[:-1]:
        target = target[key]
    target[place[-1]] = new
    if new is GONE:
        del target[place[-1]]
    return copy


PLACES = [
    (path, body, place)
    for path, body in ((path, body_of(path, more)) for path, more in FINE)
    for place in places(body)
    if len(json.dumps(body)) < 9_000
]


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: "gone" if odd is GONE else repr(odd))
def test_nothing_odd_in_any_place_makes_a_rule_stumble(odd: Any) -> None:
    assert len(PLACES) > 400
    for path, body, place in PLACES:
        for violation in violations(path, replaced(body, place, odd)):
            assert json.dumps(violation.refusal.body)
