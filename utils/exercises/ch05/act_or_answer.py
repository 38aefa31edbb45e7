"""Mails that want something done, and mails that want an answer."""

from __future__ import annotations

from typing import Any

from ...scripted import Step, calls, refuses, says_json
from ..model import Exercise, Result, Run, expect, hinting
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
        "parallel_tool_calls=False keeps it at one call. tool_choice stays as it is: the model has "
        "to be free to answer.",
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
    for needs_human in (True, False):
        text = f"We keep it for {run.rng.randint(2, 14)} days."
        answer = {"reply": text, "needs_human": needs_human}
        result = acted(run, says_json(answer))
        result.returned({"answer": answer}, "there was no tool call")
        result.sent(1)


@ACT.case(points=2)
def strict_tool_and_answer(run: Run) -> None:
    """the tool and the format of an answer are both strict"""
    request = acted(run, calls(("open_return", a_return(run)))).request(1)
    with hinting("response_format=Reply, beside tools"):
        schema = schema_sent(request)
    schema.has_fields("reply", "needs_human")
    schema.field("reply").is_of("string")
    schema.field("needs_human").is_of("boolean")
    tools = request.field("tools").items()
    nested = request.sent.endpoint == "chat"
    functions = [tool.field("function") if nested else tool for tool in tools]
    names = [str(function.field("name").value) for function in functions]
    expect("open_return" in names, f"no tool is called open_return, only {', '.join(names)}")
    inside = functions[names.index("open_return")]
    inside.field("strict").equals(True)
    parameters = inside.field("parameters").dictionary()
    tool = SchemaNode(parameters, parameters, "open_return")
    tool.has_fields("order", "reason")
    for name in ("order", "reason"):
        tool.field(name).is_of("string")


@ACT.case()
def free_choice(run: Run) -> None:
    """the model may call the tool or answer, and makes one call at most"""
    request = acted(run, calls(("open_return", a_return(run)))).request(1)
    request.has("parallel_tool_calls", False, "one call at most")
    because = "the model has to be free to answer instead"
    if request.body.get("tool_choice") is not None:
        request.has("tool_choice", "auto", because)


@ACT.case()
def refusal(run: Run) -> None:
    """a refusal gives None as the answer"""
    result = acted(run, refuses())
    result.returned({"answer": None}, "the model refused")
    result.sent(1)


@ACT.case(hidden=True)
def other_mails(run: Run) -> None:
    """other mails"""
    for _ in range(2):
        arguments = a_return(run)
        result = acted(run, calls(("open_return", arguments)))
        result.returned({"tool": "open_return", "arguments": arguments})
