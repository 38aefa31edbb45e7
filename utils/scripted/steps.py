"""Steps of a scenario: what the service does with one request.

A step answers in the shape of the endpoint that was asked (Chat Completions, Responses or
embeddings), as a stream if the request asked for one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .. import sse
from .answers import (
    Answer,
    FinishReason,
    Ids,
    ScriptError,
    Token,
    ToolCall,
    Usage,
    chat_completion,
    embeddings,
    response,
)
from .stream_events import chat_chunks, error_event, response_events
from .wire import Part, Reply, SentRequest

StreamEnd = Literal["done", "cut", "drop", "stall", "error", "malformed"]


class Step:
    """One step of a scenario."""

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        """What the service does with `sent`."""
        raise NotImplementedError


Script = Iterable[Step | Callable[[SentRequest], Step]]


def _json_reply(body: Any, status: int = 200, after: float = 0.0, headers: Any = ()) -> Reply:
    data = json.dumps(body, ensure_ascii=False).encode()
    given = (("content-type", "application/json"), *headers)
    return Reply(status, given, (Part(data),), after)


@dataclass(frozen=True)
class Says(Step):
    """A model's answer, whole or streamed. See `says`, `calls`, `refuses`, `streams`."""

    answer: Answer
    end: StreamEnd = "done"
    takes: float = 0.0
    every: float = 0.0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        ids.answers += 1
        if sent.endpoint not in ("chat", "responses"):
            return not_found(sent)
        return self._streamed(sent, ids) if sent.streamed else self._whole(sent, ids)

    def _whole(self, sent: SentRequest, ids: Ids) -> Reply:
        make = chat_completion if sent.endpoint == "chat" else response
        whole = _json_reply(make(self.answer, sent, ids), after=self.takes)
        if self.end == "done":
            return whole
        if self.end == "error":
            return fails(500).reply(sent, ids)
        data = whole.body()
        half = (Part(data[: len(data) // 2]),)
        if self.end == "malformed":
            return replace(whole, parts=half)
        return replace(whole, parts=half, end="stall" if self.end == "stall" else "drop")

    def _streamed(self, sent: SentRequest, ids: Ids) -> Reply:
        chat = sent.endpoint == "chat"
        make = chat_chunks if chat else response_events
        parts: list[Part] = []
        wait = 0.0
        for role, data in make(self.answer, sent, ids):
            if role == "end" and self.end != "done":
                break
            parts.append(Part(sse.encode(data, None if chat else data["type"]), wait))
            wait = self.every
        if self.end == "done" and chat:
            parts.append(Part(sse.DONE))
        elif self.end == "error":
            text = "The server had an error while processing your request (simulated)."
            parts.append(Part(error_event(sent.endpoint, text, "server_error", len(parts)), wait))
        elif self.end == "malformed":
            broken = '{"id":"chatcmpl-simulated","choices":[{"ind'
            name = None if chat else "response.output_text.delta"
            parts.append(Part(sse.encode(broken, name), wait))
        end = {"drop": "drop", "stall": "stall"}.get(self.end, "complete")
        return Reply(
            200,
            (("content-type", "text/event-stream; charset=utf-8"),),
            tuple(parts),
            self.takes,
            end,  # type: ignore[arg-type]
        )


def says(
    *texts: str,
    finish_reason: FinishReason = "stop",
    usage: Usage | None = None,
    logprobs: Sequence[Token] | None = None,
    reasoning: str | None = None,
    takes: float = 0.0,
) -> Says:
    """The model answers with a text. Several texts are candidates, for a request with `n`.

    Args:
        usage: Tokens, made by `tokens()`; estimated when None. Reasoning tokens above 0 put a
            reasoning item before the message (Responses).
        logprobs: Made by `token()`; sent when the request asks for log probabilities.
        reasoning: Text of the reasoning item's summary (Responses).
        takes: Simulated seconds until the answer begins.
    """
    return Says(
        Answer(
            texts or ("",),
            finish=finish_reason,
            usage=usage,
            logprobs=tuple(logprobs) if logprobs is not None else None,
            reasoning=reasoning,
        ),
        takes=takes,
    )


def says_json(value: Any, **options: Any) -> Says:
    """The model answers with JSON, as with structured output. `options` are those of `says`.

    `value` is a pydantic model, or anything `json.dumps` takes.
    """
    plain = value.model_dump(mode="json") if hasattr(value, "model_dump") else value
    return says(json.dumps(plain, ensure_ascii=False), **options)


def calls(
    *tool_calls: tuple[str, Mapping[str, Any] | str] | tuple[str, Mapping[str, Any] | str, str],
    text: str | None = None,
    usage: Usage | None = None,
    takes: float = 0.0,
) -> Says:
    """The model asks for tools: `calls(("get_weather", {"city": "Bergen"}), ...)`.

    Arguments given as a string are sent as they are (broken JSON). A third entry sets the call's
    id; otherwise calls are numbered through the scenario: `call_simulated_1`, ...
    """
    if not tool_calls:
        raise ScriptError("calls() needs at least one tool call")
    made = tuple(
        _tool_call(call[0], call[1], call[2] if len(call) == 3 else None) for call in tool_calls
    )
    texts = (text,) if text is not None else ()
    return Says(Answer(texts, made, finish="tool_calls", usage=usage), takes=takes)


def _tool_call(name: str, arguments: Mapping[str, Any] | str, id: str | None = None) -> ToolCall:
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(name, text, id)


def refuses(
    text: str = "I'm sorry, I can't help with that.", *, usage: Usage | None = None
) -> Says:
    """The model refuses: the text is in `refusal`, the content is None, the finish is `stop`."""
    return Says(Answer(refusal=text, usage=usage))


def truncated(text: str = "", *, usage: Usage | None = None, reasoning: str | None = None) -> Says:
    """The answer ends at the token cap: `length`, or `incomplete` with `max_output_tokens`.

    An empty text with `usage=tokens(..., reasoning=...)` is a cap eaten up by reasoning.
    """
    return says(text, finish_reason="length", usage=usage, reasoning=reasoning)


def filtered(text: str = "", *, usage: Usage | None = None) -> Says:
    """The content filter leaves the answer out, or what remains of it in `text`."""
    return says(text, finish_reason="content_filter", usage=usage)


def response_fails(
    code: str = "server_error", message: str = "The model failed to answer (simulated)."
) -> Says:
    """Responses only: HTTP 200 with `status: failed` and an `error`."""
    return Says(Answer(failed={"code": code, "message": message}))


def streams(
    *pieces: str,
    end: StreamEnd = "done",
    finish_reason: FinishReason = "stop",
    takes: float = 0.0,
    every: float = 0.0,
    usage: Usage | None = None,
    tool_calls: Sequence[tuple[str, Mapping[str, Any] | str]] = (),
) -> Says:
    """The model answers with exactly these pieces, and the stream ends well or badly.

    Args:
        end: `done`; `cut` (ends without its end marker, as when a proxy closes it: no error
            anywhere); `drop` (the connection breaks); `stall` (nothing more comes, until the read
            timeout); `error` (an error event); `malformed` (a line of broken JSON).
        takes: Simulated seconds until the first piece.
        every: Simulated seconds between pieces.
        tool_calls: Calls to stream after the pieces, as for `calls`.

    A request that did not ask for a stream gets one JSON body; a bad end is then a broken
    connection, a read timeout, HTTP 500 or broken JSON.
    """
    made = tuple(_tool_call(*call) for call in tool_calls)
    finish: FinishReason = "tool_calls" if made and finish_reason == "stop" else finish_reason
    texts = ("".join(pieces),) if pieces or not made else ()
    answer = Answer(texts, made, finish=finish, usage=usage, pieces=tuple(pieces))
    return Says(answer, end, takes, every)


@dataclass(frozen=True)
class Embeds(Step):
    """Vectors for the inputs. See `embeds`."""

    vectors: tuple[tuple[float, ...], ...] | None = None
    tokens: int | None = None
    shuffled: bool = False
    takes: float = 0.0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        ids.answers += 1
        if sent.endpoint != "embeddings":
            return not_found(sent)
        return _json_reply(
            embeddings(sent, self.vectors, self.tokens, self.shuffled), after=self.takes
        )


def embeds(
    *vectors: Iterable[float],
    tokens: int | None = None,
    shuffled: bool = False,
    takes: float = 0.0,
) -> Embeds:
    """Embeddings of the inputs: these vectors in order, or unit vectors made from the texts.

    `shuffled` returns them in reverse order, so that only `index` tells which is which. `tokens` is
    the usage. Made vectors have 8 dimensions, or what the request says in `dimensions`.
    """
    given = tuple(tuple(float(x) for x in v) for v in vectors) or None
    return Embeds(given, tokens, shuffled, takes)


@dataclass(frozen=True)
class Limits:
    """What `x-ratelimit-*` headers say, for requests and tokens: limit, remaining, reset."""

    requests: tuple[int, int, str] = (500, 499, "120ms")
    tokens: tuple[int, int, str] = (200_000, 199_000, "300ms")

    def headers(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (f"x-ratelimit-{what}-{of}", str(value))
            for of, values in (("requests", self.requests), ("tokens", self.tokens))
            for what, value in zip(("limit", "remaining", "reset"), values, strict=True)
        )


def limits(
    requests: tuple[int, int, str] = (500, 499, "120ms"),
    tokens: tuple[int, int, str] = (200_000, 199_000, "300ms"),
) -> Limits:
    """Rate-limit headers: (limit, remaining, reset such as `"6s"` or `"120ms"`) for each."""
    return Limits(requests, tokens)


BILLING_CODES = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "project_spend_limit_exceeded",
        "organization_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)
"""Codes of a 429 that waiting does not cure."""

# status: (message, type, code)
_ERRORS: dict[int, tuple[str, str, str | None]] = {
    400: ("The request is not valid.", "invalid_request_error", None),
    401: ("Incorrect API key provided.", "invalid_request_error", "invalid_api_key"),
    403: (
        "Project does not have access to this model.",
        "invalid_request_error",
        "model_not_found",
    ),
    404: (
        "The model does not exist or you do not have access to it.",
        "invalid_request_error",
        "model_not_found",
    ),
    408: ("The request took too long to arrive.", "server_error", None),
    409: ("The resource is being changed by another request.", "invalid_request_error", None),
    413: ("The request body is too large.", "invalid_request_error", "request_too_large"),
    422: ("The request cannot be processed.", "invalid_request_error", None),
    429: ("Rate limit reached for requests.", "requests", "rate_limit_exceeded"),
    500: ("The server had an error while processing your request.", "server_error", None),
    502: ("Bad gateway.", "server_error", None),
    503: ("The model is overloaded. Please try again later.", "server_error", "overloaded"),
    504: ("The gateway timed out.", "server_error", None),
}


@dataclass(frozen=True)
class Fails(Step):
    """An error response. See `fails`."""

    status: int
    message: str
    type: str
    code: str | None = None
    param: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    takes: float = 0.0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        error = {
            "message": self.message,
            "type": self.type,
            "param": self.param,
            "code": self.code,
        }
        return _json_reply({"error": error}, self.status, self.takes, self.headers)


def fails(
    status: int,
    message: str | None = None,
    *,
    code: str | None = None,
    type: str | None = None,
    param: str | None = None,
    retry_after: float | str | None = None,
    retry_after_ms: float | None = None,
    limits: Limits | None = None,
    headers: Mapping[str, str] | None = None,
    takes: float = 0.0,
) -> Fails:
    """An error response shaped like the service's.

    Args:
        status: HTTP status, 400 to 599.
        code: The error's code; a billing code turns a 429 into one that waiting does not cure.
        retry_after: Seconds, or an HTTP date, in `retry-after`.
        retry_after_ms: Milliseconds in `retry-after-ms`, which the SDK prefers.
        limits: `x-ratelimit-*` headers, made by `limits()`.
        takes: Simulated seconds until the error comes.
    """
    if not 400 <= status <= 599:
        raise ScriptError(f"{status} is not the status of an error")
    text, kind, usual = _ERRORS.get(status, ("The request failed.", "server_error", None))
    if status == 429 and code in BILLING_CODES:
        kind = "insufficient_quota"
        text = "You exceeded your current quota, please check your plan and billing details."
    given = []
    if retry_after is not None:
        number = isinstance(retry_after, int | float)
        given.append(("retry-after", f"{retry_after:g}" if number else str(retry_after)))
    if retry_after_ms is not None:
        given.append(("retry-after-ms", f"{retry_after_ms:g}"))
    if limits is not None:
        given.extend(limits.headers())
    given.extend((headers or {}).items())
    return Fails(
        status,
        f"{message or text} (simulated)" if message is None else message,
        type or kind,
        code if code is not None else usual,
        param,
        tuple(given),
        takes,
    )


def not_found(sent: SentRequest) -> Reply:
    """What the service says of a path it does not know, or that this step cannot answer."""
    error = {
        "message": f"Invalid URL ({sent.method} /v1{sent.path}) (simulated)",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    return _json_reply({"error": error}, 404)


@dataclass(frozen=True)
class Breaks(Step):
    """No response at all. See `drops` and `times_out`."""

    failure: str
    takes: float = 0.0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        return Reply(after=self.takes, failure=self.failure)


def drops(
    when: Literal["connecting", "sending", "waiting", "answering"] = "connecting",
) -> Breaks:
    """The connection fails: refused, or broken while sending, waiting or before a whole answer."""
    kinds = {
        "connecting": "ConnectError",
        "sending": "WriteError",
        "waiting": "ReadError",
        "answering": "RemoteProtocolError",
    }
    return Breaks(kinds[when])


def times_out(when: Literal["connecting", "sending", "waiting", "pool"] = "waiting") -> Breaks:
    """Nothing comes until the request's own timeout, which the simulated clock then shows."""
    kinds = {
        "connecting": "ConnectTimeout",
        "sending": "WriteTimeout",
        "waiting": "ReadTimeout",
        "pool": "PoolTimeout",
    }
    return Breaks(kinds[when])


@dataclass(frozen=True)
class Returns(Step):
    """Any response, for other endpoints and for wrong answers. See `returns`."""

    content: bytes
    status: int = 200
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = field(default=())
    takes: float = 0.0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        ids.answers += 1
        given = (("content-type", self.content_type), *self.headers)
        return Reply(self.status, given, (Part(self.content),), self.takes)


def returns(
    body: Any,
    *,
    status: int = 200,
    content_type: str | None = None,
    headers: Mapping[str, str] | None = None,
    takes: float = 0.0,
) -> Returns:
    """Exactly this body: text and bytes as they are, anything else as JSON.

    For endpoints without a step of their own (`/models`, `/moderations`, ...), and for what should
    not happen: `returns("<html>...", content_type="text/html")`, `returns('{"id": ')`.
    """
    if isinstance(body, bytes):
        content = body
    elif isinstance(body, str):
        content = body.encode()
    else:
        content = json.dumps(body, ensure_ascii=False).encode()
    return Returns(
        content, status, content_type or "application/json", tuple((headers or {}).items()), takes
    )
