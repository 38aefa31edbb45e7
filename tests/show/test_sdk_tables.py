"""The tables that are made from the SDK say what the SDK says."""

from __future__ import annotations

import inspect

import pytest
from openai import OpenAI
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from openai.types.responses.response_create_params import ResponseCreateParamsBase

from utils import models
from utils.service_rules import DEPRECATED_PARAMETERS
from utils.show.models_table import accepts
from utils.show.parameters import (
    CHAT_DEFAULTS,
    deprecated,
    only_in,
    parameter_table,
    parameters,
    role_table,
)


class NoFields:
    """Not a TypedDict."""


CHAT = {p.name: p for p in parameters(CompletionCreateParamsBase)}


def test_every_parameter_of_the_method_is_in_the_table() -> None:
    client = OpenAI(api_key="none")
    taken = set(inspect.signature(client.chat.completions.create).parameters)
    assert taken - set(CHAT) == {
        *("stream", "extra_headers", "extra_query", "extra_body", "timeout"),
    }
    assert not set(CHAT) - taken


def test_types_are_told_in_short() -> None:
    assert CHAT["temperature"].type == "float"
    assert CHAT["stop"].type == "str | list[str]"
    assert CHAT["verbosity"].type == "'low' | 'medium' | 'high'"
    assert CHAT["logit_bias"].type == "dict[str, int]"


def test_required_parameters_are_known() -> None:
    assert [p.name for p in CHAT.values() if p.required] == ["messages", "model"]


def test_every_parameter_has_words_without_links() -> None:
    for parameter in CHAT.values():
        assert parameter.summary(), parameter.name
        assert "](" not in parameter.text


def test_deprecated_parameters_come_with_the_advice_of_the_sdk() -> None:
    found = {str(name): advice for name, advice in deprecated(CompletionCreateParamsBase).rows}
    assert {"max_tokens", *(each.name for each in DEPRECATED_PARAMETERS)} <= set(found)
    assert "max_completion_tokens" in str(found["max_tokens"])
    assert "model" not in found
    assert all(found.values())


def test_the_two_apis_differ_where_the_chapter_says() -> None:
    missing = only_in(CompletionCreateParamsBase, ResponseCreateParamsBase)
    assert {"n", "seed", "stop", "frequency_penalty", "presence_penalty"} <= set(missing)
    assert "temperature" not in missing
    new = only_in(ResponseCreateParamsBase, CompletionCreateParamsBase)
    assert {"instructions", "input", "previous_response_id"} <= set(new)


def test_a_parameter_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError, match="no parameter 'heat'"):
        parameter_table(CompletionCreateParamsBase, ["temperature", "heat"])


def test_defaults_make_a_column_of_their_own() -> None:
    table = parameter_table(CompletionCreateParamsBase, ["n", "temperature"], 1, CHAT_DEFAULTS)
    assert table.columns == ("parameter", "type", "default", "what the SDK says")
    assert [row[:3] for row in table.rows] == [("n", "int", "1"), ("temperature", "float", "1")]
    assert "2026-08-21" in table.caption


def test_every_default_belongs_to_a_parameter_of_the_sdk() -> None:
    assert not set(CHAT_DEFAULTS) - set(CHAT)


def test_a_default_that_nobody_looked_up_is_named() -> None:
    with pytest.raises(ValueError, match="no entry for 'metadata'"):
        parameter_table(CompletionCreateParamsBase, ["n", "metadata"], 1, CHAT_DEFAULTS)


def test_the_roles_come_with_the_words_of_the_sdk() -> None:
    told = {str(role): str(words) for role, words in role_table().rows}
    assert {"developer", "user", "assistant", "tool"} <= set(told)
    assert "messages sent by the user" in told["developer"]


def test_a_class_without_fields_is_refused() -> None:
    with pytest.raises(TypeError, match="no annotated fields"):
        parameters(NoFields)


def test_a_model_without_the_effort_none_takes_no_sampling() -> None:
    rows = {row[0]: row for row in accepts().rows}
    assert set(rows) == {model.id for model in models.CHAT_MODELS}
    for model in models.CHAT_MODELS:
        assert (rows[model.id][1] == "never") == ("none" not in model.efforts)
