"""Watching and recording, against servers that the tests play themselves."""

from __future__ import annotations

import asyncio
import gzip
import json
import socketserver
import threading
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import openai
import pytest
from openai.types.chat import ChatCompletionChunk

from utils import connect, connect_async
from utils.async_client import OrderedAsyncOpenAI
from utils.costs import Meter, SpendLimitReached
from utils.recordings import Recorder, RecordingMissing, Response, read
from utils.transport import WatchingTransport

from .samples import JSON, ORIGIN, SSE, ask, chunk, completion

Handler = Callable[[httpx2.Request], httpx2.Response]


def recording_client(path: Path, handler: Handler, *meters: Meter) -> openai.OpenAI:
    transport = WatchingTransport(meters, Recorder(path, ORIGIN), httpx2.MockTransport(handler))
    return openai.OpenAI(
        api_key="sk-secret",
        organization="org-secret",
        http_client=httpx2.Client(transport=transport),
    )


def heard(path: Path) -> list[Response]:
    return [i.response for i in read(path).interactions]


def test_an_answer_is_recorded_without_secrets(tmp_path: Path) -> None:
    def server(_: httpx2.Request) -> httpx2.Response:
        headers = {
            "set-cookie": "secret=1",
            "openai-organization": "org-secret",
            "x-request-id": "req_1",
            "x-ratelimit-remaining-requests": "9",
        }
        return httpx2.Response(200, headers=headers, json=completion("Hello"))

    path = tmp_path / "01_test.json"
    recording_client(path, server).chat.completions.create(**ask("Hi"))
    [answer] = heard(path)
    assert set(answer.headers) == {"content-type", "x-request-id", "x-ratelimit-remaining-requests"}
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"req_1" in kept
    assert b"secret" not in kept


def test_what_is_recorded_is_replayed(recordings: Path) -> None:
    path = recordings / "01_test.json"
    body = chunk("Hel") + chunk("lo") + "data: [DONE]\n\n"
    client = recording_client(path, lambda _: httpx2.Response(200, headers=SSE, content=body))
    live = [
        c.choices[0].delta.content for c in client.chat.completions.create(**ask("Hi", stream=True))
    ]
    again = connect("01_test").chat.completions.create(**ask("Hi", stream=True))
    assert [c.choices[0].delta.content for c in again] == live == ["Hel", "lo"]
    assert heard(path)[0].ended is None


def test_a_stream_that_the_reader_leaves_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    pieces = [chunk("Hel").encode(), chunk("lo").encode(), b"data: [DONE]\n\n"]
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=SSE, content=iter(pieces))
    )
    with client.chat.completions.create(**ask("Hi", stream=True)) as stream:
        next(iter(stream))
    [answer] = heard(path)
    assert answer.ended is not None
    assert answer.ended.how == "closed by reader"


def test_events_are_split_wherever_the_network_cuts_them(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    body = (chunk("caf\u00e9") + chunk("\u4f60") + "data: [DONE]\n\n").encode()
    pieces = [body[n : n + 7] for n in range(0, len(body), 7)]
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=SSE, content=iter(pieces))
    )
    list(client.chat.completions.create(**ask("Hi", stream=True)))
    events = heard(path)[0].events or []
    assert "".join(event for _, event in events).encode() == body
    assert len(events) == 3


def test_a_server_that_compresses_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    packed = gzip.compress(json.dumps(completion("Hello")).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    client = recording_client(path, lambda _: httpx2.Response(200, headers=headers, content=packed))
    assert client.chat.completions.create(**ask("Hi")).choices[0].message.content == "Hello"
    assert heard(path)[0].json_body == completion("Hello")


STREAM = (chunk("Hel") + chunk("caf\u00e9\u2028") + "data: [DONE]\n\n").encode()


PACKED = {
    "gzip": gzip.compress(STREAM),
    "deflate": zlib.compress(STREAM),
    "gzip, gzip": gzip.compress(gzip.compress(STREAM)),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_compressed_stream_is_recorded_in_clear(recordings: Path, name: str) -> None:
    path = recordings / "01_test.json"
    pieces = [PACKED[name][n : n + 9] for n in range(0, len(PACKED[name]), 9)]
    headers = SSE | {"content-encoding": name}
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=headers, content=iter(pieces))
    )
    live = [c.choices[0].delta.content for c in _stream(client)]
    assert [c.choices[0].delta.content for c in _stream(connect("01_test"))] == live
    assert live == ["Hel", "caf\u00e9\u2028"]
    assert "".join(text for _, text in heard(path)[0].events or []).encode() == STREAM


