"""A channel to a process that sends anything, nothing, or never reads."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import BinaryIO, cast

import pytest

from utils.grading.judge.channel import LONGEST_LINE, Channel, ChannelClosed, Garbage, Silent


@pytest.fixture
def ends() -> Iterator[tuple[Channel, socket.socket]]:
    ours, theirs = socket.socketpair()
    reader, writer = ours.makefile("rb"), ours.makefile("wb")

    def close() -> None:
        ours.shutdown(socket.SHUT_RDWR)
        ours.close()

    channel = Channel(cast(BinaryIO, reader), cast(BinaryIO, writer), close)
    yield channel, theirs
    channel.close()
    theirs.close()


def soon(seconds: float = 10) -> float:
    return time.monotonic() + seconds


def test_messages_go_both_ways(ends: tuple[Channel, socket.socket]):
    channel, other = ends
    channel.send({"do": "call", "text": "é"})
    assert other.recv(100).endswith(b"\n")
    other.sendall(b'{"do": "done"}\n')
    assert channel.receive(soon()) == {"do": "done"}


@pytest.mark.parametrize(
    "sent",
    [b"nonsense\n", b"[]\n", b'{"do": 7}\n', b"{}\n", b"\xff\xfe\n", b"[" * 100_000 + b"\n"],
)
def test_what_is_no_message_is_garbage(ends: tuple[Channel, socket.socket], sent: bytes):
    channel, other = ends
    other.sendall(sent)
    with pytest.raises(Garbage):
        channel.receive(soon())


def test_a_line_without_end_is_garbage(ends: tuple[Channel, socket.socket]):
    channel, other = ends
    other.sendall(b"x" * (LONGEST_LINE + 1))
    with pytest.raises(Garbage):
        channel.receive(soon())


def test_silence_and_the_end_are_told_apart(ends: tuple[Channel, socket.socket]):
    channel, other = ends
    with pytest.raises(Silent):
        channel.receive(soon(0.05))
    other.close()
    with pytest.raises(ChannelClosed):
        channel.receive(soon())


def test_who_never_reads_does_not_block_the_grader(ends: tuple[Channel, socket.socket]):
    channel, other = ends
    for _ in range(20):
        channel.send({"do": "call", "text": "x" * 1_000_000})
    other.sendall(b'{"do": "done"}\n')
    assert channel.receive(soon()) == {"do": "done"}
