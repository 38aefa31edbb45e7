"""What a scenario does with requests that go wrong, and with time."""

import asyncio
import contextlib
import threading
import time
from email.utils import formatdate
from time import sleep
from typing import Any

import anyio
import httpx2
import openai
import pytest

from utils.scripted import (
    Clock,
    OffScript,
    Reply,
    ScriptedAPI,
    SentRequest,
    WaitedTooLong,
    drops,
    fails,
    says,
    streams,
    times_out,
)
from utils.scripted.clock import EPOCH

real_sleep = sleep

ASK: Any = {"model": "gpt-6-luna", "input": "When does it ship?"}
CHAT: Any = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": "When?"}]}


def stubborn(call):
    """Code that swallows every Exception and tries again, for ever."""
    while True:
        with contextlib.suppress(Exception):
            call()


def test_requests_are_kept_with_path_json_headers_and_simulated_time():
    api = ScriptedAPI([fails(429, retry_after=7), says("Two days.", takes=1.5), says("again")])
    client = api.client()
    with api.simulated_time():
        assert client.responses.create(**ASK).output_text == "Two days."
        client.chat.completions.create(**CHAT)
    assert [r.path for r in api.requests] == ["/responses", "/responses", "/chat/completions"]
    assert [r.at for r in api.requests] == [0, 7, 8.5]
    assert api.requests[0].json == ASK
    assert api.requests[1].headers["x-stainless-retry-count"] == "1"
    assert api.requests[2].endpoint == "chat"
    assert api.clock.sleeps == [7]


def test_simulated_waits_take_no_real_time_and_the_real_clock_comes_back():
    real = time.sleep
    api = ScriptedAPI([says("x")])
    before = time.monotonic()
    with api.simulated_time(globals()):
        start = time.monotonic(), time.perf_counter(), time.time()
        time.sleep(3600)
        sleep(1800)
        passed = time.monotonic() - start[0], time.perf_counter() - start[1], time.time() - start[2]
        assert start[2] == EPOCH
    assert passed == (5400, 5400, 5400)
    assert time.monotonic() - before < 600
    assert time.sleep is real
    assert sleep is real


def test_sleep_refuses_what_the_real_one_refuses():
    with Clock().installed():
        with pytest.raises(ValueError, match="non-negative"):
            time.sleep(-1)
        with pytest.raises(ValueError, match="NaN"):
            time.sleep(float("nan"))
        with pytest.raises(TypeError):
            time.sleep("1")  # type: ignore[arg-type]


def test_a_retry_after_date_is_read_on_the_simulated_clock():
    api = ScriptedAPI([fails(503, retry_after=formatdate(EPOCH + 30, usegmt=True)), says("x")])
    with api.simulated_time():
        api.client().responses.create(**ASK)
    assert api.requests[1].at == 30


def test_sdk_backoff_is_simulated_sync_and_async():
    api = ScriptedAPI([fails(500), drops(), says("x")])
    with api.simulated_time():
        api.client().responses.create(**ASK)
    assert 0.375 <= api.requests[1].at <= 0.5
    assert 0.75 <= api.requests[2].at - api.requests[1].at <= 1

    api = ScriptedAPI([fails(500), drops(), says("x")])
    assert api.run(api.async_client().responses.create(**ASK)).output_text == "x"
    assert 0.375 <= api.requests[1].at <= 0.5
    assert 0.75 <= api.requests[2].at - api.requests[1].at <= 1


def test_concurrent_waits_overlap_in_the_simulated_loop():
    api = ScriptedAPI([], otherwise=says("x", takes=2))
    client = api.async_client()

    async def main():
        gate = asyncio.Semaphore(5)

        async def one():
            async with gate:
                await client.responses.create(**ASK)
            await asyncio.sleep(10)
            await anyio.sleep(10)
            time.sleep(0)

        await asyncio.gather(*(one() for _ in range(20)))

    api.run(main())
    assert len(api.requests) == 20
    assert api.most_in_flight == 5
    assert sorted({r.at for r in api.requests}) == [0, 2, 4, 6]
    assert api.clock.now == 28


def test_timeouts_and_cancellation_work_in_the_simulated_loop():
    api = ScriptedAPI([says("x", takes=60)])

    async def main():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await api.async_client().responses.create(**ASK)
        return asyncio.get_running_loop().time()

    assert api.run(main()) == 3


