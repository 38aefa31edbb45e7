"""Every body a scenario can make is one the installed SDK's own types accept."""

import json
from typing import Any

import httpx2
import openai
import pytest
from openai._models import validate_type
from openai.types import CreateEmbeddingResponse, ErrorObject
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import BaseModel

from utils.scripted import (
    ScriptedAPI,
    ScriptError,
    SentRequest,
    Usage,
    calls,
    embeds,
    fails,
    filtered,
    limits,
    refuses,
    response_fails,
    returns,
    says,
    says_json,
    streams,
    token,
    tokens,
    truncated,
)


class City(BaseModel):
    name: str


ANSWERS = {
    "text": says("It ships within two days."),
    "empty": says(""),
    "candidates": says("one", "two", "three"),
    "usage": says("42", usage=tokens(1200, 90, reasoning=64, cached=1024, cache_write=100)),
    "logprobs": says("yes", logprobs=[token("yes", 0.9, {"no": 0.08})]),
    "reasoning": says("42", reasoning="Six times seven."),
    "json": says_json(City(name="Bergen")),
    "one call": calls(("get_order", {"id": "FH-1"})),
    "parallel calls": calls(
        ("a", {"x": 1}), ("b", "{broken"), ("c", {}, "call_c"), text="Let me see."
    ),
    "refusal": refuses(),
    "truncated": truncated("It ships wi"),
    "cap eaten by reasoning": truncated(usage=tokens(50, 64, reasoning=64)),
    "filtered": filtered(),
    "pieces": streams("It ", "ships"),
    "streamed calls": streams(tool_calls=[("get_order", {"id": "FH-1"})]),
}
STREAM_EVENT: Any = ResponseStreamEvent
CHAT: Any = {
    "messages": [{"role": "user", "content": "When?"}],
    "model": "gpt-6-luna",
    "n": 3,
    "logprobs": True,
    "top_logprobs": 2,
}
RESPONSES: Any = {
    "input": "When?",
    "model": "gpt-6-luna",
    "include": ["message.output_text.logprobs"],
    "top_logprobs": 2,
}


def ask(step, path, body):
    content = json.dumps(body).encode()
    sent = SentRequest("POST", path, body, httpx2.Headers(), 0.0, content)
    return ScriptedAPI([step]).answer(sent)


def events(reply):
    for block in reply.body().decode().strip().split("\n\n"):
        data = next(line[6:] for line in block.split("\n") if line.startswith("data: "))
        if data != "[DONE]":
            yield json.loads(data)


@pytest.mark.parametrize("name", ANSWERS)
def test_chat_completion_is_valid(name):
    body = json.loads(ask(ANSWERS[name], "/chat/completions", CHAT).body())
    validate_type(type_=ChatCompletion, value=body)


@pytest.mark.parametrize("name", [*ANSWERS, "failed"])
def test_response_is_valid(name):
    step = response_fails() if name == "failed" else ANSWERS[name]
    body = json.loads(ask(step, "/responses", RESPONSES).body())
    validate_type(type_=Response, value=body)


@pytest.mark.parametrize("name", ANSWERS)
def test_every_chat_chunk_is_valid(name):
    body = {**CHAT, "stream": True, "stream_options": {"include_usage": True}}
    chunks = list(events(ask(ANSWERS[name], "/chat/completions", body)))
    assert len(chunks) >= 3
    for chunk in chunks:
        validate_type(type_=ChatCompletionChunk, value=chunk)


@pytest.mark.parametrize("name", [*ANSWERS, "failed"])
def test_every_response_event_is_valid(name):
    step = response_fails() if name == "failed" else ANSWERS[name]
    made = list(events(ask(step, "/responses", {**RESPONSES, "stream": True})))
    for number, event in enumerate(made):
        assert event["sequence_number"] == number
        validate_type(type_=STREAM_EVENT, value=event)


def test_error_event_of_a_response_stream_is_valid():
    made = events(ask(streams("a", end="error"), "/responses", {"input": "x", "stream": True}))
    *_, last = made
    validate_type(type_=STREAM_EVENT, value=last)
    assert last["type"] == "error"


@pytest.mark.parametrize("shuffled", [False, True])
def test_embeddings_are_valid_and_know_their_index(shuffled):
    body = {"input": ["a", "b"], "model": "text-embedding-3-small"}
    made = json.loads(ask(embeds([1, 0], [0, 1], shuffled=shuffled), "/embeddings", body).body())
    validate_type(type_=CreateEmbeddingResponse, value=made)
    assert {d["index"]: d["embedding"] for d in made["data"]} == {0: [1.0, 0.0], 1: [0.0, 1.0]}
    assert [d["index"] for d in made["data"]] == ([1, 0] if shuffled else [0, 1])


@pytest.mark.parametrize(
    "status", [400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504]
)
def test_error_bodies_are_valid(status):
    reply = ask(fails(status), "/responses", {})
    assert reply.status == status
    validate_type(type_=ErrorObject, value=json.loads(reply.body())["error"])


