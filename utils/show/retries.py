"""How long the installed SDK waits before it tries again, asked and measured.

Everything runs against scripted services on a simulated clock, with seeded random numbers, so each
number is the same in every run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import openai
from openai import _constants as constants

from ..scripted import ScriptedAPI, fails

LEAST_SHARE = 0.75
"""The SDK takes up to a quarter off each wait (openai/_base_client.py,
`_calculate_retry_timeout`)."""

Jitter = Literal["none", "sdk", "full"]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Inside the block, random numbers come from `seed`; the ones after it are not affected."""
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)


def band(retry: int) -> tuple[float, float]:
    """The shortest and the longest wait before a retry, in seconds, when the service names none.

    Args:
        retry: 1 for the first retry.

    Raises:
        ValueError: for a retry below 1.
    """
    if retry < 1:
        raise ValueError(f"retries are counted from 1, and this is {retry}")
    longest = min(
        constants.INITIAL_RETRY_DELAY * 2.0 ** (retry - 1), float(constants.MAX_RETRY_DELAY)
    )
    return LEAST_SHARE * longest, longest


def measured_waits(retries: int, runs: int, seed: int = 8) -> list[list[float]]:
    """The waits of the SDK against a service that is always down: a list for each run, in seconds.

    Args:
        retries: `max_retries` of the client.
        runs: how many requests fail for good.
        seed: of the random numbers.
    """
    found = []
    with seeded(seed):
        for _ in range(runs):
            api = ScriptedAPI([], otherwise=fails(503))
            with api.simulated_time() as clock:
                try:
                    api.client(max_retries=retries).models.list()
                except openai.InternalServerError:
                    found.append(list(clock.sleeps))
    return found


def come_back(clients: int, retries: int, jitter: Jitter, seed: int = 8) -> list[float]:
    """When clients whose requests all failed at second 0 send their retries, in seconds, sorted.

    Args:
        clients: how many there are.
        retries: how many each of them sends; the service stays down.
        jitter: "none" waits exactly 0.5, 1, 2, ... seconds, "sdk" takes up to a quarter off, and
            "full" waits any time between 0 and that.
        seed: of the random numbers.
    """
    rng = random.Random(seed)
    least = {"none": 1.0, "sdk": LEAST_SHARE, "full": 0.0}[jitter]
    found = []
    for _ in range(clients):
        now = 0.0
        for retry in range(1, retries + 1):
            now += band(retry)[1] * rng.uniform(least, 1.0)
            found.append(now)
    return sorted(found)


def busiest(times: list[float], window: float) -> int:
    """The largest number of times within any `window` seconds."""
    most = first = 0
    for last, time in enumerate(times):
        while time - times[first] > window:
            first += 1
        most = max(most, last - first + 1)
    return most
