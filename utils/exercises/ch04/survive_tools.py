"""Tools that raise, hang, or return what is not JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...scripted import calls
from ..model import Exercise, Result, Run, Spy, expect, short
from .shop_tools import LATE, ORDER, QUESTIONS, RETURNS, order_call
from .tool_calls import MadeCall, ToolResult, a_call, given_back, offered, ran

SURVIVE = Exercise(
    id="04.4",
    function="survive_tools",
    title="report tool errors to the model",
    difficulty="medium",
    covers=["C4", "C1"],
    hints=[
        "One try around the call of the tool, with three kinds of except, each of which makes a "
        "result.",
        "The order matters: ValueError, then TimeoutError, then Exception.",
        "json.dumps may raise, too (a TypeError, for a result that is no JSON). Put it inside the "
        "try.",
    ],
)

SLOW = [LATE, ORDER, RETURNS]
SECRETS = (
    ("connection to postgres://shop:hunter2@10.0.0.7/orders refused", "hunter2"),
    ("no row 'lena.holm@example.com' in /srv/shop/private/customers.py, line 212", "lena.holm"),
    ("401 from the warehouse: token whk_8812aa is expired", "whk_8812aa"),
)


def surviving(
    run: Run, functions: dict[str, Callable[..., Any]], *wanted: MadeCall
) -> tuple[Result, list[ToolResult], float]:
    """Play an answer with these calls of these tools; result, their results, and the timeout."""
    seconds = run.choose(2.0, 3.0, 5.0)
    spies = {name: Spy(name, function) for name, function in functions.items()}
    messages = [{"role": "user", "content": run.choose(*QUESTIONS)}]
    result = run([calls(*wanted)], messages, SLOW, spies, seconds)
    results = given_back(result, *wanted)
    offered(result, 1, SLOW)
    result.sent(1)
    return result, results, seconds


def raising(error: Exception) -> Callable[..., Any]:
    """A tool that raises this."""

    def fail(**_: Any) -> Any:
        raise error

    return fail


def found(order: str, timeout: float | None = None) -> dict[str, Any]:
    """A tool that finds every order."""
    return {"order": order, "status": "shipped"}


@SURVIVE.case()
def passes_timeout(run: Run) -> None:
    """every tool gets its arguments, and the timeout"""
    call = order_call(run)
    result, [made], seconds = surviving(run, {"find_order": found}, call)
    ran(result, "find_order", {**call.given, "timeout": seconds}, because="a tool must not hang")
    made.equals(found(**call.given))


@SURVIVE.case()
def value_error(run: Run) -> None:
    """a ValueError: its text goes to the model"""
    call = order_call(run)
    message = f"there is no order {call.given['order']}"
    _, [made], _ = surviving(run, {"find_order": raising(ValueError(message))}, call)
    made.is_error("the tool raised ValueError", message)


@SURVIVE.case()
def timeout_error(run: Run) -> None:
    """a TimeoutError: the model learns that the tool took too long"""
    call = a_call(run, "list_late_orders", {"days": run.rng.randint(1, 9)})
    late = raising(TimeoutError("recv"))
    _, [made], seconds = surviving(run, {"list_late_orders": late}, call)
    because = f"the tool raised TimeoutError: {seconds:g} s were not enough"
    made.is_error(because, f"{seconds:g}")


@SURVIVE.case(
    points=2, hint="the text of an unexpected exception belongs in your log, not in a prompt"
)
def other_exception(run: Run) -> None:
    """any other exception: an error without its details"""
    call, (text_of_error, secret) = order_call(run), run.choose(*SECRETS)
    kind = run.choose(RuntimeError, KeyError, OSError, ConnectionError)
    _, [made], _ = surviving(run, {"find_order": raising(kind(text_of_error))}, call)
    error = made.is_error(f"the tool raised {kind.__name__}")
    expect(secret not in error, f"the error tells the model {short(secret)}, an inner detail")


@SURVIVE.case()
def others_still_answer(run: Run) -> None:
    """one tool fails, and the others still answer"""
    broken = a_call(run, "list_returns", {"customer": f"C-{run.rng.randint(100, 999)}"})
    good = [order_call(run), order_call(run)]
    functions = {"find_order": found, "list_returns": raising(OSError("disk"))}
    _, [first, second, third], _ = surviving(run, functions, good[0], broken, good[1])
    second.is_error("the tool raised OSError")
    for made in (first, third):
        made.equals(found(**made.call.given))


@SURVIVE.case(hidden=True)
def no_json(run: Run) -> None:
    """a result that is no JSON is an error, too"""
    call = order_call(run)
    _, [made], _ = surviving(run, {"find_order": lambda **_: b"\x89PNG"}, call)
    made.is_error("the tool returned bytes, and json.dumps does not take them")


@SURVIVE.case(hidden=True)
def none_result(run: Run) -> None:
    """a result that is nothing is null"""
    call = order_call(run)
    _, [made], _ = surviving(run, {"find_order": lambda **_: None}, call)
    made.equals(None)
