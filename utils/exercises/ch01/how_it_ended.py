"""An answer ends in every way in which an answer can end."""

from __future__ import annotations

from ...scripted import Step, calls, filtered, refuses, says, truncated
from ..model import Exercise, Result, Run
from ..world import ANSWERS, QUESTIONS

ENDING = Exercise(
    id="01.6",
    function="how_it_ended",
    title="tell the endings of an answer apart",
    difficulty="medium",
    covers=["A3"],
    hints=[
        "Look at choices[0].finish_reason first. Two of the five endings have the reason stop, and "
        "one of them has its text somewhere else.",
        "A refusal has the finish_reason stop, no content, and its text in message.refusal.",
        "For tool_calls, the name is in message.tool_calls[0].function.name. Tools go through Chat "
        'Completions with reasoning_effort="none".',
    ],
)

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_order",
            "description": "Look up an order of a customer.",
            "parameters": {
                "type": "object",
                "properties": {"order_id": {"type": "string"}},
                "required": ["order_id"],
                "additionalProperties": False,
            },
            "strict": True,
        },
    }
]


def ended(run: Run, step: Step) -> Result:
    """Play one request that is answered so."""
    messages = [{"role": "user", "content": run.choose(*QUESTIONS)}]
    return run([step], messages, TOOLS)


@ENDING.case()
def complete(run: Run) -> None:
    """a complete answer"""
    answer = run.choose(*ANSWERS)
    result = ended(run, says(answer))
    result.returned(("complete", answer))
    result.request(1).has("tools", TOOLS)


@ENDING.case()
def cut_off(run: Run) -> None:
    """an answer that the cap cuts off"""
    answer = run.choose(*ANSWERS)[: run.rng.randint(8, 14)]
    ended(run, truncated(answer)).returned(("cut off", answer), "finish_reason was length")


@ENDING.case()
def content_filter(run: Run) -> None:
    """an answer that the content filter removes"""
    ended(run, filtered()).returned(("filtered", ""), "finish_reason was content_filter")


@ENDING.case()
def tool_call(run: Run) -> None:
    """a tool call"""
    name = run.choose("get_order", "find_parcel", "list_returns")
    step = calls((name, {"order_id": f"FH-{run.rng.randint(1000, 9999)}"}))
    ended(run, step).returned(("tool call", name), "finish_reason was tool_calls")


@ENDING.case(hint="its finish_reason is stop, like that of a complete answer")
def refusal(run: Run) -> None:
    """a refusal"""
    text = run.choose("I'm sorry, I can't help with that.", "I can't share that.")
    ended(run, refuses(text)).returned(("refused", text), "message.refusal was set")


@ENDING.case(hidden=True)
def filtered_text(run: Run) -> None:
    """what the filter left of an answer is kept"""
    left = run.choose(*ANSWERS)[:9]
    ended(run, filtered(left)).returned(("filtered", left))
