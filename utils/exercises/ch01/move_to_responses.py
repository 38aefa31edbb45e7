"""Requests for Chat Completions, whose parameters have other names in Responses, or none."""

from __future__ import annotations

from typing import Any

from ...scripted import says
from ..model import Exercise, RequestView, Run
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


def moved(run: Run, old: dict[str, Any]) -> RequestView:
    """Play a request that has to be sent through Responses, and its answer returned."""
    answer = f"{run.choose(*ANSWERS)} ({run.rng.randint(100, 999)})"
    result = run([says(answer, reasoning="Easy.")], old)
    result.returned(answer)
    result.sent(1)
    request = result.request(1)
    request.went_to("responses")
    request.has("model", old["model"])
    return request


@MOVE.case()
def sends_to_responses(run: Run) -> None:
    """it sends one request to Responses and returns the text"""
    moved(run, old_request(run))


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
    moved(run, {"model": "shop-model", "messages": turns}).has_messages(turns)


@MOVE.case(points=2)
def renamed_parameters(run: Run) -> None:
    """max_completion_tokens and reasoning_effort are sent as Responses expects them"""
    cap = run.rng.randint(100, 900)
    request = moved(run, old_request(run, max_completion_tokens=cap))
    request.has("max_output_tokens", cap)
    request.lacks("max_completion_tokens")
    for effort in ("none", "low", "medium", "high"):
        request = moved(run, old_request(run, reasoning_effort=effort))
        request.field("reasoning").field("effort").equals(effort)
        request.lacks("reasoning_effort")


@MOVE.case()
def kept_parameters(run: Run) -> None:
    """parameters that keep their name are sent unchanged"""
    kept = {
        "temperature": run.rng.randint(1, 19) / 10,
        "top_p": run.rng.randint(1, 9) / 10,
        "metadata": {"desk": f"returns {run.rng.randint(1, 9)}"},
        "service_tier": run.choose("default", "flex"),
    }
    request = moved(run, old_request(run, **kept, reasoning_effort="none"))
    for name, value in kept.items():
        request.has(name, value)


@MOVE.case(points=2)
def unknown_parameters(run: Run) -> None:
    """a parameter that Responses doesn't have raises a ValueError that names it"""
    moved(run, old_request(run))
    for name, value in (
        ("n", 3),
        ("seed", 7),
        ("stop", ["\n"]),
        ("presence_penalty", 0.0),
        ("frequency_penalty", 0.5),
        ("logit_bias", {"50256": -100}),
    ):
        result = run([says("Fine.")] * 2, old_request(run, **{name: value}))
        result.raised(ValueError, f"the old request has {name}={value}", saying=name)
        result.sent(0, "the old request can't be translated")


@MOVE.case()
def not_stored(run: Run) -> None:
    """store is False unless the request sets it"""
    moved(run, old_request(run)).has("store", False, "the request didn't set store")
    for store in (True, False):
        request = moved(run, old_request(run, store=store))
        request.has("store", store, f"the request sets store={store}")


@MOVE.case()
def request_unchanged(run: Run) -> None:
    """the caller's request isn't changed"""
    for more in ({}, {"max_completion_tokens": 90, "reasoning_effort": "low"}):
        moved(run, old_request(run, **more))
        run.results[-1].left_alone(0, "the caller's request")


@MOVE.case(hidden=True)
def everything_at_once(run: Run) -> None:
    """a request with many parameters is translated"""
    cap = run.rng.randint(100, 900)
    old = old_request(
        run, max_completion_tokens=cap, reasoning_effort="none", temperature=0.7, store=True
    )
    request = moved(run, old)
    request.has("max_output_tokens", cap)
    request.field("reasoning").field("effort").equals("none")
    request.has("temperature", 0.7)
    request.has("store", True)
    request.has_messages(old["messages"])
