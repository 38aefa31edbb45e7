"""Rules for the parameters that several endpoints share: names, types, ranges, and limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from openai.types import completion_create_params, embedding_create_params
from openai.types.chat import ChatCompletionStreamOptionsParam
from openai.types.chat import completion_create_params as chat_create_params
from openai.types.responses import input_token_count_params, response_create_params
from openai.types.shared import reasoning_effort

from .refusal import (
    Json,
    Refusal,
    listed,
    long_array,
    long_string,
    missing,
    not_one_of,
    out_of_range,
    unknown,
    wrong_type,
)
from .rule import (
    CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    INPUT_TOKENS,
    ITEM_PATHS,
    MEASURED,
    RESPONSES,
    rule,
)

EVERYWHERE = (CHAT, COMPLETIONS, RESPONSES, INPUT_TOKENS, EMBEDDINGS)

PARAMETERS: dict[str, frozenset[str]] = {
    path: frozenset(params.__annotations__) | {"stream"}
    for path, params in {
        CHAT: chat_create_params.CompletionCreateParamsBase,
        COMPLETIONS: completion_create_params.CompletionCreateParamsBase,
        EMBEDDINGS: embedding_create_params.EmbeddingCreateParams,
        RESPONSES: response_create_params.ResponseCreateParamsBase,
        INPUT_TOKENS: input_token_count_params.InputTokenCountParams,
    }.items()
}
"""Names of parameters by path, as the installed SDK knows them."""

MOVED = {
    "messages": "input",
    "response_format": "text.format",
    "max_completion_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
}
"""Parameters of Chat Completions that have another name in Responses."""

DECIMALS: dict[str, tuple[float, float]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
}
INTEGERS: dict[str, tuple[int | None, int | None]] = {
    "n": (1, 128),
    "max_tokens": (1, None),
    "max_completion_tokens": (1, None),
    "max_output_tokens": (16, None),
    "max_tool_calls": (1, None),
    "dimensions": (1, None),
    "top_logprobs": (0, None),
    "seed": (None, None),
}
"""The least and the most that a number may be; None is no limit."""

MOST_LOGPROBS = 20
MOST_STOPS = 4
BOOLEANS = ("stream", "store", "parallel_tool_calls", "background")
STRINGS = {
    "user": None,
    "safety_identifier": 128,
    "prompt_cache_key": None,
    "instructions": None,
    "previous_response_id": None,
}
"""Parameters that are text, and how many characters they may have."""

EFFORTS: tuple[str, ...] = tuple(
    value
    for choice in get_args(reasoning_effort.ReasoningEffort)
    for value in get_args(choice)
    if isinstance(value, str)
)
"""Every reasoning effort that the SDK knows, from the least to the most."""

STREAM_OPTIONS: dict[str, frozenset[str]] = {
    CHAT: frozenset(ChatCompletionStreamOptionsParam.__annotations__),
    RESPONSES: frozenset(response_create_params.StreamOptions.__annotations__),
}


@rule("a model is named", *EVERYWHERE, source=MEASURED, seen="2026-08-30")
def names_a_model(path: str, body: Json) -> Iterator[Refusal]:
    """Responses answers in other words than the older endpoints."""
    model = body.get("model")
    if path not in ITEM_PATHS:
        if model is None or model == "":
            yield Refusal("you must provide a model parameter")
        elif not isinstance(model, str):
            yield wrong_type("model", "a string", model)
    elif "model" not in body:
        yield missing("model")
    elif model == "":
        yield Refusal(
            "The requested model '' does not exist.", param="model", code="model_not_found"
        )
    elif not isinstance(model, str):  # null is called an object here, and nowhere else
        yield wrong_type("model", "a string", {} if model is None else model)


@rule(
    "no parameter that moved to another name",
    *ITEM_PATHS,
    source="P: error messages in users' repositories; " + MEASURED[3:],
    seen="2026-08-30",
)
def no_moved_parameters(path: str, body: Json) -> Iterator[Refusal]:
    """Parameters of Chat Completions in a request for Responses."""
    for name in body:
        if name in MOVED and name not in PARAMETERS[path]:
            yield Refusal(
                f"Unsupported parameter: '{name}'. In the Responses API, this parameter has moved "
                f"to '{MOVED[name]}'. Try again with the new parameter. See the API documentation "
                f"for more information: "
                f"https://platform.openai.com/docs/api-reference/responses/create.",
                param=None if name == "messages" else name,
                code="unsupported_parameter",
            )


@rule(
    "only parameters that the endpoint has",
    *EVERYWHERE,
    source=f"S: signatures; {MEASURED}",
    seen="2026-08-30",
)
def only_known_parameters(path: str, body: Json) -> Iterator[Refusal]:
    """The service guesses what a misspelled name was meant to be."""
    known = PARAMETERS[path]
    for name in body:
        if name not in known and not (path in ITEM_PATHS and name in MOVED):
            yield unknown(name, _did_you_mean(name, known - body.keys()))


def _did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Names at most two edits away, the nearest first, as a question."""
    near = sorted(
        (distance, candidate)
        for candidate in candidates
        if (distance := _edits(name, candidate)) <= 2
    )
    names = [candidate for _, candidate in near]
    return f" Did you mean {listed(names, 'or')}?" if names else ""


