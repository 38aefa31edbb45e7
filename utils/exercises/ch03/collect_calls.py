"""Tool calls arrive in fragments, those of several calls interleaved."""

from __future__ import annotations

import json
from typing import Any

from ...scripted import streams
from ..model import Exercise, Result, Run
from .streams import QUESTIONS, choice, chunk, pieces_of, sse

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
        "Errors of the stream are openai.APIError; turn them into ValueError with raise ... from.",
    ],
)

TOOL = {
    "type": "function",
    "function": {
        "name": "check_stock",
        "description": "Look up how many pieces of a product a store has.",
        "parameters": {
            "type": "object",
            "properties": {"product": {"type": "string"}},
            "required": ["product"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}


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
    """Deltas that bring these calls, each call's fragments in order."""
    queues = []
    for index, call in enumerate(calls):
        head = {"name": call["name"], "arguments": ""}
        made = [{"index": index, "id": call["id"], "type": "function", "function": head}]
        text = json.dumps(call["arguments"])
        made += [
            {"index": index, "function": {"arguments": text[i : i + 5]}}
            for i in range(0, len(text), 5)
        ]
        queues.append(made)
    deltas = [queue.pop(0) for queue in queues] if mixed else []
    while any(queues):
        queue = run.rng.choice([q for q in queues if q]) if mixed else next(q for q in queues if q)
        deltas.append(queue.pop(0))
    return [chunk(choice({"tool_calls": [delta]})) for delta in deltas]


def collected(
    run: Run, calls: list[dict[str, Any]], mixed: bool = False, finish: str | None = "tool_calls"
) -> Result:
    """Play a stream of these calls; without `finish` it stops before its end."""
    events = [chunk(choice({"role": "assistant", "content": None}))]
    events += in_fragments(run, calls, mixed)
    if finish:
        events.append(chunk(choice({}, finish)))
    return run([sse(*events, end="data: [DONE]\n\n" if finish else "")], "In stock?", [TOOL])


@COLLECT.case(points=2)
def one_call(run: Run) -> None:
    """one call, from many fragments"""
    calls = made_calls(run, 1)
    result = collected(run, calls)
    result.returned(calls)
    result.request(1).has("stream", True)
    result.request(1).has("tools", [TOOL])


@COLLECT.case(points=2, hint="the index says which call is meant")
def interleaved_calls(run: Run) -> None:
    """two calls, interleaved"""
    calls = made_calls(run, 2)
    collected(run, calls, mixed=True).returned(calls)


@COLLECT.case()
def no_calls(run: Run) -> None:
    """an answer without calls gives an empty list"""
    run([streams(*pieces_of(run.rng, 1))], run.choose(*QUESTIONS), [TOOL]).returned([])


@COLLECT.case(hint="look at finish_reason")
def silent_end(run: Run) -> None:
    """a stream that stops early raises ValueError"""
    result = collected(run, made_calls(run, 2), finish=None)
    result.raised(ValueError, "no chunk had a finish_reason")


@COLLECT.case()
def token_cap(run: Run) -> None:
    """an answer that hit the cap raises ValueError"""
    result = collected(run, made_calls(run, 1), finish="length")
    result.raised(ValueError, "finish_reason was length")


@COLLECT.case(hidden=True)
def three_calls(run: Run) -> None:
    """three calls keep the order of their index"""
    calls = made_calls(run, 3)
    collected(run, calls, mixed=True).returned(calls)
