"""Server-sent events: what is written is read again, and every stream is read as browsers do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from utils import sse
from utils.sse import ServerSentEvent

NAMES = st.none() | st.text(min_size=1).filter(lambda name: not {"\r", "\n"} & set(name))
DATA = st.text().map(lambda text: text.replace("\r", ""))
EVENTS = st.lists(st.builds(ServerSentEvent, DATA, NAMES), max_size=5)

LINES = st.sampled_from(
    [
        "data: one",
        "data:two",
        "data:  a space of its own",
        "data",
        "data: caf\u00e9 \u4f60\u2028\u0085\x0b\x1c",
        "event: response.created",
        "event",
        ": a comment",
        ":data: not data",
        "id: 7",
        "retry: 10",
        "unknown: field",
        "\ufeffdata: the mark is at the start of a stream only",
        "",
        "",
    ]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r"])), max_size=12).map(
    lambda lines: "".join(line + end for line, end in lines).encode()
)


def cut(content: bytes, at: list[int]) -> list[bytes]:
    """Content in pieces, cut at any places."""
    places = sorted({0, len(content), *(place % (len(content) + 1) for place in at)})
    return [content[start:end] for start, end in pairwise(places)]


def read(pieces: list[bytes]) -> list[ServerSentEvent]:
    decoder = sse.Decoder()
    return [*(event for piece in pieces for event in decoder.feed(piece)), *decoder.finish()]


@settings(deadline=None)
@given(EVENTS)
@example([ServerSentEvent("one\ntwo\n\n three"), ServerSentEvent("", "response.created")])
@example([ServerSentEvent('{"text":"a\u2028b\u0085c\x0bd"}')])
def test_what_is_written_is_read_again(events: list[ServerSentEvent]) -> None:
    assert sse.parse(b"".join(map(sse.write, events))) == events


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 500)))
@example(b"data: x\r\n\r\ndata: y\r\n\r\n", list(range(40)))
@example("\ufeffdata: caf\u00e9\n\n".encode(), list(range(20)))
def test_where_the_network_cuts_a_stream_changes_nothing(stream: bytes, at: list[int]) -> None:
    assert read(cut(stream, at)) == read([stream])


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 500)))
@example(b"data: x\r\n\r\ndata: y\r\n\r\n", list(range(40)))
def test_blocks_hold_every_byte_and_do_not_depend_on_the_cuts(stream: bytes, at: list[int]) -> None:
    whole, pieces = sse.Splitter(), sse.Splitter()
    blocks = whole.feed(stream)
    assert [block for piece in cut(stream, at) for block in pieces.feed(piece)] == blocks
    assert b"".join(blocks) + whole.rest() == stream
    assert pieces.rest() == whole.rest()


@settings(deadline=None)
@given(STREAMS)
def test_events_are_the_same_read_block_by_block(stream: bytes) -> None:
    splitter = sse.Splitter()
    blocks = [*splitter.feed(stream), splitter.rest()]
    later = [event for block in blocks[1:] for event in sse.parse(b"\n" + block)]
    assert [*sse.parse(blocks[0]), *later] == sse.parse(stream)


@pytest.mark.parametrize("event", [b"data: " + b"x" * 100_000 + b"\n\n", b"data: x\n\n" * 10_000])
def test_no_byte_is_searched_twice(event: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    searched = 0
    pattern = sse._BLANK_LINE

    class Counted:
        def finditer(self, text: bytearray, start: int, end: int) -> Iterator[re.Match[bytes]]:
            nonlocal searched
            searched += end - start
            return pattern.finditer(text, start, end)

    monkeypatch.setattr(sse, "_BLANK_LINE", Counted())
    splitter = sse.Splitter()
    pieces = [event[n : n + 100] for n in range(0, len(event), 100)]
    assert b"".join(block for piece in pieces for block in splitter.feed(piece)) == event
    assert searched < 1.2 * len(event)


def test_a_block_is_given_out_as_soon_as_it_is_complete() -> None:
    splitter = sse.Splitter()
    assert splitter.feed(b"data: x\n") == []
    assert splitter.feed(b"\n") == [b"data: x\n\n"]
    assert splitter.feed(b"data: y\r\n\r") == []
    assert splitter.feed(b"\nda") == [b"data: y\r\n\r\n"]
    assert splitter.rest() == b"da"


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"data: one\ndata: two\n\n", [ServerSentEvent("one\ntwo")]),
        (b"data: x\r\rdata: y\r\n\ndata: z\n\r\n", [*map(ServerSentEvent, "xyz")]),
        (b"data:x\n\ndata:  x\n\n", [ServerSentEvent("x"), ServerSentEvent(" x")]),
        (b"data\n\ndata:\ndata:\n\n", [ServerSentEvent(""), ServerSentEvent("\n")]),
        (b": ping\n\nevent: only a name\n\n", []),
        (b"event: a\n\ndata: x\n\n", [ServerSentEvent("x")]),
        (b"event: a\nevent: b\ndata: x\n\n", [ServerSentEvent("x", "b")]),
        (b"event:\ndata: x\n\n", [ServerSentEvent("x")]),
        (b"id: 1\nretry: 5\nerror: x\nDATA: x\n\n", []),
        (b"\n\n\ndata: x\n\n\n\n", [ServerSentEvent("x")]),
        (b"data: x\n\ndata: cut off\n", [ServerSentEvent("x")]),
        (b"data: x\n\r", [ServerSentEvent("x")]),
        (b"\xef\xbb\xbfdata: x\n\n\xef\xbb\xbfdata: y\n\n", [ServerSentEvent("x")]),
        (b"data: a\xff\n\n", [ServerSentEvent("a\ufffd")]),
        (b"", []),
    ],
)
def test_the_rules_of_the_standard(stream: bytes, events: list[ServerSentEvent]) -> None:
    assert sse.parse(stream) == events


def test_a_body_is_written_as_one_line_of_json() -> None:
    body = {"text": "caf\u00e9\n\u2028", "n": 1}
    content = sse.encode(body, "response.created")
    assert (
        content.decode()
        == 'event: response.created\ndata: {"text": "caf\u00e9\\n\u2028", "n": 1}\n\n'
    )
    assert list(sse.bodies(sse.parse(content))) == [body]
    assert sse.encode('{"a":1}') == b'data: {"a":1}\n\n'
    assert sse.DONE == b"data: [DONE]\n\n"


def test_data_that_is_not_json_is_skipped_among_bodies_and_named_alone() -> None:
    events = sse.parse(sse.encode({"a": 1}) + sse.DONE + sse.encode('{"cut'))
    assert list(sse.bodies(events)) == [{"a": 1}]
    with pytest.raises(json.JSONDecodeError):
        events[1].json()


@pytest.mark.parametrize(
    "event",
    [
        ServerSentEvent("a\rb"),
        ServerSentEvent("x", ""),
        ServerSentEvent("x", "two\nlines"),
        ServerSentEvent("x", "two\rlines"),
    ],
)
def test_what_the_format_cannot_carry_is_refused(event: ServerSentEvent) -> None:
    with pytest.raises(ValueError, match="server-sent event"):
        sse.write(event)
