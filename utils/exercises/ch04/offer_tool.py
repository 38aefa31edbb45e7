"""A tool with required and optional parameters of random types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...scripted import Step, calls, says
from ..model import Exercise, Result, Run, expect, short
from .shop_tools import QUESTIONS, an_order

OFFER = Exercise(
    id="04.1",
    function="offer_tool",
    title="build a strict tool schema",
    difficulty="easy",
    covers=["C1"],
    hints=[
        "A tool is a dictionary with type and function; function has name, description, "
        "parameters and strict.",
        "Strict wants every property in required, and additionalProperties to be false. What may "
        'be missing gets two types instead: {"type": ["string", "null"]}.',
        "arguments is text: json.loads(call.function.arguments). And tool_calls may be None: "
        "for call in message.tool_calls or [].",
    ],
)


FIELDS = {
    "product": "string",
    "store": "string",
    "order": "string",
    "pieces": "integer",
    "days": "integer",
    "euros": "number",
    "gift": "boolean",
    "comment": "string",
}
MADE_UP = {
    "book_repair": "Book a place in the workshop.",
    "reserve": "Put pieces of a product aside for a customer.",
    "send_label": "Send a label for a return.",
    "quote_price": "Say what an order would cost.",
}


def offer(run: Run, script: Sequence[Step] | None = None) -> tuple[Result, str, dict[str, str]]:
    """Offer some tool with some required and some optional parameters."""
    names = run.rng.sample(list(FIELDS), 4)
    fields = {key: FIELDS[key] + ("?" if n % 2 else "") for n, key in enumerate(names)}
    name = run.choose(*MADE_UP)
    step = script or [says("Which one do you mean?")]
    return run(step, run.choose(*QUESTIONS), name, MADE_UP[name], fields), name, fields


def _function(result: Result) -> dict[str, Any]:
    request = result.request(1)
    request.went_to("chat")
    tools = request.get("tools", list, "a list with one tool")
    expect(
        len(tools) == 1 and isinstance(tools[0], dict) and tools[0].get("type") == "function",
        f'request 1 has tools={short(tools)}, and one tool of type "function" was expected',
    )
    inner = tools[0].get("function")
    expect(
        isinstance(inner, dict),
        f"the tool is {short(tools[0])}: Chat Completions wants name, description, parameters and "
        "strict inside of function",
    )
    return inner


def _schema(result: Result) -> dict[str, Any]:
    schema: Any = _function(result).get("parameters")
    expect(
        isinstance(schema, dict) and isinstance(schema.get("properties"), dict),
        f"parameters is {short(schema)}, and a schema of an object with properties was expected",
    )
    return schema


def _types(schema: Any) -> set[str]:
    """Names of the types that a schema allows, whichever way it says so."""
    if not isinstance(schema, dict):
        return set()
    options = schema.get("anyOf")
    if isinstance(options, list):
        return set().union(*(_types(option) for option in options))
    given = schema.get("type")
    return {str(kind) for kind in (given if isinstance(given, list) else [given])}


def _or(types: set[str]) -> str:
    """`string or null`."""
    return " or ".join(sorted(types, key=lambda kind: (kind == "null", kind))) or "nothing"


@OFFER.case()
def name_and_description(run: Run) -> None:
    """the tool has its name, its description and strict"""
    result, name, _ = offer(run)
    function = _function(result)
    for key, want in (("name", name), ("description", MADE_UP[name]), ("strict", True)):
        have = function.get(key)
        expect(have == want, f"the tool has {key}={short(have)}, and {short(want)} was expected")


@OFFER.case(points=2)
def parameter_types(run: Run) -> None:
    """every parameter has its type, and one with a question mark may be null"""
    result, _, fields = offer(run)
    properties = _schema(result)["properties"]
    expect(
        sorted(properties) == sorted(fields),
        f"the properties are {short(list(properties))}, and {short(list(fields))} was expected",
    )
    for key, kind in fields.items():
        want = {kind.removesuffix("?"), *(["null"] if kind.endswith("?") else [])}
        have = _types(properties[key])
        expect(
            have == want,
            f"the parameter {key} allows {_or(have)}, and {kind!r} means {_or(want)}",
        )


@OFFER.case()
def all_required(run: Run) -> None:
    """strict: all of them are required, and there are no others"""
    result, _, fields = offer(run)
    schema = _schema(result)
    required = schema.get("required")
    expect(
        isinstance(required, list) and sorted(map(str, required)) == sorted(fields),
        f"the schema has required={short(required)}, and strict wants all of "
        f"{short(sorted(fields))}",
    )
    expect(
        schema.get("additionalProperties") is False,
        f"the schema has additionalProperties={short(schema.get('additionalProperties'))}, and "
        "strict wants it to be false",
    )


@OFFER.case()
def returns_arguments(run: Run) -> None:
    """it returns the arguments of every call as dictionaries"""
    wanted = [{"order": an_order(run), "comment": None}, {"order": an_order(run), "comment": "a b"}]
    script = [calls(*(("reserve", arguments) for arguments in wanted))]
    result, _, _ = offer(run, script)
    _function(result)
    result.returned(wanted, "the model made two calls")


@OFFER.case(hidden=True)
def no_call(run: Run) -> None:
    """an answer without a call gives an empty list"""
    result, _, _ = offer(run)
    _function(result)
    result.returned([], "the model asked a question back, in words")
