"""Watching one answer arrive: what comes, when it comes, and how it ends.

Nothing here takes longer for a large answer than a copy of its bytes, and nothing is changed on
the way to the reader.
"""

from __future__ import annotations

import asyncio
import base64
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx2

from . import sse
from .bodies import JSON_TYPE, as_text, kept
from .recordings import Ended, Response

Sink = Callable[[Response], None]

KEPT_HEADERS = frozenset(
    {
        "content-disposition",
        "content-type",
        "location",
        "openai-poll-after-ms",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "x-request-id",
        "x-should-retry",
    }
)
"""Headers that the SDK or a lesson reads. No others are recorded."""
KEPT_PREFIX = "x-ratelimit-"

LAST_EVENTS = frozenset({"response.completed", "response.incomplete", "response.failed"})
"""Events after which a stream of the Responses API has nothing more to say."""


class Watch:
    """Collects one answer as it arrives, and hands it on once, when it has ended.

    Args:
        path: of the request.
        count: takes every answer, also what there is of one that was given up.
        keep: takes an answer that is to be recorded.
        give_up: called in its place if the answer is not worth keeping, such as the half of one
            that somebody has interrupted.
    """

    def __init__(self, path: str, count: Sink, keep: Sink, give_up: Callable[[], None]) -> None:
        self.path, self._count, self._keep, self._give_up = path, count, keep, give_up
        self.started = time.perf_counter()
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.encoding = ""
        self.pieces: list[bytes] = []
        self.events: list[tuple[int, bytes]] | None = None
        self.splitter = sse.Splitter()
        self.unpack: _Unpacker | None = None
        self.reported = False

    @property
    def ms(self) -> int:
        """Milliseconds since the request was sent."""
        return round((time.perf_counter() - self.started) * 1000)

    def opened(self, response: httpx2.Response) -> Watch:
        """Take status and headers."""
        self.status = response.status_code
        encoding = response.headers.get("content-encoding", "").strip().lower()
        self.encoding = "" if encoding == "identity" else encoding
        self.headers = dict(
            sorted(
                (name.lower(), value)
                for name, value in response.headers.items()
                if name.lower() in KEPT_HEADERS or name.lower().startswith(KEPT_PREFIX)
            )
        )
        if self.is_stream and (not self.encoding or self.encoding in _Unpacker.KNOWN):
            self.events = []
            self.unpack = _Unpacker() if self.encoding else None
        return self

    @property
    def is_stream(self) -> bool:
        """Whether the answer is a stream of events."""
        return self.headers.get("content-type", "").startswith("text/event-stream")

    def chunk(self, piece: bytes) -> None:
        """Take the next bytes."""
        if self.events is None or self.unpack is not None:
            self.pieces.append(piece)
        if self.events is not None:
            clear = piece if self.unpack is None else self.unpack(piece)
            now = self.ms
            self.events += [(now, block) for block in self.splitter.feed(clear)]

    def ended(self) -> None:
        """The answer is complete."""
        self._report(None)

    def failed(self, error: Exception) -> None:
        """The connection failed."""
        self._report(Ended(how="error", error=type(error).__name__, message=str(error)))

    def left(self) -> None:
        """The reader has closed the answer; if that was complete, this is nothing new."""
        self._report(Ended(how="closed by reader"))

    def canceled(self) -> None:
        """The task that waited was canceled, as by a time limit."""
        self._report(Ended(how="canceled"))

    def interrupted(self) -> None:
        """Somebody has stopped the program, as with Ctrl-C."""
        if not self.reported:
            self.reported = True
            self._count(Response(status=self.status, ms=self.ms, ended=Ended(how="canceled")))
            self._give_up()

    def _report(self, ended: Ended | None) -> None:
        if self.reported:
            return
        self.reported, ms = True, self.ms
        if self.events is not None and (rest := self.splitter.rest()):
            self.events.append((ms, rest))
        how = ended.how if ended else ""
        if how == "closed by reader" and self.events and _has_last_event(self.events[-1][1]):
            ended = None  # the SDK closes a stream as soon as it has seen the last event
        if how == "canceled" and not self.is_stream:
            answer = Response(status=None, ms=ms, ended=ended)
        else:
            body = self._body(ms)
            answer = Response(status=self.status, headers=self.headers, ms=ms, ended=ended, **body)
        self._count(answer)
        if how == "closed by reader" and self._is_half(answer):
            self._give_up()
        else:
            self._keep(answer)

    def _is_half(self, answer: Response) -> bool:
        """Whether JSON was cut off by whoever read it, which nobody does on purpose."""
        is_json = JSON_TYPE.match(self.headers.get("content-type", ""))
        return bool(is_json and self.pieces and not self.encoding and answer.json_body is None)

    def _body(self, ms: int) -> dict[str, Any]:
        if self.status is None:
            return {}
        kind = self.headers.get("content-type", "")
        if self.events is not None and (self.unpack is None or self.unpack.works):
            texts = [(at, as_text(block)) for at, block in self.events]
            if all(text is not None for _, text in texts):
                return {"events": texts}
            return kept(b"".join(block for _, block in self.events), kind, self.path)
        body = b"".join(self.pieces)
        if not self.encoding:
            return kept(body, kind, self.path)
        clear = _unpacked(body, self.encoding)
        if clear is None:  # give the reader the same riddle again
            self.headers["content-encoding"] = self.encoding
            return {"base64": base64.b64encode(body).decode()}
        if self.is_stream and (text := as_text(clear)) is not None:
            return {"events": [(ms, text)]}
        return kept(clear, kind, self.path)


