"""Settings of an older model, some of which the default model refuses."""

from __future__ import annotations

from typing import Any

from ...scripted import says
from ..model import Exercise, Result, Run, expect
from ..world import question_and_answer

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


SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty")
"""Settings that the live default model takes only with an effort of none."""


def translated(run: Run, settings: dict[str, Any], want: dict[str, Any], because: str) -> Result:
    """Play a question with these settings, of which exactly `want` has to be sent."""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question, settings)
    result.returned(answer)
    result.sent(1)
    request = result.request(1)
    request.went_to("chat")
    request.contains(question, role="user")
    for name, value in settings.items():
        if name not in want:
            request.lacks(name, "the settings have None for it" if value is None else because)
    for name, value in want.items():
        request.has(name, value, because)
    more = sorted(set(request.body) - {"model", "messages", *want})
    expect(not more, f"request 1 also has {', '.join(more)}, and nothing else should be added")
    return result


def some_sampling(run: Run) -> dict[str, float]:
    """All four sampling parameters, with values of this run."""
    return {
        "temperature": run.rng.randint(1, 19) / 10,
        "top_p": run.rng.randint(1, 9) / 10,
        "presence_penalty": run.rng.randint(-19, 19) / 10,
        "frequency_penalty": run.rng.randint(-19, 19) / 10,
    }


@SETTINGS.case()
def no_settings(run: Run) -> None:
    """without settings it sends the model and the message, nothing else"""
    translated(run, {}, {}, "the settings are empty")


@SETTINGS.case()
def token_cap(run: Run) -> None:
    """max_tokens is sent as max_completion_tokens"""
    cap = run.rng.randint(50, 900)
    because = "the default model rejects max_tokens with status 400"
    translated(run, {"max_tokens": cap}, {"max_completion_tokens": cap}, because)


@SETTINGS.case(points=2)
def sampling(run: Run) -> None:
    """each of the four sampling parameters is sent with an effort of none"""
    for name, value in some_sampling(run).items():
        for given in ({name: value}, {name: 0.0}, {name: value, "reasoning_effort": "none"}):
            want = {**given, "reasoning_effort": "none"}
            translated(run, given, want, f"{name} needs an effort of none")
    every = some_sampling(run)
    want = {**every, "reasoning_effort": "none"}
    translated(run, every, want, "sampling parameters need an effort of none")


@SETTINGS.case()
def none_left_out(run: Run) -> None:
    """a setting whose value is None isn't sent"""
    cap, heat = run.rng.randint(50, 900), run.rng.randint(1, 19) / 10
    because = "the others are None"
    nothing = dict.fromkeys((*SAMPLING, "seed", "reasoning_effort"))
    translated(run, {**nothing, "max_tokens": cap}, {"max_completion_tokens": cap}, because)
    settings = {"max_tokens": None, "reasoning_effort": None, "temperature": heat}
    translated(run, settings, {"temperature": heat, "reasoning_effort": "none"}, because)


@SETTINGS.case()
def reasoning_wins(run: Run) -> None:
    """if the settings ask for reasoning, no sampling parameters are sent"""
    for effort in ("low", "medium", "high"):
        because = f"an effort of {effort} doesn't allow sampling parameters"
        settings = {**some_sampling(run), "reasoning_effort": effort}
        translated(run, settings, {"reasoning_effort": effort}, because)


@SETTINGS.case()
def others_unchanged(run: Run) -> None:
    """every other setting is sent as it is"""
    seed, cap = run.rng.randint(1, 999), run.rng.randint(50, 900)
    others = {"seed": seed, "metadata": {"desk": run.choose("returns", "repairs")}, "n": 2}
    because = "this setting keeps its name and value"
    translated(run, others, others, because)
    settings = {**others, "max_tokens": cap, "reasoning_effort": "none"}
    want = {**others, "max_completion_tokens": cap, "reasoning_effort": "none"}
    translated(run, settings, want, because)


@SETTINGS.case()
def dictionary_unchanged(run: Run) -> None:
    """the caller's dictionary isn't changed"""
    cap = run.rng.randint(50, 900)
    for effort in ("none", "low"):
        settings = {"max_tokens": cap, "temperature": 0.5, "seed": None, "reasoning_effort": effort}
        want = {"max_completion_tokens": cap, "reasoning_effort": effort}
        if effort == "none":
            want["temperature"] = 0.5
        result = translated(run, settings, want, f"the effort is {effort}")
        result.left_alone(1, "the caller's settings")


@SETTINGS.case(hidden=True)
def all_at_once(run: Run) -> None:
    """a mixture of all kinds of settings is translated"""
    cap, seed = run.rng.randint(50, 900), run.rng.randint(1, 999)
    settings = {**some_sampling(run), "max_tokens": cap, "seed": seed, "metadata": None}
    want = {name: settings[name] for name in (*SAMPLING, "seed")}
    want |= {"max_completion_tokens": cap, "reasoning_effort": "none"}
    translated(run, settings, want, "the settings are a mixture")
