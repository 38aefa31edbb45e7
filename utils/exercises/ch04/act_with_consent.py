"""Tools with and without an effect, a person who agrees or not, and calls that come twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...scripted import calls, says
from ..assertions import reason, was
from ..model import Exercise, Result, Run, Spy, expect, hinting, short, wrong
from .shop_tools import CANCEL, ORDER, REFUND, an_order, order_call, some_messages
from .tool_calls import MadeCall, ToolResult, a_call, as_text, given_back, ran, sends_on

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


def a_cancellation(run: Run) -> MadeCall:
    """A call that cancels an order."""
    return a_call(run, "cancel_order", {"order": an_order(run)})


def acted(
    run: Run,
    wanted: Sequence[MadeCall],
    agrees: Callable[[str, Any], bool] = lambda name, arguments: True,
    done: Any = None,
    effects: Sequence[str] = EFFECTS,
) -> tuple[Result, list[ToolResult]]:
    """Play an answer with these calls to a person who agrees or not, with what is done already."""
    counter = iter(range(run.rng.randint(100, 900), 2000))

    def find_order(order: str) -> dict[str, Any]:
        return {"order": order, "status": "packed", "read": next(counter)}

    def cancel_order(order: str) -> dict[str, Any]:
        return {"order": order, "status": "cancelled", "receipt": next(counter)}

    def refund(order: str, euros: float) -> dict[str, Any]:
        return {"order": order, "paid_back": euros, "receipt": next(counter)}

    made = (find_order, cancel_order, refund)
    functions = {function.__name__: Spy(function.__name__, function) for function in made}
    confirm = Spy("confirm", lambda name, arguments: agrees(name, arguments))
    messages = some_messages(run)
    tools = run.rng.sample(ACTING, 3)
    script = [calls(*wanted)]
    given = (messages, tools, functions, list(effects), confirm, {} if done is None else done)
    result = run(script, *given)
    results = given_back(result, *wanted)
    sends_on(result, messages, tools)
    return result, results


def was_asked(result: Result, *wanted: MadeCall, because: str = "") -> None:
    """The person was asked about exactly these calls."""
    have = [
        [*call.args, *(call.kwargs[n] for n in ("name", "arguments") if n in call.kwargs)]
        for call in result.calls("confirm")
    ]
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
    """a tool that isn't in effects runs without a question, every time"""
    call = order_call(run)
    again = a_call(run, "find_order", call.given)
    result, results = acted(run, [call, again], lambda *_: False)
    was_asked(result, because="find_order has no effect")
    ran(result, "find_order", call.given, call.given)
    first, second = (made.value.field("read").number() for made in results)
    expect(second == first + 1, "the second result of find_order isn't that of the second reading")


@CONSENT.case()
def no_call(run: Run) -> None:
    """an answer without calls gives an empty list"""
    acted(run, [a_refund(run)])
    confirm = Spy("confirm", lambda name, arguments: True)
    given = (some_messages(run), ACTING, {}, EFFECTS, confirm, {})
    run([says("Which one do you mean?")], *given).returned([])


@CONSENT.case()
def after_yes(run: Run) -> None:
    """a tool with an effect runs after a yes"""
    for call in (a_refund(run), a_cancellation(run)):
        result, [made] = acted(run, [call])
        was_asked(result, call)
        ran(result, call.name, call.given)
        made.value.field("receipt", f"the result of {call.name} was expected")


@CONSENT.case()
def given_effects(run: Run) -> None:
    """effects says which tools have an effect"""
    cancel, refund = a_cancellation(run), a_refund(run)
    result, _ = acted(run, [cancel, refund], effects=["cancel_order"])
    was_asked(result, cancel, because="only cancel_order is in effects")
    ran(result, "refund", refund.given)


@CONSENT.case(points=2)
def after_no(run: Run) -> None:
    """after a no it doesn't run, and the result is an error"""
    yes, no = a_refund(run), a_cancellation(run)
    for wanted in ([yes, no], [no, yes]):
        result, results = acted(run, wanted, lambda name, _: name == "refund")
        was_asked(result, *wanted)
        ran(result, "cancel_order", because="the person said no")
        results[wanted.index(no)].is_error("the person said no")
        ran(result, "refund", yes.given)
        results[wanted.index(yes)].value.field("receipt", "the person said yes")


@CONSENT.case(points=2)
def same_call_twice(run: Run) -> None:
    """the same call twice in one answer acts once, and both calls get the result"""
    first = a_refund(run)
    again = a_call(run, "refund", dict(reversed(list(first.given.items()))))
    result, results = acted(run, [first, again])
    with hinting("done needs a key that doesn't depend on the order of the arguments."):
        ran(result, "refund", first.given, because="the second call is the same call")
        was_asked(result, first, because="the second call is the same call")
    once, twice = (made.value for made in results)
    once.field("receipt", "the result of the refund was expected")
    expect(
        once.value == twice.value,
        f"the results are {short(once.value)} and {short(twice.value)}, and not the same",
    )


@CONSENT.case()
def another_call(run: Run) -> None:
    """another tool, or other arguments, is another call"""
    order = an_order(run)
    wanted = [
        a_call(run, "refund", {"order": order, "euros": 10.5}),
        a_call(run, "refund", {"order": order, "euros": 20.5}),
        a_call(run, "refund", {"order": an_order(run), "euros": 10.5}),
        a_call(run, "cancel_order", {"order": order}),
    ]
    result, _ = acted(run, wanted)
    was_asked(result, *wanted)
    ran(result, "refund", *(call.given for call in wanted[:3]))
    ran(result, "cancel_order", wanted[3].given)


@CONSENT.case(points=2)
def done_before(run: Run) -> None:
    """a call that was done in an earlier request isn't done again"""
    call = a_refund(run)
    before, [receipt] = acted(run, [call])
    done = before.argument(5, "the dictionary done").dictionary()
    expect(done, "the dictionary done is still empty after a refund")
    other = a_call(run, "refund", {**call.given, "euros": 9.5})
    again = a_call(run, "refund", call.given)
    result, results = acted(run, [again, other], done=done)
    because = "the other refund was paid before"
    ran(result, "refund", other.given, because=because)
    was_asked(result, other, because=because)
    results[0].equals(receipt.value.value)


@CONSENT.case(hidden=True)
def three_times(run: Run) -> None:
    """the same call three times, among others, acts once"""
    call = a_cancellation(run)
    wanted = [call, order_call(run), a_call(run, call.name, call.given), a_refund(run)]
    wanted.append(a_call(run, call.name, call.given))
    result, _ = acted(run, wanted)
    ran(result, "cancel_order", call.given, because="the others are the same call")
    was_asked(result, call, wanted[3])
