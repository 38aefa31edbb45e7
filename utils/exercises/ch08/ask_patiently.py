"""Failures that a repeat may cure, and failures that it cannot."""

from __future__ import annotations

import random
from itertools import pairwise

import openai

from ...scripted import Step, drops, fails, says, times_out
from ..model import Exercise, Run, expect
from ..world import QUESTIONS, question_and_answer
from .failures import CURABLE, INCURABLE, SOON, asked


def clearing(rng: random.Random, *, quick: bool = True) -> Step:
    """A failure that a repeat may cure; a quick one takes no time."""
    steps: list[Step] = [fails(status) for status in CURABLE]
    steps += [drops("connecting"), drops("waiting")]
    return rng.choice(steps if quick else [*steps, times_out()])


PATIENT = Exercise(
    id="08.2",
    function="ask_patiently",
    title="retry with backoff that doesn't multiply",
    difficulty="medium",
    covers=["F2"],
    hints=[
        "The client that you get repeats by itself, twice. A loop around it makes three requests "
        "each time: client.with_options(max_retries=...) says how often it should.",
        "Either the SDK repeats (max_retries is the number of requests after the first) or your "
        "loop does, around a client with max_retries=0.",
        "Full jitter: time.sleep(random.uniform(0, min(8, 0.5 * 2**n))), with n = 0 after the "
        "first request.",
        'error.response.headers.get("retry-after") is a text or None. Only an '
        "openai.APIStatusError has a response.",
    ],
)


@PATIENT.case()
def first_try(run: Run) -> None:
    """an answer that comes at once takes one request"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question, run.rng.randint(3, 6))
    result.returned(answer)
    result.sent(1)
    asked(result, question)


@PATIENT.case()
def asks_again(run: Run) -> None:
    """after errors that clear it asks again"""
    question, answer = question_and_answer(run.rng)
    attempts = run.rng.randint(4, 6)
    script = [clearing(run.rng, quick=False) for _ in range(attempts - 1)]
    result = run([*script, says(answer)], question, attempts)
    result.returned(answer)
    result.sent(attempts)
    asked(result, question)


@PATIENT.case(points=2, hint="who repeats, you or the SDK? Both together multiply")
def last_error(run: Run) -> None:
    """when nothing helps, the last error gets out after `attempts` requests"""
    attempts = run.rng.randint(3, 5)
    script = [fails(503)] * (attempts - 1) + [fails(500)] + [fails(503)] * 40
    result = run(script, run.choose(*QUESTIONS), attempts)
    tripled = len(result.requests) == 3 * attempts
    result.sent(attempts, f"{attempts} times the SDK's own three" if tripled else "")
    result.raised(openai.InternalServerError, "every attempt failed")
    last = result.request(attempts).sent.at
    result.ended(at_most=last, because="after the last attempt there is nothing to wait for")


@PATIENT.case()
def incurable(run: Run) -> None:
    """an error that no repeat cures gets out at once"""
    for status in run.rng.sample(INCURABLE, 3):
        result = run([fails(status)] * 9, run.choose(*QUESTIONS), 4)
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}, and it will be so again")


def pauses_of(run: Run, attempts: int) -> list[float]:
    """Seconds between the requests when only the last of them is answered."""
    question, answer = question_and_answer(run.rng)
    script = [fails(run.choose(429, 500, 503)) for _ in range(attempts - 1)]
    result = run([*script, says(answer)], question, attempts)
    result.returned(answer)
    times = [sent.at for sent in result.requests]
    return [later - earlier for earlier, later in pairwise(times)]


@PATIENT.case()
def waits(run: Run) -> None:
    """the waits grow no further than their limits, and are random"""
    first, second = pauses_of(run, 7), pauses_of(run, 7)
    for waits in (first, second):
        expect(len(waits) == 6, f"it sent {len(waits) + 1} requests, and 7 were expected")
        for n, wait in enumerate(waits):
            most = min(8, 0.5 * 2**n)
            expect(
                wait <= most + SOON,
                f"it waited {wait:.2f} s before request {n + 2}, and {most:g} s is the limit there",
            )
        expect(sum(waits) > 0.1, "it hardly waited between its requests")
    expect(
        any(abs(a - b) > SOON for a, b in zip(first, second, strict=False)),
        "it waited exactly as long in two runs: clients that fail together would come back "
        "together",
    )


@PATIENT.case(points=2)
def retry_after(run: Run) -> None:
    """a Retry-After is honored"""
    question, answer = question_and_answer(run.rng)
    after = run.rng.randint(12, 110)
    step = fails(run.choose(429, 503), retry_after=after)
    result = run([fails(500), step, says(answer)], question, 4)
    result.returned(answer)
    because = f"the service said retry-after: {after}"
    result.waited(at_least=after, at_most=after + 8, between=(2, 3), because=because)


@PATIENT.case(hidden=True)
def long_retry_after(run: Run) -> None:
    """a Retry-After above 120 s is not waited for"""
    after = run.rng.randint(121, 4000)
    result = run([fails(429, retry_after=after)] * 9, run.choose(*QUESTIONS), 3)
    result.raised(openai.RateLimitError, f"the service said retry-after: {after}")
    result.sent(1)
    result.ended(at_most=8, because=f"the service said retry-after: {after}")
