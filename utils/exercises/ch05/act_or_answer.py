"""Mails that want something done, and mails that want an answer."""

from __future__ import annotations

from typing import Any

from ...scripted import Step, calls, refuses, says_json
from ..model import Exercise, Result, Run, expect
from .extraction import NAMES, SchemaNode, schema_sent

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


def acted(run: Run, step: Step) -> Result:
    """Play a mail that is answered so."""
    mail = f"{run.choose(*NAMES)}: about my order FO-{run.rng.randint(10001, 19999)}, please help."
    result = run([step], mail)
    result.finished()
    result.request(1).contains(mail, "the mail")
    return result


def a_return(run: Run) -> dict[str, Any]:
    """Arguments of the tool."""
    order = f"FO-{run.rng.randint(10001, 19999)}"
    return {"order": order, "reason": run.choose("too small", "broken", "not needed")}


@ACT.case(points=2)
def tool_call(run: Run) -> None:
    """a call gives the tool's name and arguments"""
    arguments = a_return(run)
    result = acted(run, calls(("open_return", arguments)))
    result.returned({"tool": "open_return", "arguments": arguments})
    result.sent(1)


@ACT.case()
def answer_fields(run: Run) -> None:
    """an answer gives its fields"""
    text = f"We keep it for {run.rng.randint(2, 14)} days."
    answer = {"reply": text, "needs_human": run.choose(True, False)}
    result = acted(run, says_json(answer))
    result.returned({"answer": answer}, "there was no tool call")


@ACT.case(points=2)
def strict_tool_and_answer(run: Run) -> None:
    """the tool and the answer are both strict"""
    answer = {"reply": run.choose("Yes.", "No.", "On Monday."), "needs_human": False}
    result = acted(run, says_json(answer))
    request = result.request(1)
    request.went_to("chat")
    schema_sent(request).field("needs_human").is_of("boolean")
    functions = [tool.field("function") for tool in request.field("tools").items()]
    names = [str(function.field("name").value) for function in functions]
    expect("open_return" in names, f"no tool is called open_return, only {', '.join(names)}")
    inside = functions[names.index("open_return")]
    inside.field("strict").equals(True)
    schema = inside.field("parameters").dictionary()
    SchemaNode(schema, schema, "open_return").has_fields("order", "reason")


@ACT.case()
def one_call_at_most(run: Run) -> None:
    """it allows one call at most"""
    result = acted(run, calls(("open_return", a_return(run))))
    result.request(1).has("parallel_tool_calls", False)


@ACT.case(hidden=True)
def refusal(run: Run) -> None:
    """a refusal has neither"""
    result = acted(run, refuses())
    result.returned({"answer": None}, "the model refused")
