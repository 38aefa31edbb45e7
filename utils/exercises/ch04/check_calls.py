"""Calls with a wrong name, broken JSON or wrong values, alone and beside a good one."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import calls, says
from ..model import Exercise, Result, Run, Spy, expect, short
from ..world import PRODUCTS
from .shop_tools import STORES, some_messages
from .tool_calls import Arguments, MadeCall, ToolResult, a_call, given_back, ran, sends_on, tool

CHECK = Exercise(
    id="04.3",
    function="check_calls",
    title="validate tool calls before running them",
    difficulty="medium",
    covers=["C1", "C3"],
    hints=[
        "Three things can be wrong: the name, the JSON, the values. The model can fix each of "
        "them if you tell it which.",
        "CheckStock.model_validate_json(call.function.arguments) finds the last two, and raises "
        "pydantic's ValidationError. str(error) says what is wrong.",
        "Check the arguments inside the try; call `functions[name](**checked.model_dump())` after "
        "it, in else. The function's own exceptions aren't mistakes of the model.",
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
        return {"product": product, "in_stock": len(f"{product}{store}{pieces}") % 2 == 0}

    functions = {"check_stock": Spy("check_stock", check_stock)}
    messages, description = some_messages(run), f"Count pieces (list {run.rng.randint(10, 99)})."
    tools = [{**CHECKED, "function": {**CHECKED["function"], "description": description}}]
    result = run([calls(*wanted)], messages, tools, functions)
    results = given_back(result, *wanted)
    sends_on(result, messages, tools)
    for made in results:
        if made.call.name == "check_stock" and fits(made.call.arguments):
            made.equals(check_stock(**made.call.given))
    return result, results


def fits(arguments: Arguments | str) -> bool:
    """Whether a call may run with these arguments."""
    if isinstance(arguments, str) or arguments.keys() != GIVEN.keys():
        return False
    pieces = arguments.get("pieces")
    return (
        isinstance(arguments.get("product"), str)
        and arguments.get("store") in STORES
        and type(pieces) is int
        and pieces >= 1
    )


def is_refused(run: Run, arguments: Arguments | str, because: str, *names: str) -> str:
    """Play a call with these arguments, beside a good one; it is answered with an error."""
    good, bad = good_one(run), a_call(run, "check_stock", arguments)
    wanted = run.choose([good, bad], [bad, good])
    result, results = checked(run, *wanted)
    ran(result, "check_stock", good.given, because=because)
    return results[wanted.index(bad)].is_error(because, *names)


@CHECK.case()
def good_call(run: Run) -> None:
    """a good call runs, and its result comes back as JSON"""
    call = good_one(run)
    result, _ = checked(run, call)
    ran(result, "check_stock", call.given)


@CHECK.case()
def no_call(run: Run) -> None:
    """an answer without calls gives an empty list"""
    checked(run, good_one(run))
    given = (some_messages(run), [CHECKED], {})
    run([says("Which one do you mean?")], *given).returned([])


@CHECK.case(hint="CheckStock.model_validate_json(...).model_dump() has what was checked.")
def checked_values(run: Run) -> None:
    """the function gets what CheckStock made of the arguments"""
    for change in ({"pieces": "4"}, {"color": "red"}):
        good = good_one(run)
        call = a_call(run, "check_stock", {**good.given, **change})
        result, _ = checked(run, call)
        want = {**good.given, "pieces": 4} if "pieces" in change else good.given
        ran(result, "check_stock", want, because=f"the model sent {short(change)}")


@CHECK.case()
def unknown_tool(run: Run) -> None:
    """an unknown tool: the error says which name, and which tools there are"""
    for arguments in (GIVEN, {"sku": "T-SKARN2"}, {}):
        good = good_one(run)
        bad = a_call(run, f"{run.choose('get_stock', 'stock')}_{run.rng.randint(2, 99)}", arguments)
        result, results = checked(run, good, bad)
        ran(result, "check_stock", good.given, because=f"the model also asked for {bad.name}")
        results[1].is_error("there is no such tool", bad.name, "check_stock")


@CHECK.case(points=2)
def broken_json(run: Run) -> None:
    """arguments that aren't a JSON object: an error, and no call"""
    whole = json.dumps(good_one(run).given)
    because = "its arguments aren't JSON"
    is_refused(run, whole[: run.rng.randint(15, len(whole) - 2)], because)
    is_refused(run, whole.replace('"', "'"), because)
    for other in ("[]", "3", '"Skarn 2 tent"', "null"):
        is_refused(run, other, "its arguments aren't an object")


@CHECK.case(points=2)
def wrong_value(run: Run) -> None:
    """a wrong or missing value: the error names the field, and no call"""
    for field, value in (
        ("pieces", "a few"),
        ("pieces", [1]),
        ("pieces", 0),
        ("product", 12),
        ("product", None),
        ("store", True),
        ("store", "London"),
    ):
        is_refused(run, {**GIVEN, field: value}, f"{field} was {short(value)}", field)
    for field in GIVEN:
        left = {key: value for key, value in GIVEN.items() if key != field}
        is_refused(run, left, f"{field} is missing", field)


@CHECK.case(hint="str(error) of pydantic's ValidationError says what is wrong, and where.")
def tells_errors_apart(run: Run) -> None:
    """different mistakes give different errors"""
    seen: dict[str, str] = {}
    for change in ({"pieces": "a few"}, {"pieces": 0}, {"product": 12}, {"store": "London"}):
        error = is_refused(run, {**GIVEN, **change}, short(change))
        expect(
            error not in seen,
            f"the error for {short(change)} is the one for {seen.get(error)}: {short(error)}",
        )
        seen[error] = short(change)


@CHECK.case()
def error_of_the_tool(run: Run) -> None:
    """an exception of the function itself is raised to the caller"""
    checked(run, good_one(run))
    for kind in (KeyError, RuntimeError):

        def fail(kind: type[Exception] = kind, **_: Any) -> Any:
            raise kind("row 12")

        given = (some_messages(run), [CHECKED], {"check_stock": Spy("check_stock", fail)})
        run([calls(good_one(run))], *given).raised(kind, "the function raised it")


@CHECK.case(hidden=True)
def mixed_calls(run: Run) -> None:
    """good and bad calls in one answer"""
    bad = a_call(run, "check_stock", {**GIVEN, "pieces": -1})
    wanted = [good_one(run), bad, a_call(run, "check_stock", "{"), good_one(run)]
    result, results = checked(run, *wanted)
    ran(result, "check_stock", wanted[0].given, wanted[3].given)
    results[1].is_error("pieces was -1", "pieces")
    results[2].is_error("its arguments aren't JSON")