def test_threads_of_the_simulated_loop_are_waited_for():
    clock = Clock()
    api = ScriptedAPI([says("from a thread")], clock=clock)

    async def main():
        answer = await asyncio.to_thread(api.client().responses.create, **ASK)
        return answer.output_text

    assert api.run(main()) == "from a thread"


def test_awaiting_what_never_comes_is_stopped():
    async def main():
        await asyncio.Event().wait()

    with pytest.raises(WaitedTooLong, match="never comes"):
        ScriptedAPI([]).run(main())


def test_sleeping_for_ever_is_stopped_and_not_swallowed():
    with Clock().installed(), pytest.raises(WaitedTooLong):
        stubborn(lambda: time.sleep(600))


def test_a_notebook_runs_a_coroutine_on_the_simulated_clock_from_its_own_loop():
    """As a cell does: inside a task of a running loop, which goes on afterwards."""
    api = ScriptedAPI([says("x", takes=30)])

    async def main() -> str:
        await asyncio.sleep(30)
        return (await api.async_client().responses.create(**ASK)).output_text

    async def cell() -> tuple[str, bool]:
        mine = asyncio.current_task()
        text = api.run(main())
        await asyncio.sleep(0)
        return text, asyncio.current_task() is mine

    assert asyncio.run(cell()) == ("x", True)
    assert api.clock.latest == 60


def test_a_browsers_python_needs_no_thread(monkeypatch: pytest.MonkeyPatch):
    def thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("sys.platform", "emscripten")
    monkeypatch.setattr(threading.Thread, "start", thread)
    api = ScriptedAPI([says("x")])

    async def main() -> str:
        assert await asyncio.to_thread(int, "7") == 7
        with pytest.raises(ValueError, match="invalid literal"):
            await asyncio.to_thread(int, "seven")
        return (await api.async_client().responses.create(**ASK)).output_text

    assert api.run(main()) == "x"


def test_a_failure_in_it_leaves_the_notebooks_loop_in_order():
    async def broken() -> None:
        raise KeyError("no such order")

    async def cell() -> str:
        with pytest.raises(KeyError):
            ScriptedAPI([]).run(broken())
        return await asyncio.sleep(0, "went on")

    assert asyncio.run(cell()) == "went on"


def test_run_inside_run_is_refused():
    api = ScriptedAPI([])

    async def outer() -> None:
        inner = asyncio.sleep(1)
        try:
            ScriptedAPI([]).run(inner)
        finally:
            inner.close()

    with pytest.raises(RuntimeError, match="use `await`"):
        api.run(outer())


def test_asyncio_run_in_plain_code_is_on_the_simulated_clock():
    api = ScriptedAPI([says("x")])

    async def main():
        await asyncio.sleep(100)
        return (await api.async_client().responses.create(**ASK)).output_text

    with api.simulated_time():
        assert asyncio.run(main()) == "x"
    assert api.requests[0].at == 100


def test_waiting_for_the_threads_of_asyncio_run_takes_no_simulated_time(recwarn):
    api = ScriptedAPI([])

    async def main():
        return await asyncio.to_thread(threading.current_thread)

    with api.simulated_time():
        assert asyncio.run(main()) is not threading.current_thread()
    assert api.clock.latest == 0
    assert not recwarn.list


@pytest.mark.parametrize("options", [None, {"timeout": 5}], ids=["client", "copy of a client"])
def test_requests_sent_at_once_arrive_in_the_order_in_which_their_tasks_start(options, monkeypatch):
    real = asyncio.to_thread

    async def late(function, *given):  # whoever waits for a thread is overtaken
        result = await real(function, *given)
        await asyncio.sleep(1)
        return result

    threads = iter([late, *[real] * 8])
    monkeypatch.setattr(asyncio, "to_thread", lambda *given: next(threads)(*given))
    api = ScriptedAPI([says(str(n)) for n in range(9)])

    async def main():
        client = api.async_client()
        used = client if options is None else client.with_options(**options)
        sent = [used.responses.create(model="m", input=str(n)) for n in range(9)]
        return [answer.output_text for answer in await asyncio.gather(*sent)]

    assert api.run(main()) == [str(n) for n in range(9)]
    assert [sent.json["input"] for sent in api.requests] == [str(n) for n in range(9)]


def test_top_level_await_in_a_running_loop_is_simulated_too():
    api = ScriptedAPI([fails(429, retry_after=20), says("x")])

    async def notebook():
        with api.simulated_time():
            await api.async_client().responses.create(**ASK)

    asyncio.run(notebook())
    assert api.requests[1].at == 20


