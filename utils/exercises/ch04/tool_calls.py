"""Tool calls in exercises: how a case makes them, and what came of them.

A case lets the model call with `a_call(...)`, hands functions to the learner as spies, and looks at
the results in a request (`sent_back`) or in what the function returned (`given_back`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..assertions import reason, was
from ..model import RequestView, Result, Run, Spy, Value, expect, short, text_of, wrong

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


def sends_on(
    result: Result, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
) -> RequestView:
    """Its only request has the messages and the tools that it was given."""
    result.sent(1)
    request = offered(result, 1, tools)
    request.has_messages(messages, "the messages that it was given")
    return request


def asks(request: RequestView, question: str) -> None:
    """The conversation of the request begins with the question, as a user message."""
    rest = [m for m in request.messages if m.role not in ("developer", "system")]
    first = rest[0] if rest else None
    if first is None or first.role != "user" or question not in first.text:
        have = f"begins with {first.role}: {short(first.text, 60)}" if first else "is empty"
        wrong(
            f"the conversation in request {request.number} {have}, and the question as a user "
            f"message was expected: {short(question, 60)}"
        )


def holds_rounds(request: RequestView, rounds: Sequence[Sequence[MadeCall]]) -> None:
    """After the question, the request has each round: the model's calls, then their results."""
    have = [m.raw for m in request.messages if m.role not in ("developer", "system", "user")]
    at = 0
    for number, made in enumerate(rounds, 1):
        part = have[at : at + 1 + len(made)]
        at += 1 + len(made)
        calls = part[0].get("tool_calls") if part and part[0].get("role") == "assistant" else None
        ids = [c.get("id") for c in calls or () if isinstance(c, Mapping)]
        expect(
            ids == [call.id for call in made],
            f"request {request.number} lacks the message in which the model made the "
            f"{'call' if len(made) == 1 else 'calls'} {' and '.join(call.id for call in made)} "
            f"(round {number})",
        )
        answered = [m.get("tool_call_id") for m in part[1:]]
        expect(
            sorted(map(str, answered)) == sorted(map(str, ids)),
            f"request {request.number} has, after the calls of round {number}, results for "
            f"{short(answered)}, and {short(ids)} were expected",
        )
    expect(
        at == len(have),
        f"request {request.number} has {len(have) - at} messages of the model or of tools that no "
        "round brought",
    )


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
    made = result.calls(name)
    have = sorted(as_text(name, call.args, dict(sorted(call.kwargs.items()))) for call in made)
    want = sorted(as_text(name, (), dict(sorted(arguments.items()))) for arguments in wanted)
    if have == want:
        return
    if not want:
        wrong(f"it called {have[0]}, and it should not{reason(because)}")
    if not have:
        wrong(f"it never called {want[0]}{reason(because)}")
    calls = f"{' and '.join(want)} {was(len(want))} expected"
    wrong(f"it called {' and '.join(have)}, and {calls}{reason(because)}")


@dataclass(frozen=True)
class ToolResult:
    """The content of a tool message, and the call that it answers."""

    call: MadeCall
    content: str

    @property
    def value(self) -> Value:
        """The content, which has to be JSON."""
        return Value(self.content, f"the result for {self.call.name}").json()

    def equals(self, want: Any) -> None:
        """It is this value as JSON."""
        self.value.equals(want)

    def is_error(self, because: str, *names: str) -> str:
        """It is an error for the model, whose text has these names; returns the text."""
        have = self.value.value
        error = have.get("error") if isinstance(have, dict) else None
        if not isinstance(error, str) or not error:
            wrong(
                f"the result for {self.call.name} is {short(self.content)}, and "
                f'{{"error": "..."}} was expected{reason(because)}'
            )
        for name in names:
            expect(
                name in error,
                f"the error says {short(error)}, without {short(name)}{reason(because)}",
            )
        return error


def come_from(results: Sequence[ToolResult], functions: Mapping[str, Spy]) -> None:
    """Each result is what the tool returns for its call."""
    for result in results:
        result.equals(told(functions, result.call))


def in_messages(
    messages: Sequence[Any], wanted: Sequence[MadeCall], where: str
) -> list[ToolResult]:
    """The result in the one tool message for each call, in the order of the calls."""
    found: list[ToolResult] = []
    for call in wanted:
        mine = [
            m
            for m in messages
            if isinstance(m, Mapping)
            and m.get("role") == "tool"
            and m.get("tool_call_id") == call.id
        ]
        if not mine:
            wrong(
                f"{where} has no tool message for the call {call.id} of {call.name}: every call "
                "needs one, with the call's own id as tool_call_id"
            )
        expect(len(mine) == 1, f"{where} has {len(mine)} tool messages for the call {call.id}")
        found.append(ToolResult(call, text_of(mine[0].get("content"))))
    return found


def sent_back(result: Result, number: int, *wanted: MadeCall) -> list[ToolResult]:
    """The results that request `number` holds for these calls."""
    messages = [m.raw for m in result.request(number).messages]
    return in_messages(messages, wanted, f"request {number}")


def given_back(result: Result, *wanted: MadeCall) -> list[ToolResult]:
    """The results in the tool messages that it returned: one for each call, and no more."""
    messages = [item.dictionary() for item in result.items()]
    found = in_messages(messages, wanted, "what it returned")
    order = [message.get("tool_call_id") for message in messages]
    ids = [call.id for call in wanted]
    expect(
        order == ids,
        f"it returned messages for {short(order)}, and the model made the calls {short(ids)}",
    )
    return found
