"""Models that are gone, out of order or out of reach."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import openai

from ...scripted import (
    BILLING_CODES,
    Reply,
    ReplyPart,
    SentRequest,
    Step,
    drops,
    fails,
    says,
    times_out,
)
from ...scripted.answers import Ids
from ..model import Exercise, Run, count, expect, hinting
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
        "the next model. What you do not catch propagates by itself.",
        'A RateLimitError whose type is "insufficient_quota" propagates, too: every model costs '
        "money. And so does the error of the last model: a bare raise inside of except.",
    ],
)


@dataclass(frozen=True)
class Dated(Step):
    """An answer that names the model's dated snapshot, as the service does."""

    answer: Step

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.answer.reply(sent, ids)
        body = json.loads(made.body())
        data = json.dumps({**body, "model": f"{body['model']}-2026-08-01"}).encode()
        return replace(made, parts=(ReplyPart(data),))


def answers(answer: str, model: str) -> tuple[Step, dict[str, str]]:
    """An answer of a model, and what the function should return."""
    return Dated(says(answer)), {"text": answer, "model": model}


def fell_back(run: Run, failing: Sequence[Step], because: str) -> None:
    """Play a first model that does `failing`, and a second one that answers."""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 3)
    step, want = answers(answer, models[1])
    result = run([*failing, step], question, models)
    result.returned(want, because)
    for number in range(1, len(failing) + 1):
        result.request(number).has("model", models[0])
    result.request(len(failing) + 1).has("model", models[1])
    result.sent(len(failing) + 1)
    asked(result, question)


@FALLBACK.case()
def first_model(run: Run) -> None:
    """if the first model answers, it returns the text and that model, and asks no other"""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 3)
    step, want = answers(answer, models[0])
    result = run([step], question, models)
    result.sent(1)
    result.request(1).has("model", models[0])
    asked(result, question)
    with hinting("A service may answer with a dated name. Return the name that you asked for."):
        result.returned(want)


@FALLBACK.case()
def missing_model(run: Run) -> None:
    """a model that isn't found is followed by the next"""
    fell_back(run, [fails(404)], "the first model was not found")


@FALLBACK.case(points=2)
def failing_model(run: Run) -> None:
    """a model that fails, or doesn't respond, is followed by the next, without extra repeats"""
    with hinting("Leave max_retries of the client as it is, and add nothing."):
        for status in (500, 502, 503, 504):
            fell_back(run, [fails(status), fails(status)], f"the first model failed with {status}")
        fell_back(run, [drops(), drops("waiting")], "the connections to the first model broke")
        fell_back(run, [times_out(), times_out()], "the first model did not respond")
        fell_back(run, [fails(429), fails(429)], "the first model's rate limit was reached")


@FALLBACK.case()
def third_model(run: Run) -> None:
    """it goes on through all the models"""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 4)
    step, want = answers(answer, models[3])
    script = [fails(404), fails(500), fails(500), fails(429), fails(429), step]
    result = run(script, question, models)
    result.returned(want)
    result.sent(6)


@FALLBACK.case()
def no_cure(run: Run) -> None:
    """everything else propagates at once"""
    for status in (400, 401, 403, 413, 422, 499):
        result = run([fails(status)] * 9, run.choose(*QUESTIONS), list(MODELS[:3]))
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}")
    result = run([fails(409)] * 9, run.choose(*QUESTIONS), list(MODELS[:3]))
    result.raised(openai.ConflictError, "the status was 409")
    result.sent(2, "the status was 409, and the client repeats it once")


@FALLBACK.case()
def unpaid_bill(run: Run) -> None:
    """a 429 about billing propagates, too"""
    for code in sorted(BILLING_CODES):
        models = run.rng.sample(MODELS, 3)
        result = run([fails(429, code=code)] * 9, run.choose(*QUESTIONS), models)
        result.raised(openai.RateLimitError, "the 429 was about billing")
        have = {str(sent.json.get("model")) for sent in result.requests}
        said = f"it asked {count(len(have), 'model')} although the bill isn't paid ({code})"
        with hinting("Every model costs money. Look at the error's type."):
            expect(have == {models[0]}, said)


@FALLBACK.case()
def no_model_left(run: Run) -> None:
    """when no model is left, the last error propagates"""
    lasts = [
        ([fails(404)], openai.NotFoundError),
        ([fails(429)] * 2, openai.RateLimitError),
        ([fails(500)] * 2, openai.InternalServerError),
        ([drops()] * 2, openai.APIConnectionError),
    ]
    for last, kind in lasts:
        models = run.rng.sample(MODELS, 2)
        first = [fails(429)] * 2 if kind is openai.NotFoundError else [fails(404)]
        script = [*first, *last]
        result = run([*script, fails(418)], run.choose(*QUESTIONS), models)
        result.raised(kind, "that was the error of the last model")
        result.sent(len(script))


@FALLBACK.case(hidden=True)
def other_models(run: Run) -> None:
    """other models"""
    fell_back(run, [fails(529), fails(529)], "the first model failed with 529")
    fell_back(run, [fails(404)], "the first model was not found")
