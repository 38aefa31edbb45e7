"""Several choices come back as the service sends them, and usage counts the tokens of all."""

from __future__ import annotations

from typing import Any

import openai
import pytest
from openai._models import validate_type
from openai.types.chat import ChatCompletion

from tests.local_model.test_gateway import (
    ask,
    client,  # noqa: F401
    collect,
    llama,  # noqa: F401
    refused,
    tool,
)
from tests.local_model.upstream import CHAT, COMMON, USAGE, Json, Stream, streamed

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def chunk(index: int, delta: Json, finish: str | None = None, **more: Any) -> Json:
    choice = {"finish_reason": finish, "index": index, "delta": delta} | more
    return COMMON | {"object": "chat.completion.chunk", "choices": [choice]}


def usage(tokens: int) -> Json:
    counts = {"completion_tokens": tokens, "total_tokens": 30 + tokens}
    return COMMON | {
        "object": "chat.completion.chunk",
        "choices": [],
        "usage": USAGE | counts,
        "timings": {"predicted_n": tokens},
    }


def two(**more: Any) -> list[Json]:
    """Two choices in an order in which llama.cpp sends them: mixed, the second one first."""
    return [
        chunk(1, {"role": "assistant", "content": None}),
        chunk(0, {"role": "assistant", "content": None}),
        chunk(1, {"content": "Two"}, **more),
        chunk(0, {"content": "Number "}),
        chunk(0, {"content": "one"}),
        chunk(1, {}, "length"),
        usage(3),
        chunk(0, {}, "stop"),
        usage(5),
    ]


async def test_a_whole_answer_has_all_choices_in_order_and_counts_them_all(client, llama):  # noqa: F811
    llama.answer = lambda _: streamed(Stream(two()))
    answer = await ask(client, n=2)
    validate_type(type_=ChatCompletion, value=answer.to_dict())
    assert answer.object == "chat.completion"
    assert [choice.index for choice in answer.choices] == [0, 1]
    assert [choice.message.content for choice in answer.choices] == ["Number one", "Two"]
    assert [choice.finish_reason for choice in answer.choices] == ["stop", "length"]
    assert answer.usage.prompt_tokens == 30
    assert answer.usage.completion_tokens == 8
    assert answer.usage.total_tokens == 38
    assert llama.body["n"] == 2


async def test_one_choice_is_not_streamed(client, llama):  # noqa: F811
    assert (await ask(client, n=1)).usage.completion_tokens == 2
    assert "stream" not in llama.body


async def test_a_stream_ends_with_one_usage_for_all_choices(client, llama):  # noqa: F811
    llama.answer = lambda _: streamed(Stream(two()))
    more: Json = {"stream": True, "stream_options": {"include_usage": True}}
    found = await collect(await ask(client, n=2, **more))
    assert [event.usage is not None for event in found] == [False] * 7 + [True]
    assert found[-1].choices == []
    assert found[-1].usage.completion_tokens == 8
    assert found[-1].usage.total_tokens == 38
    texts = ["", ""]
    for event in found[:-1]:
        texts[event.choices[0].index] += event.choices[0].delta.content or ""
    assert texts == ["Number one", "Two"]


async def test_log_probabilities_stay_with_their_choice(client, llama):  # noqa: F811
    scored = [{"token": "Two", "logprob": -0.5, "bytes": None, "top_logprobs": []}]
    llama.answer = lambda _: streamed(Stream(two(logprobs={"content": scored})))
    first, second = (await ask(client, n=2, logprobs=True)).choices
    assert first.logprobs is None
    assert [entry.logprob for entry in second.logprobs.content] == [-0.5]


async def test_the_fragments_of_calls_become_calls(client, llama):  # noqa: F811
    def call(index: int, number: int, name: str | None, arguments: str) -> Json:
        function = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
        head = {"id": f"{index}{number}", "type": "function"} if name else {}
        return chunk(index, {"tool_calls": [head | {"index": number, "function": function}]})

    events = [call(0, 0, "a", "{"), call(1, 0, "a", "{}"), call(0, 0, None, "}")]
    events += [call(0, 1, "b", "{}"), chunk(0, {}, "tool_calls"), usage(4)]
    events += [chunk(1, {}, "tool_calls"), usage(6)]
    llama.answer = lambda _: streamed(Stream(events))
    answer = await ask(client, n=2, tools=[tool("a"), tool("b")])
    calls = [
        [(call.id, call.function.name, call.function.arguments) for call in c.message.tool_calls]
        for c in answer.choices
    ]
    assert calls == [[("call_00", "a", "{}"), ("call_01", "b", "{}")], [("call_10", "a", "{}")]]
    assert [choice.message.content for choice in answer.choices] == [None, None]
    assert answer.usage.completion_tokens == 10


async def test_legacy_completions_count_all_choices_too(client, llama):  # noqa: F811
    def text(index: int, text: str, finish: str | None = None, **more: Any) -> Json:
        choice = {"text": text, "index": index, "logprobs": None, "finish_reason": finish}
        return COMMON | {"object": "text_completion", "choices": [choice]} | more

    def events() -> list[Json]:  # in legacy streams the usage comes with the last text
        last = [text(i, "", "length", usage=usage(5)["usage"]) for i in (1, 0)]
        return [text(1, " second"), text(0, " first"), *last]

    llama.answer = lambda _: streamed(Stream(events()))
    answer = await client.completions.create(model=CHAT, prompt="My", n=2)
    assert [choice.text for choice in answer.choices] == [" first", " second"]
    assert answer.usage.completion_tokens == 10
    llama.answer = lambda _: streamed(Stream(events()))
    given: Any = {"stream": True, "stream_options": {"include_usage": True}}
    found = await collect(await client.completions.create(model=CHAT, prompt="My", n=2, **given))
    assert [event.usage.completion_tokens for event in found if event.usage] == [10]


async def test_a_stream_that_breaks_is_an_error_not_a_short_answer(client, llama):  # noqa: F811
    llama.answer = lambda _: streamed(Stream(two()[:-2]))
    await refused(ask(client, n=2), openai.InternalServerError, "broke off")
    llama.answer = lambda _: streamed(Stream(two()[:-2], breaks=True))
    await refused(ask(client, n=2), openai.InternalServerError, "does not answer any more")
    error = {"error": {"code": 500, "message": "out of memory", "type": "server_error"}}
    llama.answer = lambda _: streamed(Stream([*two()[:4], error]))
    await refused(ask(client, n=2), openai.InternalServerError, "out of memory")


async def test_log_probabilities_with_tools_are_refused(client, llama):  # noqa: F811
    call = ask(client, n=2, logprobs=True, tools=[tool("a")])
    error = await refused(call, openai.BadRequestError, "leave out 'n'")
    assert error.param == "logprobs"
    assert llama.asked == []
