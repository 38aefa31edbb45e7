"""A service that is slow, hangs or fails while a deadline comes closer."""

from __future__ import annotations

import openai

from ...scripted import Step, drops, fails, says, times_out
from ...scripted.steps import Fails
from ..model import Exercise, Result, Run, expect, hinting
from ..world import QUESTIONS, question_and_answer
from .failures import CURABLE, INCURABLE, SOON, asked, limited

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
        "Before a pause, compare it with what is left. A pause that reaches the end isn't worth "
        "waiting for: raise TimeoutError at once, with `from` and the last error.",
    ],
)


def kept_deadline(result: Result, question: str, seconds: float) -> None:
    """It asked, no request could have run beyond the deadline, and none was sent after it."""
    asked(result, question)
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
    result = run([says(answer, takes=seconds - 0.5)], question, seconds)
    result.returned(answer, f"it came after {seconds - 0.5:g} s, and there were {seconds} s")
    result.sent(1)
    kept_deadline(result, question, seconds)


@WITHIN.case(points=2)
def time_left(run: Run) -> None:
    """each attempt gets all the time that is left, and no more"""
    question, answer = question_and_answer(run.rng)
    seconds = run.rng.randint(25, 40)
    slow = [fails(run.choose(500, 503, 408), takes=run.rng.randint(2, 5)) for _ in range(2)]
    left = seconds - 3 - sum(step.takes for step in slow)
    result = run([*slow, drops("waiting"), says(answer, takes=left - 0.5)], question, seconds)
    result.returned(answer, f"the answer came half a second before the end of the {seconds} s")
    result.sent(4)
    kept_deadline(result, question, seconds)


@WITHIN.case()
def repeats(run: Run) -> None:
    """it repeats whatever a repeat may cure, with pauses of 1 second"""
    question, answer = question_and_answer(run.rng)
    takes = run.rng.randint(1, 4)
    kinds: list[tuple[Step, str]] = [(fails(status), f"a {status}") for status in (*CURABLE, 529)]
    kinds += [(drops(), "a connection that broke"), (drops("waiting"), "a lost connection")]
    kinds += [(fails(503, takes=takes), f"a 503 that took {takes} s")]
    run.rng.shuffle(kinds)
    result = run([*(step for step, _ in kinds), says(answer)], question, 60)
    result.returned(answer)
    result.sent(len(kinds) + 1)
    asked(result, question)
    for number, (step, name) in enumerate(kinds, 1):
        wait = 1 + getattr(step, "takes", 0)
        because = f"after {name} comes a pause of 1 s"
        result.waited(at_least=wait, at_most=wait, between=(number, number + 1), because=because)


@WITHIN.case()
def hanging_service(run: Run) -> None:
    """a service that hangs ends in TimeoutError, in time"""
    seconds, question = run.rng.randint(8, 30), run.choose(*QUESTIONS)
    result = run([times_out()] * 60, question, seconds)
    result.raised(TimeoutError, "no answer came before the deadline")
    kept_deadline(result, question, seconds)


@WITHIN.case(points=2)
def failing_service(run: Run) -> None:
    """if the next pause would not end in time, it raises TimeoutError without waiting"""
    question = run.choose(*QUESTIONS)
    seconds = 2 * run.rng.randint(4, 12)
    result = run([fails(500, takes=1)] * 60, question, seconds)
    because = "each attempt takes 1 s, and each pause 1 s"
    result.raised(TimeoutError, "no answer came before the deadline")
    kept_deadline(result, question, seconds)
    result.sent(seconds // 2, because)
    at_most = seconds - 1
    result.ended(at_most=at_most, because=f"{because}: after that, the next pause is too long")
    for last in (*(fails(status) for status in CURABLE), drops("waiting")):
        result = run([last] * 9, question, 1)
        name = f"status {last.status}" if isinstance(last, Fails) else "a lost connection"
        result.raised(TimeoutError, f"{name}, and a pause of 1 s would have ended too late")
        result.sent(1, "there was time for one attempt")
        result.ended(at_most=0, because="the pause would have ended too late")


@WITHIN.case(points=2)
def retry_after(run: Run) -> None:
    """a retry-after of more than 1 second is waited for, if it ends in time"""
    question, answer = question_and_answer(run.rng)
    after = run.rng.randint(3, 9)
    for status, said, pause in ((429, after, after), (503, 0.25, 1)):
        script = [fails(status, retry_after=said), says(answer)]
        with hinting("A pause that ends 0.25 s before the deadline ends in time.", TimeoutError):
            result = run(script, question, pause + 0.25)
            result.returned(answer, "the pause ended 0.25 s before the deadline")
        because = f"the service said retry-after: {said}"
        result.waited(at_least=pause, at_most=pause, between=(1, 2), because=because)
    late = run([fails(429, retry_after=after + 10)] * 40, question, after + 5)
    late.raised(TimeoutError, "the service asked for a wait beyond the deadline")
    late.sent(1)
    late.ended(at_most=0, because="nothing could come in time")


@WITHIN.case()
def incurable(run: Run) -> None:
    """an error that no repeat cures propagates as it is"""
    for status in INCURABLE:
        result = run([fails(status)] * 40, run.choose(*QUESTIONS), 30)
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}")


@WITHIN.case(hidden=True)
def other_deadlines(run: Run) -> None:
    """other deadlines"""
    question = run.choose(*QUESTIONS)
    seconds = run.rng.randint(8, 30) + 0.5
    script = [fails(run.choose(500, 502, 503), takes=run.choose(1, 2)) for _ in range(60)]
    result = run(script, question, seconds)
    result.raised(TimeoutError, "no answer came before the deadline")
    kept_deadline(result, question, seconds)
