"""Tool calls in a stream, which may stop before they are whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import openai

from ...scripted import streams
from ..model import Exercise, Result, Run, Spy, Value, expect, short
from .shop_tools import ANSWERS, QUESTIONS, READING, chain, name_of, order_call, shop, stock_call
from .tool_calls import MadeCall, offered, ran, told

ANNOUNCE = Exercise(
    id="04.12",
    function="announce_calls",
    title="announce tool calls while they stream",
    difficulty="medium",
    covers=["C2", "B1"],
    hints=[
        "The first fragment of a call has its id and its name, and the index says which call a "
        "fragment belongs to: announce the name when an index is new.",
        "Join the arguments of each index as text, and remember finish_reason.",
        "Make no call inside the loop. After it, finish_reason is tool_calls or stop, or you raise "
        "RuntimeError; only then json.loads the arguments.",
    ],
)

EVERY = 0.5
"""Simulated seconds between two events of a stream."""


def announced(
    run: Run, wanted: Sequence[MadeCall], **options: Any
) -> tuple[Result, dict[str, Spy]]:
    """Play a stream of these calls; the result, and the shop's functions."""
    functions = shop(run)
    announce = Spy("announce", lambda name: None)
    made = [(call.name, call.given) for call in wanted]
    step = streams(tool_calls=made, every=EVERY, **options)
    messages = [{"role": "user", "content": run.choose(*QUESTIONS)}]
    result = run([step], messages, READING, functions, announce)
    offered(result, 1, READING).has("stream", True)
    return result, functions


def ran_nothing(result: Result, because: str) -> None:
    """No tool was called."""
    for given in READING:
        ran(result, name_of(given), because=because)


@ANNOUNCE.case()
def makes_calls(run: Run) -> None:
    """the calls are made, and their results are returned"""
    call = run.choose(stock_call, order_call)(run)
    result, functions = announced(run, [call])
    result.returned([told(functions, call)])
    result.sent(1)


@ANNOUNCE.case(
    points=2, hint="the name stands in the first fragment, the arguments in those after it"
)
def announces_at_once(run: Run) -> None:
    """a name is announced as soon as it arrives"""
    wanted = chain(run, 2)
    result, _ = announced(run, wanted)
    result.finished()
    said = result.calls("announce")
    names = [call.args[0] if call.args else None for call in said]
    Value(names, "the list of names that it announced").equals([call.name for call in wanted])
    fragments = len(range(0, len(json.dumps(wanted[0].given)), 8))
    for call, at in zip(said, (EVERY, EVERY * (2 + fragments)), strict=True):
        expect(
            call.at <= at + EVERY,
            f"it announced {short(call.args[0])} after {call.at:g} s, and the name arrived after "
            f"{at:g} s",
        )


@ANNOUNCE.case()
def own_arguments(run: Run) -> None:
    """two calls: each gets its own arguments"""
    wanted = [stock_call(run), stock_call(run)]
    result, functions = announced(run, wanted)
    result.returned([told(functions, call) for call in wanted])


@ANNOUNCE.case(points=2, hint="arguments that look complete may not be: look at finish_reason")
def silent_end(run: Run) -> None:
    """a stream that stops early: RuntimeError, and nothing was called"""
    result, _ = announced(run, chain(run, 2), end="cut")
    ran_nothing(result, "the stream had no finish_reason")
    result.raised(RuntimeError, "the stream had no finish_reason")


@ANNOUNCE.case()
def token_cap(run: Run) -> None:
    """an answer that hit the cap: RuntimeError, and nothing was called"""
    result, _ = announced(run, chain(run, 1), finish_reason="length")
    ran_nothing(result, "finish_reason was length")
    result.raised(RuntimeError, "finish_reason was length")


@ANNOUNCE.case()
def answer_in_words(run: Run) -> None:
    """an answer in words: no result, and nothing is announced"""
    announce = Spy("announce", lambda name: None)
    messages = [{"role": "user", "content": run.choose(*QUESTIONS)}]
    result = run([streams(run.choose(*ANSWERS))], messages, READING, shop(run), announce)
    result.request(1).has("stream", True)
    result.returned([])
    result.called("announce", 0, "there was no call")


@ANNOUNCE.case(hidden=True)
def broken_connection(run: Run) -> None:
    """a connection that breaks: its error gets out, and nothing was called"""
    result, _ = announced(run, chain(run, 2), end="drop")
    ran_nothing(result, "the connection broke")
    result.raised(openai.APIConnectionError, "the connection broke")
