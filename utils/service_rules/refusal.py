"""An error in OpenAI's shape, and the sentences in which the service words the common ones.

The sentences were read off answers of the real service in August 2026 (see `rule.MEASURED`), so
that a learner who meets one here recognizes it there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

Json = dict[str, Any]

INVALID = "invalid_request_error"
"""The `type` of an error that lies in the request."""

_TYPE_NAMES: dict[type, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a decimal number",
    str: "a string",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


class Refusal(Exception):
    """An answer that is an error, in OpenAI's shape. Rules yield it, the local server raises it.

    Args:
        message: what is wrong; the service's own words where they are known.
        status: HTTP status.
        param: the parameter that is wrong, such as `messages[0].role`.
        code: the error's code, which programs compare.
        kind: the error's type.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        param: str | None = None,
        code: str | None = None,
        kind: str = INVALID,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code
        self.kind = kind

    @property
    def message(self) -> str:
        """What is wrong."""
        return str(self.args[0])

    @property
    def body(self) -> Json:
        """The JSON body of the answer."""
        return error_body(self.message, self.kind, self.param, self.code)


def error_body(
    message: str, kind: str = INVALID, param: str | None = None, code: str | None = None
) -> Json:
    """The body of an error."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def listed(values: Sequence[str], word: str = "and") -> str:
    """Values in quotes as the service lists them: 'a'; 'a' and 'b'; 'a', 'b', and 'c'."""
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return f" {word} ".join(quoted)
    return f"{', '.join(quoted[:-1])}, {word} {quoted[-1]}"


def type_name(value: object) -> str:
    """The service's name for the JSON type of a value, with its article."""
    return _TYPE_NAMES.get(type(value), "an object")


def wrong_type(param: str, expected: str, value: object) -> Refusal:
    """A value has another JSON type than `expected`, which comes with its article."""
    return Refusal(
        f"Invalid type for '{param}': expected {expected}, but got {type_name(value)} instead.",
        param=param,
        code="invalid_type",
    )


def missing(param: str) -> Refusal:
    """A parameter that has to be given is absent."""
    return Refusal(
        f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter"
    )


def unknown(param: str, hint: str = "") -> Refusal:
    """A parameter that the endpoint does not have; `hint` follows the sentence."""
    return Refusal(f"Unknown parameter: '{param}'.{hint}", param=param, code="unknown_parameter")


def not_one_of(param: str, value: object, supported: Sequence[str]) -> Refusal:
    """A value outside a list of words. The service shows '' for what is not a string."""
    shown = value if isinstance(value, str) else ""
    return Refusal(
        f"Invalid value: '{shown}'. Supported values are: {listed(supported)}.",
        param=param,
        code="invalid_value",
    )


def empty_array(param: str) -> Refusal:
    """An array that needs an element has none."""
    return Refusal(
        f"Invalid '{param}': empty array. Expected an array with minimum length 1, "
        f"but got an empty array instead.",
        param=param,
        code="empty_array",
    )


def long_array(param: str, most: int, value: Collection[object]) -> Refusal:
    """An array has more elements than it may have."""
    return Refusal(
        f"Invalid '{param}': array too long. Expected an array with maximum length {most}, "
        f"but got an array with length {len(value)} instead.",
        param=param,
        code="array_above_max_length",
    )


def long_string(param: str, most: int, value: str) -> Refusal:
    """A string has more characters than it may have."""
    return Refusal(
        f"Invalid '{param}': string too long. Expected a string with maximum length {most}, "
        f"but got a string with length {len(value)} instead.",
        param=param,
        code="string_above_max_length",
    )


def out_of_range(
    param: str, value: float, least: float | None, most: float | None, *, decimal: bool
) -> Refusal | None:
    """A number below `least` or above `most`, None for one between them."""
    kind = "decimal" if decimal else "integer"
    if least is not None and value < least:
        return Refusal(
            f"Invalid '{param}': {kind} below minimum value. Expected a value >= {least}, "
            f"but got {value} instead.",
            param=param,
            code=f"{kind}_below_min_value",
        )
    if most is not None and value > most:
        return Refusal(
            f"Invalid '{param}': {kind} above maximum value. Expected a value <= {most}, "
            f"but got {value} instead.",
            param=param,
            code=f"{kind}_above_max_value",
        )
    return None
