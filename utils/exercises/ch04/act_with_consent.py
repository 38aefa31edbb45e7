"""Tools with and without an effect, a person who agrees or not, and calls that come twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from ...scripted import calls
from ..model import Exercise, Result, Run, Spy, expect, short, wrong
from .shop_tools import CANCEL, ORDER, REFUND, an_order, order_call
from .tool_calls import (
    MadeCall,
    a_call,
    as_text,
    given_back,
    is_error,
    is_result,
    offered,
    parsed,
    ran,
)

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


def _refund(run: Run) -> MadeCall:
    euros = run.rng.randint(10, 400) + 0.5
    return a_call(run, "refund", {"order": an_order(run), "euros": euros})


def acted(
    run: Run, wanted: Sequence[MadeCall], agrees: Callable[[str, Any], bool], done: Any = None
) -> tuple[Result, list[str]]:
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
    texts = given_back(result, *wanted)
    offered(result, 1, ACTING)
    result.sent(1)
    return result, texts


def found_order(order: str) -> dict[str, Any]:
    return {"order": order, "status": "packed"}


def _asked(result: Result, *wanted: MadeCall, because: str = "") -> None:
    """The person was asked about exactly these calls."""
    have = [[*call.args, *call.kwargs.values()] for call in result.calls("confirm")]
    want = [
        [name, dict(arguments)] for name, arguments, _ in wanted if not isinstance(arguments, str)
    ]
    if have == want:
        return
    reason = f" ({because})" if because else ""
    text = " and ".join(as_text("confirm", one, {}) for one in have) or "confirm not at all"
    should = " and ".join(as_text("confirm", one, {}) for one in want) or "no such call"
    wrong(f"it called {text}, and {should} was expected{reason}")


@CONSENT.case()
def reading_tool(run: Run) -> None:
    """a tool that only reads runs without a question"""
    call = order_call(run)
    result, [text] = acted(run, [call], lambda *_: False)
    _asked(result, because="find_order has no effect")
    is_result(text, call, found_order(**call.given))


@CONSENT.case()
def after_yes(run: Run) -> None:
    """a tool with an effect runs after a yes"""
    call = _refund(run)
    result, [text] = acted(run, [call], lambda *_: True)
    _asked(result, call)
    ran(result, "refund", call.given)
    expect("receipt" in str(parsed(text, call)), f"the result is {short(text)}, not the refund's")


@CONSENT.case(points=2)
def after_no(run: Run) -> None:
    """after a no it does not run, and the model is told"""
    yes, no = _refund(run), a_call(run, "cancel_order", {"order": an_order(run)})
    wanted = run.choose([yes, no], [no, yes])
    result, texts = acted(run, wanted, lambda name, _: name == "refund")
    _asked(result, *wanted)
    ran(result, "cancel_order", because="the person said no")
    is_error(texts[wanted.index(no)], no, "the person said no")
    ran(result, "refund", yes.given)


@CONSENT.case(
    points=2,
    hint="done remembers what was done; its key must not depend on the order of the arguments",
)
def same_call_twice(run: Run) -> None:
    """the same call twice in one answer acts once, and both calls get the result"""
    first = _refund(run)
    again = a_call(run, "refund", dict(reversed(list(first.given.items()))))
    result, texts = acted(run, [first, again], lambda *_: True)
    ran(result, "refund", first.given, because="the second call is the same call")
    _asked(result, first, because="the second call is the same call")
    expect(
        parsed(texts[0], first) == parsed(texts[1], again),
        f"the results are {short(texts[0])} and {short(texts[1])}, and they should be the same",
    )


@CONSENT.case(points=2)
def done_before(run: Run) -> None:
    """a call that was done in an earlier request is not done again"""
    call = _refund(run)
    before, [receipt] = acted(run, [call], lambda *_: True)
    done = before.args[-1]
    expect(isinstance(done, dict) and done, "the dictionary done is still empty after a refund")
    other = a_call(run, "refund", {**call.given, "euros": 9.5})
    again = a_call(run, "refund", call.given)
    result, texts = acted(run, [again, other], lambda *_: True, done)
    ran(result, "refund", other.given, because="the other refund was paid before")
    is_result(texts[0], again, json.loads(receipt))


@CONSENT.case(hidden=True)
def reading_twice(run: Run) -> None:
    """reading twice reads twice"""
    call = order_call(run)
    again = a_call(run, "find_order", call.given)
    result, _ = acted(run, [call, again], lambda *_: True)
    ran(result, "find_order", call.given, call.given)