def _stream(client: openai.OpenAI) -> openai.Stream[ChatCompletionChunk]:
    return client.chat.completions.create(**ask("Hi", stream=True))


@pytest.mark.parametrize("content", [b"data: {\xff}\n\n", STREAM[:-20] + b"\xf0"])
def test_a_stream_that_is_not_text_gives_its_bytes_back(recordings: Path, content: bytes) -> None:
    path = recordings / "01_test.json"
    client = recording_client(path, lambda _: httpx2.Response(200, headers=SSE, content=content))
    for each in (client, connect):
        used = each if isinstance(each, openai.OpenAI) else each("01_test")
        with used.chat.completions.with_streaming_response.create(
            **ask("Hi", stream=True)
        ) as answer:
            assert answer.read() == content


@pytest.mark.parametrize("name", ["br", "zstd", "gzip", "made-up"])
def test_what_cannot_be_unpacked_is_the_same_riddle_in_replay(recordings: Path, name: str) -> None:
    path = recordings / "01_test.json"
    headers = {"content-encoding": name, "content-type": "application/json"}
    body = b"\x0b\x02\x80 not what the header says"
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=headers, content=iter([body]))
    )
    told = []
    for used in (client, None):
        used = used or connect("01_test")
        try:
            answer = used.with_options(max_retries=0).chat.completions.create(**ask("Hi"))
            told.append(repr(answer))
        except openai.APIError as error:
            told.append(f"{type(error).__name__} {error}")
        except ValueError as error:
            told.append(f"{type(error).__name__}")
    assert told[0] == told[1]


def test_headers_that_the_sdk_reads_are_kept(tmp_path: Path) -> None:
    headers = {"openai-poll-after-ms": "5", "location": "/x", "content-disposition": "attachment"}
    path = tmp_path / "01_test.json"
    client = recording_client(path, lambda _: httpx2.Response(200, headers=headers, content=b"x"))
    client.files.content("f1")
    assert heard(path)[0].headers == headers


