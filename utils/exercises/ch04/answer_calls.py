"""One round of tool calls, then an answer."""

from __future__ import annotations

from ...scripted import calls, says
from ..model import Exercise, Result, Run, Spy
from .shop_tools import ANSWERS, QUESTIONS, READING, order_call, shop, stock_call
from .tool_calls import MadeCall, come_from, offered, ran, sent_back

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


def one_round(run: Run, *wanted: MadeCall) -> tuple[Result, dict[str, Spy], str]:
    """Play an answer with these calls, then one in words; result, functions, the last answer."""
    functions, answer = shop(run), run.choose(*ANSWERS)
    script = [calls(*wanted), says(answer)]
    result = run(script, run.choose(*QUESTIONS), READING, functions)
    offered(result, 1, READING)
    return result, functions, answer


@ROUND.case(points=2)
def one_call(run: Run) -> None:
    """one call: its result goes back, and the answer is returned"""
    call = stock_call(run)
    result, functions, answer = one_round(run, call)
    ran(result, "check_stock", call.given)
    offered(result, 2, READING)
    come_from(sent_back(result, 2, call), functions)
    result.returned(answer)
    result.sent(2)


@ROUND.case(points=2, hint="loop over message.tool_calls, and use call.id")
def three_calls(run: Run) -> None:
    """three calls in one answer: a tool message for each id"""
    wanted = [stock_call(run), order_call(run), order_call(run)]
    result, functions, answer = one_round(run, *wanted)
    come_from(sent_back(result, 2, *wanted), functions)
    result.sent(2, "all results go back together")
    result.returned(answer)


@ROUND.case()
def no_calls(run: Run) -> None:
    """an answer without calls is returned at once"""
    answer = run.choose(*ANSWERS)
    result = run([says(answer)], run.choose(*QUESTIONS), READING, shop(run))
    result.returned(answer)
    result.sent(1)


@ROUND.case(hidden=True)
def same_tool_twice(run: Run) -> None:
    """the same tool twice, with different arguments"""
    wanted = [stock_call(run), stock_call(run)]
    result, functions, _ = one_round(run, *wanted)
    come_from(sent_back(result, 2, *wanted), functions)
