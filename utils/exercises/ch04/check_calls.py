"""Calls with a wrong name, broken JSON or wrong values, alone and beside a good one."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import calls
from ..model import Exercise, Result, Run, Spy, short
from ..world import PRODUCTS
from .shop_tools import QUESTIONS, STORES
from .tool_calls import Arguments, MadeCall, ToolResult, a_call, given_back, offered, ran, tool

CHECK = Exercise(
    id="04.3",
    function="check_calls",
    title="validate tool calls before running them",
    difficulty="medium",
    covers=["C1", "C3"],
    hints=[
        "Three things can be wrong: the name, the JSON, the values. The model can mend each of "
        "them if you tell it which.",
        "CheckStock.model_validate_json(call.function.arguments) finds the last two, and raises "
        "pydantic's ValidationError. str(error) says what is wrong.",
        "Inside the try: check the arguments, then `functions[name](**checked.model_dump())`. The "
        "except makes the error; the same tool message takes the one or the other.",
    ],
)

GIVEN = {"product": "Skarn 2 tent", "store": "Bristol", "pieces": 1}
CHECKED = tool(
    "check_stock",
    "Say whether a store has so many pieces of a product.",
    product="string",
    store="string",
    pieces="integer",
)


def good_one(run: Run) -> MadeCall:
    """A call with arguments that fit."""
    arguments = {
        "product": run.choose(*PRODUCTS),
        "store": run.choose(*STORES),
        "pieces": run.rng.randint(1, 9),
    }
    return a_call(run, "check_stock", arguments)


def checked(run: Run, *wanted: MadeCall) -> tuple[Result, list[ToolResult]]:
    """Play an answer with these calls; those that fit have to have their results."""

    def check_stock(product: str, store: str, pieces: int) -> dict[str, Any]:
        return {"product": product, "in_stock": (len(product) + len(store) + pieces) % 2 == 0}

    functions = {"check_stock": Spy("check_stock", check_stock)}
    messages = [{"role": "user", "content": run.choose(*QUESTIONS)}]
    result = run([calls(*wanted)], messages, [CHECKED], functions)
    offered(result, 1, [CHECKED])
    results = given_back(result, *wanted)
    result.sent(1)
    for made in results:
        if made.call.name == "check_stock" and fits(made.call.arguments):
            made.equals(check_stock(**made.call.given))
    return result, results


def fits(arguments: Arguments | str) -> bool:
    """Whether a call may run with these arguments."""
    if isinstance(arguments, str):
        return False
    pieces = arguments.get("pieces")
    return (
        isinstance(arguments.get("product"), str)
        and arguments.get("store") in STORES
        and type(pieces) is int
        and pieces >= 1
    )


@CHECK.case()
def good_call(run: Run) -> None:
    """a good call runs, and its result comes back as JSON"""
    call = good_one(run)
    result, _ = checked(run, call)
    ran(result, "check_stock", call.given)


@CHECK.case()
def unknown_tool(run: Run) -> None:
    """an unknown tool: the error says which name, and which tools there are"""
    arguments = run.choose(dict(GIVEN), {"sku": "T-SKARN2"}, {})
    call = a_call(run, run.choose("get_stock", "stock_level", "lookup"), arguments)
    result, [made] = checked(run, call)
    ran(result, "check_stock", because=f"the model asked for {call.name}")
    made.is_error("there is no such tool", call.name, "check_stock")


@CHECK.case()
def broken_json(run: Run) -> None:
    """arguments that are no JSON: an error, and no call"""
    whole = json.dumps(good_one(run).given)
    broken = run.choose(whole[: run.rng.randint(15, len(whole) - 2)], whole.replace('"', "'"))
    call = a_call(run, "check_stock", broken)
    result, [made] = checked(run, call)
    ran(result, "check_stock", because="its arguments are not JSON")
    made.is_error("its arguments are not JSON")


@CHECK.case(points=2)
def wrong_type(run: Run) -> None:
    """a value of the wrong type: the error names the field, and no call"""
    field, value = run.choose(
        ("pieces", "a few"), ("product", 12), ("product", None), ("pieces", [1]), ("store", True)
    )
    call = a_call(run, "check_stock", {**GIVEN, field: value})
    result, [made] = checked(run, call)
    ran(result, "check_stock", because=f"{field} was {short(value)}")
    made.is_error(f"{field} was {short(value)}", field)


@CHECK.case()
def good_beside_bad(run: Run) -> None:
    """a bad call does not stop the good one beside it"""
    good, bad = good_one(run), a_call(run, "check_stock", {**GIVEN, "store": "London"})
    wanted = run.choose([good, bad], [bad, good])
    result, results = checked(run, *wanted)
    ran(result, "check_stock", good.given)
    results[wanted.index(bad)].is_error("there is no store in London")


@CHECK.case(hidden=True)
def missing_field(run: Run) -> None:
    """a field that is missing: an error, and no call"""
    field = run.choose(*GIVEN)
    left = {key: value for key, value in GIVEN.items() if key != field}
    call = a_call(run, "check_stock", left)
    result, [made] = checked(run, call)
    ran(result, "check_stock", because=f"{field} is missing")
    made.is_error(f"{field} is missing")


@CHECK.case(hidden=True)
def no_object(run: Run) -> None:
    """arguments that are no object: an error, and no call"""
    call = a_call(run, "check_stock", run.choose("[]", "3", '"Skarn 2 tent"', "null"))
    result, [made] = checked(run, call)
    ran(result, "check_stock", because="its arguments are not an object")
    made.is_error("its arguments are not an object")
