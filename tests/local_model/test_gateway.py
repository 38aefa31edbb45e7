"""The gateway answers as OpenAI does where llama.cpp does not. One gap, one test."""

from __future__ import annotations

import json
from typing import Any, get_args

import anyio
import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from openai._models import validate_type
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel, TypeAdapter

from tests.local_model import upstream as fake
from tests.local_model.upstream import CHAT, EMBED, Stream, Upstream, json_response, streamed
from utils.local_model import gateway

pytestmark = pytest.mark.anyio

USER: Any = [{"role": "user", "content": "hi"}]


def tool(name: str) -> Any:
    return {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}


def strict_tool(schema: Any) -> Any:
    return {"type": "function", "function": {"name": "a", "strict": True, "parameters": schema}}


def strict_format(schema: Any) -> Any:
    inner = {"name": "a", "strict": True, "schema": schema}
    return {"type": "json_schema", "json_schema": inner}


OPTIONAL: Any = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": [],
    "additionalProperties": False,
}


def flat(name: str) -> Any:
    return {"type": "function", "name": name, "parameters": {"type": "object"}, "strict": False}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def llama() -> Upstream:
    return Upstream()


def make_app(llama: Upstream, **more: Any) -> Any:
    return gateway.create_app(
        fake.CHAT_URL,
        fake.EMBED_URL,
        chat_model=CHAT,
        embed_model=EMBED,
        client=llama.client(),
        **more,
    )


def connect(app: Any, key: str = "any") -> AsyncOpenAI:
    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app, raise_app_exceptions=False))
    return AsyncOpenAI(
        base_url="http://127.0.0.1:8089/v1", api_key=key, max_retries=0, http_client=http
    )


@pytest.fixture
def client(llama: Upstream) -> AsyncOpenAI:
    return connect(make_app(llama, origin={"provider": "local"}))


async def ask(client: AsyncOpenAI, **more: Any) -> Any:
    given: dict[str, Any] = {"model": CHAT, "messages": USER} | more
    return await client.chat.completions.create(**given)


async def respond(client: AsyncOpenAI, **more: Any) -> Any:
    given: dict[str, Any] = {"model": CHAT, "input": "hi"} | more
    return await client.responses.create(**given)


async def refused(call: Any, kind: type[openai.APIStatusError], message: str) -> Any:
    with pytest.raises(kind) as caught:
        await call
    assert message in str(caught.value)
    assert isinstance(caught.value.body, dict)
    assert set(caught.value.body) == {"message", "type", "param", "code"}
    return caught.value


async def collect(stream: Any) -> list[Any]:
    return [event async for event in stream]


class TestModels:
    async def test_the_list_has_both_models_owned_by_local(self, client):
        models = [(model.id, model.owned_by) async for model in client.models.list()]
        assert models == [(CHAT, "local"), (EMBED, "local")]

    async def test_one_can_be_retrieved(self, client):
        assert (await client.models.retrieve(CHAT)).id == CHAT

    async def test_an_unknown_one_is_404_for_retrieve_and_for_requests(self, client, llama):
        error = await refused(client.models.retrieve("gpt-x"), openai.NotFoundError, "gpt-x")
        assert error.code == "model_not_found"
        error = await refused(ask(client, model="gpt-x"), openai.NotFoundError, CHAT)
        assert error.code == "model_not_found"
        assert llama.asked == []

    async def test_a_model_of_the_wrong_kind_is_refused(self, client):
        await refused(ask(client, model=EMBED), openai.NotFoundError, f"use '{CHAT}'")
        call = client.embeddings.create(model=CHAT, input="x")
        await refused(call, openai.NotFoundError, f"use '{EMBED}'")


