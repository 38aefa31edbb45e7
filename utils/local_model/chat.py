"""Between OpenAI's Chat Completions and llama.cpp's: what goes up, and what comes down."""

from __future__ import annotations

from typing import Any

from ..service_rules import chosen_names

Json = dict[str, Any]

FORWARDED = frozenset(
    (
        *("messages", "prompt", "tools", "response_format", "n", "stop", "stream", "echo"),
        *("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty", "logit_bias"),
        *("logprobs", "top_logprobs", "max_tokens", "max_completion_tokens"),
    )
)
"""Parameters that llama.cpp understands. Others are accepted and have no effect."""

UNNAMED: Json = {"temperature": 0.7, "top_p": 0.8, "top_k": 20}
"""For a request that leaves sampling to the model: its maker's values (Qwen2.5's
generation_config.json), as vLLM does."""

NAMED: Json = {
    "temperature": 1.0,
    "top_p": 1.0,
    "top_k": 0,
    "min_p": 0.0,
    "samplers": ["penalties", "temperature", "top_p"],
}
"""For a request that names temperature or top_p: OpenAI's own defaults for the other, and no cut
that OpenAI's API does not have. llama.cpp's own are 0.8, 0.95, top_k 40, min_p 0.05, and it cuts
before it applies the temperature, so that temperature 2 would look as tame as 1."""


def request(body: Json) -> Json:
    """The request for llama.cpp.

    - A seed only holds without the cache of prompts (measured with llama.cpp b11549).
    - With `tool_choice` none the model calls tools all the same while it sees them, and a named
      tool is not enforced: so it is shown only the tools that it may call.
    - llama.cpp allows one call unless told otherwise; the API allows several.

    Args:
        body: a checked request to /v1/chat/completions or /v1/completions.
    """
    named = {name: body[name] for name in FORWARDED & body.keys() if body[name] is not None}
    up = (NAMED if named.keys() & {"temperature", "top_p"} else UNNAMED) | named
    if "seed" in up:
        up["cache_prompt"] = False
    if body.get("stream"):
        asked = (body.get("stream_options") or {}).get("include_usage", False)
        up["stream_options"] = {"include_usage": bool(asked)}
    if "messages" in up:
        up["messages"] = [_without_refusal(message) for message in up["messages"]]
    up |= _tools(body)
    if not up.get("tools"):
        up.pop("tools", None)
    return up


def _without_refusal(message: Json) -> Json:
    """A refusal is text like any other to llama.cpp, which has no place for it of its own."""
    content = message.get("content")
    if content is None and message.get("refusal"):
        return {**message, "content": message["refusal"]}
    if isinstance(content, list) and any(part["type"] == "refusal" for part in content):
        texts = [part.get("text", part.get("refusal")) for part in content]
        return {**message, "content": [{"type": "text", "text": text} for text in texts]}
    return message


def _tools(body: Json) -> Json:
    tools, choice = body.get("tools"), body.get("tool_choice")
    if not tools or choice == "none":
        return {"tools": None}
    mode = choice if isinstance(choice, str) else "auto"
    parallel = body.get("parallel_tool_calls") is not False
    if isinstance(choice, dict):
        names = chosen_names(choice)
        tools = [tool for tool in tools if tool["function"]["name"] in names]
        named = choice["type"] == "function"
        mode = "required" if named else choice["allowed_tools"].get("mode", "auto")
        parallel = parallel and not named
    return {"tools": tools, "tool_choice": mode, "parallel_tool_calls": parallel}


def completion(answer: Json, model: str) -> Json:
    """llama.cpp's answer as the service would shape it.

    Args:
        answer: a chat completion or a legacy completion.
        model: the id that was asked for.
    """
    answer = _common(answer, model)
    for choice in answer.get("choices", ()):
        choice.setdefault("logprobs", None)
        if message := choice.get("message"):
            if message.get("tool_calls"):
                message["content"] = message.get("content") or None
                message["tool_calls"] = [_call(call) for call in message["tool_calls"]]
            message.setdefault("refusal", None)
            message.setdefault("annotations", [])
    return answer


def chunk(event: Json, model: str, include_usage: bool) -> Json:
    """One chunk of a stream, as the service would shape it.

    Args:
        event: the parsed chunk.
        model: the id that was asked for.
        include_usage: whether the request asked for usage, which is then null in all chunks but
            the last.
    """
    event = _common(event, model)
    for choice in event.get("choices", ()):
        choice.setdefault("logprobs", None)
        delta = choice.get("delta") or {}
        if "role" in delta and "content" in delta:
            delta["content"] = delta["content"] or ""
            delta.setdefault("refusal", None)
        if delta.get("tool_calls"):
            delta["tool_calls"] = [_call(call) for call in delta["tool_calls"]]
    if include_usage:
        event.setdefault("usage", None)
    return event


def _common(answer: Json, model: str) -> Json:
    answer.pop("timings", None)
    answer["model"] = model
    if usage := answer.get("usage"):
        usage.setdefault("completion_tokens_details", {"reasoning_tokens": 0})
    return answer


def _call(call: Json) -> Json:
    identity = call.get("id")
    if identity and not identity.startswith("call_"):
        return call | {"id": "call_" + identity}
    return call