def _edits(a: str, b: str) -> int:
    """Letters to insert, remove or replace to make one word the other; 3 for more than two."""
    if abs(len(a) - len(b)) > 2:
        return 3
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (letter != other))
    return min(row[-1], 3)


@rule(
    "numbers of the right type and within their range",
    *EVERYWHERE,
    source=f"S: docstrings; D: OpenAPI specification (n); {MEASURED}",
    seen="2026-08-30",
)
def numbers_within_range(path: str, body: Json) -> Iterator[Refusal]:
    """A null counts as absent, here and in all parameters that have a default."""
    for name, value in body.items():
        if value is None or name not in PARAMETERS[path]:
            continue
        if name in DECIMALS:
            if isinstance(value, bool) or not isinstance(value, int | float):
                yield wrong_type(name, "a decimal", value)
            elif refusal := out_of_range(name, value, *DECIMALS[name], decimal=True):
                yield refusal
        elif name in INTEGERS:
            if isinstance(value, bool) or not isinstance(value, int):
                yield wrong_type(name, "an integer", value)
            elif refusal := out_of_range(name, value, *INTEGERS[name], decimal=False):
                yield refusal


@rule(
    "top_logprobs at most 20",
    CHAT,
    *ITEM_PATHS,
    source="S: docstring; the words are those in which gpt-5.6-terra says 5, " + MEASURED,
    seen="2026-08-30",
)
def few_top_logprobs(path: str, body: Json) -> Iterator[Refusal]:
    """This limit has words and a code of its own."""
    value = body.get("top_logprobs")
    if isinstance(value, int) and value > MOST_LOGPROBS:
        yield Refusal(
            f"Invalid value for 'top_logprobs': must be less than or equal to {MOST_LOGPROBS}.",
            param="top_logprobs",
        )


@rule("top_logprobs only with logprobs", CHAT, source=MEASURED, seen="2026-08-30")
def top_logprobs_with_logprobs(path: str, body: Json) -> Iterator[Refusal]:
    """Responses has no `logprobs`, so it holds for Chat Completions only."""
    if body.get("top_logprobs") is not None and body.get("logprobs") is not True:
        yield Refusal(
            "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
            param="top_logprobs",
        )


@rule("booleans and texts of the right type", *EVERYWHERE, source=MEASURED, seen="2026-08-30")
def booleans_and_texts(path: str, body: Json) -> Iterator[Refusal]:
    """`logprobs` is a boolean in Chat Completions, and a number in legacy completions."""
    for name, value in body.items():
        if value is None or name not in PARAMETERS[path]:
            continue
        if name in BOOLEANS or (name == "logprobs" and path == CHAT):
            if not isinstance(value, bool):
                yield wrong_type(name, "a boolean", value)
        elif name in STRINGS:
            most = STRINGS[name]
            if not isinstance(value, str):
                yield wrong_type(name, "a string", value)
            elif most and len(value) > most:
                yield long_string(name, most, value)


@rule(
    "at most four stop sequences",
    CHAT,
    COMPLETIONS,
    source="S: docstring",
    seen="2026-11-21",
)
def few_stops(path: str, body: Json) -> Iterator[Refusal]:
    """One string, or a list of up to four."""
    stop = body.get("stop")
    if isinstance(stop, list):
        if len(stop) > MOST_STOPS:
            yield long_array("stop", MOST_STOPS, stop)
        for number, each in enumerate(stop):
            if not isinstance(each, str):
                yield wrong_type(f"stop[{number}]", "a string", each)
    elif stop is not None and not isinstance(stop, str):
        yield wrong_type("stop", "one of a string or array of strings", stop)


