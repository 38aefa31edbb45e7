"""Rounds of tool calls on Responses, where the service keeps what came before."""

from __future__ import annotations

from collections.abc import Sequence

from ...scripted import Script, Step, calls, says, tokens
from ..model import Exercise, Result, Run, Spy, expect, reason, short, wrong
from ..world import INSTRUCTIONS
from .shop_tools import ANSWERS, QUESTIONS, READING, chain, insists, order_call, shop
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

FLAT = [{"type": "function", **given["function"]} for given in READING]


def respond(
    run: Run, rounds: Sequence[Sequence[MadeCall]], most: int
) -> tuple[Result, dict[str, Spy], str]:
    """Play these rounds of calls and an answer; the calls come with reasoning before them."""
    functions, answer = shop(run), run.choose(*ANSWERS)
    script: list[Step] = []
    for made in rounds:
        script.append(calls(*made, usage=tokens(90, 60, reasoning=40)))
    script.append(says(answer))
    return responded(run, script, functions, most), functions, answer


def responded(run: Run, script: Script, functions: dict[str, Spy], most: int) -> Result:
    """Play a question that is answered by this script."""
    given = (run.choose(*INSTRUCTIONS), run.choose(*QUESTIONS), FLAT, functions, most)
    result = run(script, *given)
    result.request(1).went_to("responses")
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
        f"request {number} has {len(items)} input items, and {len(wanted)} are new: what came "
        "before is kept by the service",
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
    """an answer without a call takes one request"""
    result, _, answer = respond(run, [], 3)
    result.returned(answer)
    result.sent(1)
    result.request(1).contains(result.call.args[1])


@RESPOND.case(points=2)
def only_results(run: Run) -> None:
    """only the results go into the next request, each under the call_id"""
    rounds = [chain(run, 2), chain(run, 1)]
    result, functions, answer = respond(run, rounds, 5)
    for number, made in enumerate(rounds, 2):
        come_from(outputs_in(result, number, *made), functions)
    result.returned(answer)
    result.sent(3)


@RESPOND.case()
def names_previous_response(run: Run) -> None:
    """each request names the response before it"""
    result, _, answer = respond(run, [chain(run, 1), chain(run, 1)], 5)
    for number in (2, 3):
        continues(result, number)
    result.returned(answer)


@RESPOND.case(points=2, hint="previous_response_id carries items over, and no settings")
def settings_every_time(run: Run) -> None:
    """instructions and tools are in every request"""
    result, _, answer = respond(run, [chain(run, 1), chain(run, 1)], 5)
    for number in (1, 2, 3):
        request = result.request(number)
        request.has("instructions", result.call.args[0], "they are not carried over")
        has_tools(request, FLAT)
    result.returned(answer)


@RESPOND.case(points=2)
def last_request(run: Run) -> None:
    """the last request says tool_choice="none" """
    most, answer = run.rng.randint(2, 4), run.choose(*ANSWERS)
    result = responded(run, [insists(run, answer)] * (most + 1), shop(run), most)
    because = f"rounds was {most}, and this model called a tool whenever it could"
    result.sent_at_most(most, because)
    result.sent(most, because)
    result.request(most).has("tool_choice", "none", "it is the last request")
    result.returned(answer)


@RESPOND.case(hidden=True)
def text_beside_call(run: Run) -> None:
    """text beside a call is not the answer yet"""
    call, answer = order_call(run), run.choose(*ANSWERS)
    script = [calls(call, text="Let me look."), says(answer)]
    responded(run, script, shop(run), 4).returned(answer)
