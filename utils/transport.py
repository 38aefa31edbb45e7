"""httpx2 transports that replay a recording, or watch what a server answers and record it.

A transport is the seam that httpx2 offers for this: the SDK builds its request and hands it over,
and whatever comes back is parsed, checked and retried as ever. Nothing of the SDK is patched.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import anyio
import httpx2

from .bodies import content, read_request
from .costs import Meter
from .network import NetworkTransport
from .recordings import Ended, Recorder, Recording, RecordingMissing, Request, Response, explain_end
from .watching import AsyncWatchedStream, Watch, WatchedStream

RETRIED = frozenset({408, 409, 429})
"""Statuses below 500 that the SDK retries (openai/_base_client.py, `_should_retry`)."""

PATIENCE = 1.0
"""Seconds that a replayed request waits to be canceled after its recorded time is over."""


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
        base_url: the client's, to which the paths of requests are relative.
    """

    def __init__(
        self,
        recording: Recording,
        pace: float = 1.0,
        meter: Meter | None = None,
        base_url: str | httpx2.URL = "",
    ) -> None:
        self.recording, self.pace, self.meter = recording, pace, meter
        self.base = httpx2.URL(base_url).path
        self._bytes: dict[int, bytes] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        started = time.perf_counter()
        answer = self._answer(read_request(request, request.read(), self.base))
        if answer.ended is not None and answer.ended.how == "canceled" and answer.status is None:
            raise self._nothing_more(answer)
        return self._respond(answer, started)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        started = time.perf_counter()
        answer = self._answer(read_request(request, await request.aread(), self.base))
        if answer.ended is not None and answer.ended.how == "canceled" and answer.status is None:
            await anyio.sleep(answer.ms / 1000 + PATIENCE)
            raise self._nothing_more(answer)
        return self._respond(answer, started)

    def _answer(self, request: Request) -> Response:
        answer = self.recording.answer(request)
        if self.meter is not None:
            self.meter.add(request, answer)
        return answer

    def _respond(self, answer: Response, started: float) -> httpx2.Response:
        if answer.status is None:
            raise _failure(answer)
        headers = list(answer.headers.items())
        if self.pace < 1 and (answer.status in RETRIED or answer.status >= 500):
            headers = [pair for pair in headers if pair[0] != "retry-after-ms"]
            headers.append(("retry-after-ms", "1"))
        if answer.events is None and answer.ended is None:
            return httpx2.Response(answer.status, headers=headers, content=self._content(answer))
        stream = _Playback(answer, started, self.pace, self._nothing_more)
        return httpx2.Response(answer.status, headers=headers, stream=stream)

    def _nothing_more(self, answer: Response) -> RecordingMissing:
        return RecordingMissing(explain_end(answer, self.recording.path))

    def _content(self, answer: Response) -> bytes:
        """The body as bytes, made once for each answer."""
        known = self._bytes.get(id(answer))
        if known is None:
            known = self._bytes[id(answer)] = content(answer)
        return known


def _failure(answer: Response) -> httpx2.TransportError:
    """The exception that ended a recorded connection."""
    ended = answer.ended or Ended(how="error")
    kind = getattr(httpx2, ended.error or "", httpx2.ReadError)
    if not (isinstance(kind, type) and issubclass(kind, httpx2.TransportError)):
        kind = httpx2.ReadError
    return kind(ended.message or "the connection was closed")


class _Playback(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """Plays an answer at its recorded times, to the end that it had."""

    def __init__(
        self,
        answer: Response,
        started: float,
        pace: float,
        nothing_more: Callable[[Response], RecordingMissing],
    ) -> None:
        self.answer, self.started, self.pace = answer, started, pace
        self.nothing_more = nothing_more

    def _pieces(self) -> Iterator[tuple[float, bytes]]:
        """Pairs of (seconds still to wait, bytes), counted from the start so that none adds up."""
        if self.answer.events is None:
            yield 0.0, content(self.answer)
        else:
            for ms, text in self.answer.events:
                due = self.started + ms / 1000 * self.pace
                yield (due - time.perf_counter() if self.pace else 0.0), text.encode()

    def _end(self) -> None:
        """Raise what ended the answer, if it did not end well."""
        ended = self.answer.ended
        if ended is not None and ended.how == "error":
            raise _failure(self.answer)
        if ended is not None:
            raise self.nothing_more(self.answer)

    def __iter__(self) -> Iterator[bytes]:
        for wait, piece in self._pieces():
            if wait > 0:
                time.sleep(wait)
            yield piece
        self._end()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for wait, piece in self._pieces():
            await anyio.sleep(max(wait, 0))
            yield piece
        if self.answer.ended is not None and self.answer.ended.how == "canceled":
            due = self.started + self.answer.ms / 1000 + PATIENCE
            await anyio.sleep(max(due - time.perf_counter(), 0))
        self._end()


class WatchingTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Passes requests on to a server, and reports what it answers.

    Answers are recorded in the order in which their requests reach this transport, whichever
    comes back first.

    Args:
        meters: count every answer; the first one that has a limit can refuse the next request.
        recorder: keeps every answer, None to keep none.
        inner: sends requests, by default over the network (`utils.network`).
        async_inner: the same for async clients.
        base_url: the client's, to which the paths of requests are relative.
    """

    def __init__(
        self,
        meters: tuple[Meter, ...] = (),
        recorder: Recorder | None = None,
        inner: httpx2.BaseTransport | None = None,
        async_inner: httpx2.AsyncBaseTransport | None = None,
        base_url: str | httpx2.URL = "",
    ) -> None:
        self.meters, self.recorder = meters, recorder
        self.base = httpx2.URL(base_url).path
        network = NetworkTransport(str(base_url))
        self._inner, self._async_inner = inner or network, async_inner or network

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        watch = self._begin(request, request.read())
        try:
            response = self._inner.handle_request(request)
        except httpx2.TransportError as error:
            watch.failed(error)
            raise
        except BaseException:
            watch.interrupted()
            raise
        assert isinstance(response.stream, httpx2.SyncByteStream)
        return _replace_stream(response, WatchedStream(response.stream, watch.opened(response)))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        watch = self._begin(request, await request.aread())
        try:
            response = await self._async_inner.handle_async_request(request)
        except httpx2.TransportError as error:
            watch.failed(error)
            raise
        except asyncio.CancelledError:
            watch.canceled()
            raise
        except BaseException:
            watch.interrupted()
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        return _replace_stream(
            response, AsyncWatchedStream(response.stream, watch.opened(response))
        )

    def _begin(self, request: httpx2.Request, body: bytes) -> Watch:
        for meter in self.meters:
            meter.allow()
        seen = read_request(request, body, self.base)
        request.headers["accept-encoding"] = "identity"  # what is recorded should be readable

        def count(answer: Response) -> None:
            for meter in self.meters:
                meter.add(seen, answer)

        recorder = self.recorder
        if recorder is None:
            return Watch(seen.path, count, lambda _: None, lambda: None)
        place = recorder.reserve(seen)
        return Watch(
            seen.path,
            count,
            lambda answer: recorder.finish(place, answer),
            lambda: recorder.abandon(place),
        )

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._async_inner.aclose()


def _replace_stream(response: httpx2.Response, stream: Any) -> httpx2.Response:
    return httpx2.Response(
        response.status_code,
        headers=response.headers,
        stream=stream,
        extensions=response.extensions,
    )
