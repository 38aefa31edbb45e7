"""Rules for what is embedded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .refusal import Json, Refusal, empty_array, missing, not_one_of, wrong_type
from .rule import EMBEDDINGS, rule

MOST_INPUTS = 2_048
MOST_TOKENS = 8_192
MOST_TOKENS_OF_ALL = 300_000

INPUTS = "a string, an array of strings, or arrays of token ids"


def _is_tokens(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(token, int) and not isinstance(token, bool) for token in value
    )


def inputs_of(body: Json) -> list[Any]:
    """The inputs of a request, one by one: a list of token ids is one input."""
    given = body.get("input")
    if not isinstance(given, list) or (given and _is_tokens(given)):
        return [given]
    return given


@rule(
    "an input that is not empty",
    EMBEDDINGS,
    source="S: docstring; P: answers on text-embedding-3-small, README of takecchi/mnemora",
    seen="2026-09-27",
)
def gives_input(path: str, body: Json) -> Iterator[Refusal]:
    """Text or token ids, or a list of either."""
    given = body.get("input")
    if given is None:
        yield missing("input")
    elif not isinstance(given, str | list):
        yield wrong_type("input", INPUTS, given)
    elif given == []:
        yield empty_array("input")
    else:
        several = isinstance(given, list) and not _is_tokens(given)
        for at, each in enumerate(inputs_of(body)):
            where = f"input[{at}]" if several else "input"
            if each in ("", []):
                yield Refusal(f"Invalid '{where}': input cannot be an empty string.", param="input")
            elif not isinstance(each, str) and not _is_tokens(each):
                yield wrong_type(where, INPUTS, each)


@rule(
    "inputs within the limits",
    EMBEDDINGS,
    source="S: docstring; P: answers on text-embedding-3-small, README of takecchi/mnemora, and "
    "users' reports (the sum)",
    seen="2026-09-27",
)
def inputs_within_limits(path: str, body: Json) -> Iterator[Refusal]:
    """2,048 inputs, 8,192 tokens each, 300,000 together. Only token ids can be counted here."""
    inputs = inputs_of(body)
    if len(inputs) > MOST_INPUTS:
        yield Refusal(
            f"Invalid 'input': array length must be {MOST_INPUTS} or less.", param="input"
        )
    lengths = [len(each) if _is_tokens(each) else 0 for each in inputs]
    for at, length in enumerate(lengths):
        if length > MOST_TOKENS:
            yield Refusal(
                f"Invalid 'input[{at}]': maximum input length is {MOST_TOKENS} tokens.",
                param="input",
            )
    if sum(lengths) > MOST_TOKENS_OF_ALL:
        yield Refusal(
            f"Invalid 'input': maximum request size is {MOST_TOKENS_OF_ALL} tokens per request.",
            param="input",
        )


@rule("an encoding that exists", EMBEDDINGS, source="S: signature", seen="2026-11-21")
def existing_encoding(path: str, body: Json) -> Iterator[Refusal]:
    """Floats, or base64, which is what the SDK asks for unless told otherwise."""
    encoding = body.get("encoding_format")
    if encoding is not None and encoding not in ("float", "base64"):
        yield not_one_of("encoding_format", encoding, ("float", "base64"))


RULES = (gives_input, inputs_within_limits, existing_encoding)
