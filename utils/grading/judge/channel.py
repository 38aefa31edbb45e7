"""JSON lines to and from a process that may send anything, nothing, or never read."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

LONGEST_LINE = 4 << 20
"""Bytes of one message."""

MOST_WAITING = 32
"""Messages kept before the sender has to wait."""


class ChannelClosed(Exception):
    """The other side closed the channel: its process has ended."""


class Silent(Exception):
    """Nothing came in time."""


class Garbage(Exception):
    """What came is no message."""


class Channel:
    """One end of a channel. A thread reads, and one writes, so that neither can block the grader.

    Args:
        close: Called once, to close what `reader` and `writer` stand on.
    """

    def __init__(self, reader: BinaryIO, writer: BinaryIO, close: Callable[[], None]) -> None:
        self._reader, self._writer, self._close = reader, writer, close
        self._came: queue.Queue[bytes] = queue.Queue(MOST_WAITING)
        self._going: queue.Queue[bytes | None] = queue.Queue()
        self._closed = threading.Event()
        for body in (self._read, self._write):
            threading.Thread(target=body, name="grader-channel", daemon=True).start()

    def send(self, message: Mapping[str, Any]) -> None:
        """Queue a message; if the other side is gone, `receive` will say so."""
        self._going.put(json.dumps(message).encode() + b"\n")

    def receive(self, until: float) -> dict[str, Any]:
        """The next message before `until` (`time.monotonic()`).

        Raises ChannelClosed, Silent, Garbage.
        """
        try:
            line = self._came.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise Silent from None
        if not line:
            raise ChannelClosed
        if not line.endswith(b"\n"):
            raise Garbage
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            raise Garbage from None
        if not isinstance(message, dict) or not isinstance(message.get("do"), str):
            raise Garbage
        return message

    def close(self) -> None:
        """Stop both threads and close."""
        self._closed.set()
        self._going.put(None)
        with contextlib.suppress(OSError):
            self._close()

    def _read(self) -> None:
        while True:
            try:
                line = self._reader.readline(LONGEST_LINE)
            except (OSError, ValueError):
                line = b""
            while not self._closed.is_set():
                try:
                    self._came.put(line, timeout=0.5)
                    break
                except queue.Full:
                    continue
            if not line or self._closed.is_set():
                return

    def _write(self) -> None:
        while (line := self._going.get()) is not None and not self._closed.is_set():
            try:
                self._writer.write(line)
                self._writer.flush()
            except (OSError, ValueError):
                return
