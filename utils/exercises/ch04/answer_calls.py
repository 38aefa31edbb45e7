"""One round of tool calls, then an answer."""

from __future__ import annotations

from ...scripted import calls, says
from ..model import Exercise, Result, Run, Spy, hinting
from .shop_tools import ANSWERS, QUESTIONS, order_call, shop, some_reading, stock_call
from .tool_calls import MadeCall, asks, come_from, holds_rounds, offered, ran, sent_back

ROUND = Exercise(
    id="04.2",
    function="answer_calls",
    title="answer every tool call",
    difficulty="easy",
    covers=["C2"],
    hints=[
        "Two requests with the same tools. Between them, append the assistant's message, then one "
        "message for each of its tool_calls.",
        'A result is {"role": "tool", "tool_call_id": call.id, "content": json.dumps(result)}.',
        "`functions[call.function.name](**json.loads(call.function.arguments))` makes the call.",
    ],
)


def one_round(
    run: Run, *wanted: MadeCall, text: str | None = None
) -> tuple[Result, dict[str, Spy]]:
    """Play an answer with these calls, then one in words; the result, and the functions."""
    functions, answer, tools = shop(run), run.choose(*ANSWERS), some_reading(run)
    script = [calls(*wanted, text=text), says(answer)]
    result = run(script, run.choose(*QUESTIONS), tools, functions)
    for number in (1, 2):
        asks(offered(result, number, tools), result.call.args[0])
    with hinting("Loop over message.tool_calls, and use call.id."):
        holds_rounds(result.request(2), [wanted])
    come_from(sent_back(result, 2, *wanted), functions)
    result.sent(2, "all results go back together")
    result.returned(answer)
    return result, functions


@ROUND.case(points=2)
def one_call(run: Run) -> None:
    """one call: its result goes back, and the answer is returned"""
    for text in (None, "Let me look."):
        call = run.choose(stock_call, order_call)(run)
        result, _ = one_round(run, call, text=text)
        ran(result, call.name, call.given)


@ROUND.case(points=2)
def three_calls(run: Run) -> None:
    """three calls in one answer: a tool message for each id"""
    one_round(run, stock_call(run), order_call(run), order_call(run))


@ROUND.case()
def no_calls(run: Run) -> None:
    """an answer without calls is returned at once"""
    answer, tools = f"{run.choose(*ANSWERS)} ({run.rng.randint(100, 999)})", some_reading(run)
    result = run([says(answer)], run.choose(*QUESTIONS), tools, shop(run))
    result.returned(answer)
    result.sent(1)
    asks(offered(result, 1, tools), result.call.args[0])


@ROUND.case(hidden=True)
def same_tool_twice(run: Run) -> None:
    """two calls of the same tool, with different arguments"""
    wanted = [stock_call(run), stock_call(run)]
    result, _ = one_round(run, *wanted)
    ran(result, "check_stock", *(call.given for call in wanted))
