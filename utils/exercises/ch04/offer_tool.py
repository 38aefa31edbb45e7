"""A tool with required and optional parameters of random types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...scripted import Step, calls, says
from ..model import Exercise, Result, Run, Value, expect
from .shop_tools import QUESTIONS, an_order
from .tool_calls import asks

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


def offer(
    run: Run, script: Sequence[Step] | None = None, name: str = ""
) -> tuple[Result, str, dict[str, str]]:
    """Offer some tool with some required and some optional parameters."""
    names = run.rng.sample(list(FIELDS), 5)
    fields = {key: FIELDS[key] + ("?" if n % 2 else "") for n, key in enumerate(names)}
    name = name or run.choose(*MADE_UP)
    step = script or [says("Which one do you mean?")]
    return run(step, run.choose(*QUESTIONS), name, MADE_UP[name], fields), name, fields


def offered_tool(result: Result) -> Value:
    """The inside of the only tool of the request."""
    request = result.request(1)
    request.went_to("chat")
    [given] = request.field("tools").items(1)
    given.field("type").equals("function")
    inside = given.field("function", "name, description, parameters and strict belong inside it")
    return Value(inside.dictionary(), "the tool")


def types_of(schema: Any) -> set[str]:
    """Names of the types that a schema allows, whichever way it says so."""
    if not isinstance(schema, dict):
        return set()
    options = schema.get("anyOf")
    if isinstance(options, list):
        return set().union(*(types_of(option) for option in options))
    given = schema.get("type")
    return {str(kind) for kind in (given if isinstance(given, list) else [given])}


def in_words(types: set[str]) -> str:
    """`string or null`."""
    return " or ".join(sorted(types, key=lambda kind: (kind == "null", kind))) or "nothing"


@OFFER.case()
def name_and_description(run: Run) -> None:
    """the tool has its name, its description and strict"""
    for chosen in MADE_UP:
        result, name, _ = offer(run, name=chosen)
        inside = offered_tool(result)
        inside.field("name").equals(name)
        inside.field("description").equals(MADE_UP[name])
        inside.field("strict").equals(True)


@OFFER.case()
def only_offers(run: Run) -> None:
    """the request asks the question, and leaves it to the model whether it calls"""
    for _ in range(3):
        result, *_ = offer(run)
        offered_tool(result)
        result.sent(1)
        request = result.request(1)
        asks(request, result.call.args[0])
        request.has_default("tool_choice", "auto", "the tool is only offered")


@OFFER.case(points=2)
def parameter_types(run: Run) -> None:
    """every parameter has its type, and one with a question mark may be null"""
    for _ in range(3):
        result, _, fields = offer(run)
        schema = offered_tool(result).field("parameters")
        schema.field("type").equals("object")
        properties = schema.field("properties")
        properties.has_keys(*fields)
        for key, kind in fields.items():
            want = {kind.removesuffix("?"), *(["null"] if kind.endswith("?") else [])}
            have = types_of(properties.value[key])
            expect(
                have == want,
                f"the parameter {key} allows {in_words(have)}, and {kind!r} means {in_words(want)}",
            )


@OFFER.case()
def all_required(run: Run) -> None:
    """strict: all of them are required, and there are no others"""
    result, _, fields = offer(run)
    schema = offered_tool(result).field("parameters")
    schema.field("required").in_any_order(list(fields), "strict wants all parameters")
    schema.field("additionalProperties").equals(False, "strict wants it so")


@OFFER.case()
def returns_arguments(run: Run) -> None:
    """it returns the arguments of every call as dictionaries"""
    wanted = [{"order": an_order(run), "comment": None}, {"order": an_order(run), "comment": "a b"}]
    script = [calls(*(("reserve", arguments) for arguments in wanted))]
    result, *_ = offer(run, script)
    offered_tool(result)
    result.returned(wanted, "the model made two calls")


@OFFER.case()
def no_call(run: Run) -> None:
    """an answer without a call gives an empty list"""
    order = {"order": an_order(run)}
    offer(run, [calls(("reserve", order))])[0].returned([order], "the model made a call")
    result, *_ = offer(run)
    offered_tool(result)
    result.returned([], "the model asked a question back, in words")


@OFFER.case(hidden=True)
def three_calls(run: Run) -> None:
    """it returns the arguments of three calls, in order"""
    wanted = [{"order": an_order(run)} for _ in range(3)]
    result, *_ = offer(run, [calls(*(("reserve", arguments) for arguments in wanted))])
    offered_tool(result)
    result.returned(wanted)
