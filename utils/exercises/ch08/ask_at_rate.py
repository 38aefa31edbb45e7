"""A bucket that is refilled all the time, and that answers 429 when it is empty."""

from __future__ import annotations

import math
from typing import Any

from ...scripted import SentRequest, Step, fails, limits, says
from ..model import Exercise, Result, Run, expect, reason, wrong
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


class Bucket:
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


def rated(run: Run, count: int, held: int, takes: float = 2.0) -> tuple[Result, Bucket]:
    """Play so many questions; after the first answer the bucket holds `held` requests."""
    limit = run.choose(30, 60, 120, 240)
    bucket = Bucket(run, count, limit, held, takes)
    result = run([bucket.step] * (2 * count), bucket.questions)
    return result, bucket


def kept_to_limit(result: Result, bucket: Bucket) -> None:
    """No request was refused."""
    if bucket.refused:
        wrong(f"{bucket.refused}{reason(f'the limit is {bucket.limit} a minute')}")
    result.finished()


@RATE.case()
def in_order(run: Run) -> None:
    """it returns the answers in the order of the questions, one request each"""
    result, bucket = rated(run, run.rng.randint(6, 9), held=20)
    kept_to_limit(result, bucket)
    result.returned(bucket.answers)
    result.sent(len(bucket.questions))


@RATE.case(points=3)
def never_empty(run: Run) -> None:
    """no request comes when the bucket is empty"""
    for held in (3, 1):
        result, bucket = rated(run, run.rng.randint(12, 20), held)
        kept_to_limit(result, bucket)
        result.returned(bucket.answers)


def last_at(result: Result, bucket: Bucket) -> tuple[float, float]:
    """When the last request was sent, and when it could have been sent at the latest."""
    spacing = 60 / bucket.limit
    others = len(bucket.questions) - 1
    return result.requests[-1].at, bucket.takes + max(0, others - bucket.held) * spacing


@RATE.case(points=2, hint="concurrency is not rate: several requests may be open at once")
def no_waiting_for_answers(run: Run) -> None:
    """it does not wait for one answer before it sends the next request"""
    result, bucket = rated(run, 10, held=2, takes=12.0)
    kept_to_limit(result, bucket)
    result.sent(10)
    last, enough = last_at(result, bucket)
    expect(
        last <= enough + 60 / bucket.limit + SOON,
        f"its last request was sent {last:.1f} s in, and the limit of {bucket.limit} a minute "
        f"allows it {enough:.1f} s in. An answer takes {bucket.takes:g} s: do not wait for it",
    )


@RATE.case()
def uses_what_remains(run: Run) -> None:
    """what remains in the bucket is used at once"""
    result, bucket = rated(run, 9, held=run.rng.randint(9, 20), takes=3.0)
    kept_to_limit(result, bucket)
    result.sent(9)
    last, enough = last_at(result, bucket)
    expect(
        last <= enough + SOON,
        f"its last request was sent {last:.1f} s in. After the first answer, {enough:.1f} s in, "
        f"the service had room for {bucket.held} more at once",
    )


@RATE.case(hidden=True)
def nothing_remains(run: Run) -> None:
    """it waits at once when nothing remains"""
    result, bucket = rated(run, 5, held=0, takes=0.1)
    kept_to_limit(result, bucket)
    result.returned(bucket.answers)


@RATE.case(hidden=True)
def single_question(run: Run) -> None:
    """one question is one request"""
    result, bucket = rated(run, 1, held=run.rng.randint(0, 3))
    result.returned(bucket.answers)
    result.sent(1)
