"""Tool calls in a stream, which may stop before they are whole."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...scripted import Step, streams
from ..ch03.streams import choice, chunk, passed, sse
from ..model import Exercise, Result, Run, Spy, Value, expect, hinting, short
from .shop_tools import (
    ANSWERS,
    READING,
    chain,
    name_of,
    order_call,
    shop,
    some_messages,
    some_reading,
    stock_call,
)
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
    run: Run, wanted: Sequence[MadeCall], step: Step | None = None, **options: Any
) -> tuple[Result, dict[str, Spy]]:
    """Play a stream of these calls, or this step; the result, and the shop's functions."""
    functions, tools, messages = shop(run), some_reading(run), some_messages(run)
    announce = Spy("announce", lambda name: None)
    made = [(call.name, call.given) for call in wanted]
    step = step or streams(tool_calls=made, every=EVERY, **options)
    result = run([step], messages, tools, functions, announce)
    request = offered(result, 1, tools)
    request.has("stream", True)
    request.has_messages(messages, "the messages that it was given")
    return result, functions


def makes(run: Run, wanted: Sequence[MadeCall], **options: Any) -> Result:
    """Play a stream of these calls that gets to its end; their results are returned."""
    result, functions = announced(run, wanted, **options)
    result.returned([told(functions, call) for call in wanted])
    result.sent(1)
    return result


def fails_to_end(run: Run, kind: type[Exception], because: str, **options: Any) -> None:
    """Play a stream of calls that doesn't get to its end: an exception, and no call is made."""
    result, _ = announced(run, chain(run, run.rng.randint(1, 2)), **options)
    for given in READING:
        ran(result, name_of(given), because=because)
    result.raised(kind, because)


@ANNOUNCE.case()
def makes_calls(run: Run) -> None:
    """the calls are made, and their results are returned"""
    for call in (stock_call(run), order_call(run)):
        result = makes(run, [call])
        ran(result, call.name, call.given)


@ANNOUNCE.case(points=2)
def announces_at_once(run: Run) -> None:
    """a name is announced as soon as it arrives"""
    wanted = chain(run, 3)
    result = makes(run, wanted)
    said = [(call.at, passed(call, "name")) for call in result.calls("announce")]
    names = [given[0] if given else None for _, given in said]
    Value(names, "the list of names that it announced").equals([call.name for call in wanted])
    arrives = EVERY
    for call, (at, _) in zip(wanted, said, strict=True):
        with hinting("The name is in the first fragment, the arguments are in those after it."):
            expect(
                at <= arrives + EVERY / 2,
                f"it announced {short(call.name)} after {at:g} s, and the name arrived after "
                f"{arrives:g} s",
            )
        arrives += EVERY * (1 + len(range(0, len(json.dumps(call.given)), 8)))


@ANNOUNCE.case()
def own_arguments(run: Run) -> None:
    """several calls: each gets its own arguments, in the order of the calls"""
    makes(run, [stock_call(run), order_call(run), stock_call(run)])


@ANNOUNCE.case()
def forced_call(run: Run) -> None:
    """calls whose finish_reason is stop are made, too"""
    wanted = chain(run, 2)
    deltas = [
        {
            "index": index,
            "id": call.id,
            "type": "function",
            "function": {"name": call.name, "arguments": json.dumps(call.given)},
        }
        for index, call in enumerate(wanted)
    ]
    deltas.append({"index": 1, "function": {"arguments": None}})
    chunks = [chunk(choice({"tool_calls": [delta]})) for delta in deltas]
    makes(run, wanted, step=sse(*chunks, chunk(choice({}, "stop"))))
    together = [chunk(choice({"tool_calls": deltas}))]
    makes(run, wanted, step=sse(*together, chunk(choice({}, "tool_calls"))))


@ANNOUNCE.case(points=2)
def silent_end(run: Run) -> None:
    """a stream that stops early: RuntimeError, and nothing was called"""
    makes(run, chain(run, 2))
    with hinting("Arguments that look complete may not be: look at finish_reason."):
        fails_to_end(run, RuntimeError, "the stream had no finish_reason", end="cut")


@ANNOUNCE.case()
def incomplete_answer(run: Run) -> None:
    """an answer that hit the cap or the content filter: RuntimeError, and nothing was called"""
    makes(run, chain(run, 2))
    for reason in ("length", "content_filter"):
        because = f"finish_reason was {reason}"
        fails_to_end(run, RuntimeError, because, finish_reason=reason)


@ANNOUNCE.case()
def broken_stream(run: Run) -> None:
    """a stream that breaks: some exception, and nothing was called"""
    makes(run, chain(run, 2))
    for end, because in (
        ("drop", "the connection broke"),
        ("error", "an event said error"),
        ("malformed", "a line was cut"),
    ):
        fails_to_end(run, Exception, because, end=end)


@ANNOUNCE.case()
def answer_in_words(run: Run) -> None:
    """an answer in words: no result, and nothing is announced"""
    makes(run, chain(run, 1))
    result, _ = announced(run, [], step=streams(run.choose(*ANSWERS)))
    result.returned([])
    result.called("announce", 0, "there was no call")


@ANNOUNCE.case(hidden=True)
def four_calls(run: Run) -> None:
    """four calls are announced and made"""
    wanted = chain(run, 4)
    result = makes(run, wanted)
    names = [passed(call, "name")[0] for call in result.calls("announce")]
    Value(names, "the list of names that it announced").equals([call.name for call in wanted])
