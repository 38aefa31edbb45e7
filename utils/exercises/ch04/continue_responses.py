"""Rounds of tool calls on Responses, where the service keeps what came before."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import Script, Step, calls, says, tokens
from ..model import Exercise, Result, Run, Spy, count, expect, reason, short, wrong
from ..world import INSTRUCTIONS
from .shop_tools import ANSWERS, QUESTIONS, chain, insists, order_call, shop, some_reading
from .tool_calls import MadeCall, ToolResult, come_from, has_tools

RESPOND = Exercise(
    id="04.11",
    function="continue_responses",
    title="run the tool loop on the Responses API",
    difficulty="medium",
    covers=["A7", "C2"],
    hints=[
        "The first input is the question. Every later input is a list of function_call_output "
        "items and nothing else, with previous_response_id=response.id.",
        "Calls are items of response.output with the type function_call. They have name, "
        "arguments and call_id (and an id of the item, which is another one).",
        "The service keeps items, not settings: instructions, tools and tool_choice go into every "
        "request. And it keeps nothing with store=False.",
    ],
)


def respond(
    run: Run, rounds: Sequence[Sequence[MadeCall]], most: int, text: str | None = None
) -> Result:
    """Play these rounds of calls, with reasoning before them, then an answer.

    Each request has to hold the new results only, and name the response before it.
    """
    functions, answer = shop(run), run.choose(*ANSWERS)
    script: list[Step] = []
    for made in rounds:
        script.append(calls(*made, text=text, usage=tokens(90, 60, reasoning=40)))
    script.append(says(answer))
    result = responded(run, script, functions, most)
    result.returned(answer)
    result.sent(len(rounds) + 1)
    for number, made in enumerate(rounds, 2):
        come_from(outputs_in(result, number, *made), functions)
    return result


def responded(run: Run, script: Script, functions: dict[str, Spy], most: int) -> Result:
    """Play a question that is answered by this script."""
    tools = [{"type": "function", **given["function"]} for given in some_reading(run)]
    given = (run.choose(*INSTRUCTIONS), run.choose(*QUESTIONS), tools, functions, most)
    result = run(script, *given)
    first = result.request(1)
    first.went_to("responses")
    first.contains(given[1], role="user")
    first.lacks("previous_response_id", "nothing came before it")
    return result


def outputs_in(result: Result, number: int, *wanted: MadeCall) -> list[ToolResult]:
    """The output of every one of these calls in request `number`, which holds nothing else."""
    request = result.request(number)
    items = [item.value for item in request.field("input").items()]
    outputs = [
        item
        for item in items
        if isinstance(item, dict) and item.get("type") == "function_call_output"
    ]
    found = []
    for call in wanted:
        mine = [item for item in outputs if item.get("call_id") == call.id]
        if not mine:
            there = f"there is one for {short(outputs[0].get('call_id'))}" if outputs else ""
            wrong(
                f"request {number} has no function_call_output for {call.id}, the call_id of "
                f"{call.name}{reason(there)}"
            )
        expect(len(mine) == 1, f"request {number} has {len(mine)} outputs for {call.id}")
        found.append(ToolResult(call, str(mine[0].get("output"))))
    others = [item for item in items if item not in outputs]
    expect(
        not others and len(outputs) == len(wanted),
        f"request {number} has {count(len(items), 'input item')}, and only {len(wanted)} of them "
        "should be there, the new results: the service keeps what came before",
    )
    return found


def continues(result: Result, number: int) -> None:
    """Request `number` names the response before it, which is kept."""
    request = result.request(number)
    request.has("previous_response_id", f"resp_simulated_{number - 1}")
    before = result.request(number - 1).body.get("store", True)
    expect(
        before is not False,
        f"request {number - 1} was sent with store=false, and nobody keeps the response that "
        "previous_response_id names",
    )


@RESPOND.case()
def no_call(run: Run) -> None:
    """an answer without a call takes one request, which asks the question"""
    for _ in range(2):
        respond(run, [], 3)


@RESPOND.case(points=2)
def only_results(run: Run) -> None:
    """only the results go into the next request, each under the call_id"""
    respond(run, [chain(run, 2), chain(run, 1)], 5)


@RESPOND.case()
def names_previous_response(run: Run) -> None:
    """each request names the response before it"""
    result = respond(run, [chain(run, 1), chain(run, 1)], 5)
    for number in (2, 3):
        continues(result, number)


@RESPOND.case(points=2, hint="previous_response_id carries items over, but no settings.")
def settings_every_time(run: Run) -> None:
    """instructions and tools are in every request"""
    for _ in range(3):
        result = respond(run, [chain(run, 1), chain(run, 1)], 5)
        for number in (1, 2, 3):
            request = result.request(number)
            request.has("instructions", result.call.args[0], "they aren't carried over")
            has_tools(request, result.call.args[2])


@RESPOND.case(points=2)
def last_request(run: Run) -> None:
    """the last request says tool_choice="none" """
    for most in (1, 2, run.rng.randint(3, 5)):
        answer = f"{run.choose(*ANSWERS)} ({run.rng.randint(100, 999)})"
        result = responded(run, [insists(run, answer)] * (most + 1), shop(run), most)
        because = f"rounds was {most}, and this model called a tool whenever it could"
        result.sent_at_most(most, because)
        result.sent(most, because)
        result.request(most).has("tool_choice", "none", "it is the last request")
        result.returned(answer)


@RESPOND.case()
def free_until_last(run: Run) -> None:
    """until then the model is free to call"""
    result = respond(run, [chain(run, 1), chain(run, 1)], 4)
    for number in (1, 2, 3):
        because = "only the last of 4 requests forbids it to call"
        result.request(number).has_default("tool_choice", "auto", because)


@RESPOND.case()
def text_beside_call(run: Run) -> None:
    """text beside a call isn't the answer yet"""
    respond(run, [[order_call(run)]], 4, text="Let me look.")


@RESPOND.case(hidden=True)
def four_rounds(run: Run) -> None:
    """four rounds, and an answer in the last request"""
    result = respond(run, [chain(run, n) for n in (1, 3, 1, 2)], 5)
    for number in (2, 3, 4, 5):
        continues(result, number)
    result.request(5).has("tool_choice", "none", "it is the last request")
