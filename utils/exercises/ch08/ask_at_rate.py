"""A bucket that is refilled all the time, and that answers 429 when it is empty."""

from __future__ import annotations

import math
from typing import Any

from ...scripted import SentRequest, Step, fails, limits, says
from ..model import Exercise, Result, Run, expect, hinting, reason, wrong
from ..world import ANSWERS, QUESTIONS
from .failures import SOON, Headed

RATE = Exercise(
    id="08.5",
    function="ask_at_rate",
    title="send as fast as the rate limit allows",
    difficulty="medium",
    covers=["F3"],
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

LIMITS = (30, 60, 120, 240)
"""Limits that are played, in requests a minute."""


class RequestBucket:
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
        """The answer to a request, or 429."""
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


def rated(
    run: Run, count: int, held: int, limit: int, takes: float = 0.1
) -> tuple[Result, RequestBucket]:
    """Play so many questions.

    Args:
        held: Requests that the bucket holds when the first answer comes.
        limit: Requests a minute.
        takes: Seconds until an answer comes. In 0.1 s there is no room for another request.
    """
    bucket = RequestBucket(run, count, limit, held, takes)
    result = run([bucket.step] * (2 * count), bucket.questions)
    return result, bucket


def kept_to_limit(result: Result, bucket: RequestBucket) -> None:
    """No request was refused."""
    if bucket.refused:
        wrong(f"{bucket.refused}{reason(f'the limit is {bucket.limit} a minute')}")
    result.finished()


@RATE.case()
def in_order(run: Run) -> None:
    """it returns the answers in the order of the questions, one request each"""
    for count in (run.rng.randint(6, 9), 1):
        result, bucket = rated(run, count, held=20, limit=run.choose(*LIMITS), takes=2.0)
        kept_to_limit(result, bucket)
        result.returned(bucket.answers)
        result.sent(len(bucket.questions))


@RATE.case()
def first_alone(run: Run) -> None:
    """it sends the first question alone, and the others after its answer"""
    result, bucket = rated(run, 4, held=20, limit=run.choose(*LIMITS), takes=2.0)
    kept_to_limit(result, bucket)
    result.returned(bucket.answers)
    second = result.request(2).sent.at
    expect(
        second >= bucket.takes - SOON,
        f"it sent its second request {second:.2f} s in, and the first answer came after "
        f"{bucket.takes:g} s: only its headers tell what the service allows",
    )


@RATE.case(points=3)
def never_empty(run: Run) -> None:
    """no request comes when the bucket is empty"""
    for held, limit, more in ((3, 30, 6), (1, 240, 4), (0, 60, 4), (2, 120, 4)):
        result, bucket = rated(run, held + more, held, limit)
        kept_to_limit(result, bucket)
        result.returned(bucket.answers)


def sent_in_time(result: Result, bucket: RequestBucket) -> None:
    """Every request was sent as soon as the bucket had room for it."""
    spacing = 60 / bucket.limit
    for number, sent in enumerate(result.requests[1:], start=1):
        soonest = bucket.takes + max(0, number - bucket.held) * spacing
        if sent.at > soonest + spacing / 2:
            late = "" if bucket.takes < 1 else f" An answer takes {bucket.takes:g} s: don't wait"
            wrong(
                f"it sent request {number + 1} {sent.at:.2f} s in, and the limit of "
                f"{bucket.limit} a minute allows it {soonest:.2f} s in.{late}"
            )


@RATE.case(points=2)
def no_waiting_for_answers(run: Run) -> None:
    """it sends one whenever there is room for one, and doesn't wait for answers"""
    for limit in run.rng.sample(LIMITS, 2):
        result, bucket = rated(run, 6, held=2, limit=limit, takes=12.0)
        kept_to_limit(result, bucket)
        result.sent(6)
        with hinting("Concurrency is not rate: several requests may be open at once."):
            sent_in_time(result, bucket)


@RATE.case()
def uses_what_remains(run: Run) -> None:
    """it sends as many as remain at once"""
    for held in (run.rng.randint(7, 20), 4):
        result, bucket = rated(run, 7, held=held, limit=run.choose(*LIMITS), takes=3.0)
        kept_to_limit(result, bucket)
        result.sent(7)
        for number, sent in enumerate(result.requests[1 : held + 1], start=2):
            expect(
                sent.at <= bucket.takes + SOON,
                f"it sent request {number} {sent.at:.2f} s in. When the first answer came, "
                f"{bucket.takes:g} s in, the service had room for {held} more at once",
            )


@RATE.case(hidden=True)
def other_limits(run: Run) -> None:
    """other limits"""
    for limit in (20, 90):
        result, bucket = rated(run, 6, held=2, limit=limit)
        kept_to_limit(result, bucket)
        result.returned(bucket.answers)
