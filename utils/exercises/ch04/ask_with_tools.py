"""Rounds of tool calls, and a model that never stops calling."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import calls, says
from ..model import Exercise, Result, Run, hinting
from .shop_tools import ANSWERS, QUESTIONS, READING, chain, insists, shop, some_reading
from .tool_calls import MadeCall, asks, come_from, holds_rounds, offered, sent_back

LOOP = Exercise(
    id="04.6",
    function="ask_with_tools",
    title="write a bounded tool loop",
    difficulty="medium",
    covers=["C2"],
    hints=[
        "for number in range(1, rounds + 1): one request in each round, and return as soon as "
        "the message has no tool_calls.",
        "messages grows: the assistant's message with its calls, then a tool message for each.",
        'In the last round tool_choice="none" makes the model answer in words, with what it has.',
    ],
)


def looped(
    run: Run, rounds: Sequence[Sequence[MadeCall]], most: int, text: str | None = None
) -> Result:
    """Play these rounds of calls, then an answer; every request has to hold what came before."""
    functions, answer, tools = shop(run), run.choose(*ANSWERS), some_reading(run)
    script = [*(calls(*made, text=text) for made in rounds), says(answer)]
    result = run(script, run.choose(*QUESTIONS), tools, functions, most)
    result.returned(answer)
    result.sent(len(rounds) + 1)
    for number in range(1, len(rounds) + 2):
        request = offered(result, number, tools)
        asks(request, result.call.args[0])
        holds_rounds(request, rounds[: number - 1])
        so_far = [call for made in rounds[: number - 1] for call in made]
        come_from(sent_back(result, number, *so_far), functions)
    return result


@LOOP.case()
def no_tool(run: Run) -> None:
    """a model that needs no tool takes one request"""
    looped(run, [], run.rng.randint(3, 6))


@LOOP.case(points=2)
def call_after_call(run: Run) -> None:
    """call after call: every request holds the question and all that came after it"""
    looped(run, [[call] for call in chain(run, 3)], 6)


@LOOP.case()
def several_calls(run: Run) -> None:
    """several calls in one round"""
    looped(run, [chain(run, 3), chain(run, 2)], 5)


@LOOP.case()
def text_beside_calls(run: Run) -> None:
    """a message with calls isn't the answer yet, even if it has text"""
    looped(run, [chain(run, 1), chain(run, 2)], 5, text="Let me look.")


@LOOP.case(points=2)
def endless_calls(run: Run) -> None:
    """a model that never stops calling: the last request says tool_choice="none" """
    for most in (1, 2, run.rng.randint(3, 5)):
        answer = f"{run.choose(*ANSWERS)} ({run.rng.randint(100, 999)})"
        script = [insists(run, answer)] * (most + 1)
        result = run(script, run.choose(*QUESTIONS), READING, shop(run), most)
        because = f"rounds was {most}, and this model called a tool whenever it could"
        result.sent_at_most(most, because)
        result.sent(most, because)
        with hinting("Without tool_choice the last answer may be one more call, and no text."):
            result.request(most).has("tool_choice", "none", "it is the last request")
        result.returned(answer)


@LOOP.case()
def free_until_last(run: Run) -> None:
    """until then the model is free to call"""
    result = looped(run, [[call] for call in chain(run, 2)], 4)
    for number in range(1, 4):
        because = "only the last of 4 requests forbids it to call"
        result.request(number).has_default("tool_choice", "auto", because)


@LOOP.case(hidden=True)
def four_rounds(run: Run) -> None:
    """four rounds, and an answer in the last request"""
    result = looped(run, [chain(run, n) for n in (1, 2, 1, 3)], 5)
    result.request(5).has("tool_choice", "none", "it is the last request")
