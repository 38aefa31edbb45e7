"""Requests for Chat Completions, whose parameters have other names in Responses, or none."""

from __future__ import annotations

from typing import Any

from ...scripted import says
from ..model import Exercise, Run
from ..world import ANSWERS, INSTRUCTIONS, QUESTIONS

MOVE = Exercise(
    id="01.10",
    function="move_to_responses",
    title="migrate a request to the Responses API",
    difficulty="stretch",
    covers=["A7"],
    hints=[
        "Sort the parameters of the old request into three groups: those with a new name or place, "
        "those that keep their name, and those that Responses doesn't have.",
        "messages becomes input, max_completion_tokens becomes max_output_tokens, and "
        'reasoning_effort="low" becomes reasoning={"effort": "low"}.',
        "Keep a set of parameters that have no counterpart (n, seed, stop, presence_penalty, "
        "frequency_penalty, logit_bias) and raise a ValueError before you send anything.",
        "Responses stores the response unless you send store=False. Start from a new dictionary "
        "with that default, so that you don't change the caller's.",
    ],
)


def old_request(run: Run, **more: object) -> dict[str, Any]:
    """A request for Chat Completions with these parameters, too."""
    return {
        "model": run.choose("shop-model-a", "shop-model-b"),
        "messages": [
            {"role": "developer", "content": run.choose(*INSTRUCTIONS)},
            {"role": "user", "content": run.choose(*QUESTIONS)},
        ],
        **more,
    }


@MOVE.case()
def sends_to_responses(run: Run) -> None:
    """it sends one request to Responses and returns the text"""
    answer = run.choose(*ANSWERS)
    old = old_request(run)
    result = run([says(answer, reasoning="Easy.")], old)
    result.returned(answer)
    result.sent(1)
    result.request(1).went_to("responses")
    result.request(1).has("model", old["model"])


@MOVE.case(points=2)
def conversation(run: Run) -> None:
    """the whole conversation arrives, in order"""
    developer, user = old_request(run)["messages"]
    turns = [
        developer,
        {"role": "user", "content": run.choose(*QUESTIONS)},
        {"role": "assistant", "content": run.choose(*ANSWERS)},
        user,
    ]
    result = run([says("Fine.")], {"model": "shop-model", "messages": turns})
    result.finished()
    result.request(1).went_to("responses")
    result.request(1).has_messages(turns)


@MOVE.case(points=2)
def renamed_parameters(run: Run) -> None:
    """max_completion_tokens and reasoning_effort are sent as Responses expects them"""
    cap, effort = run.rng.randint(100, 900), run.choose("low", "medium", "high")
    old = old_request(run, max_completion_tokens=cap, reasoning_effort=effort)
    result = run([says("Fine.")], old)
    result.finished()
    result.request(1).went_to("responses")
    request = result.request(1)
    request.has("max_output_tokens", cap)
    request.field("reasoning").field("effort").equals(effort)


@MOVE.case()
def kept_parameters(run: Run) -> None:
    """parameters that keep their name are sent unchanged"""
    heat = run.rng.randint(1, 19) / 10
    old = old_request(run, temperature=heat, reasoning_effort="none", metadata={"desk": "returns"})
    result = run([says("Fine.")], old)
    result.finished()
    result.request(1).went_to("responses")
    result.request(1).has("temperature", heat)
    result.request(1).has("metadata", {"desk": "returns"})


@MOVE.case(points=2)
def unknown_parameters(run: Run) -> None:
    """a parameter that Responses doesn't have raises a ValueError that names it"""
    for name, value in (("seed", 7), ("n", 3), (run.choose("stop", "presence_penalty"), 1)):
        result = run([says("Fine.")] * 2, old_request(run, **{name: value}))
        result.raised(ValueError, f"the old request has {name}={value}", saying=name)
        result.sent(0, "the old request cannot be translated")


@MOVE.case(hidden=True)
def not_stored(run: Run) -> None:
    """store is False unless the request sets it, and the request isn't changed"""
    result = run([says("Fine.")], old_request(run))
    result.finished()
    result.request(1).went_to("responses")
    result.request(1).has("store", False, "the request didn't set store")
    result.left_alone(0, "the caller's request")
    result = run([says("Fine.")], old_request(run, store=True))
    result.finished()
    result.request(1).has("store", True, "the request sets store")
