"""Exercises of chapter 8: errors, retries, deadlines, rate limits, and what to write in a log."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import openai

from ..scripted import (
    BILLING_CODES,
    Reply,
    SentRequest,
    Step,
    drops,
    fails,
    filtered,
    limits,
    refuses,
    returns,
    says,
    times_out,
    truncated,
)
from ..scripted.answers import Ids
from ..scripted.steps import Fails
from .hostile import HTML, MODELS, Hostile, Mail
from .model import Exercise, Result, Run, Spy, expect, short, wrong
from .world import ANSWERS, QUESTIONS, question_and_answer

CURABLE = (408, 409, 429, 500, 502, 503, 504)
"""Statuses that the SDK repeats, since the same request may succeed later."""

INCURABLE = (400, 401, 403, 404, 413, 422)
"""Statuses of a request, a key or a right that has to change first."""

SOON = 1e-6
"""Simulated seconds by which rounding may be off."""


@dataclass(frozen=True)
class Headed(Step):
    """A step whose response has more headers, or other ones."""

    step: Step
    headers: Mapping[str, str]

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.step.reply(sent, ids)
        kept = tuple(pair for pair in made.headers if pair[0] not in self.headers)
        return replace(made, headers=(*kept, *self.headers.items()))


def request_id(rng: random.Random) -> str:
    """An id as the service gives one to every request."""
    return f"req_simulated_{rng.getrandbits(48):012x}"


def asked(result: Result, question: str, number: int = 1) -> None:
    """Every request so far, the first at least, asks a model this question."""
    for n in range(1, max(number, len(result.requests)) + 1):
        request = result.request(n)
        expect(
            request.sent.endpoint in ("chat", "responses"),
            f"request {n} went to {request.sent.path}, and a model was to be asked",
        )
        expect(question in request.text(), f"the question is not in request {n}")


def clearing(rng: random.Random, *, quick: bool = True) -> Step:
    """A failure that a repeat may cure; a quick one takes no time."""
    steps: list[Step] = [fails(status) for status in CURABLE]
    steps += [drops("connecting"), drops("waiting")]
    return rng.choice(steps if quick else [*steps, times_out()])


# -- what to do -----------------------------------------------------------------------------------

TRIAGE = Exercise(
    id="08.1",
    function="triage",
    title="what to do about an error",
    difficulty="easy",
    covers=["F1"],
    points=8,
    client={"max_retries": 0},
    hints=[
        "Two families are enough: openai.APIConnectionError (no response, timeouts included) and "
        "openai.APIStatusError (a response that says error).",
        "Not every status has a class of its own. error.status_code has the number: 408, 409, 429 "
        "and everything from 500 may clear by itself.",
        'A 429 comes in two kinds: error.type == "insufficient_quota" never clears until somebody '
        "pays. Look for it before you look at the status.",
    ],
)


def _triaged(run: Run, step: Step, want: str, because: str) -> None:
    question = run.choose(*QUESTIONS)
    result = run([step], question)
    result.returned(want, because)
    result.sent(1)
    asked(result, question)


@TRIAGE.case("an answer is answered")
def _(run: Run) -> None:
    _triaged(run, says(run.choose(*ANSWERS)), "answered", "the service answered")


@TRIAGE.case(
    "statuses that may clear by themselves are wait",
    points=2,
    hint="not every status has a class; all have a status_code",
)
def _(run: Run) -> None:
    for status in run.rng.sample(CURABLE, len(CURABLE)):
        _triaged(run, fails(status), "wait", f"the status was {status}")


@TRIAGE.case("no response at all is wait")
def _(run: Run) -> None:
    for step in (drops("connecting"), drops("answering"), times_out()):
        _triaged(run, step, "wait", "no response came")


@TRIAGE.case("a bill that is not paid is pay", hint="it is a 429, too: look at type and code")
def _(run: Run) -> None:
    for code in run.rng.sample(sorted(BILLING_CODES), 3):
        _triaged(run, fails(429, code=code), "pay", f"a 429 with the code {code}")


@TRIAGE.case("a request, a key or a right that is wrong is fix", points=2)
def _(run: Run) -> None:
    for status in run.rng.sample(INCURABLE, len(INCURABLE)):
        _triaged(run, fails(status), "fix", f"the status was {status}")


@TRIAGE.case("statuses without a class of their own are sorted, too", hidden=True)
def _(run: Run) -> None:
    _triaged(run, fails(run.choose(402, 410, 418, 451)), "fix", "the status was below 500")
    _triaged(run, fails(run.choose(507, 520, 529)), "wait", "the status was above 500")


# -- retries --------------------------------------------------------------------------------------

PATIENT = Exercise(
    id="08.2",
    function="ask_patiently",
    title="retries with backoff that do not multiply",
    difficulty="medium",
    covers=["F2"],
    points=9,
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


@PATIENT.case("an answer that comes at once takes one request")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question, run.rng.randint(3, 6))
    result.returned(answer)
    result.sent(1)
    asked(result, question)


@PATIENT.case("after errors that clear it asks again")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    attempts = run.rng.randint(4, 6)
    script = [clearing(run.rng, quick=False) for _ in range(attempts - 1)]
    result = run([*script, says(answer)], question, attempts)
    result.returned(answer)
    result.sent(attempts)
    asked(result, question)


@PATIENT.case(
    "when nothing helps, the last error gets out after `attempts` requests",
    points=2,
    hint="who repeats, you or the SDK? Both together multiply",
)
def _(run: Run) -> None:
    attempts = run.rng.randint(3, 5)
    script = [fails(503)] * (attempts - 1) + [fails(500)] + [fails(503)] * 40
    result = run(script, run.choose(*QUESTIONS), attempts)
    sent = len(result.requests)
    expect(
        sent == attempts,
        f"it sent {sent} requests, and {attempts} were allowed"
        + (f": {attempts} times the SDK's own three" if sent == 3 * attempts else ""),
    )
    result.raised(openai.InternalServerError, "every attempt failed")
    idle = result.outcome.ended_at - result.request(attempts).sent.at
    expect(idle <= SOON, f"it waited {idle:.2g} s after the last attempt, for nothing")


@PATIENT.case("an error that no repeat cures gets out at once")
def _(run: Run) -> None:
    for status in run.rng.sample(INCURABLE, 3):
        result = run([fails(status)] * 9, run.choose(*QUESTIONS), 4)
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}, and it will be so again")


def _waits(run: Run, attempts: int) -> list[float]:
    question, answer = question_and_answer(run.rng)
    script = [fails(run.choose(429, 500, 503)) for _ in range(attempts - 1)]
    result = run([*script, says(answer)], question, attempts)
    result.returned(answer)
    times = [sent.at for sent in result.requests]
    return [later - earlier for earlier, later in pairwise(times)]


@PATIENT.case("the waits grow no further than their limits, and are random")
def _(run: Run) -> None:
    first, second = _waits(run, 7), _waits(run, 7)
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


@PATIENT.case("a Retry-After is honored", points=2)
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    after = run.rng.randint(12, 110)
    step = fails(run.choose(429, 503), retry_after=after)
    result = run([fails(500), step, says(answer)], question, 4)
    result.returned(answer)
    because = f"the service said retry-after: {after}"
    result.waited(at_least=after, at_most=after + 8, between=(2, 3), because=because)


@PATIENT.case("a Retry-After above 120 s is not waited for", hidden=True)
def _(run: Run) -> None:
    after = run.rng.randint(121, 4000)
    result = run([fails(429, retry_after=after)] * 9, run.choose(*QUESTIONS), 3)
    result.raised(openai.RateLimitError, f"the service said retry-after: {after}")
    result.sent(1)
    waited = result.outcome.ended_at
    expect(waited <= 8, f"it waited {waited:.0f} s, and the service said retry-after: {after}")


# -- a deadline -----------------------------------------------------------------------------------

WITHIN = Exercise(
    id="08.3",
    function="ask_within",
    title="a deadline over all attempts",
    difficulty="medium",
    covers=["F2"],
    points=9,
    hints=[
        "Note the end first: end = time.monotonic() + seconds. What is left is "
        "end - time.monotonic(), and it gets less with everything you do.",
        "A timeout is for one attempt. Give each request what is left: create(..., timeout=left), "
        "on client.with_options(max_retries=0), or the SDK repeats with the full time.",
        "Before a pause compare it with what is left. A pause that reaches the end is not worth "
        "waiting for: raise TimeoutError at once.",
    ],
)


def _in_time(result: Result, seconds: float) -> None:
    """No request could have run beyond the deadline, and none was sent after it."""
    for number, sent in enumerate(result.requests, start=1):
        left = seconds - sent.at
        expect(left > SOON, f"request {number} was sent {sent.at:.1f} s in, after the deadline")
        limit = sent.timeout.get("read")
        said = "no read timeout" if limit is None else f"a read timeout of {limit:g} s"
        expect(
            limit is not None and limit <= left + SOON,
            f"request {number} had {said}, and {left:.1f} s were left",
        )
    over = result.outcome.ended_at - seconds
    expect(over <= SOON, f"it ended {over:.1f} s after the deadline")


@WITHIN.case("an answer in time is returned, and its timeout is the deadline")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    seconds = run.rng.randint(10, 40)
    result = run([says(answer, takes=seconds / 2)], question, seconds)
    result.returned(answer)
    result.sent(1)
    asked(result, question)
    _in_time(result, seconds)


@WITHIN.case("each attempt gets only the time that is left", points=2)
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    seconds = run.rng.randint(20, 40)
    slow = [fails(run.choose(500, 503, 408), takes=run.rng.randint(2, 5)) for _ in range(2)]
    result = run([*slow, drops("waiting"), says(answer, takes=2)], question, seconds)
    result.returned(answer)
    result.sent(4)
    _in_time(result, seconds)


@WITHIN.case("it pauses for a second between attempts")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    takes = run.rng.randint(1, 4)
    result = run([fails(503, takes=takes), drops(), says(answer)], question, 30)
    result.returned(answer)
    result.waited(at_least=takes + 1, at_most=takes + 1, between=(1, 2))
    result.waited(at_least=1, at_most=1, between=(2, 3))


@WITHIN.case("a service that hangs ends in TimeoutError, in time", points=2)
def _(run: Run) -> None:
    seconds = run.rng.randint(8, 30)
    result = run([times_out()] * 60, run.choose(*QUESTIONS), seconds)
    result.raised(TimeoutError, "no answer came before the deadline")
    _in_time(result, seconds)


@WITHIN.case("a service that only fails ends in TimeoutError, in time")
def _(run: Run) -> None:
    seconds = run.rng.randint(8, 30) + 0.5
    script = [fails(run.choose(500, 502, 503), takes=run.choose(1, 2)) for _ in range(60)]
    result = run(script, run.choose(*QUESTIONS), seconds)
    result.raised(TimeoutError, "no answer came before the deadline")
    _in_time(result, seconds)
    last = result.requests[-1].at
    expect(
        last >= seconds - 4.5, f"its last attempt was {last:.1f} s in, though {seconds:g} s were it"
    )


@WITHIN.case("an error that no repeat cures gets out at once")
def _(run: Run) -> None:
    status = run.choose(*INCURABLE)
    result = run([fails(status)] * 40, run.choose(*QUESTIONS), 30)
    result.raised(openai.APIStatusError, f"the status was {status}")
    result.sent(1)


@WITHIN.case("a Retry-After is waited for only if it ends in time", hidden=True)
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    after = run.rng.randint(3, 9)
    result = run([fails(429, retry_after=after), says(answer)], question, after + 10)
    result.returned(answer)
    because = f"the service said retry-after: {after}"
    result.waited(at_least=after, at_most=after + 1, between=(1, 2), because=because)
    late = run([fails(429, retry_after=after + 10)] * 40, question, after + 5)
    late.raised(TimeoutError, "the service asked for a wait beyond the deadline")
    late.sent(1)
    waited = late.outcome.ended_at
    expect(waited <= SOON, f"it waited {waited:.1f} s more, though nothing could come in time")


# -- several at once ------------------------------------------------------------------------------

MANY = Exercise(
    id="08.4",
    function="ask_many",
    title="many at once, bounded, and canceled in time",
    difficulty="medium",
    covers=["F3"],
    points=9,
    asynchronous=True,
    client={"max_retries": 0},
    hints=[
        "Write a coroutine function for one question with `async with semaphore:` around its "
        "request, and make a task of it for each question: asyncio.create_task(ask(question)).",
        "asyncio.wait(tasks, timeout=seconds) comes back after that time, whatever is still open. "
        "It cancels nothing: that is task.cancel(), for each task.",
        "asyncio.gather(*tasks, return_exceptions=True) gives results, errors and CancelledError "
        "in the order of the tasks. CancelledError is no Exception, but a BaseException.",
    ],
)


@dataclass
class _Service:
    """A service with an answer, a failure and a duration for each question."""

    questions: list[str]
    answers: list[str]
    takes: list[float]
    failing: dict[int, int]

    @classmethod
    def made(cls, run: Run, count: int) -> _Service:
        kinds = [
            f"{run.choose(*QUESTIONS)} (ticket {run.rng.randint(1000, 9999)}-{n})"
            for n in range(count)
        ]
        answers = [f"{run.choose(*ANSWERS)} [{n}]" for n in range(count)]
        return cls(kinds, answers, [run.rng.randint(4, 20) / 4 for _ in kinds], {})

    def number(self, sent: SentRequest) -> int:
        found = (n for n, question in enumerate(self.questions) if question in sent.text())
        return next(found, -1)

    def script(self) -> list[Callable[[SentRequest], Step]]:
        return [self.step] * len(self.questions)

    def step(self, sent: SentRequest) -> Step:
        number = self.number(sent)
        if number < 0:
            return fails(400, "The request has none of the questions.")
        if number in self.failing:
            return fails(self.failing[number], takes=self.takes[number])
        return says(self.answers[number], takes=self.takes[number])

    def spans(self, result: Result) -> list[tuple[float, float]]:
        """When each request began, and when it would have ended by itself."""
        return [(s.at, s.at + self.takes[self.number(s)]) for s in result.requests]


def _at_once(spans: Sequence[tuple[float, float]]) -> int:
    """The largest number of requests that were open at the same time."""
    return max(
        (sum(a - SOON <= start < b - SOON for a, b in spans) for start, _ in spans), default=0
    )


@MANY.case("the answers come back in the order of the questions")
def _(run: Run) -> None:
    service = _Service.made(run, run.rng.randint(5, 8))
    result = run(service.script(), service.questions, 3, 600)
    result.returned(service.answers)
    result.sent(len(service.questions))


@MANY.case("never more than `at_once` requests are open, and as many as that", points=2)
def _(run: Run) -> None:
    service, at_once = _Service.made(run, 9), run.rng.randint(2, 5)
    slow = run.rng.randint(14, 20) / 4  # one slow answer in each batch, for those who make batches
    service.takes = [slow if n % at_once == 0 else 0.5 for n in range(9)]
    result = run(service.script(), service.questions, at_once, 600)
    result.finished()
    most = _at_once(service.spans(result))
    expect(most <= at_once, f"{most} requests were open at once, and {at_once} were allowed")
    expect(most == at_once, f"at most {most} of {at_once} requests were open at the same time")
    ended, busy = result.outcome.ended_at, sum(service.takes) / at_once + max(service.takes)
    expect(
        ended <= busy,
        f"it took {ended:.1f} s. With {at_once} at once, and the next one starting as soon as one "
        f"is done, {busy:.1f} s are enough",
    )


@MANY.case("a request that fails gives its error's name and disturbs no other", points=2)
def _(run: Run) -> None:
    service = _Service.made(run, 6)
    want = list(service.answers)
    kinds = {429: "RateLimitError", 400: "BadRequestError", 503: "InternalServerError"}
    for number in run.rng.sample(range(6), 2):
        status = service.failing[number] = run.choose(*kinds)
        want[number] = kinds[status]
    result = run(service.script(), service.questions, 3, 600)
    result.returned(want)


def _cut_short(run: Run) -> tuple[Result, _Service, float]:
    service = _Service.made(run, 6)
    seconds = 5.9
    service.takes = [1.5, 40.0, 2.25, 3.5, 50.0, 1.0]
    result = run(service.script(), service.questions, 2, seconds)
    return result, service, seconds


@MANY.case("when time is up, what is open is canceled, and it returns", points=2)
def _(run: Run) -> None:
    result, service, seconds = _cut_short(run)
    want = list(service.answers)
    want[1] = want[4] = want[5] = "canceled"
    # Two at once: 0 and 1 start, then 2 at 1.5 s, 3 at 3.75 s would end at 7.25 s.
    want[3] = "canceled"
    result.returned(want, f"after {seconds:g} s")
    ended = result.outcome.ended_at
    expect(ended <= seconds + 0.1, f"it ended after {ended:.1f} s, and {seconds:g} s were given")


@MANY.case("nothing is sent after the time is up")
def _(run: Run) -> None:
    result, _, seconds = _cut_short(run)
    result.finished()
    late = [sent.at for sent in result.requests if sent.at > seconds + SOON]
    expect(not late, f"it sent {len(late)} more requests after {seconds:g} s")
    result.sent(4, "the others had no room in time")


@MANY.case("a broken connection is told by its name, too", hidden=True)
def _(run: Run) -> None:
    service = _Service.made(run, 3)
    broken = run.rng.randrange(3)

    def step(sent: SentRequest) -> Step:
        return drops("waiting") if service.number(sent) == broken else service.step(sent)

    result = run([step] * 3, service.questions, 3, 600)
    result.returned(
        [*service.answers[:broken], "APIConnectionError", *service.answers[broken + 1 :]]
    )


# -- rate limits ----------------------------------------------------------------------------------

RATE = Exercise(
    id="08.5",
    function="ask_at_rate",
    title="as fast as the rate limit allows, and no faster",
    difficulty="medium",
    covers=["F3"],
    points=9,
    asynchronous=True,
    client={"max_retries": 0},
    hints=[
        "Send the first question alone, with chat.completions.with_raw_response.create(...): its "
        "headers have the limit and what remains of it; parse() has the answer.",
        "The bucket gets limit / 60 requests a second. What remains may go at once; after that the "
        "next one has room 60 / limit seconds later, and so on.",
        "So the n-th of the other questions (n from 1) waits "
        "max(0, n - remaining) * 60 / limit seconds: asyncio.sleep in a coroutine for each, and "
        "gather them all.",
    ],
)


class _Bucket:
    """A service that lets through `limit` requests a minute, refilled all the time."""

    def __init__(self, run: Run, count: int, limit: int, held: int, takes: float) -> None:
        self.questions = [
            f"{run.choose(*QUESTIONS)} (ticket {n}{run.rng.randint(100, 999)})"
            for n in range(10, 10 + count)
        ]
        self.answers = [f"{run.choose(*ANSWERS)} [{n}]" for n in range(count)]
        self.limit, self.held, self.level, self.takes = limit, held, held + 1.0, takes
        self.last = 0.0
        self.refused: str | None = None

    def step(self, sent: SentRequest) -> Step:
        self.level = min(self.limit, self.level + (sent.at - self.last) * self.limit / 60)
        self.last = sent.at
        if self.level < 1 - SOON:
            self.refused = self.refused or (
                f"request {sent.number + 1} came {sent.at:.2f} s in, and the service had room for "
                f"{self.level:.1f} requests: it would have been refused with 429"
            )
            return fails(429, takes=0.1, limits=self._limits())
        self.level -= 1
        number = next((n for n, q in enumerate(self.questions) if q in sent.text()), 0)
        headers = dict(self._limits().headers())
        return Headed(says(self.answers[number], takes=self.takes), headers)

    def _limits(self) -> Any:
        full = (self.limit - self.level) * 60 / self.limit
        left = math.floor(self.level + SOON)
        return limits(requests=(self.limit, left, f"{full:.3f}s"))


def _rated(run: Run, count: int, held: int, takes: float = 2.0) -> tuple[Result, _Bucket]:
    limit = run.choose(30, 60, 120, 240)
    bucket = _Bucket(run, count, limit, held, takes)
    result = run([bucket.step] * (2 * count), bucket.questions)
    return result, bucket


def _kept(result: Result, bucket: _Bucket) -> None:
    if bucket.refused:
        wrong(f"{bucket.refused} (the limit is {bucket.limit} a minute)")
    result.finished()


@RATE.case("it returns the answers in the order of the questions, one request each")
def _(run: Run) -> None:
    result, bucket = _rated(run, run.rng.randint(6, 9), held=20)
    _kept(result, bucket)
    result.returned(bucket.answers)
    result.sent(len(bucket.questions))


@RATE.case("no request comes when the bucket is empty", points=3)
def _(run: Run) -> None:
    for held in (3, 1):
        result, bucket = _rated(run, run.rng.randint(12, 20), held)
        _kept(result, bucket)
        result.returned(bucket.answers)


def _last_at(result: Result, bucket: _Bucket) -> tuple[float, float]:
    """When the last request was sent, and when it could have been sent at the latest."""
    spacing = 60 / bucket.limit
    others = len(bucket.questions) - 1
    return result.requests[-1].at, bucket.takes + max(0, others - bucket.held) * spacing


@RATE.case(
    "it does not wait for one answer before it sends the next request",
    points=2,
    hint="concurrency is not rate: several requests may be open at once",
)
def _(run: Run) -> None:
    result, bucket = _rated(run, 10, held=2, takes=12.0)
    _kept(result, bucket)
    result.sent(10)
    last, enough = _last_at(result, bucket)
    expect(
        last <= enough + 60 / bucket.limit + SOON,
        f"its last request was sent {last:.1f} s in, and the limit of {bucket.limit} a minute "
        f"allows it {enough:.1f} s in. An answer takes {bucket.takes:g} s: do not wait for it",
    )


@RATE.case("what remains in the bucket is used at once")
def _(run: Run) -> None:
    result, bucket = _rated(run, 9, held=run.rng.randint(9, 20), takes=3.0)
    _kept(result, bucket)
    result.sent(9)
    last, enough = _last_at(result, bucket)
    expect(
        last <= enough + SOON,
        f"its last request was sent {last:.1f} s in. After the first answer, {enough:.1f} s in, "
        f"the service had room for {bucket.held} more at once",
    )


@RATE.case("it waits at once when nothing remains", hidden=True)
def _(run: Run) -> None:
    result, bucket = _rated(run, 5, held=0, takes=0.1)
    _kept(result, bucket)
    result.returned(bucket.answers)


@RATE.case("one question is one request", hidden=True)
def _(run: Run) -> None:
    result, bucket = _rated(run, 1, held=run.rng.randint(0, 3))
    result.returned(bucket.answers)
    result.sent(1)


# -- answers that are none ------------------------------------------------------------------------

CHECKED = Exercise(
    id="08.6",
    function="checked_answer",
    title="a 200 that is no answer",
    difficulty="easy",
    covers=["F1"],
    points=9,
    client={"max_retries": 0},
    hints=[
        "A page of HTML with status 200 arrives as a text (str), and JSON of another shape as an "
        "object whose fields are None. Neither raises anything by itself.",
        "Reach for choices[0], its message and its finish_reason inside a try, and turn "
        "AttributeError, IndexError and TypeError into ValueError with raise ... from error.",
        "An answer counts if finish_reason is stop, there is no refusal, and the content is not "
        "empty. Broken JSON raises json.JSONDecodeError, which is a ValueError already.",
    ],
)


def _unchecked(run: Run, step: Step, because: str) -> None:
    result = run([step] * 3, run.choose(*QUESTIONS))
    result.raised(ValueError, because)
    result.sent(1)


@CHECKED.case("a good answer is returned")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned(answer)
    result.sent(1)
    asked(result, question)


@CHECKED.case("a page of HTML is no answer", points=2, hint="what is the type of a page's object?")
def _(run: Run) -> None:
    page = HTML.replace("terms", run.choose("terms", "rules", "cookies"))
    _unchecked(run, returns(page, content_type="text/html"), "the response was a page of HTML")


@CHECKED.case("an object of another shape is no answer")
def _(run: Run) -> None:
    other = run.choose({"status": "ok"}, {"detail": "not here"}, {"choices": None})
    _unchecked(run, returns(other), f"the response was {short(other)}")


@CHECKED.case("no choices are no answer")
def _(run: Run) -> None:
    empty = {"id": "chatcmpl-simulated", "object": "chat.completion", "created": 1, "choices": []}
    _unchecked(run, returns({**empty, "model": run.choose("a", "b")}), "choices was empty")


@CHECKED.case("an answer that is cut is no answer", hint="look at finish_reason")
def _(run: Run) -> None:
    text = run.choose(*ANSWERS)[: run.rng.randint(5, 12)]
    _unchecked(run, truncated(text), "finish_reason was length")
    _unchecked(run, filtered(text), "finish_reason was content_filter")


@CHECKED.case("a refusal is no answer")
def _(run: Run) -> None:
    _unchecked(run, refuses(), "the model refused: message.refusal has the text")


@CHECKED.case("an error of the service is let out as it is")
def _(run: Run) -> None:
    status = run.choose(401, 404, 503)
    result = run([fails(status)] * 3, run.choose(*QUESTIONS))
    result.raised(openai.APIStatusError, f"the status was {status}")


@CHECKED.case("empty, broken and hollow ones are no answers either", hidden=True)
def _(run: Run) -> None:
    _unchecked(run, says(run.choose("", " \n")), "the answer was empty")
    _unchecked(run, returns('{"id": "chatcmpl-1", "choices": [{'), "the JSON was cut")
    _unchecked(run, returns({"choices": [{"index": 0}]}), "the choice had no message")


# -- another model --------------------------------------------------------------------------------

FALLBACK = Exercise(
    id="08.7",
    function="ask_with_fallback",
    title="another model when one is not there",
    difficulty="medium",
    covers=["F1", "F2"],
    points=8,
    client={"max_retries": 1},
    hints=[
        "One loop over models with one request in it. The client repeats by itself; add nothing.",
        "openai.NotFoundError, RateLimitError, InternalServerError and APIConnectionError go on to "
        "the next model. What you do not catch gets out by itself.",
        'A RateLimitError whose type is "insufficient_quota" gets out, too: every model costs '
        "money. And so does the error of the last model: a bare raise inside of except.",
    ],
)


def _models_asked(result: Result) -> list[str]:
    return [str(sent.json.get("model")) for sent in result.requests]


def _fell_back(run: Run, failing: Sequence[Step], because: str) -> None:
    """The first model does `failing`, the second one answers."""
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 3)
    result = run([*failing, says(answer)], question, models)
    result.returned({"text": answer, "model": models[1]}, because)
    want = [models[0]] * len(failing) + [models[1]]
    have = _models_asked(result)
    expect(have == want, f"it asked the models {short(have)}, and {short(want)} was expected")
    asked(result, question)


@FALLBACK.case("the first model answers, and no other is asked")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 3)
    result = run([says(answer)], question, models)
    result.returned({"text": answer, "model": models[0]})
    result.sent(1)
    result.request(1).has("model", models[0])


@FALLBACK.case("a model that does not exist is followed by the next")
def _(run: Run) -> None:
    _fell_back(run, [fails(404)], "the first model was not found")


@FALLBACK.case(
    "a model that fails is followed by the next, after the SDK's own repeat",
    points=2,
    hint="leave max_retries of the client as it is",
)
def _(run: Run) -> None:
    status = run.choose(500, 502, 503)
    _fell_back(run, [fails(status), fails(status)], f"the first model failed with {status}")
    _fell_back(run, [drops(), drops("waiting")], "the connections to the first model broke")
    _fell_back(run, [fails(429), fails(429)], "the first model's rate limit was reached")


@FALLBACK.case("what no other model cures gets out at once")
def _(run: Run) -> None:
    for status in run.rng.sample((400, 401, 403, 422), 3):
        result = run([fails(status)] * 9, run.choose(*QUESTIONS), list(MODELS[:3]))
        result.raised(openai.APIStatusError, f"the status was {status}")
        result.sent(1, f"the status was {status}")


@FALLBACK.case("a bill that is not paid gets out, too", hint="every model costs money")
def _(run: Run) -> None:
    bill = fails(429, code=run.choose(*sorted(BILLING_CODES)))
    result = run([bill] * 9, run.choose(*QUESTIONS), run.rng.sample(MODELS, 3))
    result.raised(openai.RateLimitError, "the 429 was about billing")
    models = _models_asked(result)
    expect(len(set(models)) == 1, f"it asked {short(models)}: no other model is free")


@FALLBACK.case("when no model is left, the last error gets out")
def _(run: Run) -> None:
    models = run.rng.sample(MODELS, 2)
    result = run([fails(503), fails(503), fails(404), fails(418)], run.choose(*QUESTIONS), models)
    result.raised(openai.NotFoundError, "the last model was not found")
    result.sent(3)


@FALLBACK.case("the third model is reached", hidden=True)
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    models: list[str] = run.rng.sample(MODELS, 4)
    result = run([fails(404), fails(500), fails(500), says(answer)], question, models)
    result.returned({"text": answer, "model": models[2]})


# -- a circuit breaker ----------------------------------------------------------------------------

BREAKER = Exercise(
    id="08.8",
    function="answer_arrivals",
    title="a circuit breaker",
    difficulty="stretch",
    covers=["F2", "F1"],
    points=9,
    client={"max_retries": 0},
    hints=[
        "Two numbers are the whole breaker: failures in a row, and the second until which it stays "
        "open.",
        "Sleep until the question arrives. If failures have reached the threshold and it is still "
        'open: "skipped", and on to the next.',
        "Half-open needs no state of its own: when the time is over, the count still stands at the "
        "threshold, so that one more failure opens it again; a success sets it to 0.",
        "Count APIConnectionError and InternalServerError only. Another APIStatusError is "
        '"failed", but the service is well.',
    ],
)


@dataclass
class _Arrivals:
    """Questions that arrive at given seconds, and a service that is ill at some of them."""

    run: Run
    seconds: Sequence[float]
    ill: Callable[[float], Step | None]

    def play(self, threshold: int, cool_down: float, want: str, because: str) -> None:
        """`want` has a letter for each question: a(nswered), f(ailed), s(kipped)."""
        arrivals: list[tuple[float, str]] = []
        answers = []
        for n, second in enumerate(self.seconds):
            arrivals.append((second, f"{self.run.choose(*QUESTIONS)} (ticket {100 + n})"))
            answers.append(f"{self.run.choose(*ANSWERS)} [{n}]")

        def step(sent: SentRequest) -> Step:
            number = next((n for n, (_, q) in enumerate(arrivals) if q in sent.text()), 0)
            return self.ill(self.seconds[number]) or says(answers[number])

        script = [step] * (2 * len(arrivals))
        result = self.run(script, arrivals, threshold, cool_down)
        value = result.value
        expect(
            isinstance(value, list) and len(value) == len(want),
            f"it returned {short(value)}, and a list of {len(want)} was expected",
        )
        words = {"f": "failed", "s": "skipped"}
        expected = [words.get(letter) or answers[n] for n, letter in enumerate(want)]
        for (second, _), have, wanted in zip(arrivals, value, expected, strict=True):
            expect(
                have == wanted,
                f"for the question that arrived at {second:g} s it returned {short(have)}, and "
                f"{short(wanted)} was expected ({because})",
            )
        times = [s for s, letter in zip(self.seconds, want, strict=True) if letter != "s"]
        sent = [request.at for request in result.requests]
        expect(
            len(sent) == len(times),
            f"it sent {len(sent)} requests, and {len(times)} were expected ({because})",
        )
        for at, second in zip(sent, times, strict=True):
            expect(
                abs(at - second) < 0.01,
                f"a question arrived at {second:g} s and was sent at {at:.1f} s",
            )


def _down(run: Run) -> Step:
    return run.choose(fails(500), fails(503), drops("connecting"), drops("waiting"))


@BREAKER.case("as long as all is well, every question is answered when it arrives")
def _(run: Run) -> None:
    seconds = sorted(run.rng.sample(range(90), 6))
    _Arrivals(run, seconds, lambda _: None).play(3, 30, "aaaaaa", "the service was well")


@BREAKER.case("after `threshold` failures in a row it opens, and sends nothing", points=2)
def _(run: Run) -> None:
    threshold = run.rng.randint(2, 4)
    start = run.rng.randint(1, 9)
    seconds = [start + 2 * n for n in range(threshold + 3)]
    because = f"the service failed {threshold} times in a row"
    arrivals = _Arrivals(run, seconds, lambda _: _down(run))
    arrivals.play(threshold, 30, "f" * threshold + "sss", because)


@BREAKER.case("a success in between starts the count anew")
def _(run: Run) -> None:
    well = (4, 10)
    arrivals = _Arrivals(run, range(2, 16, 2), lambda at: None if at in well else _down(run))
    arrivals.play(3, run.rng.randint(20, 60), "faffaff", "no three in a row")


@BREAKER.case("after `cool_down` seconds one question tries, and a success closes it", points=2)
def _(run: Run) -> None:
    cool_down = run.rng.randint(20, 40)
    opened = 4
    seconds = [2, opened, 6, opened + cool_down - 1, opened + cool_down + 1]
    seconds += [seconds[-1] + 1, seconds[-1] + 2]
    arrivals = _Arrivals(run, seconds, lambda at: _down(run) if at <= opened else None)
    because = f"it opened at {opened} s, for {cool_down} s"
    arrivals.play(2, cool_down, "ffssaaa", because)


@BREAKER.case("a trial that fails opens it again at once", points=2)
def _(run: Run) -> None:
    cool_down = run.rng.randint(20, 40)
    trial = 3 + cool_down + 2
    seconds = [1, 2, 3, 5, trial, trial + 1, trial + cool_down - 1, trial + cool_down + 1]
    arrivals = _Arrivals(run, seconds, lambda at: _down(run) if at <= trial else None)
    because = f"the trial at {trial} s failed, and opened it for {cool_down} s"
    arrivals.play(3, cool_down, "fffsfssa", because)


@BREAKER.case("errors that are not the service's do not open it", hidden=True)
def _(run: Run) -> None:
    status = run.choose(400, 404, 422)
    arrivals = _Arrivals(run, range(1, 7), lambda _: fails(status))
    arrivals.play(2, 30, "ffffff", f"the status was {status}: the service is well")


# -- once, and only once --------------------------------------------------------------------------

REFUND = Exercise(
    id="08.9",
    function="refund_once",
    title="a refund that happens once",
    difficulty="medium",
    covers=["F2"],
    points=9,
    hints=[
        "Two steps: ask the model for the amount, then pay. Only the second one is repeated.",
        "pay(amount, key) refuses nothing: it pays whenever it sees a new key. So the key must be "
        "the same in every attempt and in every run of the program, and another one for "
        "another mail: make it of mail['id'].",
        "float(text) also reads nan and inf. 0 < amount < math.inf keeps both out.",
        "for attempt in range(3): try to return pay(...); except TimeoutError: raise it again if "
        "this was the last attempt.",
    ],
)


class _Ledger:
    """A payment service that knows its keys, and whose answers sometimes do not arrive."""

    def __init__(self, *, lost: int = 0, unpaid: int = 0) -> None:
        self.paid: dict[Any, dict[str, Any]] = {}
        self.lost, self.unpaid = lost, unpaid

    def pay(self, amount: float, key: str) -> dict[str, Any]:
        if self.unpaid:
            self.unpaid -= 1
            raise TimeoutError("the payment service did not answer (simulated)")
        receipt = self.paid.setdefault(
            key, {"receipt": f"R-{len(self.paid) + 1:03}", "amount": amount}
        )
        if self.lost:
            self.lost -= 1
            raise TimeoutError("the payment service did not answer (simulated)")
        return receipt


def _mail(rng: random.Random) -> tuple[dict[str, str], float]:
    amount = rng.randint(1000, 38900) / 100
    text = (
        f"I sent order FO-1{rng.randint(1000, 9999)} back. You owe me {amount:.2f} EUR. Regards, "
        f"{rng.choice(('Ines', 'Tom', 'Aoife'))}"
    )
    return {"id": f"mail-{rng.randint(10_000, 99_999)}", "text": text}, amount


def _refunded(run: Run, ledger: _Ledger, mail: dict[str, str], amount: Any) -> Result:
    text = f"{amount:.2f}" if isinstance(amount, float) else amount
    return run([says(text)], mail, Spy("pay", ledger.pay))


def _paid_once(ledger: _Ledger, because: str) -> None:
    total = len(ledger.paid)
    amounts = " and ".join(f"{p['amount']} EUR" for p in ledger.paid.values())
    expect(total == 1, f"it paid {total} times ({amounts or 'nothing'}): {because}")


@REFUND.case("it pays what the model says, and returns the receipt")
def _(run: Run) -> None:
    ledger, (mail, amount) = _Ledger(), _mail(run.rng)
    result = _refunded(run, ledger, mail, amount)
    result.returned({"receipt": "R-001", "amount": amount})
    result.sent(1)
    asked(result, mail["text"])
    _paid_once(ledger, "one mail is one refund")


@REFUND.case("a timeout after the payment does not pay again", points=2)
def _(run: Run) -> None:
    ledger, (mail, amount) = _Ledger(lost=run.rng.randint(1, 2)), _mail(run.rng)
    result = _refunded(run, ledger, mail, amount)
    keys = [call.kwargs.get("key", (call.args or ("none",))[-1]) for call in result.calls("pay")]
    _paid_once(ledger, f"the keys were {short(keys)}, and a repeat needs the same one")
    result.returned({"receipt": "R-001", "amount": amount})
    result.sent(1, "a repeat of the payment needs no other answer")


@REFUND.case("the program starts again, and the same mail is not paid again", points=2)
def _(run: Run) -> None:
    ledger, (mail, amount) = _Ledger(lost=3), _mail(run.rng)
    _refunded(run, ledger, mail, amount).raised(TimeoutError, "no attempt had an answer")
    again = _refunded(run, ledger, mail, amount + 1)
    _paid_once(ledger, "the second run took another key, though the mail is the same")
    again.returned({"receipt": "R-001", "amount": amount}, "what was really paid")


@REFUND.case("another mail is another refund, even with the same text")
def _(run: Run) -> None:
    ledger, (mail, amount) = _Ledger(), _mail(run.rng)
    _refunded(run, ledger, mail, amount).finished()
    other = {**mail, "id": f"{mail['id']}0"}
    _refunded(run, ledger, other, amount).returned(
        {"receipt": "R-002", "amount": amount}, "two mails, two refunds"
    )


@REFUND.case("after three attempts the TimeoutError gets out")
def _(run: Run) -> None:
    ledger, (mail, amount) = _Ledger(unpaid=9), _mail(run.rng)
    result = _refunded(run, ledger, mail, amount)
    result.raised(TimeoutError, "no attempt had an answer")
    tries = len(result.calls("pay"))
    expect(tries == 3, f"it called pay {tries} times, and 3 were expected")


@REFUND.case("an answer that is no amount raises ValueError and pays nothing")
def _(run: Run) -> None:
    for text in (f"About {run.rng.randint(20, 90)} euros, I think.", f"-{run.rng.randint(5, 90)}"):
        ledger, (mail, _) = _Ledger(), _mail(run.rng)
        result = _refunded(run, ledger, mail, text)
        result.raised(ValueError, f"the model said {short(text)}")
        expect(not ledger.paid, f"the model said {short(text)}, and it paid")


@REFUND.case("nan and inf are no amounts either", hidden=True)
def _(run: Run) -> None:
    for text in ("nan", "inf", "0"):
        ledger, (mail, _) = _Ledger(), _mail(run.rng)
        _refunded(run, ledger, mail, text).raised(ValueError, f"the model said {text}")
        expect(not ledger.paid, f"the model said {text}, and it paid")


# -- the log --------------------------------------------------------------------------------------

KEY = "simulated-key-4f1b93c07d"
LOG = Exercise(
    id="08.10",
    function="ask_and_log",
    title="one line in the log, with a request id and without secrets",
    difficulty="easy",
    covers=["F4", "F1"],
    points=8,
    client={"max_retries": 0, "api_key": KEY},
    hints=[
        "A completion has its id in answer._request_id, an APIStatusError in error.request_id. "
        "An APIConnectionError has neither id nor status: getattr(error, 'status_code', None).",
        "The error's class name is type(error).__name__, its text str(error).",
        "text.replace(question, '[question]').replace(client.api_key, '[key]') takes out both. "
        "After log(entry) a bare raise lets the error out.",
    ],
)


def _logged(run: Run, step: Step, question: str) -> tuple[Result, dict[str, Any]]:
    """Play it and look at its one entry."""
    log = Spy("log", lambda *_: None)
    result = run([step], question, log)
    if len(log.calls) != 1:
        failure = result.outcome.failure
        if result.outcome.stopped or (failure and not failure.is_a(openai.APIError)):
            result.finished()
        wrong(f"it wrote {len(log.calls)} entries to the log, and 1 was expected")
    result.sent(1)
    given = log.calls[0].args
    expect(
        len(given) == 1 and isinstance(given[0], dict),
        f"it called log with {short(list(given))}, and one dictionary was expected",
    )
    return result, given[0]


def _entry(entry: dict[str, Any], **want: Any) -> None:
    for name, value in want.items():
        expect(name in entry, f"the entry has no {name}; it has {', '.join(map(str, entry))}")
        expect(
            entry[name] == value,
            f"{name} in the log is {short(entry[name])}, and {short(value)} was expected",
        )


def _clean(entry: dict[str, Any], question: str) -> None:
    text = repr(entry)
    expect(KEY not in text, f"the key is in the log: {short(entry.get('message'))}")
    expect(question not in text, f"the question is in the log: {short(entry.get('message'))}")


@LOG.case("a success is logged with its request id")
def _(run: Run) -> None:
    question, answer = question_and_answer(run.rng)
    id = request_id(run.rng)
    result, entry = _logged(run, Headed(says(answer), {"x-request-id": id}), question)
    result.returned(answer)
    _entry(entry, outcome="ok", status=200, request_id=id, message="")
    _clean(entry, question)


_NAMES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "NotFoundError",
    429: "RateLimitError",
    500: "InternalServerError",
}


@LOG.case("a failure is logged with its request id, and gets out", points=2)
def _(run: Run) -> None:
    for status in run.rng.sample(sorted(_NAMES), 3):
        question, id = run.choose(*QUESTIONS), request_id(run.rng)
        text = f"Something is wrong with number {run.rng.randint(100, 999)} (simulated)."
        step = Headed(fails(status, text), {"x-request-id": id})
        result, entry = _logged(run, step, question)
        _entry(entry, outcome=_NAMES[status], status=status, request_id=id)
        result.raised(openai.APIStatusError, "the caller has to know")
        expect(
            text in str(entry.get("message")),
            f"the message in the log is {short(entry.get('message'))}, and the service said "
            f"{short(text)}",
        )


@LOG.case("a connection that broke has neither status nor id")
def _(run: Run) -> None:
    step = run.choose(drops("connecting"), drops("waiting"))
    result, entry = _logged(run, step, run.choose(*QUESTIONS))
    _entry(entry, outcome="APIConnectionError", status=None, request_id=None)
    result.raised(openai.APIConnectionError, "the caller has to know")


@LOG.case("the question is not in the log, though the error quotes it", points=2)
def _(run: Run) -> None:
    question = f"{run.choose(*QUESTIONS)} My name is {run.choose('Ines', 'Tom', 'Aoife')} Hartley."
    step = fails(400, f"Invalid prompt: '{question}' was rejected by the gateway (simulated)")
    result, entry = _logged(run, step, question)
    _clean(entry, question)
    message = str(entry.get("message"))
    expect(
        "Invalid prompt: " in message and "rejected by the gateway" in message,
        f"what is no secret should stay in the message, which is {short(message)}",
    )
    result.raised(openai.BadRequestError, "the caller has to know")


@LOG.case("the key is not in the log, though the error quotes it")
def _(run: Run) -> None:
    question = run.choose(*QUESTIONS)
    step = fails(401, f"Incorrect API key provided: {KEY} (simulated)")
    result, entry = _logged(run, step, question)
    _clean(entry, question)
    result.raised(openai.AuthenticationError, "the caller has to know")


@LOG.case("a timeout is logged as one", hidden=True)
def _(run: Run) -> None:
    result, entry = _logged(run, times_out(), run.choose(*QUESTIONS))
    _entry(entry, outcome="APITimeoutError", status=None, request_id=None)
    result.raised(openai.APITimeoutError)


# -- thirty events --------------------------------------------------------------------------------

SURVIVE = Exercise(
    id="08.11",
    function="survive",
    title="a client that survives thirty events",
    difficulty="stretch",
    covers=["F1", "F2", "F4"],
    points=14,
    hints=[
        "Four small methods make it easy: ask (one request, checked), reply (attempts within the "
        "deadline), deliver (send, repeated with the same key), work (the report).",
        "One request: self.client.chat.completions.with_raw_response.create(..., timeout=left) on "
        "a client with max_retries=0. raw.request_id is there for every 200, even for HTML; "
        "raw.parse() gives the answer, or raises json.JSONDecodeError.",
        "A method that gives the pause after an error is handy: math.inf if no repeat helps (other "
        "4xx, billing), retry-after if it is there, else random.uniform(0, 1). Then one line "
        "decides: if attempt == 4 or time.monotonic() + pause >= end: raise.",
        "After openai.NotFoundError self.models.pop(0), as long as there is another one, and ask "
        "again at once. The list lives in the object, so the next mail starts with that model.",
    ],
)


def _story(mail: Mail) -> str:
    return f"the mail {mail.id!r} met {mail.story}"


@SURVIVE.case("every mail has a report, in order, with the right outcome", points=3)
def _(run: Run) -> None:
    scene = Hostile(run)
    for mail, report in scene.reports():
        expect(
            report.get("outcome") == mail.outcome,
            f"{_story(mail)}: its outcome is {short(report.get('outcome'))}, and "
            f"{short(mail.outcome)} was expected",
        )
    expect(not scene.strange, next(iter(scene.strange), ""))


@SURVIVE.case("every reply is sent once, and nothing else is", points=2)
def _(run: Run) -> None:
    scene = Hostile(run)
    reports = scene.reports()
    expect(not scene.strange, next(iter(scene.strange), ""))
    for mail, _report in reports:
        have = scene.sent.get(mail.id, [])
        want = [mail.answer] if mail.outcome == "sent" else []
        expect(
            have == want,
            f"{_story(mail)}: the customer got {short(have)}, and {short(want)} was expected",
        )
    for mail in scene.mails:
        calls = [call for call in scene.result.calls("send") if call.args[:1] == (mail.id,)]
        expect(len(calls) <= 3, f"{_story(mail)}: send was called {len(calls)} times, not 3")


@SURVIVE.case("no request is sent that cannot help, and none is left out", points=2)
def _(run: Run) -> None:
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        have, want = len(mail.asked), len(mail.steps)
        if mail.hangs:
            expect(1 <= have <= 4, f"{_story(mail)}: it sent {have} requests, and 4 are the most")
            continue
        expect(have == want, f"{_story(mail)}: it sent {have} requests, and {want} were expected")


@SURVIVE.case("no attempt runs beyond a mail's deadline", points=2)
def _(run: Run) -> None:
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        start = mail.asked[0].at if mail.asked else 0.0
        for number, sent in enumerate(mail.asked, start=1):
            left, limit = start + scene.seconds - sent.at, sent.timeout.get("read")
            said = "no read timeout" if limit is None else f"a read timeout of {limit:.4g} s"
            expect(
                limit is not None and limit <= left + SOON,
                f"{_story(mail)}: its request {number} had {said}, and {left:.1f} of "
                f"{scene.seconds} s were left",
            )
    took = scene.result.outcome.ended_at
    hang, pauses = scene.seconds, 3 * len(scene.mails)
    expect(
        took <= hang + pauses + 50,
        f"it took {took:.0f} s: somewhere it waited for what could not come in time",
    )


@SURVIVE.case("a Retry-After that fits into the time is honored")
def _(run: Run) -> None:
    scene = Hostile(run)
    scene.result.finished()
    for mail in scene.mails:
        for earlier, later, step in zip(mail.asked, mail.asked[1:], mail.steps, strict=False):
            headers = dict(step.headers) if isinstance(step, Fails) else {}
            after = float(headers.get("retry-after", 0))
            waited = later.at - earlier.at
            expect(
                waited >= after - SOON,
                f"{_story(mail)}: it asked again after {waited:.1f} s",
            )


@SURVIVE.case("every report has the request id of the mail's last response", points=2)
def _(run: Run) -> None:
    scene = Hostile(run)
    for mail, report in scene.reports():
        expect(
            report.get("request_id") == mail.last_id,
            f"{_story(mail)}: its request_id is {short(report.get('request_id'))}, and "
            f"{short(mail.last_id)} was expected",
        )


@SURVIVE.case("a model that is gone is not asked for again", hidden=True, points=2)
def _(run: Run) -> None:
    scene = Hostile(run)
    scene.result.finished()
    expect(not scene.strange, next(iter(scene.strange), ""))
    for sent in scene.result.requests:
        expect(
            sent.json.get("model") in scene.models[:2],
            f"request {sent.number + 1} asked for {short(sent.json.get('model'))}",
        )
