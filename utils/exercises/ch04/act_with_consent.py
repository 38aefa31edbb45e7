"""Tools with and without an effect, a person who agrees or not, and calls that come twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...scripted import calls
from ..assertions import reason, was
from ..model import Exercise, Result, Run, Spy, expect, short, wrong
from .shop_tools import CANCEL, ORDER, REFUND, an_order, order_call
from .tool_calls import MadeCall, ToolResult, a_call, as_text, given_back, offered, ran

CONSENT = Exercise(
    id="04.8",
    function="act_with_consent",
    title="ask for consent before acting, and act once",
    difficulty="stretch",
    covers=["C2", "C4"],
    hints=[
        "Two questions before a tool runs: has it an effect? Then, has the same call been done "
        "already, and does the person agree?",
        "key = name + json.dumps(arguments, sort_keys=True) is the same for the same call, "
        "whatever the order of its arguments.",
        "if name not in effects or (key not in done and confirm(name, arguments)): "
        "`done[key] = functions[name](**arguments)`",
        'Then the result is done.get(key, {"error": "..."}), with a text that says that the person '
        "declined.",
    ],
)

ACTING = [ORDER, CANCEL, REFUND]
EFFECTS = ["cancel_order", "refund"]


def a_refund(run: Run) -> MadeCall:
    """A call that pays money back."""
    euros = run.rng.randint(10, 400) + 0.5
    return a_call(run, "refund", {"order": an_order(run), "euros": euros})


def acted(
    run: Run, wanted: Sequence[MadeCall], agrees: Callable[[str, Any], bool], done: Any = None
) -> tuple[Result, list[ToolResult]]:
    """Play an answer with these calls to a person who agrees or not, with what is done already."""
    counter = iter(range(run.rng.randint(100, 900), 2000))

    def cancel_order(order: str) -> dict[str, Any]:
        return {"order": order, "status": "cancelled", "receipt": next(counter)}

    def refund(order: str, euros: float) -> dict[str, Any]:
        return {"order": order, "paid_back": euros, "receipt": next(counter)}

    made = (found_order, cancel_order, refund)
    names = ("find_order", "cancel_order", "refund")
    functions = {n: Spy(n, function) for n, function in zip(names, made, strict=True)}
    confirm = Spy("confirm", lambda name, arguments: agrees(name, arguments))
    messages = [{"role": "user", "content": "The order is wrong. Please put it right."}]
    script = [calls(*wanted)]
    result = run(
        script, messages, ACTING, functions, EFFECTS, confirm, {} if done is None else done
    )
    results = given_back(result, *wanted)
    offered(result, 1, ACTING)
    result.sent(1)
    return result, results


def found_order(order: str) -> dict[str, Any]:
    """What `find_order` returns."""
    return {"order": order, "status": "packed"}


def was_asked(result: Result, *wanted: MadeCall, because: str = "") -> None:
    """The person was asked about exactly these calls."""
    have = [[*call.args, *call.kwargs.values()] for call in result.calls("confirm")]
    want = [
        [name, dict(arguments)] for name, arguments, _ in wanted if not isinstance(arguments, str)
    ]
    if have == want:
        return
    made = " and ".join(as_text("confirm", one, {}) for one in have)
    wished = " and ".join(as_text("confirm", one, {}) for one in want)
    if not have:
        wrong(f"it never called {wished}{reason(because)}")
    tail = f"{wished} {was(len(want))} expected" if want else "it should not"
    wrong(f"it called {made}, and {tail}{reason(because)}")


@CONSENT.case()
def reading_tool(run: Run) -> None:
    """a tool that only reads runs without a question"""
    call = order_call(run)
    result, [made] = acted(run, [call], lambda *_: False)
    was_asked(result, because="find_order has no effect")
    made.equals(found_order(**call.given))


@CONSENT.case()
def after_yes(run: Run) -> None:
    """a tool with an effect runs after a yes"""
    call = a_refund(run)
    result, [made] = acted(run, [call], lambda *_: True)
    was_asked(result, call)
    ran(result, "refund", call.given)
    made.value.field("receipt", "the result of the refund was expected")


@CONSENT.case(points=2)
def after_no(run: Run) -> None:
    """after a no it does not run, and the model is told"""
    yes, no = a_refund(run), a_call(run, "cancel_order", {"order": an_order(run)})
    wanted = run.choose([yes, no], [no, yes])
    result, results = acted(run, wanted, lambda name, _: name == "refund")
    was_asked(result, *wanted)
    ran(result, "cancel_order", because="the person said no")
    results[wanted.index(no)].is_error("the person said no")
    ran(result, "refund", yes.given)


@CONSENT.case(
    points=2,
    hint="done remembers what was done; its key must not depend on the order of the arguments",
)
def same_call_twice(run: Run) -> None:
    """the same call twice in one answer acts once, and both calls get the result"""
    first = a_refund(run)
    again = a_call(run, "refund", dict(reversed(list(first.given.items()))))
    result, results = acted(run, [first, again], lambda *_: True)
    ran(result, "refund", first.given, because="the second call is the same call")
    was_asked(result, first, because="the second call is the same call")
    once, twice = (made.value.value for made in results)
    expect(once == twice, f"the results are {short(once)} and {short(twice)}, and not the same")


@CONSENT.case(points=2)
def done_before(run: Run) -> None:
    """a call that was done in an earlier request is not done again"""
    call = a_refund(run)
    before, [receipt] = acted(run, [call], lambda *_: True)
    done = before.argument(5, "the dictionary done").dictionary()
    expect(done, "the dictionary done is still empty after a refund")
    other = a_call(run, "refund", {**call.given, "euros": 9.5})
    again = a_call(run, "refund", call.given)
    result, results = acted(run, [again, other], lambda *_: True, done)
    ran(result, "refund", other.given, because="the other refund was paid before")
    results[0].equals(receipt.value.value)


@CONSENT.case(hidden=True)
def reading_twice(run: Run) -> None:
    """reading twice reads twice"""
    call = order_call(run)
    again = a_call(run, "find_order", call.given)
    result, _ = acted(run, [call, again], lambda *_: True)
    ran(result, "find_order", call.given, call.given)
