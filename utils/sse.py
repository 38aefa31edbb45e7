"""Server-sent events: the one place where the course reads and writes them.

An event is a few lines of `field: value`, and a blank line ends it. OpenAI's API uses two fields:
`data`, which holds JSON (or `[DONE]`), and `event`, which names the event on the Responses API. The
fields `id` and `retry` are for browsers that reconnect, and are skipped like any unknown field.

Source: HTML Living Standard, section 9.2, "Server-sent events" (read in November 2026).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_LINE_END = re.compile(r"\r\n|\n|\r")
"""The three ends of a line. `str.splitlines` also splits at characters that a model may write, such
as U+2028 inside JSON."""

_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LONGEST_BLANK_LINE = 4
"""Bytes of the longest match of `_BLANK_LINE`."""


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event.

    Attributes:
        data: its text; several `data` lines are joined with line feeds.
        event: its name, None if it has none.
    """

    data: str
    event: str | None = None

    def json(self) -> Any:
        """The data as parsed JSON.

        Raises:
            ValueError: if it is not JSON, such as `[DONE]`.
        """
        return json.loads(self.data)


class Splitter:
    """Cuts a stream into blocks, each with the blank line that ends it. No byte is lost or changed.

    The blocks do not depend on how the network has cut the stream. For that, a carriage return at
    the end of what has arrived waits for the next byte, which decides whether the line ends there.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """Take the next bytes of the stream, and return the blocks that are complete now."""
        waits = self._buffer.endswith(b"\r")
        self._buffer += piece
        ready = len(self._buffer) - self._buffer.endswith(b"\r")
        if not waits and b"\n" not in piece and b"\r" not in piece:  # most of a large event
            self._searched = max(self._searched, ready - _LONGEST_BLANK_LINE)
            return []
        blocks: list[bytes] = []
        start = 0
        for end in _BLANK_LINE.finditer(self._buffer, self._searched, ready):
            blocks.append(bytes(self._buffer[start : end.end()]))
            start = end.end()
        del self._buffer[:start]
        self._searched = max(0, ready - start - _LONGEST_BLANK_LINE)
        return blocks

    def rest(self) -> bytes:
        """What has arrived after the last complete block."""
        return bytes(self._buffer)


class Decoder:
    """Reads events from a stream of bytes, wherever the network has cut it."""

    def __init__(self) -> None:
        self._splitter = Splitter()
        self._started = False

    def feed(self, piece: bytes) -> list[ServerSentEvent]:
        """Take the next bytes of the stream, and return the events that are complete now."""
        return self._events(self._splitter.feed(piece))

    def finish(self) -> list[ServerSentEvent]:
        """The events that only the end of the stream completes.

        An event without the blank line that ends it is dropped, as the standard demands.
        """
        return self._events([self._splitter.rest()])

    def _events(self, blocks: Iterable[bytes]) -> list[ServerSentEvent]:
        found: list[ServerSentEvent] = []
        for block in blocks:
            text = block.decode("utf-8", "replace")
            if block and not self._started:
                self._started, text = True, text.removeprefix("\ufeff")
            found += _events_of(text)
        return found


def _events_of(text: str) -> Iterator[ServerSentEvent]:
    data: list[str] = []
    event = ""
    for line in _LINE_END.split(text)[:-1]:  # the last one has no end
        if not line:
            if data:
                yield ServerSentEvent("\n".join(data), event or None)
            data, event = [], ""
            continue
        field, _, value = line.partition(":")  # of a comment, the field is empty
        value = value.removeprefix(" ")
        if field == "data":
            data.append(value)
        elif field == "event":
            event = value


def parse(stream: str | bytes) -> list[ServerSentEvent]:
    """The events of a whole stream, or of a part of it that begins with an event."""
    decoder = Decoder()
    given = stream.encode() if isinstance(stream, str) else stream
    return [*decoder.feed(given), *decoder.finish()]


def bodies(events: Iterable[ServerSentEvent]) -> Iterator[Any]:
    """The parsed JSON of events; those whose data is not JSON, such as `[DONE]`, are skipped."""
    for event in events:
        try:
            yield event.json()
        except (ValueError, RecursionError):
            continue


def write(event: ServerSentEvent) -> bytes:
    """An event as it goes over the wire. `parse` gives the same event back.

    Raises:
        ValueError: for what the format cannot carry: a carriage return in the data, or a name that
            is empty or has a line break.
    """
    if "\r" in event.data:
        raise ValueError(
            f"the data of a server-sent event cannot hold a carriage return: {event.data[:80]!r}"
        )
    if event.event is not None and (not event.event or _LINE_END.search(event.event)):
        raise ValueError(f"a server-sent event cannot have the name {event.event!r}")
    name = "" if event.event is None else f"event: {event.event}\n"
    lines = "".join(f"data: {line}\n" for line in event.data.split("\n"))
    return f"{name}{lines}\n".encode()


def encode(body: Any, event: str | None = None) -> bytes:
    """An event with a JSON body, as it goes over the wire, in UTF-8.

    Args:
        body: anything that JSON can hold. Text is sent as it is, so it can be JSON already, or not
            be JSON at all.
        event: its name, None for none.

    Raises:
        ValueError: as `write`.
    """
    data = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return write(ServerSentEvent(data, event))


DONE = encode("[DONE]")
"""What ends a stream of Chat Completions."""