class Interrupted(httpx2.SyncByteStream):
    """A body whose reader presses Ctrl-C after some bytes."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        raise KeyboardInterrupt


@pytest.mark.parametrize("stream", [False, True])
def test_half_an_answer_that_was_interrupted_is_not_recorded(tmp_path: Path, stream: bool) -> None:
    path = tmp_path / "01_test.json"
    whole = json.dumps(completion("Hello")).encode()
    first = chunk("Hel").encode() if stream else whole[:20]
    headers = SSE if stream else JSON
    replies = [httpx2.Response(200, headers=headers, stream=Interrupted(first))]
    replies += [httpx2.Response(200, headers=headers, content=STREAM if stream else whole)]
    client = recording_client(path, lambda _: replies.pop(0))
    with pytest.raises(KeyboardInterrupt):
        list(client.chat.completions.create(**ask("Hi", stream=stream)))
    list(client.chat.completions.create(**ask("Hi", stream=stream)))
    [answer] = heard(path)
    assert answer.ended is None


def test_json_that_its_reader_closed_early_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    body = json.dumps(completion("Hello")).encode()
    pieces = [body[:20], body[20:]]
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=JSON, content=iter(pieces))
    )
    with client.chat.completions.with_streaming_response.create(**ask("Hi")) as answer:
        next(answer.iter_bytes(20))
    with pytest.raises(RecordingMissing):
        read(path)


def test_reading_on_where_the_reader_left_is_refused_in_replay(recordings: Path) -> None:
    path = recordings / "01_test.json"
    pieces = [chunk("Hel").encode(), chunk("lo").encode(), b"data: [DONE]\n\n"]
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=SSE, content=iter(pieces))
    )
    with _stream(client) as stream:
        next(iter(stream))
    with _stream(connect("01_test")) as stream:
        assert next(iter(stream)).choices[0].delta.content == "Hel"
    with pytest.raises(RecordingMissing, match=r"left early, after 1 event\.\n.*same place"):
        list(_stream(connect("01_test")))


@pytest.mark.parametrize("stream", [False, True])
def test_a_canceled_request_is_canceled_in_replay_too(recordings: Path, stream: bool) -> None:
    path = recordings / "01_test.json"

    class Slow(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield chunk("Hel").encode() if stream else b"{"
            await asyncio.sleep(60)

    async def server(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=SSE if stream else JSON, stream=Slow())

    async def ask_in_time(client: openai.AsyncOpenAI, seconds: float) -> list[str | None]:
        heard: list[str | None] = []

        async def listen() -> None:
            answer = await client.chat.completions.create(**ask("Hi", stream=stream))
            async for piece in answer:
                heard.append(piece.choices[0].delta.content)

        async with client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(listen(), seconds)
        return heard

    inner = httpx2.MockTransport(server)
    transport = WatchingTransport((), Recorder(path, ORIGIN), async_inner=inner)
    http = httpx2.AsyncClient(transport=transport)
    live = asyncio.run(ask_in_time(openai.AsyncOpenAI(api_key="x", http_client=http), 0.1))
    assert asyncio.run(ask_in_time(connect_async("01_test"), 0.1)) == live
    assert live == (["Hel"] if stream else [])
    with pytest.raises(RecordingMissing, match="was canceled after"):
        list(connect("01_test").chat.completions.create(**ask("Hi", stream=stream)))


def test_a_connection_that_fails_is_recorded(tmp_path: Path) -> None:
    def server(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused")

    path = tmp_path / "01_test.json"
    client = recording_client(path, server).with_options(max_retries=0)
    with pytest.raises(openai.APIConnectionError):
        client.chat.completions.create(**ask("Hi"))
    [answer] = heard(path)
    assert answer.status is None
    assert answer.ended is not None
    assert answer.ended.error == "ConnectError"


@contextmanager
def server_that_dies_mid_stream() -> Iterator[str]:
    """A real server on this machine that closes the connection after two chunks."""

    class Dies(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while self.rfile.readline().strip():
                pass
            piece = (chunk("Hel") + chunk("lo")).encode()
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
            self.wfile.write(head + b"transfer-encoding: chunked\r\n\r\n")
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Dies) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()


def test_a_connection_that_dies_mid_stream_is_recorded_and_replayed(recordings: Path) -> None:
    path = recordings / "01_test.json"

    def listen(client: openai.OpenAI) -> list[str | None]:
        texts = []
        with pytest.raises(openai.APIConnectionError):
            for piece in client.chat.completions.create(**ask("Hi", stream=True)):
                texts.append(piece.choices[0].delta.content)
        return texts

    with server_that_dies_mid_stream() as address:
        transport = WatchingTransport((), Recorder(path, ORIGIN))
        http = httpx2.Client(transport=transport)
        live = listen(openai.OpenAI(api_key="x", base_url=address, http_client=http))
    assert listen(connect("01_test")) == live == ["Hel", "lo"]


def test_concurrent_requests_are_recorded_in_the_order_of_sending(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"

    async def server(request: httpx2.Request) -> httpx2.Response:
        number = int(json.loads(request.content)["messages"][0]["content"])
        await asyncio.sleep((9 - number) / 200)  # the last one sent answers first
        return httpx2.Response(200, json=completion(str(number)))

    async def all_at_once() -> None:
        inner = httpx2.MockTransport(server)
        transport = WatchingTransport((), Recorder(path, ORIGIN), async_inner=inner)
        http = httpx2.AsyncClient(transport=transport)
        async with OrderedAsyncOpenAI(api_key="x", http_client=http) as client:
            await asyncio.gather(*(client.chat.completions.create(**ask(str(n))) for n in range(9)))

    asyncio.run(all_at_once())
    asked = [i.request.body["messages"][0]["content"] for i in read(path).interactions]
    assert asked == [str(n) for n in range(9)]


def test_the_cap_refuses_the_request_after_the_one_that_reached_it(tmp_path: Path) -> None:
    sent = []

    def server(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200, json=completion("Hello", tokens=1_000_000))

    meter = Meter(limit=1.0)
    client = recording_client(tmp_path / "01_test.json", server, meter)
    question = {**ask("Hi"), "model": "gpt-6-luna"}  # a million output tokens cost $0.50
    for _ in range(2):
        client.chat.completions.create(**question)
    with pytest.raises(SpendLimitReached, match=r"\$1\.00.*not sent"):
        client.chat.completions.create(**question)
    assert len(sent) == 2


def test_a_multipart_upload_matches_whatever_its_boundary(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    answer = {
        "id": "file-1",
        "object": "file",
        "bytes": 1,
        "created_at": 1,
        "filename": "a",
        "purpose": "batch",
        "status": "processed",
    }
    client = recording_client(path, lambda _: httpx2.Response(200, json=answer))
    for _ in range(2):
        client.files.create(file=("a.jsonl", b"{}"), purpose="batch")
    first, second = (i.request for i in read(path).interactions)
    assert first == second
