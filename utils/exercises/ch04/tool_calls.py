"""Tool calls in exercises: how a case makes them, and what came of them.

A case lets the model call with `a_call(...)`, hands functions to the learner as spies, and looks at
the results in a request (`sent_back`) or in what the function returned (`given_back`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..model import RequestView, Result, Run, Spy, expect, short, text_of, wrong

Arguments = Mapping[str, Any]


def tool(name: str, description: str, **parameters: Any) -> dict[str, Any]:
    """A strict function tool as Chat Completions wants it."""
    schema = {
        "type": "object",
        "properties": {key: {"type": kind} for key, kind in parameters.items()},
        "required": list(parameters),
        "additionalProperties": False,
    }
    function = {"name": name, "description": description, "parameters": schema, "strict": True}
    return {"type": "function", "function": function}


class MadeCall(NamedTuple):
    """A call that the model makes, as `utils.scripted.calls` takes it.

    `arguments` is a text where the model's JSON is broken.
    """

    name: str
    arguments: Arguments | str
    id: str

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of a call whose arguments are an object."""
        assert not isinstance(self.arguments, str), self.arguments
        return dict(self.arguments)


def a_call(run: Run, name: str, arguments: Arguments | str) -> MadeCall:
    """A tool call with an id that nobody can guess."""
    return MadeCall(name, arguments, f"call_{run.rng.randrange(16**6):06x}")


def told(functions: Mapping[str, Spy], call: MadeCall) -> Any:
    """What the tool of this call returns."""
    return functions[call.name].function(**call.given)


# -- what the learner's function did with them ----------------------------------------------------


def offered(result: Result, number: int, tools: Sequence[Mapping[str, Any]]) -> RequestView:
    """The request went to Chat Completions and offers these tools."""
    request = result.request(number)
    request.went_to("chat")
    has_tools(request, tools)
    return request


def has_tools(request: RequestView, tools: Sequence[Mapping[str, Any]]) -> None:
    """The request has exactly these tools, in the form of its endpoint."""
    have = request.body.get("tools")
    if have == list(tools):
        return
    want = ", ".join(_name(tool) for tool in tools)
    there = "no tools"
    if isinstance(have, list) and have:
        there = f"the tools {', '.join(_name(tool) for tool in have)}"
        if there == f"the tools {want}":
            wrong(
                f"request {request.number} has the tools {want}, and not as they should be: the "
                f"first is {short(have[0], 90)}, and {short(tools[0], 90)} was expected"
            )
    wrong(
        f"request {request.number} has {there}, and {want} were expected: the model has to know "
        "all its tools in every request"
    )


def _name(tool: Any) -> str:
    inner = tool.get("function", tool) if isinstance(tool, Mapping) else None
    return str(inner.get("name")) if isinstance(inner, Mapping) else short(tool)


def as_text(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """A call as it stands in a program."""
    inside = [short(arg) for arg in args] + [f"{key}={short(v)}" for key, v in kwargs.items()]
    return f"{name}({', '.join(inside)})"


def ran(result: Result, name: str, *wanted: Arguments, because: str = "") -> None:
    """The tool was called with exactly these keyword arguments, in any order."""
    reason = f" ({because})" if because else ""
    made = result.calls(name)
    have = sorted(as_text(name, call.args, dict(sorted(call.kwargs.items()))) for call in made)
    want = sorted(as_text(name, (), dict(sorted(arguments.items()))) for arguments in wanted)
    if have == want:
        return
    if not want:
        wrong(f"it called {have[0]}, and it should not{reason}")
    expect(have, f"it never called {want[0]}{reason}")
    wrong(f"it called {' and '.join(have)}, and {' and '.join(want)} was expected{reason}")


def contents(messages: Sequence[Any], wanted: Sequence[MadeCall], where: str) -> list[str]:
    """The text of the one tool message for each call, in the order of the calls."""
    found: list[str] = []
    for name, _, id in wanted:
        mine = [
            m
            for m in messages
            if isinstance(m, Mapping) and m.get("role") == "tool" and m.get("tool_call_id") == id
        ]
        if not mine:
            wrong(
                f"{where} has no tool message for the call {id} of {name}: every call wants one, "
                "with the call's own id as tool_call_id"
            )
        expect(len(mine) == 1, f"{where} has {len(mine)} tool messages for the call {id}")
        found.append(text_of(mine[0].get("content")))
    return found


def sent_back(result: Result, number: int, *wanted: MadeCall) -> list[str]:
    """The results that request `number` holds for these calls."""
    messages = [m.raw for m in result.request(number).messages]
    return contents(messages, wanted, f"request {number}")


def given_back(result: Result, *wanted: MadeCall) -> list[str]:
    """The results in the tool messages that it returned: one for each call, and no more."""
    value = result.value
    expect(
        isinstance(value, list) and all(isinstance(m, dict) for m in value),
        f"it returned {short(value)}, and a list of tool messages was expected",
    )
    found = contents(value, wanted, "what it returned")
    order = [m.get("tool_call_id") for m in value]
    expect(
        order == [id for _, _, id in wanted],
        f"it returned messages for {short(order)}, and the model made the calls "
        f"{short([id for _, _, id in wanted])}",
    )
    return found


def parsed(text: str, call: MadeCall) -> Any:
    """A result that has to be JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return wrong(f"the result for {call.name} is {short(text)}, which is not JSON")


def is_result(text: str, call: MadeCall, want: Any) -> None:
    """The result is this value as JSON."""
    have = parsed(text, call)
    expect(
        have == want, f"the result for {call.name} is {short(text)}, and {short(want)} was expected"
    )


def is_error(text: str, call: MadeCall, because: str) -> str:
    """The result is an error for the model; returns its sentence."""
    have = parsed(text, call)
    if not isinstance(have, dict) or not isinstance(have.get("error"), str) or not have["error"]:
        wrong(
            f'the result for {call.name} is {short(text)}, and {{"error": "..."}} was expected '
            f"({because})"
        )
    return have["error"]