@pytest.mark.parametrize("endpoint", ["chat", "responses"])
@pytest.mark.parametrize("streamed", [True, False])
def test_an_off_script_request_cannot_be_swallowed(endpoint, streamed):
    api = ScriptedAPI([])
    client = api.client()
    ask = client.chat.completions.create if endpoint == "chat" else client.responses.create
    body = CHAT if endpoint == "chat" else ASK
    with pytest.raises(OffScript, match="request 1, but this conversation ends after 0"):
        stubborn(lambda: ask(**body, stream=streamed))
    assert api.overrun


def test_an_off_script_request_cannot_be_swallowed_in_async_code():
    api = ScriptedAPI([])

    async def main():
        while True:
            with contextlib.suppress(Exception):
                await api.async_client().responses.create(**ASK)

    with pytest.raises(OffScript):
        api.run(main())


def test_read_timeouts_advance_the_clock_by_the_limit_of_the_request():
    api = ScriptedAPI([times_out(), times_out("connecting"), says("slow", takes=31)])
    client = api.client(max_retries=0, timeout=httpx2.Timeout(30, connect=4))
    with api.simulated_time():
        for _ in range(3):
            with pytest.raises(openai.APITimeoutError):
                client.responses.create(**ASK)
    assert [r.at for r in api.requests] == [0, 30, 34]
    assert api.clock.now == 64


def test_waiting_without_a_timeout_for_what_never_comes_is_stopped():
    api = ScriptedAPI([times_out()])
    client = openai.OpenAI(
        api_key="test", max_retries=0, http_client=httpx2.Client(transport=api, timeout=None)
    )
    with pytest.raises(WaitedTooLong, match="no read timeout"):
        client.responses.create(**ASK, timeout=None)


@pytest.mark.parametrize(
    ("when", "cause"),
    [
        ("connecting", httpx2.ConnectError),
        ("sending", httpx2.WriteError),
        ("waiting", httpx2.ReadError),
        ("answering", httpx2.RemoteProtocolError),
    ],
)
def test_connection_failures_reach_the_sdk_as_such(when, cause):
    with pytest.raises(openai.APIConnectionError) as caught:
        ScriptedAPI([drops(when)]).client(max_retries=0).responses.create(**ASK)
    assert isinstance(caught.value.__cause__, cause)


def read(stream):
    pieces, finish = [], None
    for chunk in stream:
        if chunk.choices:
            pieces.append(chunk.choices[0].delta.content or "")
            finish = chunk.choices[0].finish_reason or finish
    return "".join(pieces), finish


def chat_stream(end, **more):
    api = ScriptedAPI([streams("Two ", "days.", end=end, **more)])
    return api, api.client(timeout=20).chat.completions.create(**CHAT, stream=True)


def test_a_stream_ends_well_or_is_cut_without_a_word():
    assert read(chat_stream("done")[1]) == ("Two days.", "stop")
    assert read(chat_stream("cut")[1]) == ("Two days.", None)
    assert read(chat_stream("done", finish_reason="length")[1]) == ("Two days.", "length")


def test_a_stream_that_stalls_costs_the_read_timeout():
    api, stream = chat_stream("stall", takes=2, every=1)
    with pytest.raises(openai.APITimeoutError):
        read(stream)
    assert api.clock.now == 2 + 1 + 1 + 20


def test_a_pause_between_two_pieces_may_last_as_long_as_the_read_timeout():
    api, stream = chat_stream("done", takes=2, every=20)
    assert read(stream) == ("Two days.", "stop")
    assert api.clock.now == 2 + 3 * 20
    api, stream = chat_stream("done", takes=2, every=20.5)
    with pytest.raises(openai.APITimeoutError):
        read(stream)
    assert api.clock.now == 2 + 20


def test_a_pause_beyond_the_read_timeout_ends_an_async_stream_too():
    api = ScriptedAPI([streams("Two ", "days.", takes=2, every=20.5)])

    async def main():
        client = api.async_client(timeout=20)
        stream = await client.chat.completions.create(**CHAT, stream=True)
        return [chunk async for chunk in stream]

    with pytest.raises(openai.APITimeoutError):
        api.run(main())
    assert api.clock.latest == 2 + 20


def test_streams_that_break_raise_what_the_service_would_make_the_sdk_raise():
    with pytest.raises(openai.APIConnectionError):
        read(chat_stream("drop")[1])
    with pytest.raises(openai.APIError, match="The server had an error") as caught:
        read(chat_stream("error")[1])
    assert not isinstance(caught.value, openai.APIStatusError)
    with pytest.raises(ValueError, match="Unterminated string"):
        read(chat_stream("malformed")[1])


