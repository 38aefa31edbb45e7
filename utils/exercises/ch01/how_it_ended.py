"""An answer ends in every way in which an answer can end."""

from __future__ import annotations

from typing import Any

from ...scripted import Step, calls, filtered, refuses, says, truncated
from ..model import Exercise, Result, Run
from ..world import ANSWERS, INSTRUCTIONS, QUESTIONS
from .candidates import chat_reply

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


def some_tools(run: Run) -> list[dict[str, Any]]:
    """The tools of this run."""
    parameters = {
        "type": "object",
        "properties": {"order_id": {"type": "string"}},
        "required": ["order_id"],
        "additionalProperties": False,
    }
    description = f"Look up an order of customer {run.rng.randint(100, 999)}."
    function = {"name": "get_order", "description": description, "parameters": parameters}
    return [{"type": "function", "function": {**function, "strict": True}}]


def ended(run: Run, step: Step) -> Result:
    """Play one request that is answered so."""
    messages = [
        {"role": "developer", "content": run.choose(*INSTRUCTIONS)},
        {"role": "user", "content": run.choose(*QUESTIONS)},
    ]
    tools = some_tools(run)
    result = run([step], messages, tools)
    request = result.request(1)
    request.went_to("chat")
    request.has_messages(messages)
    request.has("tools", tools)
    return result


@ENDING.case()
def complete(run: Run) -> None:
    """a complete answer"""
    answer = run.choose(*ANSWERS)
    ended(run, says(answer)).returned(("complete", answer))


@ENDING.case()
def cut_off(run: Run) -> None:
    """an answer that the cap cuts off"""
    answer = run.choose(*ANSWERS)[: run.rng.randint(8, 14)]
    ended(run, truncated(answer)).returned(("cut off", answer), "finish_reason was length")


@ENDING.case()
def content_filter(run: Run) -> None:
    """what the content filter left of an answer, or no text"""
    left = run.choose(*ANSWERS)[: run.rng.randint(6, 12)]
    because = "finish_reason was content_filter"
    ended(run, filtered(left)).returned(("filtered", left), because)
    for nothing in ("", None):
        result = ended(run, chat_reply(nothing, finish_reason="content_filter"))
        result.returned(("filtered", ""), f"{because}, and content was {nothing!r}")


@ENDING.case()
def tool_call(run: Run) -> None:
    """a tool call"""
    for text in (None, "Let me look."):
        name = f"get_order_{run.rng.randint(10, 99)}"
        step = calls((name, {"order_id": f"FH-{run.rng.randint(1000, 9999)}"}), text=text)
        ended(run, step).returned(("tool call", name), "finish_reason was tool_calls")


@ENDING.case(hint="Its finish_reason is stop, like that of a complete answer.")
def refusal(run: Run) -> None:
    """a refusal"""
    text = f"I can't share order FO-{run.rng.randint(10_001, 12_400)}."
    ended(run, refuses(text)).returned(("refused", text), "message.refusal was set")


@ENDING.case(hidden=True)
def another_ending(run: Run) -> None:
    """each ending again, with other texts"""
    answer = f"{run.choose(*ANSWERS)} ({run.rng.randint(100, 999)})"
    for step, want in (
        (says(answer), ("complete", answer)),
        (truncated(answer[:9]), ("cut off", answer[:9])),
        (filtered(answer[:7]), ("filtered", answer[:7])),
        (calls(("list_returns", {})), ("tool call", "list_returns")),
        (refuses(answer), ("refused", answer)),
    ):
        ended(run, step).returned(want)
