"""Grader, local server, gate and figure read one rulebook, so none says what another denies."""

from __future__ import annotations

import random
from typing import Any

import httpx2
import pytest
from openai import BadRequestError

from tests.core.test_service_rules import ODD, PLACES, replaced
from tests.local_model import upstream as fake
from tests.local_model.rule_probes import (
    CHAT,
    EMBEDDINGS,
    EVERYBODY,
    LIVE,
    NOBODY,
    PROBES,
    RESPONSES,
    SCHEMAS,
    USER,
)
from tests.local_model.upstream import Upstream
from utils.exercises.judging import judge
from utils.exercises.model import Exercise
from utils.exercises.playing import LocalPlayer
from utils.local_model import gateway
from utils.scripted import returns, says
from utils.service_rules import EVERY_MODEL, LIVE_DEFAULT_MODEL, deprecations, violations
from utils.service_rules.strict_schemas import outside

BASES: dict[str, dict[str, Any]] = {
    CHAT: {"model": fake.CHAT, "messages": [USER]},
    RESPONSES: {"model": fake.CHAT, "input": "Hi"},
    EMBEDDINGS: {"model": fake.EMBED, "input": "Hi"},
}
DEPRECATED = {"user"}
"""Probes that the service accepts and `check` does not, because the course has the successor."""


def grader_says(path: str, body: dict[str, Any]) -> str | None:
    """What `check` says of a function that sends this body, None if it is content."""
    exercise = Exercise("09.1", "ask", "a probe", "easy", ["a", "b"], seconds=60)

    @exercise.case()
    def asks(run: Any) -> None:
        """it asks"""
        run([says("x") if path != EMBEDDINGS else returns({"data": []})])

    def ask(client: Any) -> None:
        client.post(path, body=body, cast_to=object)

    judgment = judge(exercise, LocalPlayer(ask))
    assert judgment.verdict in ("right", "wrong"), judgment.text
    return judgment.cases[0].message or None


async def server_says(path: str, body: dict[str, Any]) -> dict[str, Any] | None:
    """The error of the local server, None if the request went on to llama.cpp."""
    llama = Upstream()
    app = gateway.create_app(
        fake.CHAT_URL,
        fake.EMBED_URL,
        chat_model=fake.CHAT,
        embed_model=fake.EMBED,
        limits=gateway.ServerLimits(slots=200),
        client=llama.client(),
    )
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport) as client:
        answer = await client.post(f"http://localhost/v1{path}", json=body, timeout=10)
    assert bool(llama.asked) != (answer.status_code in (400, 404)), answer.text
    return None if llama.asked else answer.json()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("name", PROBES)
async def test_each_probe_has_the_same_fate_with_every_reader(
    name: str, anyio_backend: str
) -> None:
    path, more, who = PROBES[name]
    body = BASES[path] | more
    found = list(violations(path, body))
    scopes = {violation.rule.scope for violation in found}
    assert scopes == {EVERYBODY: {EVERY_MODEL}, LIVE: {LIVE_DEFAULT_MODEL}, NOBODY: set()}[who]

    served = await server_says(path, body)
    assert served == (found[0].refusal.body if who == EVERYBODY else None)

    said = grader_says(path, body)
    if found:
        assert said is not None
        assert f"would reject request 1: {found[0].refusal.message[:300]}" in said
    elif name in DEPRECATED:
        assert said == f"in request 1, {next(deprecations(path, body))}"
    else:
        assert said is None


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("place", ["response_format", "text", "tool", "flat tool"])
@pytest.mark.parametrize("name", SCHEMAS)
async def test_each_schema_has_the_same_fate_with_every_reader(
    name: str, place: str, anyio_backend: str
) -> None:
    schema, taken = SCHEMAS[name]
    form = {"name": "s", "strict": True, "schema": schema}
    function = {"name": "s", "strict": True, "parameters": schema}
    path, more, param = {
        "response_format": (
            CHAT,
            {"response_format": {"type": "json_schema", "json_schema": form}},
            "response_format",
        ),
        "text": (
            RESPONSES,
            {"text": {"format": {"type": "json_schema", **form}}},
            "text.format.schema",
        ),
        "tool": (
            CHAT,
            {"tools": [{"type": "function", "function": function}], "reasoning_effort": "none"},
            "tools[0].function.parameters",
        ),
        "flat tool": (
            RESPONSES,
            {"tools": [{"type": "function", **function}]},
            "tools[0].parameters",
        ),
    }[place]
    body = BASES[path] | more
    assert (outside(schema) == []) is taken
    assert (list(violations(path, body)) == []) is taken
    served = await server_says(path, body)
    assert (served is None) is taken
    assert (grader_says(path, body) is None) is taken
    if served is not None:
        assert served["error"]["param"] == param


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_nothing_odd_in_a_request_makes_the_local_server_fail(anyio_backend: str) -> None:
    draw = random.Random(5)
    models = {EMBEDDINGS: fake.EMBED}
    for _ in range(300):
        path, body, place = draw.choice(PLACES)
        served = body | {"model": models.get(path, fake.CHAT)}
        if path in (CHAT, RESPONSES):
            await server_says(path, replaced(served, place, draw.choice(ODD)))


def test_the_simulated_refusal_of_chapter_5_is_the_one_of_the_rule() -> None:
    """Its cell names the message that the service, and so the local server, has for it."""
    specs = {"type": "object", "additionalProperties": {"type": "string"}}
    schema = {"type": "object", "properties": {"specs": specs}, "required": ["specs"]}
    schema |= {"additionalProperties": False}
    form = {"name": "Dictionary", "strict": True, "schema": schema}
    more = {"response_format": {"type": "json_schema", "json_schema": form}}
    (violation,) = violations(CHAT, BASES[CHAT] | more)
    assert violation.refusal.code == "invalid_json_schema"
    assert violation.refusal.message == (
        "Invalid schema for response_format 'Dictionary': In context=('properties', 'specs'), "
        "'additionalProperties' is required to be supplied and to be false."
    )


def test_the_sdk_raises_for_a_refusal_what_it_raises_for_the_service() -> None:
    """`param` and `code` are where a program looks for them."""
    violation = next(violations(CHAT, BASES[CHAT] | {"temperature": 3, "reasoning_effort": "none"}))
    body = violation.refusal.body
    answer = httpx2.Response(
        violation.refusal.status, json=body, request=httpx2.Request("POST", "x:")
    )
    error = BadRequestError("x", response=answer, body=body["error"])
    assert (error.param, error.code) == ("temperature", "decimal_above_max_value")