def test_wrong_bodies_are_caught_by_the_same_check():
    body = json.loads(ask(says("x"), "/chat/completions", CHAT).body())
    body["choices"][0]["finish_reason"] = "max_tokens"
    with pytest.raises(ValueError, match="finish_reason"):
        validate_type(type_=ChatCompletion, value=body)


# -- through the SDK ------------------------------------------------------------------------------


def test_the_sdk_joins_streamed_tool_calls_to_what_was_scripted():
    step = calls(("get_order", {"id": "FH-1", "fields": ["status", "carrier"]}), ("b", {}))
    with (
        ScriptedAPI([step])
        .client()
        .chat.completions.stream(
            model="gpt-6-luna", messages=[{"role": "user", "content": "x"}]
        ) as stream
    ):
        message = stream.get_final_completion().choices[0].message
    assert [c.function.name for c in message.tool_calls or []] == ["get_order", "b"]
    first = (message.tool_calls or [])[0]
    assert json.loads(first.function.arguments) == {"id": "FH-1", "fields": ["status", "carrier"]}


@pytest.mark.parametrize(
    "step", [says("a b c"), calls(("x", {"y": 1})), refuses(), says("1", reasoning="hm")]
)
def test_the_sdk_builds_the_same_response_from_a_stream_as_without(step):
    whole = ScriptedAPI([step]).client().responses.create(model="gpt-6-luna", input="x")
    client = ScriptedAPI([step]).client()
    with client.responses.stream(model="gpt-6-luna", input="x") as stream:
        final = stream.get_final_response()
    assert final.output_text == whole.output_text
    assert [i.type for i in final.output] == [i.type for i in whole.output]


def test_usage_chunk_comes_only_when_asked_for_and_has_no_choices():
    def chunks(**more):
        client = ScriptedAPI([says("a b", usage=tokens(7, 2))]).client()
        return list(
            client.chat.completions.create(
                model="gpt-6-luna", messages=[{"role": "user", "content": "x"}], stream=True, **more
            )
        )

    assert all(c.usage is None for c in chunks())
    last = chunks(stream_options={"include_usage": True})[-1]
    assert last.choices == []
    assert last.usage is not None
    assert last.usage.total_tokens == 9


def test_candidates_follow_n_and_logprobs_come_only_when_asked_for():
    step = says("one", "two", logprobs=[token("one", 0.5)])
    client = ScriptedAPI([step, step]).client()
    messages: Any = [{"role": "user", "content": "x"}]
    plain = client.chat.completions.create(model="gpt-6-luna", messages=messages)
    asked = client.chat.completions.create(
        model="gpt-6-luna", messages=messages, n=2, logprobs=True
    )
    assert [c.message.content for c in plain.choices] == ["one"]
    assert plain.choices[0].logprobs is None
    assert [c.message.content for c in asked.choices] == ["one", "two"]
    assert asked.choices[0].logprobs is not None


def test_made_embeddings_are_unit_vectors_that_depend_on_the_text():
    client = ScriptedAPI([embeds()]).client()
    made = client.embeddings.create(model="m", input=["a", "b", "a"], dimensions=16).data
    assert made[0].embedding == made[2].embedding != made[1].embedding
    assert sum(x * x for x in made[0].embedding) == pytest.approx(1, abs=1e-6)


def test_a_step_answers_an_endpoint_it_cannot_serve_with_404():
    with pytest.raises(openai.NotFoundError, match="Invalid URL"):
        ScriptedAPI([says("x")]).client().embeddings.create(model="m", input="x")
    with pytest.raises(openai.NotFoundError):
        ScriptedAPI([embeds()]).client().responses.create(model="m", input="x")


def test_rate_limit_and_billing_errors_are_told_apart_by_their_code():
    api = ScriptedAPI(
        [
            fails(429, retry_after=7, limits=limits(requests=(500, 0, "6s"))),
            fails(429, code="credit_balance_exhausted", retry_after_ms=250),
        ]
    )
    client = api.client(max_retries=0)
    with pytest.raises(openai.RateLimitError) as rate:
        client.models.list()
    with pytest.raises(openai.RateLimitError) as billing:
        client.models.list()
    assert rate.value.response.headers["retry-after"] == "7"
    assert rate.value.response.headers["x-ratelimit-remaining-requests"] == "0"
    assert rate.value.request_id == "req_simulated_1"
    assert (rate.value.code, rate.value.type) == ("rate_limit_exceeded", "requests")
    assert (billing.value.code, billing.value.type) == (
        "credit_balance_exhausted",
        "insufficient_quota",
    )
    assert billing.value.response.headers["retry-after-ms"] == "250"


def test_any_other_body_can_be_returned_as_it_is():
    html = returns("<html>busy</html>", content_type="text/html")
    assert (
        ScriptedAPI([html]).client().responses.create(model="m", input="x") == "<html>busy</html>"
    )
    with pytest.raises(json.JSONDecodeError):
        ScriptedAPI([returns('{"id":')]).client().responses.create(model="m", input="x")


def test_impossible_scenarios_are_refused():
    with pytest.raises(ScriptError, match="reasoning tokens"):
        Usage(10, 5, reasoning=6)
    with pytest.raises(ScriptError, match="200"):
        fails(200)
    with pytest.raises(ScriptError, match="at least one"):
        calls()