class TestDoor:
    async def test_answers_and_errors_carry_an_id_and_the_time_they_took(self, client):
        raw = await client.chat.completions.with_raw_response.create(model=CHAT, messages=USER)
        assert raw.request_id.startswith("req_local_")
        assert int(raw.headers["openai-processing-ms"]) >= 0
        assert raw.headers["x-local-model"] == "true"
        error = await refused(ask(client, messages=[]), openai.BadRequestError, "empty array")
        assert error.request_id.startswith("req_local_")

    async def test_a_wrong_key_is_401_and_is_not_shown(self, llama):
        app = make_app(llama, api_key="right-key")
        await ask(connect(app, "right-key"))
        call = ask(connect(app, "wrong-key-of-mine"))
        error = await refused(
            call, openai.AuthenticationError, "Incorrect API key provided: wro***"
        )
        assert error.code == "invalid_api_key"

    async def test_another_host_name_is_refused(self, llama):
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=make_app(llama)))
        answer = await http.get("http://evil.example/v1/models")
        assert answer.status_code == 421
        assert (await http.get("http://localhost:1/v1/models")).status_code == 200

    async def test_health_and_origin_need_no_key(self, llama):
        app = make_app(llama, api_key="k", origin={"provider": "local"})
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app))
        assert (await http.get("http://localhost/health")).json() == {"status": "ok"}
        assert (await http.get("http://localhost/origin")).json() == {"provider": "local"}

    async def test_paths_that_are_not_there_are_404_and_methods_405(self, client):
        call = client.moderations.create(input="x")
        await refused(call, openai.NotFoundError, "Invalid URL (POST /v1/moderations)")
        call = client.get("/chat/completions", cast_to=object)
        await refused(call, openai.APIStatusError, "Not allowed to GET on /v1/chat/completions")

    async def test_a_body_that_is_no_json_is_400(self, llama):
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=make_app(llama)))
        url = "http://localhost/v1/chat/completions"
        for content, message in ((b"{", "could not parse"), (b"[]", "must be a JSON object")):
            answer = await http.post(url, content=content)
            assert answer.status_code == 400
            assert message in answer.json()["error"]["message"]
        answer = await http.post(url, json={"messages": USER})
        assert answer.json()["error"]["message"] == "you must provide a model parameter"


