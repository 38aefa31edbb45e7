"""A service that is slow, hangs or fails while a deadline comes closer."""

from __future__ import annotations

import openai

from ...scripted import drops, fails, says, times_out
from ..model import Exercise, Result, Run, expect
from ..world import QUESTIONS, question_and_answer
from .failures import INCURABLE, SOON, asked, limited

WITHIN = Exercise(
    id="08.3",
    function="ask_within",
    title="meet a deadline across all attempts",
    difficulty="medium",
    covers=["F2"],
    hints=[
        "Note the end first: end = time.monotonic() + seconds. What is left is "
        "end - time.monotonic(), and it gets less with everything you do.",
        "A timeout is for one attempt. Give each request what is left: create(..., timeout=left), "
        "on client.with_options(max_retries=0), or the SDK repeats with the full time.",
        "Before a pause compare it with what is left. A pause that reaches the end is not worth "
        "waiting for: raise TimeoutError at once.",
    ],
)


def kept_deadline(result: Result, seconds: float) -> None:
    """No request could have run beyond the deadline, and none was sent after it."""
    for number, sent in enumerate(result.requests, start=1):
        left = seconds - sent.at
        expect(left > SOON, f"request {number} was sent {sent.at:.1f} s in, after the deadline")
        limited(sent, left, f"request {number}")
    result.ended(at_most=seconds, because="the deadline")


@WITHIN.case()
def in_time(run: Run) -> None:
    """an answer in time is returned, and its timeout is the deadline"""
    question, answer = question_and_answer(run.rng)
    seconds = run.rng.randint(10, 40)
    result = run([says(answer, takes=seconds / 2)], question, seconds)
    result.returned(answer)
    result.sent(1)
    asked(result, question)
    kept_deadline(result, seconds)


@WITHIN.case(points=2)
def time_left(run: Run) -> None:
    """each attempt gets only the time that is left"""
    question, answer = question_and_answer(run.rng)
    seconds = run.rng.randint(20, 40)
    slow = [fails(run.choose(500, 503, 408), takes=run.rng.randint(2, 5)) for _ in range(2)]
    result = run([*slow, drops("waiting"), says(answer, takes=2)], question, seconds)
    result.returned(answer)
    result.sent(4)
    kept_deadline(result, seconds)


@WITHIN.case()
def pauses(run: Run) -> None:
    """it pauses for a second between attempts"""
    question, answer = question_and_answer(run.rng)
    takes = run.rng.randint(1, 4)
    result = run([fails(503, takes=takes), drops(), says(answer)], question, 30)
    result.returned(answer)
    result.waited(at_least=takes + 1, at_most=takes + 1, between=(1, 2))
    result.waited(at_least=1, at_most=1, between=(2, 3))


@WITHIN.case(points=2)
def hanging_service(run: Run) -> None:
    """a service that hangs ends in TimeoutError, in time"""
    seconds = run.rng.randint(8, 30)
    result = run([times_out()] * 60, run.choose(*QUESTIONS), seconds)
    result.raised(TimeoutError, "no answer came before the deadline")
    kept_deadline(result, seconds)


@WITHIN.case()
def failing_service(run: Run) -> None:
    """a service that only fails ends in TimeoutError, in time"""
    seconds = run.rng.randint(8, 30) + 0.5
    script = [fails(run.choose(500, 502, 503), takes=run.choose(1, 2)) for _ in range(60)]
    result = run(script, run.choose(*QUESTIONS), seconds)
    result.raised(TimeoutError, "no answer came before the deadline")
    kept_deadline(result, seconds)
    last = result.requests[-1].at
    expect(
        last >= seconds - 4.5,
        f"its last request was sent {last:.1f} s in, though it had {seconds:g} s",
    )


@WITHIN.case()
def incurable(run: Run) -> None:
    """an error that no repeat cures gets out at once"""
    status = run.choose(*INCURABLE)
    result = run([fails(status)] * 40, run.choose(*QUESTIONS), 30)
    result.raised(openai.APIStatusError, f"the status was {status}")
    result.sent(1)


@WITHIN.case(hidden=True)
def retry_after(run: Run) -> None:
    """a Retry-After is waited for only if it ends in time"""
    question, answer = question_and_answer(run.rng)
    after = run.rng.randint(3, 9)
    result = run([fails(429, retry_after=after), says(answer)], question, after + 10)
    result.returned(answer)
    because = f"the service said retry-after: {after}"
    result.waited(at_least=after, at_most=after + 1, between=(1, 2), because=because)
    late = run([fails(429, retry_after=after + 10)] * 40, question, after + 5)
    late.raised(TimeoutError, "the service asked for a wait beyond the deadline")
    late.sent(1)
    late.ended(at_most=0, because="nothing could come in time")
