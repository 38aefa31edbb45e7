"""Answers of a model, and their JSON in the shape of each endpoint.

The bodies follow the types of the installed SDK (`openai.types`); a test validates every one of
them. Ids say "simulated", so that nobody takes such an answer for a model's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .clock import EPOCH
from .wire import SentRequest

FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]
MODEL = "simulated"
"""Named in an answer when the request names no model."""


class ScriptError(Exception):
    """The scenario itself is wrong: it asks for something the service cannot do."""


@dataclass(frozen=True)
class Usage:
    """Token counts of one answer. `completion` includes `reasoning`; `prompt` includes `cached`."""

    prompt: int
    completion: int
    reasoning: int = 0
    cached: int = 0
    cache_write: int = 0

    def __post_init__(self) -> None:
        if self.reasoning > self.completion:
            raise ScriptError("reasoning tokens are part of the completion tokens")
        if self.cached + self.cache_write > self.prompt:
            raise ScriptError("cached and cache-write tokens are part of the prompt tokens")

    def chat(self) -> dict[str, Any]:
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": self.completion,
            "total_tokens": self.prompt + self.completion,
            "prompt_tokens_details": {
                "cached_tokens": self.cached,
                "cache_write_tokens": self.cache_write,
                "audio_tokens": 0,
            },
            "completion_tokens_details": {
                "reasoning_tokens": self.reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        }

    def responses(self) -> dict[str, Any]:
        return {
            "input_tokens": self.prompt,
            "input_tokens_details": {
                "cached_tokens": self.cached,
                "cache_write_tokens": self.cache_write,
            },
            "output_tokens": self.completion,
            "output_tokens_details": {"reasoning_tokens": self.reasoning},
            "total_tokens": self.prompt + self.completion,
        }


def tokens(
    prompt: int, completion: int, *, reasoning: int = 0, cached: int = 0, cache_write: int = 0
) -> Usage:
    """The usage of an answer, in tokens."""
    return Usage(prompt, completion, reasoning, cached, cache_write)


@dataclass(frozen=True)
class Token:
    """One token of an answer, with natural-log probabilities of itself and of its rivals."""

    text: str
    logprob: float
    others: tuple[tuple[str, float], ...] = ()

    def to_json(self, top: int) -> dict[str, Any]:
        ranked = sorted([(self.text, self.logprob), *self.others], key=lambda pair: -pair[1])
        return {
            **_logprob(self.text, self.logprob),
            "top_logprobs": [_logprob(t, p) for t, p in ranked[:top]],
        }


def _logprob(text: str, logprob: float) -> dict[str, Any]:
    return {"token": text, "logprob": logprob, "bytes": list(text.encode())}


def token(text: str, probability: float = 1.0, others: Mapping[str, float] | None = None) -> Token:
    """One token with its probability (0 to 1), and the probabilities of tokens it beat."""
    rivals = tuple((t, math.log(p)) for t, p in (others or {}).items())
    return Token(text, math.log(probability), rivals)


@dataclass(frozen=True)
class ToolCall:
    """A call the model asks for. `arguments` is the JSON text as the model wrote it."""

    name: str
    arguments: str
    id: str | None = None


@dataclass(frozen=True)
class Answer:
    """What the model says: one text or several candidates, or tool calls, or a refusal.

    `pieces` is how a stream cuts the first text. `reasoning` is the summary of a reasoning item
    (Responses), None for an answer without one.
    """

    texts: tuple[str, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None
    finish: FinishReason = "stop"
    usage: Usage | None = None
    logprobs: tuple[Token, ...] | None = None
    reasoning: str | None = None
    pieces: tuple[str, ...] | None = None
    failed: Mapping[str, Any] | None = None

    def usage_for(self, sent: SentRequest) -> Usage:
        """The scripted usage, or an estimate: about four characters a token."""
        if self.usage:
            return self.usage
        said = "".join(self.texts) + (self.refusal or "")
        said += "".join(c.name + c.arguments for c in self.calls)
        prompt = json.dumps(sent.json.get("messages") or sent.json.get("input") or "")
        return Usage(max(1, len(prompt) // 4), max(1, math.ceil(len(said) / 4)))


@dataclass
class Ids:
    """Counts what has been answered, so that ids are the same in every run."""

    answers: int = 0
    calls: int = 0
    items: int = 0

    def call(self, call: ToolCall) -> str:
        if call.id:
            return call.id
        self.calls += 1
        return f"call_simulated_{self.calls}"

    def item(self, prefix: str) -> str:
        self.items += 1
        return f"{prefix}_simulated_{self.items}"


# -- Chat Completions -----------------------------------------------------------------------------


def chat_envelope(sent: SentRequest, ids: Ids, kind: str) -> dict[str, Any]:
    """What every chat completion or chunk begins with."""
    return {
        "id": f"chatcmpl-simulated-{ids.answers}",
        "object": kind,
        "created": int(EPOCH + sent.at),
        "model": str(sent.json.get("model") or MODEL),
        "service_tier": "default",
        "system_fingerprint": "fp_simulated",
    }


def chat_candidates(answer: Answer, sent: SentRequest, ids: Ids) -> list[dict[str, Any]]:
    """One message for each candidate that the request asked for with `n`, as far as scripted."""
    if answer.failed:
        raise ScriptError("a chat completion has no status: a failed answer is a Responses answer")
    if answer.calls or answer.refusal is not None:
        calls = [
            {
                "id": ids.call(c),
                "type": "function",
                "function": {"name": c.name, "arguments": c.arguments},
            }
            for c in answer.calls
        ]
        text = answer.texts[0] if answer.texts else None
        message: dict[str, Any] = {
            "role": "assistant",
            "content": text,
            "refusal": answer.refusal,
            "annotations": [],
        }
        if calls:
            message["tool_calls"] = calls
        return [message]
    n = sent.json.get("n") or 1
    texts = answer.texts[: n if isinstance(n, int) and n > 0 else 1] or ("",)
    return [
        {"role": "assistant", "content": text, "refusal": None, "annotations": []} for text in texts
    ]


def chat_logprobs(answer: Answer, sent: SentRequest, index: int = 0) -> dict[str, Any] | None:
    """Log probabilities, when the request asks for them and the scenario has them."""
    if sent.json.get("logprobs") is not True or answer.logprobs is None or index:
        return None
    top = sent.json.get("top_logprobs") or 0
    return {"content": [t.to_json(top) for t in answer.logprobs], "refusal": None}


def chat_completion(answer: Answer, sent: SentRequest, ids: Ids) -> dict[str, Any]:
    """The body of `POST /chat/completions`."""
    return {
        **chat_envelope(sent, ids, "chat.completion"),
        "choices": [
            {
                "index": i,
                "message": message,
                "finish_reason": answer.finish,
                "logprobs": chat_logprobs(answer, sent, i),
            }
            for i, message in enumerate(chat_candidates(answer, sent, ids))
        ],
        "usage": answer.usage_for(sent).chat(),
    }


# -- Responses ------------------------------------------------------------------------------------


def response_items(answer: Answer, sent: SentRequest, ids: Ids) -> list[dict[str, Any]]:
    """The output items: reasoning first, then calls or a message."""
    items: list[dict[str, Any]] = []
    usage = answer.usage_for(sent)
    if answer.reasoning is not None or usage.reasoning:
        summary = [{"type": "summary_text", "text": answer.reasoning}] if answer.reasoning else []
        items.append({"type": "reasoning", "id": ids.item("rs"), "summary": summary})
    if answer.failed:
        return items
    text = answer.texts[0] if answer.texts else None
    if answer.refusal is not None:
        items.append(_message([{"type": "refusal", "refusal": answer.refusal}], ids))
    elif text or (text is not None and not answer.calls and answer.finish == "stop"):
        part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
        include = sent.json.get("include") or []
        if answer.logprobs is not None and "message.output_text.logprobs" in include:
            top = sent.json.get("top_logprobs") or 0
            part["logprobs"] = [t.to_json(top) for t in answer.logprobs]
        done = "completed" if answer.finish in ("stop", "tool_calls") else "incomplete"
        items.append(_message([part], ids, done))
    for call in answer.calls:
        items.append(
            {
                "type": "function_call",
                "id": ids.item("fc"),
                "call_id": ids.call(call),
                "name": call.name,
                "arguments": call.arguments,
                "status": "completed",
            }
        )
    return items


def _message(content: list[dict[str, Any]], ids: Ids, status: str = "completed") -> dict[str, Any]:
    return {
        "type": "message",
        "id": ids.item("msg"),
        "role": "assistant",
        "status": status,
        "content": content,
    }


def response_status(answer: Answer) -> dict[str, Any]:
    """Status, and the reason when it is not `completed`."""
    if answer.failed:
        return {"status": "failed", "error": dict(answer.failed), "incomplete_details": None}
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(answer.finish)
    if reason:
        return {"status": "incomplete", "error": None, "incomplete_details": {"reason": reason}}
    return {"status": "completed", "error": None, "incomplete_details": None}


def response_envelope(sent: SentRequest, ids: Ids) -> dict[str, Any]:
    """What every response object holds, echoing the request as the service does."""
    asked = sent.json
    reasoning = asked.get("reasoning")
    return {
        "id": f"resp_simulated_{ids.answers}",
        "object": "response",
        "created_at": int(EPOCH + sent.at),
        "model": str(asked.get("model") or MODEL),
        "instructions": asked.get("instructions"),
        "metadata": asked.get("metadata") or {},
        "parallel_tool_calls": asked.get("parallel_tool_calls", True),
        "previous_response_id": asked.get("previous_response_id"),
        "reasoning": reasoning if isinstance(reasoning, dict) else {"effort": "medium"},
        "store": asked.get("store", True),
        "temperature": asked.get("temperature", 1.0),
        "top_p": asked.get("top_p", 1.0),
        "text": asked.get("text") or {"format": {"type": "text"}},
        "tool_choice": asked.get("tool_choice") or "auto",
        "tools": asked.get("tools") or [],
        "truncation": asked.get("truncation") or "disabled",
        "max_output_tokens": asked.get("max_output_tokens"),
    }


def response(answer: Answer, sent: SentRequest, ids: Ids) -> dict[str, Any]:
    """The body of `POST /responses`."""
    return {
        **response_envelope(sent, ids),
        **response_status(answer),
        "output": response_items(answer, sent, ids),
        "usage": answer.usage_for(sent).responses(),
    }


# -- embeddings -----------------------------------------------------------------------------------


def vector_for(text: str, dimensions: int) -> list[float]:
    """A unit vector that depends on the text alone: the same text gives the same vector."""
    raw = bytearray()
    block = 0
    while len(raw) < dimensions * 4:
        raw += hashlib.sha256(f"{block}:{text}".encode()).digest()
        block += 1
    values = [
        int.from_bytes(raw[i * 4 : i * 4 + 4], "big") / 2**31 - 1.0 for i in range(dimensions)
    ]
    norm = math.sqrt(math.fsum(v * v for v in values)) or 1.0
    return [v / norm for v in values]


def embeddings(
    sent: SentRequest,
    vectors: Sequence[Iterable[float]] | None,
    usage: int | None,
    shuffled: bool = False,
) -> dict[str, Any]:
    """The body of `POST /embeddings`: floats, or base64 of float32 if the request asks for it."""
    given = sent.json.get("input")
    inputs = (
        given if isinstance(given, list) and given and not isinstance(given[0], int) else [given]
    )
    if vectors is None:
        size = sent.json.get("dimensions") or 8
        vectors = [vector_for(str(text), size) for text in inputs]
    data = []
    for index, (vector, _) in enumerate(zip(vectors, inputs, strict=False)):
        values: Any = [float(v) for v in vector]
        if sent.json.get("encoding_format") == "base64":
            values = base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
        data.append({"object": "embedding", "index": index, "embedding": values})
    total = usage if usage is not None else sum(max(1, len(str(t)) // 4) for t in inputs)
    return {
        "object": "list",
        "data": data[::-1] if shuffled else data,
        "model": str(sent.json.get("model") or "text-embedding-3-small"),
        "usage": {"prompt_tokens": total, "total_tokens": total},
    }
