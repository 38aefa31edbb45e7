"""Requests on which the readers of the rules once differed, and what each source decides.

`EVERYBODY`: every model refuses it, so the local server does too. `LIVE`: only the live default
model refuses it. `NOBODY`: it is accepted.
"""

from __future__ import annotations

from typing import Any

EVERYBODY, LIVE, NOBODY = "every model", "live default model", "nobody"

CHAT, RESPONSES, EMBEDDINGS = "/chat/completions", "/responses", "/embeddings"
NONE: dict[str, Any] = {"reasoning_effort": "none"}
USER: dict[str, Any] = {"role": "user", "content": "Hi"}
LOOSE: dict[str, Any] = {"type": "object", "properties": {"a": {"type": "string"}}}


def tool(schema: Any, strict: bool) -> dict[str, Any]:
    function = {"name": "f", "parameters": schema, "strict": strict}
    return {"type": "function", "function": function}


PROBES: dict[str, tuple[str, dict[str, Any], str]] = {
    "max_completion_tokens=5": (CHAT, {"max_completion_tokens": 5}, NOBODY),
    "max_output_tokens=5": (RESPONSES, {"max_output_tokens": 5}, EVERYBODY),
    "max_tokens=50": (CHAT, {"max_tokens": 50}, LIVE),
    "temperature=0 while reasoning": (CHAT, {"temperature": 0}, LIVE),
    "temperature=1 while reasoning": (CHAT, {"temperature": 1}, NOBODY),
    "temperature=null while reasoning": (CHAT, {"temperature": None}, NOBODY),
    "reasoning_effort=minimal": (CHAT, {"reasoning_effort": "minimal"}, LIVE),
    "reasoning_effort=huge": (CHAT, {"reasoning_effort": "huge"}, EVERYBODY),
    "a tool while reasoning": (CHAT, {"tools": [tool(LOOSE, False)]}, LIVE),
    "a strict tool, its object open": (CHAT, {"tools": [tool(LOOSE, True)], **NONE}, EVERYBODY),
    "tools=[]": (CHAT, {"tools": [], **NONE}, NOBODY),
    "tools: 129": (CHAT, {"tools": [tool(LOOSE, False)] * 129, **NONE}, EVERYBODY),
    "tool_choice=auto without tools": (CHAT, {"tool_choice": "auto"}, EVERYBODY),
    "tool_choice=none without tools": (CHAT, {"tool_choice": "none"}, EVERYBODY),
    "tool_choice=auto without tools, Responses": (RESPONSES, {"tool_choice": "auto"}, NOBODY),
    "tool_choice=required without tools, Responses": (
        RESPONSES,
        {"tool_choice": "required"},
        EVERYBODY,
    ),
    "a role that does not exist": (
        CHAT,
        {"messages": [{"role": "robot", "content": "Hi"}]},
        EVERYBODY,
    ),
    "messages=[]": (CHAT, {"messages": []}, EVERYBODY),
    "content=null": (CHAT, {"messages": [{"role": "user", "content": None}]}, EVERYBODY),
    "a refusal sent back": (
        CHAT,
        {"messages": [USER, {"role": "assistant", "content": None, "refusal": "No."}, USER]},
        NOBODY,
    ),
    "a tool call without a type": (
        CHAT,
        {
            "messages": [
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "c1", "function": {"name": "f", "arguments": "{}"}}],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "1"},
            ]
        },
        EVERYBODY,
    ),
    "top_logprobs without logprobs": (CHAT, {"top_logprobs": 2, **NONE}, EVERYBODY),
    "top_k, which is not a parameter": (CHAT, {"top_k": 3}, EVERYBODY),
    "stream_options without stream": (
        CHAT,
        {"stream_options": {"include_usage": True}},
        EVERYBODY,
    ),
    "n=129": (CHAT, {"n": 129}, EVERYBODY),
    "user": (CHAT, {"user": "u1"}, NOBODY),
    "input=[]": (RESPONSES, {"input": []}, EVERYBODY),
    "input with content of type text": (
        RESPONSES,
        {"input": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}]},
        EVERYBODY,
    ),
    "a function call without its output": (
        RESPONSES,
        {"input": [{"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}]},
        EVERYBODY,
    ),
    "JSON mode, JSON in instructions only": (
        RESPONSES,
        {"instructions": "As JSON.", "text": {"format": {"type": "json_object"}}},
        EVERYBODY,
    ),
    "seed on Responses": (RESPONSES, {"seed": 1}, EVERYBODY),
    "input of 2,049 token ids": (EMBEDDINGS, {"input": [101] * 2049}, NOBODY),
    "input of 2,049 texts": (EMBEDDINGS, {"input": ["a"] * 2049}, EVERYBODY),
}
"""Endpoint, what is in the body besides the usual, and who refuses it."""


def closed(**more: Any) -> dict[str, Any]:
    made = LOOSE | {"required": ["a"], "additionalProperties": False}
    return made | more


def field(**schema: Any) -> dict[str, Any]:
    return closed(properties={"a": schema})


SCHEMAS: dict[str, tuple[dict[str, Any], bool]] = {
    "in the subset": (closed(), True),
    "a field without a type": (field(description="anything"), False),
    "maxProperties": (closed(maxProperties=3), False),
    "contains": (field(type="array", items={"type": "string"}, contains={"const": "x"}), False),
    "format uri": (field(type="string", format="uri"), False),
    "format date": (field(type="string", format="date"), True),
    "2,000 enum values": (field(type="string", enum=[str(n) for n in range(2000)]), False),
    "examples": (field(type="string", examples=["x"]), False),
    "default": (field(type="string", default="x"), False),
    "minLength": (field(type="string", minLength=1), False),
    "an open object": (field(type="object", properties={}), False),
    "a property that is not required": (closed(required=[]), False),
    "a nullable object, open": (field(type=["object", "null"], properties={}), False),
    "a required key that is not a property": (closed(required=["a", "b"]), False),
}
"""A schema, and whether strict mode takes it."""