@rule("stream_options only while streaming", CHAT, RESPONSES, source=MEASURED, seen="2026-08-30")
def stream_options_while_streaming(path: str, body: Json) -> Iterator[Refusal]:
    """Only Chat Completions has `include_usage`."""
    options = body.get("stream_options")
    if options is None:
        return
    if not isinstance(options, dict):
        yield wrong_type("stream_options", "an object", options)
        return
    for name in options:
        if name not in STREAM_OPTIONS[path]:
            yield unknown(f"stream_options.{name}")
    if body.get("stream") is not True:
        yield Refusal(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            param="stream_options",
        )


@rule(
    "metadata of at most 16 short texts",
    CHAT,
    RESPONSES,
    source=f"S: docstring; {MEASURED}",
    seen="2026-08-30",
)
def short_metadata(path: str, body: Json) -> Iterator[Refusal]:
    """Keys of at most 64 characters, values of at most 512."""
    metadata = body.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict):
        yield wrong_type("metadata", "a metadata object", metadata)
        return
    if len(metadata) > 16:
        yield Refusal(
            f"Invalid 'metadata': too many properties. Expected an object with at most 16 "
            f"properties, but got an object with {len(metadata)} properties instead.",
            param="metadata",
            code="object_above_max_properties",
        )
    for key, value in metadata.items():
        if len(key) > 64:
            yield Refusal(
                f"Invalid property name in 'metadata': '{key[:3]}...{key[-3:]}' is too long. "
                f"Expected a string with maximum length 64, but got a string with length "
                f"{len(key)} instead.",
                param=f"metadata.{key}",
                code="property_name_above_max_length",
            )
        if not isinstance(value, str):
            yield wrong_type(f"metadata.{key}", "a string", value)
        elif len(value) > 512:
            yield long_string(f"metadata.{key}", 512, value)


@rule(
    "a reasoning effort that exists",
    CHAT,
    *ITEM_PATHS,
    source=f"S: ReasoningEffort; {MEASURED}",
    seen="2026-08-30",
)
def existing_effort(path: str, body: Json) -> Iterator[Refusal]:
    """Whether the model offers it is another rule."""
    if path == CHAT:
        asked = body.get("reasoning_effort")
        if asked is not None and asked not in EFFORTS:
            yield unsupported_effort(asked, EFFORTS)
        return
    reasoning = body.get("reasoning")
    if reasoning is None:
        return
    if not isinstance(reasoning, dict):
        yield wrong_type("reasoning", "an object", reasoning)
        return
    asked = reasoning.get("effort")
    if isinstance(asked, str) and asked not in EFFORTS:
        yield not_one_of("reasoning.effort", asked, EFFORTS)
    elif asked is not None and not isinstance(asked, str):
        expected = f"one of one of {listed(EFFORTS, 'or')} or integer"
        yield wrong_type("reasoning.effort", expected, asked)


def unsupported_effort(asked: object, offered: Sequence[str]) -> Refusal:
    """How Chat Completions words an effort that it does not take."""
    return Refusal(
        f"Unsupported value: 'reasoning_effort' does not support {asked!r} with this model. "
        f"Supported values are: {listed(offered)}.",
        param="reasoning_effort",
        code="unsupported_value",
    )


def effort(body: Json) -> Any:
    """The reasoning effort that a request asks for, in either API; None if it names none."""
    reasoning = body.get("reasoning")
    return body.get("reasoning_effort") or (
        reasoning.get("effort") if isinstance(reasoning, dict) else None
    )


@rule("a prompt", COMPLETIONS, source="S: signature", seen="2026-11-21")
def gives_a_prompt(path: str, body: Json) -> Iterator[Refusal]:
    """Legacy completions only."""
    if body.get("prompt") is None:
        yield missing("prompt")


NAME_RULES = (
    names_a_model,
    no_moved_parameters,
    only_known_parameters,
)
VALUE_RULES = (
    gives_a_prompt,
    numbers_within_range,
    few_top_logprobs,
    top_logprobs_with_logprobs,
    booleans_and_texts,
    few_stops,
    stream_options_while_streaming,
    short_metadata,
    existing_effort,
)
