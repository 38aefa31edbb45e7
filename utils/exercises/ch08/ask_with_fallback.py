"""Models that are gone, out of order or out of reach."""

from __future__ import annotations

from collections.abc import Sequence

import openai

from ...scripted import BILLING_CODES, Step, drops, fails, says
from ..model import Exercise, Run, count, expect
from ..world import QUESTIONS, question_and_answer
from .failures import MODELS, asked

FALLBACK = Exercise(
    id="08.7",
    function="ask_with_fallback",
    title="fall back to another model",
    difficulty="medium",
    covers=["F1", "F2"],
    client={"max_retries": 1},
    hints=[
        "One loop over models with one request in it. The client repeats by itself; add nothing.",
        "openai.NotFoundError, RateLimitError, InternalServerError and APIConnectionError go on to "
        "the next model. What you do not catch gets out by itself.",
        'A RateLimitError whose type is "insufficient_quota" gets out, too: every model costs '
        "money. And so does the error of the last model: a bare raise inside of except.",
    ],
)


def fell_back(run: Run, failing: Sequence[Step], because: str) -> None:
    """Play a first model that does `failing`, and a second one that answers."""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 3)
    result = run([*failing, says(answer)], question, models)
    result.returned({"text": answer, "model": models[1]}, because)
    for number in range(1, len(failing) + 1):
        result.request(number).has("model", models[0])
    result.request(len(failing) + 1).has("model", models[1])
    result.sent(len(failing) + 1)
    asked(result, question)


@FALLBACK.case()
def first_model(run: Run) -> None:
    """the first model answers, and no other is asked"""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 3)
    result = run([says(answer)], question, models)
    result.returned({"text": answer, "model": models[0]})
    result.sent(1)
    result.request(1).has("model", models[0])


@FALLBACK.case()
def missing_model(run: Run) -> None:
    """a model that does not exist is followed by the next"""
    fell_back(run, [fails(404)], "the first model was not found")


@FALLBACK.case(points=2, hint="leave max_retries of the client as it is")
def failing_model(run: Run) -> None:
    """a model that fails is followed by the next, after the SDK's own repeat"""
    status = run.choose(500, 502, 503)
    fell_back(run, [fails(status), fails(status)], f"the first model failed with {status}")
    fell_back(run, [drops(), drops("waiting")], "the connections to the first model broke")
    fell_back(run, [fails(429), fails(429)], "the first model's rate limit was reached")


@FALLBACK.case()
def no_cure(run: Run) -> None:
    """what no other model cures gets out at once"""
    for status in run.rng.sample((400, 401, 403, 422), 3):
        result = run([fails(status)] * 9, run.choose(*QUESTIONS), list(MODELS[:3]))
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}")


@FALLBACK.case(hint="every model costs money")
def unpaid_bill(run: Run) -> None:
    """a bill that is not paid gets out, too"""
    bill = fails(429, code=run.choose(*sorted(BILLING_CODES)))
    result = run([bill] * 9, run.choose(*QUESTIONS), run.rng.sample(MODELS, 3))
    result.raised(openai.RateLimitError, "the 429 was about billing")
    models = {str(sent.json.get("model")) for sent in result.requests}
    expect(len(models) == 1, f"it asked {count(len(models), 'model')}, and each costs money")


@FALLBACK.case()
def no_model_left(run: Run) -> None:
    """when no model is left, the last error gets out"""
    models = run.rng.sample(MODELS, 2)
    result = run([fails(503), fails(503), fails(404), fails(418)], run.choose(*QUESTIONS), models)
    result.raised(openai.NotFoundError, "the last model was not found")
    result.sent(3)


@FALLBACK.case(hidden=True)
def third_model(run: Run) -> None:
    """the third model is reached"""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 4)
    result = run([fails(404), fails(500), fails(500), says(answer)], question, models)
    result.returned({"text": answer, "model": models[2]})