class TestChat:
    async def test_an_answer_has_the_sdk_s_shape_and_the_asked_model_s_id(self, client):
        answer = await ask(client)
        validate_type(type_=ChatCompletion, value=answer.to_dict())
        assert answer.model == CHAT
        assert answer.choices[0].message.refusal is None
        assert "timings" not in answer.to_dict()
        assert answer.usage.completion_tokens_details.reasoning_tokens == 0

    async def test_sampling_is_the_model_makers_unless_the_request_names_some(self, client, llama):
        await ask(client, reasoning_effort="none", store=True, metadata={"a": "b"}, verbosity="low")
        assert llama.body == {"messages": USER, "temperature": 0.7, "top_p": 0.8, "top_k": 20}

    @pytest.mark.parametrize("named", [{"temperature": 2.0}, {"top_p": 0.5}])
    async def test_named_sampling_is_openai_s_and_nothing_else_cuts(self, client, llama, named):
        await ask(client, **named)
        uncut = {"temperature": 1.0, "top_p": 1.0, "top_k": 0, "min_p": 0.0} | named
        order = ["penalties", "temperature", "top_p"]
        assert llama.body == {"messages": USER, "samplers": order} | uncut

    async def test_a_seed_turns_the_prompt_cache_off(self, client, llama):
        await ask(client, seed=7)
        assert llama.body["cache_prompt"] is False

    async def test_a_refusal_sent_back_is_text_for_llama_cpp(self, client, llama):
        whole = {"role": "assistant", "content": None, "refusal": "No."}
        part = {"role": "assistant", "content": [{"type": "refusal", "refusal": "No."}]}
        await ask(client, messages=[*USER, whole, *USER, part, *USER])
        assert llama.body["messages"][1] == {**whole, "content": "No."}
        assert llama.body["messages"][3]["content"] == [{"type": "text", "text": "No."}]

    async def test_what_only_the_live_default_model_refuses_is_answered(self, client, llama):
        await ask(client, tools=[tool("a")], max_tokens=5, temperature=0, reasoning_effort="high")
        await ask(client, max_completion_tokens=1, stop=["x"], reasoning_effort="minimal")
        assert len(llama.asked) == 2

    async def test_a_stream_keeps_its_order_and_has_usage_only_when_asked(self, client, llama):
        events = fake.chunks({"content": "Hel"}, {"content": "lo"})
        llama.answer = lambda _: streamed(Stream(events))
        found = await collect(
            await ask(client, stream=True, stream_options={"include_usage": True})
        )
        for event in found:
            validate_type(type_=ChatCompletionChunk, value=event.to_dict())
        assert [e.choices[0].delta.content for e in found[:-1]] == ["", "Hel", "lo", None]
        assert found[-1].choices == []
        assert found[-1].usage.total_tokens == 32
        assert {event.model for event in found} == {CHAT}
        assert llama.body["stream_options"] == {"include_usage": True}
        await collect(await ask(client, stream=True))
        assert llama.body["stream_options"] == {"include_usage": False}

    async def test_a_context_overflow_is_named_as_openai_names_it(self, client, llama):
        error = {
            "code": 400,
            "message": "request (5030 tokens) exceeds the available context size (4096 tokens)",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 5030,
            "n_ctx": 4096,
        }
        llama.answer = lambda _: json_response({"error": error}, 400)
        for more in ({}, {"stream": True}):
            call = ask(client, **more)
            found = await refused(call, openai.BadRequestError, "5030 tokens. Please reduce")
            assert (found.code, found.param) == ("context_length_exceeded", "messages")

    @pytest.mark.parametrize(
        ("given", "message", "param"),
        [
            ({"temperature": 9}, "decimal above maximum value", "temperature"),
            ({"temperature": -1}, "decimal below minimum value", "temperature"),
            ({"temperature": "hot"}, "expected a decimal, but got a string", "temperature"),
            ({"top_p": 1.5}, "Expected a value <= 1", "top_p"),
            ({"presence_penalty": 3}, "Expected a value <= 2", "presence_penalty"),
            ({"max_completion_tokens": 0}, "Expected a value >= 1", "max_completion_tokens"),
            ({"max_tokens": 1.5}, "expected an integer", "max_tokens"),
            ({"n": 5}, "at most 4 choices", "n"),
            ({"stop": list("abcde")}, "maximum length 4", "stop"),
            ({"top_logprobs": 2}, "only allowed when 'logprobs'", "top_logprobs"),
            ({"extra_body": {"top_k": 3}}, "Unknown parameter: 'top_k'", "top_k"),
            ({"functions": [{"name": "f"}]}, "does not support 'functions'", "functions"),
            ({"messages": "hi"}, "expected an array of objects", "messages"),
            ({"messages": [{"role": "robot", "content": ""}]}, "'robot'", "messages[0].role"),
            ({"messages": [{"role": "user"}]}, "got null", "messages.[0].content"),
            ({"tool_choice": "auto"}, "only allowed when 'tools'", "tool_choice"),
            ({"tools": [tool("a b")]}, "does not match pattern", "tools[0].function.name"),
            ({"tools": [{"type": "custom", "custom": {}}]}, "'function' only", "tools[0].type"),
            (
                {"tools": [tool("a")], "tool_choice": tool("b")},
                "no function named 'b'",
                "function_call",
            ),
            ({"tool_choice": "none"}, "only allowed when 'tools'", "tool_choice"),
            (
                {"tools": [tool("a")], "tool_choice": {"type": "custom", "custom": {"name": "c"}}},
                "tools of type 'function' only",
                "tool_choice",
            ),
            (
                {"tools": [strict_tool({"type": "object", "properties": {}})]},
                "for function 'a': In context=(), 'additionalProperties' is required",
                "tools[0].function.parameters",
            ),
            (
                {"response_format": strict_format(OPTIONAL)},
                "Invalid schema for response_format 'a': In context=(), 'required' is required to "
                "be supplied and to be an array including every key in properties. Missing 'city'.",
                "response_format",
            ),
            (
                {"messages": [{"role": "tool", "tool_call_id": "c", "content": "18"}]},
                "must be a response to a preceeding message",
                "messages.[0].role",
            ),
            (
                {
                    "messages": [
                        {"role": "assistant", "tool_calls": [fake.call("f", "{}", "call_9")]},
                        *USER,
                    ]
                },
                "did not have response messages: call_9",
                "messages",
            ),
            (
                {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
                "reads text only",
                "messages[0].content[0].type",
            ),
            ({"response_format": {"type": "json_object"}}, "the word 'json'", "messages"),
            (
                {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
                "Missing required parameter",
                "response_format.json_schema.schema",
            ),
        ],
    )
    async def test_what_openai_refuses_is_refused(self, client, llama, given, message, param):
        error = await refused(ask(client, **given), openai.BadRequestError, message)
        assert error.param == param
        assert llama.asked == []

    async def test_llama_cpp_s_own_errors_are_reshaped(self, client, llama):
        error = {"code": 400, "message": "bad grammar", "type": "invalid_request_error"}
        llama.answer = lambda _: json_response({"error": error}, 400)
        found = await refused(ask(client), openai.BadRequestError, "bad grammar")
        assert found.code is None
        llama.answer = lambda _: httpx2.Response(200, text="<html>")
        await refused(ask(client), openai.InternalServerError, "not JSON")

    async def test_a_server_that_is_gone_is_503_and_says_what_to_do(self, client, llama):
        def gone(_: Any) -> httpx2.Response:
            raise httpx2.ConnectError("refused")

        llama.answer = gone
        for more in ({}, {"stream": True}):
            call = ask(client, **more)
            await refused(call, openai.InternalServerError, "start it again with  course local")

    async def test_a_stream_is_read_wherever_the_network_cuts_it(self, client, llama):
        events = fake.chunks({"content": "caf\u00e9\u2028"}, {"content": "\u4f60"})
        whole = "".join(f"data: {json.dumps(e, ensure_ascii=False)}\r\n\r\n" for e in events)

        class Bytes(httpx2.AsyncByteStream):
            async def __aiter__(self):
                for byte in (": a comment\n\n" + whole + "data: [DONE]\n\n").encode():
                    yield bytes([byte])

        llama.answer = lambda _: httpx2.Response(200, stream=Bytes())
        found = [c for e in await collect(await ask(client, stream=True)) for c in e.choices]
        assert "".join(c.delta.content or "" for c in found) == "caf\u00e9\u2028\u4f60"

    async def test_a_stream_that_breaks_ends_with_an_error_not_as_if_it_were_whole(
        self, client, llama
    ):
        llama.answer = lambda _: streamed(Stream([fake.chunk({"content": "Hel"})], breaks=True))
        with pytest.raises(openai.APIError, match="broke off"):
            await collect(await ask(client, stream=True))


class TestTools:
    async def test_several_calls_are_allowed_unless_told_otherwise(self, client, llama):
        await ask(client, tools=[tool("a")])
        assert llama.body["parallel_tool_calls"] is True
        assert llama.body["tool_choice"] == "auto"

    async def test_none_hides_the_tools(self, client, llama):
        await ask(client, tools=[tool("a")], tool_choice="none")
        assert "tools" not in llama.body
        assert "tool_choice" not in llama.body or llama.body["tool_choice"] is None

    @pytest.mark.parametrize(
        ("choice", "names", "mode"),
        [
            ("required", ["a", "b"], "required"),
            ({"type": "function", "function": {"name": "b"}}, ["b"], "required"),
            (
                {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [tool("b")]}},
                ["b", "reply"],
                "auto",
            ),
        ],
    )
    async def test_the_model_is_shown_what_it_may_call(self, client, llama, choice, names, mode):
        await ask(client, tools=[tool("a"), tool("b")], tool_choice=choice)
        assert [shown["function"]["name"] for shown in llama.body["tools"]] == names
        assert llama.body["tool_choice"] == mode

    async def test_a_call_has_an_id_in_openai_s_style_and_no_empty_content(self, client, llama):
        llama.answer = lambda _: json_response(fake.completion("", [fake.call("a", "{}")]))
        message = (await ask(client, tools=[tool("a")])).choices[0].message
        assert message.tool_calls[0].id == "call_abc"
        assert message.content is None

    async def test_a_reply_becomes_the_content(self, client, llama):
        answer = fake.completion("", [fake.call("reply", '{"text": "Bonjour \\u00e9"}')])
        llama.answer = lambda _: json_response(answer)
        choice = (await ask(client, tools=[tool("a")])).choices[0]
        assert choice.message.content == "Bonjour \u00e9"
        assert choice.message.tool_calls is None
        assert choice.finish_reason == "stop"

    async def test_a_reply_beside_a_call_leaves_the_call(self, client, llama):
        calls = [fake.call("reply", '{"text": "Let me see."}'), fake.call("a", "{}")]
        llama.answer = lambda _: json_response(fake.completion("", calls))
        choice = (await ask(client, tools=[tool("a")])).choices[0]
        assert choice.message.content == "Let me see."
        assert [call.function.name for call in choice.message.tool_calls] == ["a"]
        assert choice.finish_reason == "tool_calls"

    async def test_the_learner_s_own_reply_stays_a_call(self, client, llama):
        llama.answer = lambda _: json_response(fake.completion("", [fake.call("reply", "{}")]))
        choice = (await ask(client, tools=[tool("reply")])).choices[0]
        names = [shown["function"]["name"] for shown in llama.body["tools"]]
        assert names == ["reply", "reply_to_user"]
        assert choice.message.tool_calls[0].function.name == "reply"

    async def test_a_reply_is_streamed_as_content_piece_by_piece(self, client, llama):
        def delta(index: int, arguments: str, name: str | None = None) -> Any:
            function = {"arguments": arguments} | ({"name": name} if name else {})
            head = {"id": f"id{index}", "type": "function"} if name else {}
            return {"tool_calls": [{"index": index, **head, "function": function}]}

        events = fake.chunks(
            delta(0, "{", "reply"),
            *(delta(0, part) for part in ('"text":', ' "Say \\', '"hi\\u', "00e9", '\\""', "}")),
            delta(1, "{", "a"),
            delta(1, "}"),
            finish="tool_calls",
        )
        llama.answer = lambda _: streamed(Stream(events))
        found = await collect(await ask(client, tools=[tool("a")], stream=True))
        deltas = [event.choices[0].delta for event in found if event.choices]
        assert [d.content for d in deltas if d.content] == ["Say ", '"hi', "\u00e9", '"']
        calls = [call for d in deltas for call in d.tool_calls or ()]
        assert [(call.index, call.id) for call in calls] == [(0, "call_id1"), (0, None)]

        llama.answer = lambda _: streamed(Stream([*events[:8], *events[-2:]]))
        found = await collect(await ask(client, tools=[tool("a")], stream=True))
        assert [e.choices[0].finish_reason for e in found if e.choices][-1] == "stop"

    async def test_one_call_is_one_call_when_parallel_ones_are_forbidden(self, client, llama):
        calls = [fake.call("a", '{"x": 1}', "c1"), fake.call("a", '{"x": 2}', "c2")]
        llama.answer = lambda _: json_response(fake.completion("", calls))
        answer = await ask(client, tools=[tool("a")], parallel_tool_calls=False)
        assert len(answer.choices[0].message.tool_calls) == 1
        both = [call | {"index": index} for index, call in enumerate(calls)]
        events = fake.chunks(*({"tool_calls": [call]} for call in both), finish="tool_calls")
        llama.answer = lambda _: streamed(Stream(events))
        stream = await ask(client, tools=[tool("a")], parallel_tool_calls=False, stream=True)
        found = [c for e in await collect(stream) for c in e.choices]
        assert [c.id for choice in found for c in choice.delta.tool_calls or ()] == ["call_c1"]


class TestDisconnect:
    """A client that goes away stops the generation: the connection to llama.cpp is closed."""

    async def play(
        self, app: Any, body: dict[str, Any], path: str, hang_up_after: int
    ) -> list[Any]:
        """One request by hand: hang up when some messages have arrived."""
        sent: list[Any] = []
        enough = anyio.Event()
        asked = anyio.Event()

        async def receive() -> Any:
            if not asked.is_set():
                asked.set()
                return {"type": "http.request", "body": json.dumps(body).encode()}
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)
            if len(sent) > hang_up_after:
                enough.set()

        scope = {
            "type": "http",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1")],
            "http_version": "1.1",
            "server": ("127.0.0.1", 8089),
        }
        with anyio.fail_after(10):
            async with anyio.create_task_group() as group:
                if hang_up_after < 0:  # at once, while llama.cpp computes
                    group.start_soon(self.set_soon, enough)
                await app(scope, receive, send)
        return sent

    async def set_soon(self, event: anyio.Event) -> None:
        await anyio.sleep(0.05)
        event.set()

    @pytest.mark.parametrize(
        ("path", "more"),
        [("/v1/chat/completions", {"messages": USER}), ("/v1/responses", {"input": "hi"})],
    )
    async def test_while_streaming(self, llama, path, more):
        stream = Stream([fake.chunk({"content": "word "})], forever=True)
        llama.answer = lambda _: streamed(stream)
        body = {"model": CHAT, "stream": True, **more}
        sent = await self.play(make_app(llama), body, path, hang_up_after=4)
        assert stream.closed
        assert stream.sent < 20
        assert sent[0]["status"] == 200
        before = stream.sent
        await anyio.sleep(0.05)
        assert stream.sent == before

    async def test_while_waiting_for_a_whole_answer(self, llama):
        llama.answer = lambda _: httpx2.Response(599)
        body = {"model": CHAT, "messages": USER}
        await self.play(make_app(llama), body, "/v1/chat/completions", hang_up_after=-1)
        assert llama.cancelled

    async def test_while_waiting_for_several_choices(self, llama):
        stream = Stream([fake.chunk({"content": "word "})], forever=True)
        llama.answer = lambda _: streamed(stream)
        body = {"model": CHAT, "messages": USER, "n": 2}
        await self.play(make_app(llama), body, "/v1/chat/completions", hang_up_after=-1)
        assert stream.closed

    async def test_events_pass_before_the_next_one_exists(self, llama):
        """Nothing is buffered: each message is sent while llama.cpp has sent no more than it."""
        stream = Stream(fake.chunks(*({"content": f"{n} "} for n in range(5))))
        llama.answer = lambda _: streamed(stream)
        seen: list[int] = []
        app = make_app(llama)

        async def receive() -> Any:
            if seen:
                await anyio.sleep_forever()
            seen.append(-1)
            body = {"model": CHAT, "messages": USER, "stream": True}
            body["stream_options"] = {"include_usage": True}
            return {"type": "http.request", "body": json.dumps(body).encode()}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body" and b"choices" in message["body"]:
                seen.append(stream.sent)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/chat/completions",
            "query_string": b"",
            "headers": [],
        }
        with anyio.fail_after(10):
            await app(scope, receive, send)
        assert seen[1:] == list(range(1, len(stream.events) + 1))


