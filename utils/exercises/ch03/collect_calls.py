"""Tool calls arrive in fragments, those of several calls interleaved."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import streams
from ..model import Exercise, Result, Run, hinting
from .streams import QUESTIONS, choice, chunk, pieces_of, sse, streamed

STOCK_QUESTIONS = (
    "Is the Skarn 2 tent in stock?",
    "Where is my order, and can I book a repair?",
    "Which stores have the Beck filter?",
)
NAMES = ("check_stock", "find_order", "book_repair", "list_stores")

COLLECT = Exercise(
    id="03.8",
    function="collect_calls",
    title="assemble tool calls from their fragments",
    difficulty="stretch",
    covers=["C2", "B1"],
    hints=[
        "Keep a dictionary from index to call. A fragment adds to the call of its index.",
        "id and name come once, in the first fragment; arguments come in pieces and are joined as "
        "text. Only at the end they are JSON.",
        "Remember finish_reason. Only tool_calls and stop mean that everything is there: for "
        "anything else, None included, raise ValueError.",
        "A stream that breaks raises openai.APIError, or json.JSONDecodeError for a cut line. "
        "Catch them around the loop, and raise ValueError.",
    ],
)


def some_tools(run: Run) -> list[dict[str, Any]]:
    """The tools of this run."""
    parameters = {
        "type": "object",
        "properties": {"product": {"type": "string"}},
        "required": ["product"],
        "additionalProperties": False,
    }
    description = f"Count a product in store {run.rng.randint(10, 99)}."
    function = {"name": "check_stock", "description": description, "parameters": parameters}
    return [{"type": "function", "function": {**function, "strict": True}}]


def made_calls(run: Run, count: int) -> list[dict[str, Any]]:
    """So many calls, as they should come back."""
    return [
        {
            "id": f"call_{run.rng.randint(100, 999)}_{number}",
            "name": run.choose(*NAMES),
            "arguments": {"product": f"article {run.rng.randint(10, 99)}", "note": 'a "b" {c}'},
        }
        for number in range(count)
    ]


def in_fragments(run: Run, calls: list[dict[str, Any]], mixed: bool) -> list[dict[str, Any]]:
    """Deltas that bring these calls, each call's fragments in order; mixed, the last one first."""
    queues = []
    for index, call in enumerate(calls):
        head = {"name": call["name"], "arguments": None if index % 2 else ""}
        made = [{"index": index, "id": call["id"], "type": "function", "function": head}]
        text = json.dumps(call["arguments"])
        made += [
            {"index": index, "function": {"arguments": text[i : i + 5]}}
            for i in range(0, len(text), 5)
        ]
        queues.append(made)
    deltas = [[queue.pop(0)] for queue in queues[::-1]] if mixed else []
    while any(queues):
        left = [queue for queue in queues if queue]
        some = run.rng.sample(left, run.rng.randint(1, len(left))) if mixed else left[:1]
        deltas.append([queue.pop(0) for queue in some])
    return [chunk(choice({"tool_calls": several})) for several in deltas]


BAD_LINE = 'data: {"id":"chatcmpl-simulated","choices":[{"ind\n\n'
ERROR = (
    'data: {"error":{"message":"The server had an error (simulated).","type":"server_error"}}\n\n'
)


def collected(
    run: Run,
    calls: list[dict[str, Any]],
    mixed: bool = False,
    finish: str | None = "tool_calls",
    end: str | None = None,
) -> Result:
    """Play a stream of these calls; without `finish` it stops before its end, or with `end`."""
    events = [chunk(choice({"role": "assistant", "content": None}))]
    events += in_fragments(run, calls, mixed)
    if finish:
        events.append(chunk(choice({}, finish)))
    if end is None:
        end = "data: [DONE]\n\n" if finish else ""
    tools = some_tools(run)
    result = run([sse(*events, end=end)], run.choose(*STOCK_QUESTIONS), tools)
    streamed(result).has("tools", tools)
    return result


@COLLECT.case(points=2)
def one_call(run: Run) -> None:
    """one call, from many fragments"""
    calls = made_calls(run, 1)
    result = collected(run, calls)
    result.returned(calls)
    result.sent(1)


@COLLECT.case(points=2)
def interleaved_calls(run: Run) -> None:
    """interleaved calls come back in the order of their index"""
    for count in (2, 3):
        calls = made_calls(run, count)
        result = collected(run, calls, mixed=True)
        with hinting("The index says which call is meant."):
            result.returned(calls, "the last of the calls began first")


@COLLECT.case()
def no_calls(run: Run) -> None:
    """an answer without calls gives an empty list"""
    calls = made_calls(run, 1)
    collected(run, calls).returned(calls)
    result = run([streams(*pieces_of(run.rng, 1))], run.choose(*QUESTIONS), some_tools(run))
    streamed(result)
    result.returned([])


@COLLECT.case()
def forced_call(run: Run) -> None:
    """calls whose finish_reason is stop are returned, too"""
    calls = made_calls(run, 2)
    collected(run, calls, finish="stop").returned(calls)


@COLLECT.case(points=2)
def silent_end(run: Run) -> None:
    """a stream that stops early raises ValueError"""
    calls = made_calls(run, 2)
    collected(run, calls).returned(calls)
    result = collected(run, calls, finish=None)
    with hinting("Look at finish_reason."):
        result.raised(ValueError, "no chunk had a finish_reason")


@COLLECT.case()
def broken_stream(run: Run) -> None:
    """a stream that breaks raises ValueError"""
    calls = made_calls(run, 2)
    collected(run, calls).returned(calls)
    with hinting("Catch openai.APIError around the loop, and raise ValueError."):
        for end, because in ((ERROR, "an event said error"), (BAD_LINE, "a line was cut")):
            collected(run, calls, finish=None, end=end).raised(ValueError, because)
        names = [(call["name"], call["arguments"]) for call in calls]
        step = streams(tool_calls=names, end="drop")
        result = run([step], run.choose(*STOCK_QUESTIONS), some_tools(run))
        result.raised(ValueError, "the connection broke")


@COLLECT.case()
def incomplete_answer(run: Run) -> None:
    """an answer that hit the cap or the content filter raises ValueError"""
    calls = made_calls(run, 1)
    collected(run, calls).returned(calls)
    for reason in ("length", "content_filter"):
        result = collected(run, calls, finish=reason)
        result.raised(ValueError, f"finish_reason was {reason}")


@COLLECT.case(hidden=True)
def four_calls(run: Run) -> None:
    """four calls, interleaved"""
    calls = made_calls(run, 4)
    collected(run, calls, mixed=True).returned(calls)
