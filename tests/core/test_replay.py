"""The replayed client is the SDK's own, and behaves as it would against the service."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openai
import pytest

from utils import connect, connect_async
from utils.client import _recorded
from utils.recordings import Ended, Recording, RecordingMissing, Request, Response, write

from .samples import (
    JSON,
    ORIGIN,
    SSE,
    answers,
    ask,
    chunk,
    completion,
    fails,
    file_of,
    request,
    store,
    streams,
)


def text(result: Any) -> str:
    return result.choices[0].message.content


def test_connect_gives_the_sdks_own_client(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    client = connect("01_test")
    assert type(client) is openai.OpenAI
    assert type(connect_async("01_test")).__bases__ == (openai.AsyncOpenAI,)
    assert text(client.chat.completions.create(**ask("Hi"))) == "Hello"


def test_the_status_names_the_models_that_answered(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")), lesson="01_test")
    embeds = Request(method="POST", path="/embeddings", body={"model": "v", "input": "a"})
    origin = ORIGIN.model_copy(update={"embed_model": "test-embedder"})
    for lesson, asked in {"02_test": [embeds], "03_test": [request("Hi"), embeds]}.items():
        pairs = [(each, answers("x")) for each in asked]
        file = file_of(*pairs, lesson=lesson).model_copy(update={"origin": origin})
        write(recordings / f"{lesson}.json", file)
    said = {name: _recorded(Recording.load(path)) for name, path in _files(recordings).items()}
    assert said["01_test"].startswith("1 answer of test-model, made up")
    assert said["02_test"].startswith("1 answer of test-embedder, made up")
    assert said["03_test"].startswith("2 answers of test-model and test-embedder, made up")


def _files(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in folder.glob("*.json")}


def test_no_connection_is_opened(recordings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    store(recordings, (request("Hi"), answers("Hello")))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert text(connect("01_test").chat.completions.create(**ask("Hi"))) == "Hello"


def test_a_changed_request_is_neither_wrapped_nor_retried(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    client = connect("01_test")
    started = time.perf_counter()
    with pytest.raises(RecordingMissing):
        client.chat.completions.create(**ask("Bye"))
    assert time.perf_counter() - started < 0.4  # the SDK's first wait would be longer
    assert not issubclass(RecordingMissing, openai.OpenAIError)


def test_headers_and_request_ids_arrive(recordings: Path) -> None:
    answer = Response(
        status=200, headers=JSON | {"x-request-id": "req_1"}, json=completion("Hello")
    )
    store(recordings, (request("Hi"), answer))
    result = connect("01_test").chat.completions.create(**ask("Hi"))
    assert result._request_id == "req_1"


def test_errors_are_the_sdks_own(recordings: Path) -> None:
    store(recordings, (request("Hi"), fails(404)))
    with pytest.raises(openai.NotFoundError, match="made up"):
        connect("01_test").chat.completions.create(**ask("Hi"))


def test_a_recorded_retry_is_replayed_each_time_without_the_wait(recordings: Path) -> None:
    pair = [(request("Hi"), fails(429, **{"retry-after": "20"})), (request("Hi"), answers("ok"))]
    store(recordings, *pair)
    client = connect("01_test")
    started = time.perf_counter()
    for _ in range(2):
        raw = client.chat.completions.with_raw_response.create(**ask("Hi"))
        assert (text(raw.parse()), raw.retries_taken) == ("ok", 1)
    assert time.perf_counter() - started < 15
    with pytest.raises(openai.RateLimitError) as caught:
        client.with_options(max_retries=0).chat.completions.create(**ask("Hi"))
    assert caught.value.response.headers["retry-after"] == "20"


def test_a_stream_keeps_its_recorded_times_at_pace_one(
    recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_PACE", "1")
    store(recordings, (request("Hi", stream=True), streams(*"abcdefghij", every=20)))
    client = connect("01_test")
    started = time.perf_counter()
    seen = []
    for piece in client.chat.completions.create(**ask("Hi", stream=True)):
        seen.append((time.perf_counter() - started, piece.choices[0].delta.content))
    assert "".join(content for _, content in seen) == "abcdefghij"
    early = [at - 0.02 * (n + 1) for n, (at, _) in enumerate(seen)]
    assert min(early) > -0.002  # never before its time; how late it may be is a benchmark's matter


def test_a_cut_stream_ends_in_the_error_that_was_recorded(recordings: Path) -> None:
    ended = Ended(how="error", error="ReadError", message="peer closed")
    store(recordings, (request("Hi", stream=True), streams("Hel", "lo", done=False, ended=ended)))
    heard = []
    with pytest.raises(openai.APIConnectionError):
        for piece in connect("01_test").chat.completions.create(**ask("Hi", stream=True)):
            heard.append(piece.choices[0].delta.content)
    assert heard == ["Hel", "lo"]


def test_a_connection_that_failed_at_once_is_replayed(recordings: Path) -> None:
    ended = Ended(how="error", error="ConnectTimeout", message="timed out")
    store(recordings, (request("Hi"), Response(status=None, ended=ended)))
    with pytest.raises(openai.APITimeoutError):
        connect("01_test", max_retries=0).chat.completions.create(**ask("Hi"))


def test_an_unknown_error_name_in_a_file_cannot_raise_anything_else(recordings: Path) -> None:
    ended = Ended(how="error", error="Client", message="odd")
    store(recordings, (request("Hi"), Response(status=None, ended=ended)))
    with pytest.raises(openai.APIConnectionError):
        connect("01_test", max_retries=0).chat.completions.create(**ask("Hi"))


def test_base64_and_text_bodies_are_replayed(recordings: Path) -> None:
    file = Request(method="GET", path="/files/f1/content")
    page = Request(method="GET", path="/models/m")
    store(
        recordings,
        (file, Response(status=200, base64="AAECAw==")),
        (page, Response(status=200, headers={"content-type": "text/html"}, text="<html>")),
    )
    client = connect("01_test")
    assert client.files.content("f1").read() == bytes(range(4))
    assert client.models.retrieve("m") == "<html>"


def test_two_hundred_concurrent_requests_get_their_own_answers(recordings: Path) -> None:
    pairs = [(request(f"number {n}"), answers(f"answer {n}")) for n in range(200)]
    store(recordings, *pairs)

    async def all_at_once() -> list[str]:
        async with connect_async("01_test") as client:
            jobs = [client.chat.completions.create(**ask(f"number {n}")) for n in range(200)]
            return [text(result) for result in await asyncio.gather(*jobs)]

    assert asyncio.run(all_at_once()) == [f"answer {n}" for n in range(200)]


@pytest.fixture
def threads_overtake(monkeypatch: pytest.MonkeyPatch) -> None:
    """The earlier a thread of the event loop is started, the later its result arrives."""
    real, started = asyncio.to_thread, itertools.count()

    async def late(function: Callable[..., Any], *given: Any) -> Any:
        wait = max(0, 40 - next(started)) / 1000
        result = await real(function, *given)
        await asyncio.sleep(wait)
        return result

    monkeypatch.setattr(asyncio, "to_thread", late)


@pytest.mark.parametrize("options", [None, {"max_retries": 0}], ids=["client", "copy of a client"])
@pytest.mark.usefixtures("threads_overtake")
def test_concurrent_equal_requests_get_the_recordings_in_the_order_of_sending(
    recordings: Path, options: dict[str, Any] | None
) -> None:
    store(recordings, *((request("Hi"), answers(str(n))) for n in range(20)))

    async def all_at_once() -> list[str]:
        async with connect_async("01_test") as client:
            assert isinstance(client, openai.AsyncOpenAI)
            used = client if options is None else client.with_options(**options)
            jobs = [used.chat.completions.create(**ask("Hi")) for _ in range(20)]
            return [text(result) for result in await asyncio.gather(*jobs)]

    assert asyncio.run(all_at_once()) == [str(n) for n in range(20)]


def test_fifty_threads_lose_and_repeat_nothing(recordings: Path) -> None:
    store(recordings, *((request("Hi"), answers(str(n))) for n in range(50)))
    client = connect("01_test")
    with ThreadPoolExecutor(50) as pool:
        heard = list(
            pool.map(lambda _: text(client.chat.completions.create(**ask("Hi"))), range(50))
        )
    assert sorted(heard, key=int) == [str(n) for n in range(50)]


def test_an_async_stream_is_replayed(recordings: Path) -> None:
    events = [(1, chunk("Hel")), (2, chunk("lo")), (3, "data: [DONE]\n\n")]
    store(
        recordings,
        (request("Hi", stream=True), Response(status=200, headers=SSE, events=events)),
    )

    async def listen() -> str:
        async with connect_async("01_test") as client:
            stream = await client.chat.completions.create(**ask("Hi", stream=True))
            return "".join([piece.choices[0].delta.content or "" async for piece in stream])

    assert asyncio.run(listen()) == "Hello"
