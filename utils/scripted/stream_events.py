"""The events of a simulated stream, in the order in which the service sends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from .. import sse
from .answers import (
    Answer,
    Ids,
    chat_candidates,
    chat_envelope,
    chat_logprobs,
    response,
    response_envelope,
)
from .wire import SentRequest


def cut(text: str) -> tuple[str, ...]:
    """Text in pieces that join to it again: words with the space before them."""
    return tuple(re.findall(r"\s*\S+|\s+$", text)) or ((text,) if text else ())


def _pieces(answer: Answer, text: str) -> tuple[str, ...]:
    if answer.pieces is not None:
        return answer.pieces
    if answer.logprobs and "".join(t.text for t in answer.logprobs) == text:
        return tuple(t.text for t in answer.logprobs)
    return cut(text)


def _fragments(arguments: str) -> tuple[str, ...]:
    return tuple(arguments[i : i + 8] for i in range(0, len(arguments), 8))


def chat_chunks(
    answer: Answer, sent: SentRequest, ids: Ids
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Chat chunks in order, each with its part in the stream: `start`, `delta` or `end`."""
    envelope = chat_envelope(sent, ids, "chat.completion.chunk")
    options = sent.json.get("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True

    def chunk(index: int, delta: dict[str, Any], **more: Any) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "finish_reason": None, "logprobs": None} | more
        return {**envelope, "choices": [choice]} | ({"usage": None} if with_usage else {})

    messages = chat_candidates(answer, sent, ids)
    for index, message in enumerate(messages):
        opening = {"role": "assistant", "refusal": None}
        opening["content"] = None if "tool_calls" in message else ""
        yield "start", chunk(index, opening)
        if message["refusal"] is not None:
            for piece in cut(message["refusal"]):
                yield "delta", chunk(index, {"refusal": piece})
        elif message["content"]:
            pieces = _pieces(answer, message["content"]) if index == 0 else cut(message["content"])
            logprobs = chat_logprobs(answer, sent, index)
            for i, piece in enumerate(pieces):
                more = {}
                if logprobs:
                    whole = logprobs["content"]
                    mine = [whole[i]] if len(whole) == len(pieces) else (whole if i == 0 else [])
                    more["logprobs"] = {"content": mine, "refusal": None}
                yield "delta", chunk(index, {"content": piece}, **more)
        for i, call in enumerate(message.get("tool_calls", [])):
            first = {**call, "index": i, "function": {**call["function"], "arguments": ""}}
            yield "delta", chunk(index, {"tool_calls": [first]})
            for piece in _fragments(call["function"]["arguments"]):
                fragment = {"index": i, "function": {"arguments": piece}}
                yield "delta", chunk(index, {"tool_calls": [fragment]})
    for index in range(len(messages)):
        yield "end", chunk(index, {}, finish_reason=answer.finish)
    if with_usage:
        yield "end", {**envelope, "choices": [], "usage": answer.usage_for(sent).chat()}


def response_events(
    answer: Answer, sent: SentRequest, ids: Ids
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events of a streamed response in the service's order, as `chat_chunks` does."""
    number = 0

    def made(kind: str, **more: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        return {"type": kind, "sequence_number": number - 1, **more}

    whole = response(answer, sent, ids)
    opening = {
        **response_envelope(sent, ids),
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "output": [],
        "usage": None,
    }
    yield "start", made("response.created", response=opening)
    yield "start", made("response.in_progress", response=opening)
    for index, item in enumerate(whole["output"]):
        where = {"output_index": index}
        at = {**where, "item_id": item["id"]}
        role = "start" if index == 0 and item["type"] != "reasoning" else "delta"
        if item["type"] == "message":
            empty = {**item, "status": "in_progress", "content": []}
            yield role, made("response.output_item.added", item=empty, **where)
            part = item["content"][0]
            at["content_index"] = 0
            key = "text" if part["type"] == "output_text" else "refusal"
            blank = {**part, key: ""}
            blank.pop("logprobs", None)
            yield role, made("response.content_part.added", part=blank, **at)
            if key == "text":
                given = part.get("logprobs") or []
                pieces = _pieces(answer, part["text"])
                for i, piece in enumerate(pieces):
                    mine = [given[i]] if len(given) == len(pieces) else (given if i == 0 else [])
                    yield (
                        "delta",
                        made("response.output_text.delta", delta=piece, logprobs=mine, **at),
                    )
                yield (
                    "end",
                    made("response.output_text.done", text=part["text"], logprobs=given, **at),
                )
            else:
                for piece in cut(part["refusal"]):
                    yield "delta", made("response.refusal.delta", delta=piece, **at)
                yield "end", made("response.refusal.done", refusal=part["refusal"], **at)
            yield "end", made("response.content_part.done", part=part, **at)
        elif item["type"] == "function_call":
            empty = {**item, "status": "in_progress", "arguments": ""}
            yield role, made("response.output_item.added", item=empty, **where)
            for piece in _fragments(item["arguments"]):
                yield "delta", made("response.function_call_arguments.delta", delta=piece, **at)
            done = made(
                "response.function_call_arguments.done",
                arguments=item["arguments"],
                name=item["name"],
                **at,
            )
            yield "delta", done
        else:
            yield role, made("response.output_item.added", item={**item, "summary": []}, **where)
        last = item["type"] == "message"
        yield (
            "end" if last else "delta",
            made("response.output_item.done", item=item, **where),
        )
    kind = {"failed": "response.failed", "incomplete": "response.incomplete"}
    name = kind.get(whole["status"], "response.completed")
    yield "end", made(name, response=whole)


def error_event(endpoint: str, message: str, code: str, number: int) -> bytes:
    """An error in the middle of a stream, after the status line said 200."""
    if endpoint == "responses":
        body = {
            "type": "error",
            "sequence_number": number,
            "code": code,
            "message": message,
            "param": None,
        }
        return sse.encode(body, "error")
    error = {"message": message, "type": "server_error", "param": None, "code": code}
    return sse.encode({"error": error})
