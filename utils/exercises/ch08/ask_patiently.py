"""Failures that a repeat may cure, and failures that it cannot."""

from __future__ import annotations

from itertools import pairwise

import openai

from ...scripted import Step, drops, fails, says, times_out
from ..model import Exercise, Run, expect, hinting
from ..world import QUESTIONS, question_and_answer
from .failures import CURABLE, INCURABLE, SOON, asked


def clearing() -> list[Step]:
    """Every kind of failure that a repeat may cure."""
    kinds: list[Step] = [fails(status) for status in (*CURABLE, 529)]
    return [*kinds, drops("connecting"), drops("waiting"), times_out()]


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
    result.ended(at_most=0, because="there was nothing to wait for")


@PATIENT.case()
def asks_again(run: Run) -> None:
    """after every kind of error that a repeat may cure, it asks again"""
    kinds = clearing()
    run.rng.shuffle(kinds)
    attempts = len(kinds) // 2
    for start in (0, attempts):
        question, answer = question_and_answer(run.rng)
        script = kinds[start : start + attempts]
        result = run([*script, says(answer)], question, len(script) + 1)
        result.returned(answer)
        result.sent(len(script) + 1)
        asked(result, question)


@PATIENT.case(points=2)
def last_error(run: Run) -> None:
    """when nothing helps, the last error propagates after `attempts` requests"""
    for attempts in (run.rng.randint(3, 5), 1):
        script = [fails(503)] * (attempts - 1) + [fails(409)] + [fails(503)] * 40
        result = run(script, run.choose(*QUESTIONS), attempts)
        tripled = len(result.requests) == 3 * attempts
        with hinting("Who repeats, you or the SDK? Both together multiply."):
            result.sent(attempts, f"{attempts} times the SDK's own three" if tripled else "")
        result.raised(openai.ConflictError, "the last attempt failed with 409")
        last = result.request(attempts).sent.at
        because = "after the last attempt there is nothing to wait for"
        result.ended(at_most=last, because=because)


@PATIENT.case()
def incurable(run: Run) -> None:
    """an error that no repeat cures propagates at once"""
    for status in INCURABLE:
        result = run([fails(status)] * 9, run.choose(*QUESTIONS), 4)
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}, and it will be so again")


def pauses_of(run: Run, attempts: int) -> list[float]:
    """Seconds between the requests when only the last of them is answered."""
    question, answer = question_and_answer(run.rng)
    script = [fails(run.choose(429, 500, 503)) for _ in range(attempts - 1)]
    result = run([*script, says(answer)], question, attempts)
    result.returned(answer)
    result.sent(attempts)
    times = [sent.at for sent in result.requests]
    return [later - earlier for earlier, later in pairwise(times)]


@PATIENT.case(points=2)
def waits(run: Run) -> None:
    """waits are random, grow with the number of attempts, and keep to their limits"""
    first, second = pauses_of(run, 7), pauses_of(run, 7)
    for waits in (first, second):
        for n, wait in enumerate(waits):
            most = min(8, 0.5 * 2**n)
            expect(
                wait <= most + SOON,
                f"it waited {wait:.2f} s before request {n + 2}, and {most:g} s is the limit there",
            )
    late = [*first[3:], *second[3:]]
    expect(
        max(late) > 0.5,
        f"its last waits in two runs took at most {max(late):.2f} s, and they may take up to 8 s: "
        "draw them from the whole range",
    )
    expect(
        any(abs(a - b) > SOON for a, b in zip(first, second, strict=True)),
        "it waited exactly as long in two runs: clients that fail together would come back "
        "together",
    )


@PATIENT.case(points=2)
def retry_after(run: Run) -> None:
    """before a repeat it waits as long as retry-after says"""
    question, answer = question_and_answer(run.rng)
    seconds = [run.rng.randint(12, 110), 120, run.rng.randint(9, 40)]
    for status, after in zip((429, 503, 408), seconds, strict=True):
        result = run([fails(500), fails(status, retry_after=after), says(answer)], question, 4)
        result.returned(answer, f"the service said retry-after: {after}")
        because = f"the service said retry-after: {after}"
        result.waited(at_least=after, at_most=after + 8, between=(2, 3), because=because)


@PATIENT.case()
def long_retry_after(run: Run) -> None:
    """if retry-after is above 120, the error propagates at once"""
    for after in (121, run.rng.randint(200, 4000)):
        result = run([fails(429, retry_after=after)] * 9, run.choose(*QUESTIONS), 3)
        result.raised(openai.RateLimitError, f"the service said retry-after: {after}")
        result.sent(1, f"the service said retry-after: {after}")
        result.ended(at_most=1, because=f"the service said retry-after: {after}")


@PATIENT.case(hidden=True)
def other_failures(run: Run) -> None:
    """other failures"""
    question, answer = question_and_answer(run.rng)
    script = [fails(524), drops("answering"), fails(599)]
    result = run([*script, says(answer)], question, 5)
    result.returned(answer)
    result.sent(4)