def test_pieces_arrive_as_scripted_and_reading_them_is_recorded():
    api = ScriptedAPI([streams("a", "b", "c", takes=1, every=0.5)])
    seen = []
    with api.client().responses.create(**ASK, stream=True) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                seen.append((event.delta, api.clock.now))
                if event.delta == "b":
                    break
    assert [piece for piece, _ in seen] == ["a", "b"]
    assert seen[1][1] - seen[0][1] == 0.5
    assert api.requests[0].closed
    assert api.requests[0].parts_read < 10
    assert api.in_flight == 0


def test_async_streams_bring_the_same():
    api = ScriptedAPI([streams("a", "b", every=0.5), streams("a", end="stall")])

    async def main():
        client = api.async_client(timeout=5)
        pieces = [
            c.choices[0].delta.content
            async for c in await client.chat.completions.create(**CHAT, stream=True)
        ]
        with pytest.raises(openai.APITimeoutError):
            async for _ in await client.chat.completions.create(**CHAT, stream=True):
                pass
        return pieces

    assert [p for p in api.run(main()) if p] == ["a", "b"]


def test_time_does_not_jump_over_a_thread_that_is_slow_to_start():
    """On a busy machine a thread takes real time; a timer must not fire meanwhile."""
    api = ScriptedAPI([])

    async def main():
        async with asyncio.timeout(5):
            await asyncio.to_thread(real_sleep, 0.1)
        return api.clock.now

    assert api.run(main()) == 0


def test_a_body_is_read_once_even_where_the_sdk_drains_it_after_its_end():
    """The SDK's async streams iterate over what follows [DONE]; a connection has nothing left."""
    sync, asynchronous = (ScriptedAPI([streams("a", "b", every=1)]) for _ in range(2))
    list(sync.client().chat.completions.create(**CHAT, stream=True))

    async def main():
        client = asynchronous.async_client()
        async for _ in await client.chat.completions.create(**CHAT, stream=True):
            pass
        return asynchronous.clock.now

    assert asynchronous.run(main()) == sync.clock.now == 3
    assert asynchronous.requests[0].parts_read == sync.requests[0].parts_read == 5


@pytest.mark.parametrize(
    ("end", "error"),
    [
        ("drop", openai.APIConnectionError),
        ("cut", openai.APIConnectionError),
        ("stall", openai.APITimeoutError),
        ("error", openai.InternalServerError),
        ("malformed", ValueError),
    ],
)
def test_a_streamed_step_answers_a_plain_request_in_the_shape_it_asked_for(end, error):
    api = ScriptedAPI([streams("Two ", "days."), streams("Two ", end=end)])
    client = api.client(max_retries=0, timeout=5)
    assert client.responses.create(**ASK).output_text == "Two days."
    with pytest.raises(error):
        client.responses.create(**ASK)


def test_a_plain_step_answers_a_streaming_request_with_a_stream():
    api = ScriptedAPI([says("Two days, from Fernhill.")])
    text, finish = read(api.client().chat.completions.create(**CHAT, stream=True))
    assert (text, finish) == ("Two days, from Fernhill.", "stop")


def test_steps_may_depend_on_the_request():
    api = ScriptedAPI([lambda sent: says(sent.json["input"].upper())])
    assert api.client().responses.create(**ASK).output_text == "WHEN DOES IT SHIP?"


def test_it_is_an_ordinary_transport():
    api = ScriptedAPI([says("x")])
    client = openai.OpenAI(api_key="test", http_client=httpx2.Client(transport=api))
    assert client.responses.create(**ASK).output_text == "x"


def test_requests_and_replies_survive_the_way_through_another_process():
    api = ScriptedAPI([streams("a", "b", every=0.5, end="drop")])
    sent = SentRequest(
        "POST", "/responses", {}, httpx2.Headers({"a": "1"}), 2.0, b'{"stream":true}'
    )
    copy = SentRequest.from_plain(sent.to_plain())
    assert copy.streamed
    assert (copy.path, copy.at, copy.headers["a"]) == ("/responses", 2.0, "1")
    reply = api.answer(copy)
    assert Reply.from_plain(reply.to_plain()) == reply
    with pytest.raises(ValueError, match="not a request"):
        SentRequest.from_plain({"content": "%"})
