"""Rounds of tool calls, and a model that never stops calling."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import calls, says
from ..model import Exercise, Result, Run, Spy
from .shop_tools import ANSWERS, QUESTIONS, READING, chain, insists, shop
from .tool_calls import MadeCall, come_from, offered, sent_back

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
    run: Run, rounds: Sequence[Sequence[MadeCall]], most: int
) -> tuple[Result, dict[str, Spy], str]:
    """Play these rounds of calls, then an answer; result, functions, and the answer."""
    functions, answer = shop(run), run.choose(*ANSWERS)
    script = [*(calls(*made) for made in rounds), says(answer)]
    result = run(script, run.choose(*QUESTIONS), READING, functions, most)
    return result, functions, answer


@LOOP.case()
def no_tool(run: Run) -> None:
    """a model that needs no tool takes one request"""
    result, _, answer = looped(run, [], run.rng.randint(3, 6))
    result.returned(answer)
    result.sent(1)
    offered(result, 1, READING)


@LOOP.case(points=2)
def call_after_call(run: Run) -> None:
    """call after call: every request holds all that came before"""
    rounds = [[call] for call in chain(run, 3)]
    result, functions, answer = looped(run, rounds, 6)
    result.returned(answer)
    result.sent(4)
    for number in range(2, 5):
        offered(result, number, READING)
        so_far = [call for made in rounds[: number - 1] for call in made]
        come_from(sent_back(result, number, *so_far), functions)


@LOOP.case()
def several_calls(run: Run) -> None:
    """several calls in one round"""
    rounds = [chain(run, 3), chain(run, 2)]
    result, functions, answer = looped(run, rounds, 5)
    result.returned(answer)
    wanted = [call for made in rounds for call in made]
    come_from(sent_back(result, 3, *wanted), functions)


@LOOP.case(points=2, hint="without tool_choice the last answer may be one more call, and no text")
def endless_calls(run: Run) -> None:
    """a model that never stops calling: the last request says tool_choice="none" """
    most, answer = run.rng.randint(3, 5), run.choose(*ANSWERS)
    script = [insists(run, answer)] * (most + 1)
    result = run(script, run.choose(*QUESTIONS), READING, shop(run), most)
    because = f"rounds was {most}, and this model called a tool whenever it could"
    result.sent_at_most(most, because)
    result.sent(most, because)
    result.request(most).has("tool_choice", "none", "it is the last request")
    result.returned(answer)


@LOOP.case()
def free_until_last(run: Run) -> None:
    """until then the model is free to call"""
    result, _, answer = looped(run, [[call] for call in chain(run, 2)], 4)
    result.returned(answer)
    for number in range(1, 4):
        because = "only the last of 4 requests forbids it to call"
        result.request(number).has_default("tool_choice", "auto", because)


@LOOP.case(hidden=True)
def single_round(run: Run) -> None:
    """with a single round there is no call at all"""
    result, _, answer = looped(run, [], 1)
    result.returned(answer)
    result.request(1).has("tool_choice", "none", "it is the last request")
