"""httpx2 transports that replay a recording, or watch what a server answers and record it.

A transport is the seam that httpx2 offers for this: the SDK builds its request and hands it over,
and whatever comes back is parsed, checked and retried as ever. Nothing of the SDK is patched.
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import httpx2

from . import sse
from .costs import Meter
from .recordings import Ended, Recorder, Recording, Request, Response

KEPT_HEADERS = frozenset(
    {
        "content-type",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "x-request-id",
        "x-should-retry",
    }
)
KEPT_PREFIX = "x-ratelimit-"
RETRIED = frozenset({408, 409, 429})
"""Statuses below 500 that the SDK retries (openai/_base_client.py, `_should_retry`)."""


def read_request(request: httpx2.Request, body: bytes) -> Request:
    """A request as recordings compare it: without host, `/v1`, headers and multipart boundary."""
    path = re.sub(r"^/(?:openai/)?v\d+(?=/)", "", request.url.path)
    boundary = re.search(r'boundary="?([^";]+)', request.headers.get("content-type", ""))
    if boundary:
        body = body.replace(boundary[1].encode(), b"BOUNDARY")
    return Request(
        method=request.method,
        path=path,
        query=sorted([name, value] for name, value in request.url.params.multi_items()),
        body=_read_body(body),
    )


def _read_body(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        pass
    try:
        return {"$text": body.decode()}
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(body).decode()}


class ReplayTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Answers from a recording and never opens a connection.

    Equal requests get their recorded answers in the order in which they reach this transport: the
    first one the first answer, and after the last answer the first again. Requests of the course's
    asynchronous client that are sent at once arrive in the order in which their tasks start, such
    as that of the arguments of `asyncio.gather` (see `utils.async_client`). Among threads, the
    request that is sent first comes first, and which one that is can differ from run to run.

    Args:
        recording: the answers.
        pace: factor on the recorded waits of a stream. Below 1, the SDK is told to wait one
            millisecond before a retry; the recorded Retry-After stays visible.
        meter: counts what was answered.
    """

    def __init__(self, recording: Recording, pace: float = 1.0, meter: Meter | None = None) -> None:
        self.recording, self.pace, self.meter = recording, pace, meter
        self._bytes: dict[int, bytes] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        started = time.perf_counter()
        return self._respond(read_request(request, request.read()), started)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        started = time.perf_counter()
        return self._respond(read_request(request, await request.aread()), started)

    def _respond(self, request: Request, started: float) -> httpx2.Response:
        answer = self.recording.answer(request)
        if self.meter is not None:
            self.meter.add(request, answer)
        if answer.status is None:
            raise _failure(answer)
        headers = list(answer.headers.items())
        if self.pace < 1 and (answer.status in RETRIED or answer.status >= 500):
            headers = [pair for pair in headers if pair[0] != "retry-after-ms"]
            headers.append(("retry-after-ms", "1"))
        if answer.events is None and answer.ended is None:
            return httpx2.Response(answer.status, headers=headers, content=self._content(answer))
        stream = _Playback(answer, started, self.pace)
        return httpx2.Response(answer.status, headers=headers, stream=stream)

    def _content(self, answer: Response) -> bytes:
        """The body as bytes, made once for each answer."""
        known = self._bytes.get(id(answer))
        if known is None:
            known = self._bytes[id(answer)] = content(answer)
        return known


def content(answer: Response) -> bytes:
    """The body of an answer that is not a stream."""
    if answer.text is not None:
        return answer.text.encode()
    if answer.base64 is not None:
        return base64.b64decode(answer.base64)
    return json.dumps(answer.json_body, ensure_ascii=False).encode()


def _failure(answer: Response) -> httpx2.TransportError:
    """The exception that ended a recorded connection."""
    ended = answer.ended or Ended(how="error")
    kind = getattr(httpx2, ended.error or "", httpx2.ReadError)
    if not (isinstance(kind, type) and issubclass(kind, httpx2.TransportError)):
        kind = httpx2.ReadError
    return kind(ended.message or "the connection was closed")


