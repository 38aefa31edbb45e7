"""The Responses API on top of Chat Completions: requests, answers, streamed events, and the store.

llama.cpp has a /v1/responses of its own, but it knows no state and ignores `text.format`, calls a
truncated answer completed, and its events lack fields that the SDK needs. So requests are
translated to Chat Completions, and the answers back.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import Any

from ..service_rules import Refusal

Json = dict[str, Any]

KEPT = 1000
"""Responses kept for `previous_response_id`; the oldest are forgotten."""

WHOLE_TOOL: Json = {"description": None, "parameters": None, "strict": True}
"""What a function of a response has where its request left it out."""

TEXT_PARTS = ("input_text", "output_text", "text")


class ResponseStore:
    """Responses by id, in memory: gone when the server stops."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._entries: OrderedDict[str, tuple[list[Json], list[Json], Json]] = OrderedDict()

    def add(self, context: list[Json], own_input: list[Json], response: Json) -> None:
        """Keep a finished response with the items that led to it.

        Args:
            context: all items the model was given, earlier turns included.
            own_input: the items of this request alone.
            response: the response.
        """
        self._entries[response["id"]] = (context, own_input, response)
        while len(self._entries) > self._kept:
            self._entries.popitem(last=False)

    def _entry(self, identity: str) -> tuple[list[Json], list[Json], Json]:
        if identity not in self._entries:
            raise Refusal(f"Response with id '{identity}' not found.", status=404)
        return self._entries[identity]

    def response(self, identity: str) -> Json:
        """One response.

        Raises:
            Refusal: 404, there is none with this id.
        """
        return self._entry(identity)[2]

    def input_items(self, identity: str) -> list[Json]:
        """The items of its request, newest first, as the service lists them.

        Raises:
            Refusal: 404, there is none with this id.
        """
        return self._entry(identity)[1][::-1]

    def delete(self, identity: str) -> None:
        """Forget one response.

        Raises:
            Refusal: 404, there is none with this id.
        """
        self._entry(identity)
        del self._entries[identity]

    def items_before(self, identity: str | None) -> list[Json]:
        """Items of the conversation up to and with a response.

        Raises:
            Refusal: 400, there is none with this id.
        """
        if identity is None:
            return []
        if identity not in self._entries:
            raise Refusal(
                f"Previous response with id '{identity}' not found.",
                param="previous_response_id",
                code="previous_response_not_found",
            )
        context, _, response = self._entries[identity]
        return context + response["output"]


def input_items(body: Json) -> list[Json]:
    """The request's input as a list of items, each with an id where it lacks one."""
    given = body["input"]
    if isinstance(given, str):
        given = [{"role": "user", "content": given}]
    return [_item(item, position) for position, item in enumerate(given)]


def _item(item: object, position: int) -> Json:
    if not isinstance(item, dict):
        raise Refusal(
            f"Invalid type for 'input[{position}]': expected an input item, an object.",
            param=f"input[{position}]",
            code="invalid_type",
        )
    kind = item.get("type", "message")
    content = item.get("content")
    if kind == "message" and isinstance(content, str):
        part = "output_text" if item.get("role") == "assistant" else "input_text"
        item = item | {"content": [{"type": part, "text": content}]}
    return {"id": new_id(_PREFIXES.get(kind, "item")), "type": kind} | item


_PREFIXES = {"message": "msg", "function_call": "fc", "function_call_output": "fco"}


def new_id(prefix: str) -> str:
    """An id in the service's style."""
    return f"{prefix}_{uuid.uuid4().hex}"


def chat_request(body: Json, items: list[Json]) -> Json:
    """The same request for Chat Completions.

    Args:
        body: a checked request to /v1/responses.
        items: the whole conversation as items.

    Raises:
        Refusal: an item that a text model cannot read.
    """
    messages = list(_messages(items))
    if instructions := body.get("instructions"):
        messages.insert(0, {"role": "developer", "content": instructions})
    chat: Json = {"model": body["model"], "messages": messages}
    for name in ("temperature", "top_p", "parallel_tool_calls"):
        if body.get(name) is not None:
            chat[name] = body[name]
    if body.get("max_output_tokens") is not None:
        chat["max_completion_tokens"] = body["max_output_tokens"]
    if form := (body.get("text") or {}).get("format"):
        chat["response_format"] = _chat_format(form)
    if body.get("tools"):
        chat["tools"] = [
            {"type": "function", "function": {k: v for k, v in tool.items() if k != "type"}}
            for tool in body["tools"]
        ]
        chat["tool_choice"] = _chat_choice(body.get("tool_choice", "auto"))
    return chat


