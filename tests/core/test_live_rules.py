from __future__ import annotations

from typing import Any

import pytest

from utils.live_rules import RULES, violations
from utils.recordings import Request

MESSAGES = [{"role": "user", "content": "Hi"}]
STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"],
          "additionalProperties": False}  # fmt: skip


def tool(schema: Any = STRICT, strict: bool = True) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "f", "parameters": schema, "strict": strict}}


def answer_format(schema: Any) -> dict[str, Any]:
    inner = {"name": "s", "strict": True, "schema": schema}
    return {"response_format": {"type": "json_schema", "json_schema": inner}}


CALL = {"role": "assistant", "tool_calls": [{"id": "c1"}]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "1"}

FINE = [
    ("chat", {}),
    ("chat", {"temperature": 0, "reasoning_effort": "none"}),
    ("chat", {"max_completion_tokens": 16, "n": 3, "seed": 1}),
    ("chat", {"tools": [tool()], "reasoning_effort": "none"}),
    ("chat", {"messages": [*MESSAGES, CALL, RESULT]}),
    ("chat", answer_format(STRICT)),
    ("responses", {"reasoning": {"effort": "none"}, "temperature": 1}),
    ("responses", {"tools": [{"type": "function", **tool()["function"]}]}),
    ("embeddings", {"input": ["a", "b"]}),
]  # fmt: skip
REFUSED = [
    ("no max_tokens", "chat", {"max_tokens": 5}),
    ("function tools only without reasoning", "chat", {"tools": [tool()]}),
    ("sampling only without reasoning", "chat", {"temperature": 0}),
    ("sampling only without reasoning", "chat", {"stop": ["x"], "reasoning_effort": "low"}),
    ("sampling only without reasoning", "responses", {"top_p": 1, "reasoning": {"effort": "low"}}),
    ("a known effort", "chat", {"reasoning_effort": "minimal"}),
    ("numbers within their range", "chat", {"temperature": 3, "reasoning_effort": "none"}),
    ("numbers within their range", "chat", {"n": 0}),
    ("room for an answer", "chat", {"max_completion_tokens": 8}),
    ("room for an answer", "responses", {"max_output_tokens": 15}),
    ("at most four stop sequences", "chat", {"stop": list("abcde"), "reasoning_effort": "none"}),
    ("nothing deprecated", "chat", {"user": "u1"}),
    ("nothing deprecated", "chat", {"messages": [{"role": "function", "content": "1"}]}),
    ("only what Responses knows", "responses", {"seed": 1}),
    ("only what Responses knows", "responses", {"messages": MESSAGES}),
    ("every tool call answered", "chat", {"messages": [*MESSAGES, CALL]}),
    ("every tool call answered", "chat", {"messages": [*MESSAGES, CALL, *MESSAGES]}),
    ("every tool call answered", "chat", {"messages": [*MESSAGES, RESULT]}),
    ("JSON mode says JSON", "chat", {"response_format": {"type": "json_object"}}),
    ("JSON mode says JSON", "responses", {"text": {"format": {"type": "json_object"}}}),
    ("strict schemas in the subset", "chat", answer_format({"type": "array"})),
    ("strict schemas in the subset", "chat", answer_format(STRICT | {"required": []})),
    ("strict schemas in the subset", "chat", answer_format({**STRICT, "additionalProperties": 1})),
    ("strict schemas in the subset", "chat",
     answer_format(STRICT | {"properties": {"a": {"oneOf": [{"type": "string"}]}}})),
    ("strict schemas in the subset", "chat",
     answer_format(STRICT | {"$defs": {"B": {"type": "object", "properties": {}}}})),
    ("strict schemas in the subset", "chat",
     {"tools": [tool({"type": "object", "properties": {}})], "reasoning_effort": "none"}),
    ("embeddings of something", "embeddings", {"input": ["a", ""]}),
    ("embeddings of something", "embeddings", {"input": ["a"] * 2049}),
]  # fmt: skip


def ask(endpoint: str, body: dict[str, Any]) -> Request:
    path = {"chat": "/chat/completions"}.get(endpoint, f"/{endpoint}")
    base = {"chat": {"messages": MESSAGES}, "responses": {"input": "Hi"}}.get(endpoint, {})
    return Request(method="POST", path=path, body={"model": "m", **base, **body})


@pytest.mark.parametrize(("endpoint", "body"), FINE)
def test_what_the_live_model_takes_passes(endpoint: str, body: dict[str, Any]) -> None:
    assert violations(ask(endpoint, body)) == []


@pytest.mark.parametrize(("rule", "endpoint", "body"), REFUSED)
def test_what_the_live_model_refuses_is_named(
    rule: str, endpoint: str, body: dict[str, Any]
) -> None:
    found = violations(ask(endpoint, body))
    assert [line for line in found if line.startswith(rule)]


def test_every_rule_has_been_broken_once_and_names_its_source() -> None:
    assert {rule.name for rule in RULES} == {name for name, _, _ in REFUSED}
    assert all(rule.source[:2] in ("D:", "S:", "P:") for rule in RULES)
