"""A scripted service with a real limit, and what crowds of requests do to it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import openai
from openai.types.chat import ChatCompletionUserMessageParam

from ..scripted import Limits, Reply, ScriptedAPI, SentRequest, Step, fails, limits, says
from ..scripted.answers import MODEL, Ids

QUESTION: ChatCompletionUserMessageParam = {"role": "user", "content": "Open on Sunday?"}
EDGE = 1e-6
"""Seconds before the end of a trial in which nothing is sent any more."""


class LimitedService(Step):
    """Takes so many requests a minute and refuses the rest with 429, as a real service does.

    It keeps a bucket of `burst` requests that fills up again at an even pace. Every answer carries
    `x-ratelimit-*` headers, and a refusal `retry-after`. Use: `ScriptedAPI([], otherwise=...)`.

    Args:
        per_minute: requests that are taken in a minute, on average.
        burst: requests that are taken at once when there were none for a while.
        takes: simulated seconds of an answer, and of a refusal.

    Attributes:
        taken: requests that were answered.
        refused: requests that were not.
    """

    def __init__(self, per_minute: float, burst: int = 1, takes: float = 1.0) -> None:
        self.per_minute, self.burst, self.takes = per_minute, burst, takes
        self.taken = self.refused = 0
        self._level, self._at = float(burst), 0.0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        """Take or refuse one request."""
        pace = self.per_minute / 60
        self._level = min(self.burst, self._level + max(0.0, sent.at - self._at) * pace)
        self._at = max(self._at, sent.at)
        if self._level < 1 - EDGE:
            self.refused += 1
            wait = round((1 - self._level) / pace + 0.001, 3)
            refusal = fails(429, retry_after=wait, limits=self._limits(), takes=self.takes)
            return refusal.reply(sent, ids)
        self._level -= 1
        self.taken += 1
        reply = says("Yes, from 10 to 16.", takes=self.takes).reply(sent, ids)
        return replace(reply, headers=(*reply.headers, *self._limits().headers()))

    def _limits(self) -> Limits:
        full = (self.burst - self._level) * 60 / self.per_minute
        return limits(requests=(round(self.per_minute), int(self._level + EDGE), f"{full:.3g}s"))


@dataclass(frozen=True)
class Crowd:
    """What a number of requests in flight comes to.

    Attributes:
        at_once: requests that may be in flight together.
        sent: requests a minute that were sent.
        taken: requests a minute that were answered.
    """

    at_once: int
    sent: float
    taken: float

    @property
    def refused(self) -> float:
        """Requests a minute that were answered with 429."""
        return self.sent - self.taken


class BucketLike(Protocol):
    """What a crowd may have to ask before each request."""

    async def take(self) -> object:
        """Wait until one request may be sent."""
        ...


def crowds(
    at_once: Sequence[int],
    per_minute: float,
    takes: float,
    bucket: Callable[[], BucketLike] | None = None,
    minutes: float = 1,
) -> list[Crowd]:
    """Keep so many requests in flight for a while, without retries, and count.

    The first ones begin at an even pace, so that they do not come in waves.

    Args:
        at_once: the numbers to try.
        per_minute: limit of the service.
        takes: simulated seconds of an answer, and of a refusal.
        bucket: makes what all requests of a trial ask before they are sent; None for nothing.
        minutes: simulated time of each trial.
    """
    return [_crowd(number, per_minute, takes, bucket, minutes) for number in at_once]


def _crowd(
    at_once: int,
    per_minute: float,
    takes: float,
    bucket: Callable[[], BucketLike] | None,
    minutes: float,
) -> Crowd:
    service = LimitedService(per_minute, burst=1, takes=takes)
    api = ScriptedAPI([], otherwise=service)
    client = api.async_client(max_retries=0)

    async def worker(number: int, shared: BucketLike | None) -> None:
        await asyncio.sleep(number * takes / at_once)
        while api.clock.now < minutes * 60 - EDGE:
            if shared is not None:
                await shared.take()
            if api.clock.now < minutes * 60 - EDGE:
                with suppress(openai.RateLimitError):
                    await client.chat.completions.create(model=MODEL, messages=[QUESTION])

    async def all_workers() -> None:
        shared = bucket() if bucket else None
        await asyncio.gather(*(worker(i, shared) for i in range(at_once)))

    api.run(all_workers())
    return Crowd(at_once, (service.taken + service.refused) / minutes, service.taken / minutes)
