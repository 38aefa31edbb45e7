"""Mails that want something done, and mails that want an answer."""

from __future__ import annotations

from typing import Any

from ...scripted import Step, calls, refuses, says_json
from ..model import Exercise, Result, Run, expect, short
from .extraction import NAMES, Node, asks_with, schema_sent

ACT = Exercise(
    id="05.8",
    function="act_or_answer",
    title="offer a tool and a schema in one request",
    difficulty="medium",
    covers=["D1", "C2"],
    hints=[
        "parse() takes tools and response_format together. "
        "openai.pydantic_function_tool(OpenReturn, name=...) makes a strict tool.",
        'Function tools on Chat Completions need reasoning_effort="none".',
        "message.tool_calls is None when the model answered. Otherwise the first call has its "
        "name and its arguments, as JSON, in .function.",
        "parallel_tool_calls=False keeps it at one action a mail.",
    ],
)


def act(run: Run, step: Step) -> tuple[Result, str]:
    mail = f"{run.choose(*NAMES)}: about my order FO-{run.rng.randint(10001, 19999)}, please help."
    result = run([step], mail)
    result.finished()
    asks_with(result, mail)
    return result, mail


def opened(run: Run) -> dict[str, Any]:
    order = f"FO-{run.rng.randint(10001, 19999)}"
    return {"order": order, "reason": run.choose("too small", "broken", "not needed")}


@ACT.case(points=2)
def tool_call(run: Run) -> None:
    """a call gives the tool's name and arguments"""
    arguments = opened(run)
    result, _ = act(run, calls(("open_return", arguments)))
    result.returned({"tool": "open_return", "arguments": arguments})
    result.sent(1)


@ACT.case()
def answer_fields(run: Run) -> None:
    """an answer gives its fields"""
    text = f"We keep it for {run.rng.randint(2, 14)} days."
    answer = {"reply": text, "needs_human": run.choose(True, False)}
    result, _ = act(run, says_json(answer))
    result.returned({"answer": answer}, "there was no tool call")


@ACT.case(points=2)
def strict_tool_and_answer(run: Run) -> None:
    """the tool and the answer are both strict"""
    answer = {"reply": run.choose("Yes.", "No.", "On Monday."), "needs_human": False}
    result, _ = act(run, says_json(answer))
    view = result.request(1)
    view.went_to("chat")
    schema_sent(view).field("needs_human").is_of("boolean")
    offered = view.get("tools", list, "a list with the tool open_return")
    functions = [t.get("function", {}) for t in offered if isinstance(t, dict)]
    named = [f for f in functions if f.get("name") == "open_return"]
    have = ", ".join(str(f.get("name")) for f in functions)
    expect(named, f"no tool is called open_return; offered were {have or 'none'}")
    expect(named[0].get("strict") is True, "the tool open_return is not strict")
    inner = named[0].get("parameters") or {}
    fields = sorted(Node(inner, inner, "open_return").fields())
    expect(
        fields == ["order", "reason"],
        f"the parameters of open_return are {short(fields)}, and order and reason were expected",
    )


@ACT.case()
def one_call_at_most(run: Run) -> None:
    """it allows one call at most"""
    result, _ = act(run, calls(("open_return", opened(run))))
    result.request(1).has("parallel_tool_calls", False)


@ACT.case(hidden=True)
def refusal(run: Run) -> None:
    """a refusal has neither"""
    result, _ = act(run, refuses())
    result.returned({"answer": None}, "the model refused")
