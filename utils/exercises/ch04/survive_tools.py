"""Tools that raise, hang, or return what is not JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...scripted import calls, says
from ..model import Exercise, Result, Run, Spy, expect, short
from .shop_tools import LATE, ORDER, RETURNS, order_call, some_messages
from .tool_calls import MadeCall, ToolResult, a_call, given_back, ran, sends_on

SURVIVE = Exercise(
    id="04.4",
    function="survive_tools",
    title="report tool errors to the model",
    difficulty="medium",
    covers=["C4", "C1"],
    hints=[
        "One try around the call of the tool, with three kinds of except, each of which makes a "
        "result.",
        "except ValueError and except TimeoutError come first, in any order, and except Exception "
        "comes last.",
        "json.dumps may raise, too (a TypeError, for a result that isn't JSON). Put it inside the "
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
    seconds = run.rng.choice([1.5, 3.0, 7.0, 12.0, 45.0])
    spies = {name: Spy(name, function) for name, function in functions.items()}
    messages = some_messages(run)
    tools = run.rng.sample(SLOW, 3)
    result = run([calls(*wanted)], messages, tools, spies, seconds)
    results = given_back(result, *wanted)
    sends_on(result, messages, tools)
    return result, results, seconds


def raising(error: Exception) -> Callable[..., Any]:
    """A tool that raises this."""

    def fail(**_: Any) -> Any:
        raise error

    return fail


def found(order: str, timeout: float | None = None) -> dict[str, Any]:
    """A tool that finds every order."""
    return {"order": order, "status": "shipped"}


def failed(run: Run, tool: Callable[..., Any], because: str, *names: str) -> str:
    """Play a call of this tool, and one of a tool that works; the text of the error.

    `SECONDS` in the texts is the timeout.
    """
    broken = a_call(run, "list_returns", {"customer": f"C-{run.rng.randint(100, 999)}"})
    good = order_call(run)
    functions = {"find_order": found, "list_returns": tool}
    wanted = run.choose([broken, good], [good, broken])
    _, results, seconds = surviving(run, functions, *wanted)
    results[wanted.index(good)].equals(found(**good.given))
    said = [text.replace("SECONDS", f"{seconds:g}") for text in (because, *names)]
    return results[wanted.index(broken)].is_error(*said)


@SURVIVE.case()
def passes_timeout(run: Run) -> None:
    """every tool gets its arguments, and the timeout"""
    for _ in range(2):
        call = order_call(run)
        result, [made], seconds = surviving(run, {"find_order": found}, call)
        given = {**call.given, "timeout": seconds}
        ran(result, "find_order", given, because="a tool must not hang")
        made.equals(found(**call.given))


@SURVIVE.case()
def no_call(run: Run) -> None:
    """an answer without calls gives an empty list"""
    surviving(run, {"find_order": found}, order_call(run))
    run([says("Which one do you mean?")], some_messages(run), SLOW, {}, 3.0).returned([])


@SURVIVE.case()
def value_error(run: Run) -> None:
    """a ValueError: its text goes to the model"""
    for _ in range(2):
        message = f"there is no customer C-{run.rng.randint(100, 999)}"
        failed(run, raising(ValueError(message)), "the tool raised ValueError", message)


@SURVIVE.case()
def timeout_error(run: Run) -> None:
    """a TimeoutError: the model learns that the tool took too long"""
    because = "the tool raised TimeoutError: SECONDS s were not enough"
    failed(run, raising(TimeoutError("recv")), because, "SECONDS")


@SURVIVE.case(
    points=2, hint="The text of an unexpected exception belongs in your log, not in a prompt."
)
def other_exception(run: Run) -> None:
    """any other exception: an error without its details"""
    errors = {}
    for kind in (RuntimeError, KeyError, OSError, ConnectionError, TypeError, ZeroDivisionError):
        text, secret = run.choose(*SECRETS)
        error = failed(run, raising(kind(text)), f"the tool raised {kind.__name__}")
        expect(secret not in error, f"the error tells the model {short(secret)}, an inner detail")
        expect(
            kind.__name__ not in error,
            f"the error tells the model {kind.__name__}, which kind of exception it was",
        )
        errors[error] = f"{kind.__name__}: {text}"
    first, *others = errors
    expect(
        not others,
        f"the error tells exceptions apart: {short(first)} for one, {short(others[0])} for another"
        if others
        else "",
    )


@SURVIVE.case()
def no_json(run: Run) -> None:
    """a result that isn't JSON is such an error, too"""
    for value in (b"\x89PNG", {"photo": b"\x89PNG"}, frozenset({"a"})):
        because = f"the tool returned {short(value)}, and json.dumps doesn't take it"

        def give(value: Any = value, **_: Any) -> Any:
            return value

        error = failed(run, give, because)
        expect("serializable" not in error, f"the error tells the model {short(error)}")


@SURVIVE.case()
def empty_results(run: Run) -> None:
    """an empty result is a result"""
    for value in (None, [], 0, ""):
        call = order_call(run)

        def give(value: Any = value, **_: Any) -> Any:
            return value

        _, [made], _ = surviving(run, {"find_order": give}, call)
        made.equals(value)


@SURVIVE.case()
def others_still_answer(run: Run) -> None:
    """one tool fails, and the others still answer"""
    broken = a_call(run, "list_returns", {"customer": f"C-{run.rng.randint(100, 999)}"})
    good = [order_call(run), order_call(run)]
    for error in (OSError("disk"), ValueError("no customer"), TimeoutError("recv")):
        functions = {"find_order": found, "list_returns": raising(error)}
        _, [first, second, third], _ = surviving(run, functions, good[0], broken, good[1])
        second.is_error(f"the tool raised {type(error).__name__}")
        for made in (first, third):
            made.equals(found(**made.call.given))


@SURVIVE.case(hidden=True)
def all_kinds(run: Run) -> None:
    """each kind of failure again, with other values"""
    message = f"order FO-{run.rng.randint(10_001, 12_400)} is closed"
    failed(run, raising(ValueError(message)), "the tool raised ValueError", message)
    failed(run, raising(TimeoutError(message)), "it took longer", "SECONDS")
    error = failed(run, raising(LookupError(message)), "the tool raised LookupError")
    expect(message not in error, f"the error tells the model {short(message)}")