class TestResponses:
    async def test_an_answer_has_the_sdk_s_shape(self, client):
        response = await respond(client, instructions="Be brief.", metadata={"a": "b"})
        validate_type(type_=Response, value=response.to_dict())
        assert response.output_text == "Hello."
        assert response.status == "completed"
        assert response.usage.input_tokens == 30
        assert response.usage.output_tokens_details.reasoning_tokens == 0
        assert response.metadata == {"a": "b"}

    async def test_a_response_has_every_field_that_the_specification_requires(self, client):
        """Open Responses, specification of 2026-04-24: `ResponseResource`, `FunctionTool`."""
        required = (
            "id object created_at completed_at status incomplete_details model instructions output "
            "previous_response_id error tools tool_choice truncation parallel_tool_calls text "
            "top_p presence_penalty frequency_penalty top_logprobs temperature reasoning usage "
            "max_output_tokens max_tool_calls store background service_tier metadata "
            "safety_identifier prompt_cache_key"
        )
        tool: Any = {"type": "function", "name": "a"}
        response = await respond(client, tools=[tool], safety_identifier="customer-7")
        sent = response.to_dict(exclude_unset=True)
        assert set(required.split()) - set(sent) == set()
        assert set(sent["tools"][0]) == {"type", "name", "description", "parameters", "strict"}
        assert sent["safety_identifier"] == "customer-7"
        assert sent["completed_at"] >= sent["created_at"]

    async def test_instructions_come_first_and_as_developer(self, client, llama):
        await respond(client, instructions="Be brief.", input="hi", max_output_tokens=16)
        assert llama.body["messages"] == [{"role": "developer", "content": "Be brief."}, *USER]
        assert llama.body["max_completion_tokens"] == 16

    async def test_calls_and_their_outputs_become_messages(self, client, llama):
        items: Any = [
            {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {"type": "function_call", "call_id": "c1", "name": "a", "arguments": "{}"},
            {"type": "function_call", "call_id": "c2", "name": "a", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c1", "output": "18"},
            {
                "type": "function_call_output",
                "call_id": "c2",
                "output": [{"type": "input_text", "text": "20"}],
            },
        ]
        await respond(client, input=items, tools=[flat("a")])
        messages = llama.body["messages"]
        assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool"]
        assert [call["id"] for call in messages[1]["tool_calls"]] == ["c1", "c2"]
        assert [message["content"] for message in messages[2:]] == ["18", "20"]
        assert llama.body["tools"][0]["function"]["name"] == "a"

    @pytest.mark.parametrize(
        ("choice", "names", "mode"),
        [
            ({"type": "function", "name": "b"}, ["b"], "required"),
            (
                {"type": "allowed_tools", "mode": "required", "tools": [flat("b")]},
                ["b"],
                "required",
            ),
            ("auto", ["a", "b", "reply"], "auto"),
        ],
    )
    async def test_tool_choices_in_their_flat_shape(self, client, llama, choice, names, mode):
        await respond(client, tools=[flat("a"), flat("b")], tool_choice=choice)
        assert [shown["function"]["name"] for shown in llama.body["tools"]] == names
        assert llama.body["tool_choice"] == mode

    async def test_a_call_becomes_an_item(self, client, llama):
        llama.answer = lambda _: json_response(fake.completion("", [fake.call("a", '{"x":1}')]))
        response = await respond(client, tools=[flat("a")])
        (item,) = response.output
        assert (item.type, item.call_id, item.arguments) == ("function_call", "call_abc", '{"x":1}')

    async def test_a_schema_reaches_llama_cpp(self, client, llama):
        class Review(BaseModel):
            stars: int

        llama.answer = lambda _: json_response(fake.completion('{"stars": 4}'))
        response = await client.responses.parse(model=CHAT, input="hi", text_format=Review)
        assert response.output_parsed == Review(stars=4)
        form = llama.body["response_format"]
        assert form["json_schema"]["schema"]["required"] == ["stars"]
        await respond(client, input="As JSON.", text={"format": {"type": "json_object"}})
        assert llama.body["response_format"] == {"type": "json_object"}

    async def test_a_conversation_goes_on_from_its_id_without_its_instructions(self, client, llama):
        first = await respond(client, input="I am Ada.", instructions="Be brief.")
        second = await respond(client, input="Who am I?", previous_response_id=first.id)
        third = await respond(client, input="And now?", previous_response_id=second.id)
        texts = [message["content"] for message in llama.body["messages"]]
        assert texts == ["I am Ada.", "Hello.", "Who am I?", "Hello.", "And now?"]
        assert third.previous_response_id == second.id

    async def test_a_chain_is_judged_as_a_whole(self, client, llama):
        llama.answer = lambda _: json_response(fake.completion("", [fake.call("a", "{}")]))
        first = await respond(client, tools=[flat("a")])
        call = respond(client, input="And?", previous_response_id=first.id)
        await refused(call, openai.BadRequestError, "No tool output found for function call call_")
        result = {"type": "function_call_output", "call_id": "call_abc", "output": "18"}
        await respond(client, input=[result], previous_response_id=first.id)
        assert llama.body["messages"][-1] == {
            "role": "tool",
            "tool_call_id": "call_abc",
            "content": "18",
        }

    async def test_a_chain_can_go_on_without_input_of_its_own(self, client):
        first = await respond(client, input="As JSON, please.")
        form: Any = {"format": {"type": "json_object"}}
        second = await respond(client, input=[], previous_response_id=first.id, text=form)
        items = [item async for item in client.responses.input_items.list(second.id)]
        assert items == []

    async def test_an_unknown_previous_response_is_400(self, client):
        call = respond(client, previous_response_id="resp_no")
        error = await refused(call, openai.BadRequestError, "'resp_no' not found")
        assert error.code == "previous_response_not_found"

    async def test_stored_ones_can_be_had_listed_and_deleted(self, client):
        created = await respond(client)
        again = await client.responses.retrieve(created.id)
        assert again.to_dict() == created.to_dict()
        items = [item async for item in client.responses.input_items.list(created.id)]
        assert items[0].content[0].text == "hi"
        await client.responses.delete(created.id)
        await refused(client.responses.retrieve(created.id), openai.NotFoundError, created.id)
        await refused(client.responses.delete(created.id), openai.NotFoundError, created.id)

    async def test_store_false_keeps_nothing(self, client):
        created = await respond(client, store=False)
        await refused(client.responses.retrieve(created.id), openai.NotFoundError, created.id)

    async def test_a_cut_answer_is_incomplete_and_says_why(self, client, llama):
        llama.answer = lambda _: json_response(fake.completion("One, two", finish="length"))
        response = await respond(client)
        assert response.status == "incomplete"
        assert response.incomplete_details.reason == "max_output_tokens"
        assert response.output[0].status == "incomplete"

    async def test_streamed_text_gives_the_service_s_events_in_order(self, client, llama):
        events = fake.chunks({"content": "Hel"}, {"content": "lo"})
        llama.answer = lambda _: streamed(Stream(events))
        found = await collect(await respond(client, stream=True))
        assert [event.type.removeprefix("response.") for event in found] == [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
        assert [event.sequence_number for event in found] == list(range(len(found)))
        event_type = TypeAdapter(get_args(ResponseStreamEvent)[0])
        for event in found:
            event_type.validate_python(event.to_dict())
        assert found[-1].response.output_text == "Hello"
        assert found[-1].response.usage.total_tokens == 32
        assert (await client.responses.retrieve(found[0].response.id)).output_text == "Hello"

    async def test_streamed_calls_give_their_arguments_in_fragments(self, client, llama):
        head = {"index": 0, "id": "c1", "type": "function"}
        events = fake.chunks(
            {"tool_calls": [head | {"function": {"name": "a", "arguments": "{"}}]},
            {"tool_calls": [{"index": 0, "function": {"arguments": "}"}}]},
            finish="tool_calls",
        )
        llama.answer = lambda _: streamed(Stream(events))
        found = await collect(await respond(client, stream=True, tools=[flat("a")]))
        kinds = [event.type for event in found]
        assert kinds.count("response.function_call_arguments.delta") == 2
        done = next(e for e in found if e.type == "response.function_call_arguments.done")
        assert done.arguments == "{}"
        assert found[-1].response.output[0].call_id == "call_c1"

    async def test_the_sdk_s_stream_helper_works(self, client, llama):
        llama.answer = lambda _: streamed(Stream(fake.chunks({"content": "Hello"})))
        async with client.responses.stream(model=CHAT, input="hi") as stream:
            await collect(stream)
            final = await stream.get_final_response()
        assert final.output_text == "Hello"

    async def test_a_cut_stream_ends_incomplete(self, client, llama):
        llama.answer = lambda _: streamed(Stream(fake.chunks({"content": "1"}, finish="length")))
        found = await collect(await respond(client, stream=True))
        assert found[-1].type == "response.incomplete"

    async def test_a_stream_that_stops_short_is_failed_not_completed(self, client, llama):
        llama.answer = lambda _: streamed(Stream([fake.chunk({"content": "Hel"})]))
        found = await collect(await respond(client, stream=True))
        assert found[-1].type == "response.failed"
        assert found[-1].response.error.message == "The local model broke off."

    async def test_input_tokens_are_counted_by_the_model(self, client, llama):
        llama.answer = lambda _: json_response({"input_tokens": 31, "object": "x"})
        counted = await client.responses.input_tokens.count(model=CHAT, input="hello")
        assert counted.input_tokens == 31
        assert llama.asked[-1][0] == f"{fake.CHAT_URL}/v1/chat/completions/input_tokens"

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"input": []}, 'One of "input" or "previous_response_id"'),
            ({"input": [{"role": "tool", "content": "18"}]}, "'assistant', 'system', 'developer'"),
            ({"input": [{"role": "user", "content": [{"type": "text"}]}]}, "'text'"),
            (
                {"input": [{"type": "function_call", "call_id": "c1", "arguments": "{}"}]},
                "Missing required parameter: 'input[0].name'",
            ),
            (
                {
                    "input": [
                        {"type": "function_call_output", "call_id": "c1", "output": "18"},
                    ]
                },
                "No tool call found for function call output with call_id c1.",
            ),
            ({"tools": [flat("a")], "tool_choice": {"type": "web_search"}}, "'web_search'"),
            ({"tool_choice": "required"}, "'required' must be specified with 'tools'"),
            (
                {"tools": [{**flat("a"), "strict": True}]},
                "Invalid schema for function 'a': In context=(), 'additionalProperties'",
            ),
            (
                {
                    "text": {
                        "format": {"type": "json_schema"}
                        | {"name": "a", "strict": True, "schema": OPTIONAL}
                    }
                },
                "Missing 'city'.",
            ),
            ({"extra_body": {"messages": USER}}, "moved to 'input'"),
            ({"max_output_tokens": 5}, "Expected a value >= 16"),
            ({"temperature": 3}, "decimal above maximum value"),
            ({"background": True}, "does not support 'background'"),
            ({"background_options": {}}, "does not support 'background_options'"),
            ({"tools": [{"type": "web_search"}]}, "'function' only"),
            ({"input": [{"type": "item_reference", "id": "x"}]}, "'item_reference'"),
            (
                {"input": [{"role": "user", "content": [{"type": "input_image"}]}]},
                "reads text only",
            ),
            ({"text": {"format": {"type": "json_object"}}}, "the word 'json'"),
        ],
    )
    async def test_what_cannot_be_done_is_refused(self, client, llama, given, message):
        await refused(respond(client, **given), openai.BadRequestError, message)
        assert llama.asked == []


