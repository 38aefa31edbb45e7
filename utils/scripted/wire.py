"""What crosses between the code under test and whoever answers it: requests one way, replies back.

Both are plain data (`to_plain`, `from_plain` give JSON-able dictionaries), so that the one who
answers may sit in another process. `AnsweredTransport` is the httpx2 transport on the side of the
code under test: it asks for a reply and plays it, waits and broken connections included.
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import httpx2

from .clock import Clock, WaitedTooLong

Ending = Literal["complete", "drop", "stall"]
FAILURES: dict[str, type[httpx2.TransportError]] = {
    "ConnectError": httpx2.ConnectError,
    "ConnectTimeout": httpx2.ConnectTimeout,
    "ReadError": httpx2.ReadError,
    "ReadTimeout": httpx2.ReadTimeout,
    "WriteError": httpx2.WriteError,
    "WriteTimeout": httpx2.WriteTimeout,
    "PoolTimeout": httpx2.PoolTimeout,
    "RemoteProtocolError": httpx2.RemoteProtocolError,
}
"""What can go wrong before a response begins, by the name of httpx2's exception."""


@dataclass
class SentRequest:
    """One request as it left the SDK.

    `path` has neither host nor `/v1`. `json` is the parsed body, `{}` when there is none or it is
    no JSON object (then see `content`). `at` is in simulated seconds since the start. `timeout`
    holds httpx2's four timeouts in seconds, None for no limit. `parts_read` and `closed` tell what
    became of the response: how many parts of its body were read, and whether it was closed.
    """

    method: str
    path: str
    json: dict[str, Any]
    headers: httpx2.Headers
    at: float
    content: bytes = b""
    timeout: dict[str, float | None] = field(default_factory=dict)
    number: int = 0
    parts_read: int = 0
    closed: bool = False

    @classmethod
    def of(cls, request: httpx2.Request, content: bytes, at: float) -> SentRequest:
        """The request that httpx2 hands to a transport."""
        timeout = dict(request.extensions.get("timeout") or {})
        path = request.url.path
        path = path[3:] if path.startswith("/v1/") else path
        return cls(
            request.method, path, parse_object(content), request.headers, at, content, timeout
        )

    @property
    def endpoint(self) -> str:
        """`chat`, `responses`, `embeddings`, or the path itself for any other."""
        return {
            "/chat/completions": "chat",
            "/responses": "responses",
            "/embeddings": "embeddings",
        }.get(self.path, self.path)

    @property
    def streamed(self) -> bool:
        """Whether the request asked for a stream."""
        return self.json.get("stream") is True

    def text(self) -> str:
        """The whole body as readable JSON, to look for a word in it."""
        return json.dumps(self.json, ensure_ascii=False)

    def to_plain(self) -> dict[str, Any]:
        return {
            "method": self.method,
            "path": self.path,
            "headers": [[k, v] for k, v in self.headers.multi_items()],
            "content": base64.b64encode(self.content).decode(),
            "at": self.at,
            "timeout": self.timeout,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> SentRequest:
        """The request that `to_plain` described; raises ValueError for anything else."""
        try:
            content = base64.b64decode(plain["content"], validate=True)
            timeout = {
                str(k): None if v is None else float(v) for k, v in dict(plain["timeout"]).items()
            }
            headers = httpx2.Headers([(str(k), str(v)) for k, v in plain["headers"]])
            return cls(
                str(plain["method"]),
                str(plain["path"]),
                parse_object(content),
                headers,
                float(plain["at"]),
                content,
                timeout,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a request: {error}") from error


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object in `content`, or an empty one."""
    try:
        value = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class ReplyPart:
    """A piece of a response body, `after` seconds behind the one before."""

    data: bytes
    after: float = 0.0


@dataclass(frozen=True)
class Reply:
    """What the service does with one request.

    With `failure` (a key of `FAILURES`) no response begins at all. Otherwise the response starts
    `after` seconds, brings `parts`, and ends: `complete`; `drop` (the connection breaks); `stall`
    (nothing more comes, until the read timeout).
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[ReplyPart, ...] = ()
    after: float = 0.0
    end: Ending = "complete"
    failure: str | None = None

    def body(self) -> bytes:
        """The whole body."""
        return b"".join(part.data for part in self.parts)

    def to_plain(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "headers": [list(pair) for pair in self.headers],
            "parts": [[base64.b64encode(p.data).decode(), p.after] for p in self.parts],
            "after": self.after,
            "end": self.end,
            "failure": self.failure,
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Reply:
        return cls(
            plain["status"],
            tuple((k, v) for k, v in plain["headers"]),
            tuple(ReplyPart(base64.b64decode(data), after) for data, after in plain["parts"]),
            plain["after"],
            plain["end"],
            plain["failure"],
        )


class AnsweredTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """An httpx2 transport, sync and async, whose replies come from `answer`.

    Waits move `clock` and take no real time.
    """

    def __init__(self, answer: Callable[[SentRequest], Reply], clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._answer = answer
        self.in_flight = 0
        self.most_in_flight = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = SentRequest.of(request, request.read(), self.clock.now)
        reply = self._answer(sent)
        self._begin()
        try:
            wait, error = _before_response(reply, sent, request)
            self._advance(wait)
            if error:
                raise error
        except BaseException:
            self._end()
            raise
        body = _SyncBody(self, reply, sent, request)
        return httpx2.Response(
            reply.status, headers=list(reply.headers), stream=body, request=request
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        sent = SentRequest.of(request, await request.aread(), self.clock.now)
        reply = self._answer(sent)
        self._begin()
        try:
            wait, error = _before_response(reply, sent, request)
            await self.clock.pause(wait)
            if error:
                raise error
        except BaseException:
            self._end()
            raise
        body = _AsyncBody(self, reply, sent, request)
        return httpx2.Response(
            reply.status, headers=list(reply.headers), stream=body, request=request
        )

    def _advance(self, seconds: float) -> None:
        if seconds > 0:
            self.clock.advance(seconds)

    def _begin(self) -> None:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)

    def _end(self) -> None:
        self.in_flight -= 1


def _before_response(
    reply: Reply, sent: SentRequest, request: httpx2.Request
) -> tuple[float, Exception | None]:
    """How long until the response begins, and the error if it does not."""
    if reply.failure:
        kind = FAILURES[reply.failure]
        wait = reply.after
        if issubclass(kind, httpx2.TimeoutException):
            phase = {"ConnectTimeout": "connect", "PoolTimeout": "pool", "WriteTimeout": "write"}
            wait = _limit(sent, phase.get(reply.failure, "read"))
        return wait, kind(f"simulated: {_FAILURE_TEXT[reply.failure]}", request=request)
    limit = sent.timeout.get("read")
    if limit is not None and reply.after > limit:
        return limit, httpx2.ReadTimeout("simulated: the read timed out", request=request)
    return reply.after, None


_FAILURE_TEXT = {
    "ConnectError": "connection refused",
    "ConnectTimeout": "connecting timed out",
    "ReadError": "the connection broke before an answer came",
    "ReadTimeout": "the read timed out",
    "WriteError": "the connection broke while the request was sent",
    "WriteTimeout": "sending timed out",
    "PoolTimeout": "no free connection in time",
    "RemoteProtocolError": "the server disconnected without sending a response",
}


def _limit(sent: SentRequest, phase: str) -> float:
    limit = sent.timeout.get(phase)
    if limit is None:
        raise WaitedTooLong(
            f"the service never answers, and the request has no {phase} timeout: it would wait for "
            "ever"
        )
    return limit


class _Body:
    def __init__(
        self,
        transport: AnsweredTransport,
        reply: Reply,
        sent: SentRequest,
        request: httpx2.Request,
    ) -> None:
        self._transport, self._reply, self._sent, self._request = transport, reply, sent, request
        # A connection is read once: who iterates again goes on where the last one stopped, as the
        # SDK's async streams do to drain what follows [DONE].
        self._rest = self._steps()

    def _steps(self) -> Iterator[tuple[float, bytes | Exception]]:
        """Pairs of a wait in seconds and what comes after it: data, or the error that ends it."""
        limit = self._sent.timeout.get("read")
        for part in self._reply.parts:
            if limit is not None and part.after > limit:
                yield (
                    limit,
                    httpx2.ReadTimeout("simulated: the read timed out", request=self._request),
                )
            yield part.after, part.data
        if self._reply.end == "stall":
            wait = _limit(self._sent, "read")
            yield wait, httpx2.ReadTimeout("simulated: the read timed out", request=self._request)
        elif self._reply.end == "drop":
            yield (
                0.0,
                httpx2.RemoteProtocolError(
                    "simulated: peer closed connection without sending complete message body",
                    request=self._request,
                ),
            )

    def _closed(self) -> None:
        if not self._sent.closed:
            self._sent.closed = True
            self._transport._end()


class _SyncBody(_Body, httpx2.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        for wait, what in self._rest:
            self._transport._advance(wait)
            if isinstance(what, Exception):
                raise what
            self._sent.parts_read += 1
            yield what

    def close(self) -> None:
        self._closed()


class _AsyncBody(_Body, httpx2.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        for wait, what in self._rest:
            if wait > 0:
                await self._transport.clock.pause(wait)
            if isinstance(what, Exception):
                raise what
            self._sent.parts_read += 1
            yield what

    async def aclose(self) -> None:
        self._closed()
