"""Settings of an older model, some of which the default model refuses."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, RequestView, Run, expect
from ..world import QUESTIONS, question_and_answer

SETTINGS = Exercise(
    id="01.3",
    function="ask_with_settings",
    title="translate old settings for a reasoning model",
    difficulty="medium",
    covers=["A2", "A5"],
    hints=[
        "Build a dictionary of parameters first, then send it with **parameters.",
        "max_tokens has a new name, max_completion_tokens. A setting that is None should not be in "
        "the dictionary at all: the SDK sends None as null.",
        "If any of temperature, top_p, presence_penalty, frequency_penalty is left, send "
        'reasoning_effort="none" with it. If the settings ask for another effort, leave those four '
        "out instead.",
    ],
)


def sent_with(run: Run, **settings: object) -> RequestView:
    """The request of a call with these settings, which has to return the answer."""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question, settings)
    result.returned(answer)
    return result.request(1)


@SETTINGS.case()
def no_settings(run: Run) -> None:
    """without settings it sends the model and the message, nothing else"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question, {})
    result.returned(answer)
    request = result.request(1)
    more = sorted(set(request.body) - {"model", "messages"})
    expect(not more, f"the settings are empty, and the request also has {', '.join(more)}")
    request.contains(question)


@SETTINGS.case()
def token_cap(run: Run) -> None:
    """max_tokens is sent as max_completion_tokens"""
    cap = run.rng.randint(50, 900)
    request = sent_with(run, max_tokens=cap)
    request.lacks("max_tokens", "the default model rejects it with status 400")
    request.has("max_completion_tokens", cap)
    request.lacks("reasoning_effort", "a cap alone doesn't need it")


@SETTINGS.case(points=2)
def sampling(run: Run) -> None:
    """a sampling parameter or penalty is sent with an effort of none"""
    for name, value in (
        ("temperature", run.rng.randint(1, 19) / 10),
        ("top_p", run.rng.randint(1, 9) / 10),
        ("frequency_penalty", 0.0),
    ):
        request = sent_with(run, **{name: value})
        request.has(name, value)
        request.has("reasoning_effort", "none", f"{name} needs it")


@SETTINGS.case()
def none_left_out(run: Run) -> None:
    """a setting whose value is None isn't sent"""
    cap = run.rng.randint(50, 900)
    request = sent_with(run, temperature=None, max_tokens=cap, top_p=None, seed=None)
    nulls = [name for name, value in request.body.items() if value is None]
    expect(not nulls, f"the request has {', '.join(nulls)} as null")
    request.has("max_completion_tokens", cap)


@SETTINGS.case()
def reasoning_wins(run: Run) -> None:
    """if the settings ask for reasoning, no sampling parameters are sent"""
    effort = run.choose("low", "medium", "high")
    request = sent_with(run, reasoning_effort=effort, temperature=0.2)
    request.has("reasoning_effort", effort)
    request.lacks("temperature", f"an effort of {effort} doesn't allow it")


@SETTINGS.case(hidden=True)
def settings_unchanged(run: Run) -> None:
    """the caller's settings are not changed"""
    settings = {"max_tokens": run.rng.randint(50, 900), "temperature": 0.5, "seed": 7}
    result = run([says("Fine.")], run.choose(*QUESTIONS), settings)
    result.left_alone(1, "the caller's settings")
    result.request(1).has("seed", 7)
