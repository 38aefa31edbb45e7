"""What only the live default models want: gpt-6-luna, and text-embedding-3-small for vectors.

Another model takes some of it, which is why the local server does not refuse it, and why a request
that works with the local model can fail with the real service. `check` and the test of the
recordings read these rules too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .. import models
from .body_rules import EFFORTS, effort, unsupported_effort
from .chat_rules import messages_of
from .refusal import Json, Refusal, listed
from .rule import CHAT, EMBEDDINGS, ITEM_PATHS, LIVE_DEFAULT_MODEL, MEASURED, RESPONSES, rule
from .tool_rules import tools_of

SAMPLING = (
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
    "stop",
)
"""Parameters that a model takes only while it does not reason."""

LOGPROBS = "message.output_text.logprobs"
"""What a request to Responses includes to get log probabilities."""

MOST_DIMENSIONS = 1_536

OFFERED = tuple(value for value in EFFORTS if value in models.CHAT_MODELS[0].efforts)
"""The efforts of the live default model, from the least to the most."""


@rule(
    "no max_tokens",
    CHAT,
    source="P: 400 on gpt-5.6 and gpt-6; S: deprecated",
    seen="2026-11-12",
    scope=LIVE_DEFAULT_MODEL,
)
def no_max_tokens(path: str, body: Json) -> Iterator[Refusal]:
    """It cannot count reasoning tokens, so the service wants the newer name."""
    if body.get("max_tokens") is not None:
        yield Refusal(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            param="max_tokens",
            code="unsupported_parameter",
        )


@rule(
    "function tools only without reasoning",
    CHAT,
    source="D: page of gpt-6-luna",
    seen="2026-11-12",
    scope=LIVE_DEFAULT_MODEL,
)
def tools_without_reasoning(path: str, body: Json) -> Iterator[Refusal]:
    """The model reasons unless told otherwise. Responses takes tools with any effort."""
    if tools_of(path, body) and effort(body) != "none":
        yield Refusal(
            f"Function tools with reasoning_effort are not supported for {models.LIVE_CHAT_MODEL} "
            f"in /v1/chat/completions. To use function tools, use /v1/responses or set "
            f"reasoning_effort to 'none'.",
            param="reasoning_effort",
        )


@rule(
    "sampling only without reasoning",
    CHAT,
    RESPONSES,
    source=f"P: gpt-6-luna; the words and the value 1, {MEASURED}",
    seen="2026-09-09",
    scope=LIVE_DEFAULT_MODEL,
    advice='The model takes it with the reasoning effort "none" only.',
)
def sampling_without_reasoning(path: str, body: Json) -> Iterator[Refusal]:
    """The default of 1 passes, but for `top_p` on Responses."""
    if effort(body) == "none":
        return
    include = body.get("include")
    if isinstance(include, list) and LOGPROBS in include:
        yield _no_logprobs("include")
    for name in SAMPLING:
        value = body.get(name)
        if value is None or (_passes(path, name) and value == 1):
            continue
        if path == CHAT and name == "temperature":
            yield Refusal(
                f"Unsupported value: 'temperature' does not support {value} with this model. Only "
                f"the default (1) value is supported.",
                param=name,
                code="unsupported_value",
            )
        elif path == RESPONSES and name == "top_logprobs":
            yield _no_logprobs(name)
        else:
            yield Refusal(
                f"Unsupported parameter: '{name}' is not supported with this model.",
                param=name,
                code="unsupported_parameter" if path == CHAT else None,
            )


def _passes(path: str, name: str) -> bool:
    return name == "temperature" or (name == "top_p" and path == CHAT)


def _no_logprobs(param: str) -> Refusal:
    return Refusal(
        "logprobs are not supported with reasoning models.",
        param=param,
        code="unsupported_parameter",
    )


@rule(
    "a reasoning effort that the model offers",
    CHAT,
    *ITEM_PATHS,
    source="D: page of gpt-6-luna; P: users' reports on gpt-5.6-luna (the words)",
    seen="2026-10-26",
    scope=LIVE_DEFAULT_MODEL,
)
def offered_effort(path: str, body: Json) -> Iterator[Refusal]:
    """An effort that no model has is another rule."""
    asked = effort(body)
    if not isinstance(asked, str) or asked in OFFERED or asked not in EFFORTS:
        return
    if path == CHAT:
        yield unsupported_effort(asked, OFFERED)
    else:
        yield Refusal(
            f"Unsupported value: '{asked}' is not supported with the '{models.LIVE_CHAT_MODEL}' "
            f"model. Supported values are: {listed(OFFERED)}.",
            param="reasoning.effort",
            code="unsupported_value",
        )


@rule(
    "at most 1,536 dimensions",
    EMBEDDINGS,
    source="P: answers on text-embedding-3-small, README of takecchi/mnemora",
    seen="2026-09-27",
    scope=LIVE_DEFAULT_MODEL,
)
def few_dimensions(path: str, body: Json) -> Iterator[Refusal]:
    """As many as the model's vectors have."""
    asked = body.get("dimensions")
    if isinstance(asked, int) and asked > MOST_DIMENSIONS:
        yield Refusal(
            f"Invalid value for 'dimensions' = {asked}. Must be less than or equal to "
            f"{MOST_DIMENSIONS}.",
            param="dimensions",
        )


RULES = (
    no_max_tokens,
    tools_without_reasoning,
    sampling_without_reasoning,
    offered_effort,
    few_dimensions,
)


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Something that the service still takes and the course does not use.

    Attributes:
        name: the parameter, or the role of a message.
        successor: what to use instead.
        source: where the deprecation is written down.
        seen: when it was last seen there.
    """

    name: str
    successor: str
    source: str = "S: docstrings"
    seen: date = date(2026, 11, 21)

    def __str__(self) -> str:
        return f"'{self.name}' is deprecated; use '{self.successor}'"


DEPRECATED_PARAMETERS = (
    Deprecation("functions", "tools"),
    Deprecation("function_call", "tool_choice"),
    Deprecation("user", "safety_identifier"),
)
DEPRECATED_ROLE = Deprecation("function", "tool")


def deprecations(path: str, body: Json) -> Iterator[Deprecation]:
    """What in a request is deprecated."""
    if path in (CHAT, RESPONSES):
        for each in DEPRECATED_PARAMETERS:
            if body.get(each.name) is not None:
                yield each
    if path == CHAT and any(
        message.get("role") == DEPRECATED_ROLE.name for _, message in messages_of(body)
    ):
        yield DEPRECATED_ROLE