class _Playback(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Plays the events of an answer at their recorded times."""

    def __init__(self, answer: Response, started: float, pace: float) -> None:
        self.answer, self.started, self.pace = answer, started, pace

    def _pieces(self) -> Iterator[tuple[float, bytes]]:
        """Pairs of (seconds still to wait, bytes), counted from the start so that none adds up."""
        if self.answer.events is None:
            yield 0.0, content(self.answer)
        else:
            for ms, text in self.answer.events:
                due = self.started + ms / 1000 * self.pace
                yield (due - time.perf_counter() if self.pace else 0.0), text.encode()
        if self.answer.ended is not None and self.answer.ended.how == "error":
            raise _failure(self.answer)

    def __iter__(self) -> Iterator[bytes]:
        for wait, piece in self._pieces():
            if wait > 0:
                time.sleep(wait)
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for wait, piece in self._pieces():
            await anyio.sleep(max(wait, 0))
            yield piece


Sink = Callable[[Response], None]

CLOSED_BY_READER = Ended(how="closed by reader")
LAST_EVENTS = frozenset({"response.completed", "response.incomplete", "response.failed"})
"""Events after which a stream of the Responses API has nothing more to say."""


class WatchingTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Passes requests on to a server, and reports what it answers.

    Answers are recorded in the order in which their requests reach this transport, whichever
    comes back first.

    Args:
        meters: count every answer; the first one that has a limit can refuse the next request.
        recorder: keeps every answer, None to keep none.
        inner: sends requests, by default over the network.
        async_inner: the same for async clients.
    """

    def __init__(
        self,
        meters: tuple[Meter, ...] = (),
        recorder: Recorder | None = None,
        inner: httpx2.BaseTransport | None = None,
        async_inner: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.meters, self.recorder = meters, recorder
        self._inner, self._async_inner = inner, async_inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        watch = self._begin(request, request.read())
        inner = self._inner = self._inner or httpx2.HTTPTransport()
        try:
            response = inner.handle_request(request)
        except httpx2.TransportError as error:
            watch.failed(error)
            raise
        assert isinstance(response.stream, httpx2.SyncByteStream)
        return _replace_stream(response, _WatchedStream(response.stream, watch.opened(response)))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        watch = self._begin(request, await request.aread())
        inner = self._async_inner = self._async_inner or httpx2.AsyncHTTPTransport()
        try:
            response = await inner.handle_async_request(request)
        except httpx2.TransportError as error:
            watch.failed(error)
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        return _replace_stream(
            response, _AsyncWatchedStream(response.stream, watch.opened(response))
        )

    def _begin(self, request: httpx2.Request, body: bytes) -> _Watch:
        for meter in self.meters:
            meter.allow()
        seen = read_request(request, body)
        request.headers["accept-encoding"] = "identity"  # what is recorded should be readable
        sinks: list[Sink] = [
            lambda answer, meter=meter: meter.add(seen, answer) for meter in self.meters
        ]
        if self.recorder is not None:
            recorder, slot = self.recorder, self.recorder.reserve(seen)
            sinks.append(lambda answer: recorder.finish(slot, answer))
        return _Watch(sinks)

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()

    async def aclose(self) -> None:
        if self._async_inner is not None:
            await self._async_inner.aclose()


def _replace_stream(response: httpx2.Response, stream: Any) -> httpx2.Response:
    return httpx2.Response(
        response.status_code,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )


class _Watch:
    """Collects one answer as it arrives, and hands it to the sinks once, when it has ended."""

    def __init__(self, sinks: list[Sink]) -> None:
        self.sinks = sinks
        self.started = time.perf_counter()
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.encoding: str | None = None
        self.pieces: list[bytes] = []
        self.events: list[tuple[int, str]] | None = None
        self.splitter = sse.Splitter()
        self.reported = False

    @property
    def ms(self) -> int:
        return round((time.perf_counter() - self.started) * 1000)

    def opened(self, response: httpx2.Response) -> _Watch:
        self.status = response.status_code
        self.encoding = response.headers.get("content-encoding")
        self.headers = dict(
            sorted(
                (name.lower(), value)
                for name, value in response.headers.items()
                if name.lower() in KEPT_HEADERS or name.lower().startswith(KEPT_PREFIX)
            )
        )
        if self.headers.get("content-type", "").startswith("text/event-stream"):
            self.events = []
        return self

    def chunk(self, piece: bytes) -> None:
        if self.events is None:
            self.pieces.append(piece)
        else:
            blocks = self.splitter.feed(piece)
            self.events += [(self.ms, block.decode("utf-8", "replace")) for block in blocks]

    def failed(self, error: Exception) -> None:
        self.report(Ended(how="error", error=type(error).__name__, message=str(error)))

    def report(self, ended: Ended | None) -> None:
        if self.reported:
            return
        self.reported = True
        if self.events is not None and (rest := self.splitter.rest()):
            self.events.append((self.ms, rest.decode("utf-8", "replace")))
        if ended is CLOSED_BY_READER and self.events and _has_last_event(self.events[-1][1]):
            ended = None  # the SDK closes a stream as soon as it has seen the last event
        answer = Response(
            status=self.status, headers=self.headers, ms=self.ms, ended=ended, **self._content()
        )
        for sink in self.sinks:
            sink(answer)

    def _content(self) -> dict[str, Any]:
        if self.events is not None:
            return {"events": self.events}
        if self.status is None:
            return {}
        body = b"".join(self.pieces)
        if self.encoding not in (None, "identity"):  # a server that compresses all the same
            headers = {"content-encoding": self.encoding}
            body = httpx2.Response(200, headers=headers, content=body).content
        try:
            parsed = json.loads(body)
            return {"json": parsed} if parsed is not None else {"text": body.decode()}
        except ValueError:
            pass
        try:
            return {"text": body.decode()}
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(body).decode()}


def _has_last_event(block: str) -> bool:
    """Whether a stream has nothing more to say after this block."""
    return any(e.data == "[DONE]" or e.event in LAST_EVENTS for e in sse.parse(block))


class _WatchedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream, watch: _Watch) -> None:
        self.inner, self.watch = inner, watch

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self.inner:
                self.watch.chunk(piece)
                yield piece
        except httpx2.TransportError as error:
            self.watch.failed(error)
            raise
        else:
            self.watch.report(None)

    def close(self) -> None:
        self.inner.close()
        self.watch.report(CLOSED_BY_READER)


class _AsyncWatchedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, watch: _Watch) -> None:
        self.inner, self.watch = inner, watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self.inner:
                self.watch.chunk(piece)
                yield piece
        except httpx2.TransportError as error:
            self.watch.failed(error)
            raise
        else:
            self.watch.report(None)

    async def aclose(self) -> None:
        await self.inner.aclose()
        self.watch.report(CLOSED_BY_READER)