def _chat_format(form: Json) -> Json:
    if form["type"] != "json_schema":
        return {"type": form["type"]}
    schema = {name: form[name] for name in ("name", "schema", "strict") if name in form}
    return {"type": "json_schema", "json_schema": schema}


def _chat_choice(choice: Any) -> Any:
    if not isinstance(choice, dict):
        return choice
    if choice["type"] == "function":
        return {"type": "function", "function": {"name": choice["name"]}}
    tools = [{"type": "function", "function": {"name": tool["name"]}} for tool in choice["tools"]]
    return {
        "type": "allowed_tools",
        "allowed_tools": {"mode": choice.get("mode", "auto"), "tools": tools},
    }


def _messages(items: Iterable[Json]) -> Iterator[Json]:
    """Messages of Chat Completions: neighboring calls become one assistant message."""
    calls: list[Json] = []
    for item in items:
        kind = item["type"]
        if kind == "reasoning":
            continue
        if kind == "function_call":
            function = {"name": item["name"], "arguments": item["arguments"]}
            calls.append({"id": item["call_id"], "type": "function", "function": function})
            continue
        if calls:
            yield {"role": "assistant", "content": None, "tool_calls": calls}
            calls = []
        if kind == "message":
            yield {"role": item.get("role"), "content": _text(item.get("content"))}
        elif kind == "function_call_output":
            result = item.get("output")
            result = result if isinstance(result, str) else _text(result)
            yield {"role": "tool", "tool_call_id": item.get("call_id"), "content": result}
        else:
            raise Refusal(
                f"The local model does not support input items of type '{kind}'.",
                param="input",
                code="unsupported_value",
            )
    if calls:
        yield {"role": "assistant", "content": None, "tool_calls": calls}


def _text(content: object) -> str:
    parts = content if isinstance(content, list) else []
    texts = []
    for part in parts:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "refusal":
            texts.append(part["refusal"])
        elif kind in TEXT_PARTS:
            texts.append(part["text"])
        else:
            raise Refusal(
                f"The local model reads text only, not content of type {kind!r}.",
                param="input",
                code="unsupported_value",
            )
    return "".join(texts)