class TestEmbeddings:
    @pytest.fixture(autouse=True)
    def vectors(self, llama):
        entry = {"embedding": [0.6, 0.8], "index": 0, "object": "embedding"}
        body = {"model": "/x.gguf", "object": "list", "data": [entry]}
        usage = {"prompt_tokens": 3, "total_tokens": 3}
        llama.answer = lambda _: json_response(body | {"usage": usage})

    async def test_the_format_is_sent_on_and_the_model_named(self, client, llama):
        given: Any = {"model": EMBED, "input": ["a", "b"], "encoding_format": "float"}
        answer = await client.embeddings.create(**given)
        assert answer.model == EMBED
        assert answer.data[0].embedding == [0.6, 0.8]
        url = f"{fake.EMBED_URL}/v1/embeddings"
        assert llama.asked == [(url, {"input": ["a", "b"], "encoding_format": "float"})]

    async def test_token_ids_pass(self, client, llama):
        for ids in ([101, 102], [[101], [102]], [101] * 2049):
            await client.embeddings.create(model=EMBED, input=ids, encoding_format="float")
            assert llama.body["input"] == ids

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"input": "x", "dimensions": 128}, "does not support specifying dimensions"),
            ({"input": ""}, "Invalid 'input': input cannot be an empty string."),
            ({"input": ["a", ""]}, "Invalid 'input[1]': input cannot be an empty string."),
            ({"input": []}, "empty array"),
            ({"input": [1.5]}, "token ids"),
            ({"input": ["a"] * 2049}, "array length must be 2048 or less"),
            ({"input": "x", "encoding_format": "int8"}, "Supported values are"),
        ],
    )
    async def test_bad_inputs_are_refused(self, client, llama, given, message):
        call = client.embeddings.create(model=EMBED, **given)
        await refused(call, openai.BadRequestError, message)
        assert llama.asked == []

    async def test_a_text_that_is_too_long_is_400_not_500(self, client, llama):
        message = "input (602 tokens) is too large to process. increase the physical batch size"
        error = {"code": 500, "message": message, "type": "server_error"}
        llama.answer = lambda _: json_response({"error": error}, 500)
        call = client.embeddings.create(model=EMBED, input="long")
        found = await refused(call, openai.BadRequestError, "602 tokens")
        assert found.code == "context_length_exceeded"