class _Unpacker:
    """Unpacks a stream piece by piece, for servers that compress although nobody asked for it."""

    KNOWN = frozenset({"gzip", "x-gzip", "deflate"})

    def __init__(self) -> None:
        self._object = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out which of the two it is
        self.works = True

    def __call__(self, piece: bytes) -> bytes:
        try:
            return self._object.decompress(piece)
        except zlib.error:
            self.works = False
            return b""


def _unpacked(body: bytes, encoding: str) -> bytes | None:
    """A compressed body as the SDK sees it, or None if it cannot be unpacked here."""
    try:
        clear = httpx2.Response(200, headers={"content-encoding": encoding}, content=body).content
    except httpx2.DecodingError:
        return None
    return None if clear == body else clear


def _has_last_event(block: bytes) -> bool:
    """Whether a stream has nothing more to say after this block."""
    return any(e.data == "[DONE]" or e.event in LAST_EVENTS for e in sse.parse(block))


class WatchedStream(httpx2.SyncByteStream):
    """The bytes of an answer, on their way to the reader."""

    def __init__(self, inner: httpx2.SyncByteStream, watch: Watch) -> None:
        self.inner, self.watch = inner, watch

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self.inner:
                self.watch.chunk(piece)
                yield piece
        except httpx2.TransportError as error:
            self.watch.failed(error)
            raise
        except GeneratorExit:  # the reader goes, and does not always call `close`
            self.watch.left()
            raise
        except BaseException:
            self.watch.interrupted()
            raise
        self.watch.ended()

    def close(self) -> None:
        self.inner.close()
        self.watch.left()


class AsyncWatchedStream(httpx2.AsyncByteStream):
    """The same for async clients."""

    def __init__(self, inner: httpx2.AsyncByteStream, watch: Watch) -> None:
        self.inner, self.watch = inner, watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self.inner:
                self.watch.chunk(piece)
                yield piece
        except httpx2.TransportError as error:
            self.watch.failed(error)
            raise
        except asyncio.CancelledError:
            self.watch.canceled()
            raise
        except GeneratorExit:
            self.watch.left()
            raise
        except BaseException:
            self.watch.interrupted()
            raise
        self.watch.ended()

    async def aclose(self) -> None:
        await self.inner.aclose()
        self.watch.left()