class Builder:
    """One response in the making: fed with a chat completion, or with its chunks one by one.

    Args:
        body: the checked request.
    """

    def __init__(self, body: Json) -> None:
        self.body = body
        self._number = 0
        self._open: Json | None = None
        self.response = _empty_response(body)

    def start(self) -> Iterator[Json]:
        """The two events that open a stream."""
        yield self._event("response.created", response=self._snapshot())
        yield self._event("response.in_progress", response=self._snapshot())

    def feed(self, chunk: Json) -> Iterator[Json]:
        """The events that follow from one chunk of a chat completion."""
        if chunk.get("usage"):
            self.response["usage"] = _usage(chunk["usage"])
        for choice in chunk.get("choices", ()):
            delta = choice.get("delta") or {}
            if delta.get("content"):
                yield from self._add_text(delta["content"])
            for call in delta.get("tool_calls") or ():
                yield from self._add_call(call)
            if choice.get("finish_reason") == "length":
                self.response["status"] = "incomplete"
                self.response["incomplete_details"] = {"reason": "max_output_tokens"}

    def finish(self) -> Iterator[Json]:
        """The events that close a stream."""
        yield from self._close()
        if self.response["status"] == "in_progress":
            self.response["status"] = "completed"
        if self.response["status"] == "completed":
            self.response["completed_at"] = int(time.time())
        yield self._event(f"response.{self.response['status']}", response=self._snapshot())

    def fail(self, message: str) -> Iterator[Json]:
        """The event that ends a stream in which the model broke off."""
        self.response["status"] = "failed"
        self.response["error"] = {"code": "server_error", "message": message}
        yield self._event("response.failed", response=self._snapshot())

    def whole(self, completion: Json) -> Json:
        """The response for a chat completion that was not streamed."""
        chunk = {"usage": completion.get("usage"), "choices": []}
        for choice in completion["choices"][:1]:
            calls = choice["message"].get("tool_calls") or []
            calls = [call | {"index": position} for position, call in enumerate(calls)]
            delta = choice["message"] | {"tool_calls": calls}
            chunk["choices"] = [{"delta": delta, "finish_reason": choice["finish_reason"]}]
        for _ in (*self.feed(chunk), *self.finish()):
            pass
        return self.response

    def _snapshot(self) -> Json:
        return json.loads(json.dumps(self.response))

    def _event(self, kind: str, **fields: Any) -> Json:
        event = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return event

    @property
    def _index(self) -> int:
        return len(self.response["output"]) - 1

    def _begin(self, item: Json) -> Json:
        self.response["output"].append(item)
        self._open = item
        shown = json.loads(json.dumps(item))
        return self._event("response.output_item.added", output_index=self._index, item=shown)

    def _place(self, item: Json) -> Json:
        return {"item_id": item["id"], "output_index": self._index}

    def _add_text(self, text: str) -> Iterator[Json]:
        if self._open is None or self._open["type"] != "message":
            yield from self._close()
            item = {"id": new_id("msg"), "type": "message", "status": "in_progress"}
            yield self._begin(item | {"role": "assistant", "content": []})
            message = self.response["output"][-1]
            part = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
            message["content"].append(part)
            yield self._event(
                "response.content_part.added",
                content_index=0,
                part=dict(part),
                **self._place(message),
            )
        message = self.response["output"][-1]
        message["content"][0]["text"] += text
        yield self._event(
            "response.output_text.delta",
            content_index=0,
            delta=text,
            logprobs=[],
            **self._place(message),
        )

    def _add_call(self, call: Json) -> Iterator[Json]:
        function = call.get("function") or {}
        if call.get("id"):
            yield from self._close()
            item = {"id": new_id("fc"), "type": "function_call", "status": "in_progress"}
            item |= {"name": function.get("name", ""), "call_id": call["id"], "arguments": ""}
            yield self._begin(item)
        if self._open and function.get("arguments"):
            self._open["arguments"] += function["arguments"]
            yield self._event(
                "response.function_call_arguments.delta",
                delta=function["arguments"],
                **self._place(self._open),
            )

    def _close(self) -> Iterator[Json]:
        item, self._open = self._open, None
        if item is None:
            return
        place = self._place(item)
        item["status"] = "incomplete" if self.response["status"] == "incomplete" else "completed"
        if item["type"] == "message":
            part = item["content"][0]
            yield self._event(
                "response.output_text.done",
                content_index=0,
                text=part["text"],
                logprobs=[],
                **place,
            )
            yield self._event(
                "response.content_part.done", content_index=0, part=dict(part), **place
            )
        else:
            yield self._event(
                "response.function_call_arguments.done",
                arguments=item["arguments"],
                name=item["name"],
                **place,
            )
        shown = json.loads(json.dumps(item))
        yield self._event(
            "response.output_item.done", output_index=place["output_index"], item=shown
        )


def _usage(chat: Json) -> Json:
    cached = (chat.get("prompt_tokens_details") or {}).get("cached_tokens", 0)
    return {
        "input_tokens": chat["prompt_tokens"],
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": 0},
        "output_tokens": chat["completion_tokens"],
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": chat["total_tokens"],
    }


def _empty_response(body: Json) -> Json:
    """A response before its first item, with every field that the Open Responses specification
    requires (openresponses.org, schema `ResponseResource`, read 2026-11-28)."""
    text = dict(body.get("text") or {})
    text.setdefault("format", {"type": "text"})
    return {
        "id": new_id("resp"),
        "object": "response",
        "created_at": int(time.time()),
        "completed_at": None,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "frequency_penalty": body.get("frequency_penalty") or 0.0,
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": body["model"],
        "output": [],
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "presence_penalty": body.get("presence_penalty") or 0.0,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "reasoning": body.get("reasoning") or {"effort": None, "summary": None},
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": "default",
        "store": body.get("store") is not False,
        "temperature": 1.0 if body.get("temperature") is None else body["temperature"],
        "text": text,
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": [WHOLE_TOOL | tool for tool in body.get("tools") or ()],
        "top_logprobs": body.get("top_logprobs") or 0,
        "top_p": 1.0 if body.get("top_p") is None else body["top_p"],
        "truncation": body.get("truncation") or "disabled",
        "usage": None,
        "metadata": body.get("metadata") or {},
    }
