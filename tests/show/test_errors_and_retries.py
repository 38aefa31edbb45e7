"""What the figures and tables of chapter 8 are made of: the SDK's exceptions, waits and limits."""

from __future__ import annotations

import asyncio
import random
import time

import openai
import pytest

from utils.scripted import ScriptedAPI, fails
from utils.show import retry_figures
from utils.show.error_tree import (
    ErrorNode,
    Tree,
    classes_by_status,
    exception_tree,
    raised,
    ranges,
    retried_statuses,
)
from utils.show.rate_limits import QUESTION, Crowd, LimitedService, crowds
from utils.show.retries import band, busiest, come_back, measured_waits, seeded


def test_the_tree_has_every_exception_that_the_sdk_exports():
    drawn = {node.name for node in exception_tree().nodes}
    exported = {
        name
        for name, found in list(vars(openai).items())
        if isinstance(found, type)
        and issubclass(found, openai.OpenAIError)
        and not name.startswith("_")
    }
    assert drawn == exported
    assert {"RateLimitError", "APITimeoutError", "LengthFinishReasonError"} <= drawn


def test_a_class_stands_below_its_parent():
    nodes = exception_tree().nodes
    parents: list[str] = []
    for node in nodes:
        del parents[node.depth :]
        assert [base.__name__ for base in getattr(openai, node.name).__mro__[1:]][
            : node.depth
        ] == parents[::-1]
        parents.append(node.name)


def test_the_tree_is_drawn_with_lines_and_statuses():
    nodes = (
        ErrorNode("Root", 0),
        ErrorNode("Left", 1),
        ErrorNode("Deep", 2, (404,)),
        ErrorNode("Last", 2, (500, 501, 502)),
        ErrorNode("Right", 1, (402, 405)),
    )
    assert repr(Tree(nodes)).splitlines() == [
        "Root",
        "├── Left",
        "│   ├── Deep  404",
        "│   └── Last  500 to 502",
        "└── Right  every other 4xx",
    ]


def test_statuses_become_the_classes_that_the_sdk_raises():
    by_class = classes_by_status()
    assert by_class["RateLimitError"] == (429,)
    assert by_class["InternalServerError"] == tuple(range(500, 600))
    assert 408 in by_class["APIStatusError"]
    assert sum(map(len, by_class.values())) == 200
    assert isinstance(raised(409), openai.ConflictError)


def test_the_statuses_that_the_sdk_retries():
    assert retried_statuses() == (408, 409, 429, *range(500, 600))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [((), ""), ((408, 409), "408, 409"), ((1, 3, 4, 5, 9), "1, 3 to 5, 9")],
)
def test_numbers_are_said_as_ranges(numbers, said):
    assert ranges(numbers) == said


def test_the_band_is_where_the_sdk_waits():
    """The edges come from the SDK itself, with the largest and the smallest random number."""
    client = openai.OpenAI(api_key="none", max_retries=8)
    options = openai._models.FinalRequestOptions.construct(method="get", url="/")
    for chance, edge in ((0.0, 1), (1.0, 0)):
        for retry in range(1, 9):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("openai._base_client.random", lambda chance=chance: chance)
                wait = client._calculate_retry_timeout(8 - (retry - 1), options)
            assert wait == pytest.approx(band(retry)[edge])
    with pytest.raises(ValueError, match="counted from 1"):
        band(0)


def test_measured_waits_lie_in_the_band_and_repeat():
    waits = measured_waits(5, 6)
    assert len(waits) == 6
    for run in waits:
        assert len(run) == 5
        for retry, wait in enumerate(run, 1):
            assert band(retry)[0] <= wait <= band(retry)[1]
    assert measured_waits(5, 6) == waits
    assert measured_waits(5, 6, seed=9) != waits


def test_a_seed_leaves_the_random_numbers_of_others_alone():
    random.seed(3)
    expected = [random.random(), random.random()]
    random.seed(3)
    first = random.random()
    with seeded(8):
        random.random()
    assert [first, random.random()] == expected


def test_jitter_spreads_a_crowd():
    peaks = [busiest(come_back(100, 3, jitter), 0.1) for jitter in ("none", "sdk", "full")]
    assert peaks[0] == 100
    assert peaks[0] > peaks[1] > peaks[2]
    assert come_back(2, 2, "none") == [0.5, 0.5, 1.5, 1.5]


def test_the_busiest_window_is_found():
    assert busiest([0.0, 0.05, 0.2, 0.25, 0.29, 1.0], 0.1) == 3
    assert busiest([], 0.1) == 0


def test_the_limited_service_takes_a_burst_and_then_its_pace():
    service = LimitedService(per_minute=60, burst=2, takes=0)
    api = ScriptedAPI([], otherwise=service)
    client = api.client(max_retries=0)
    with api.simulated_time():
        for _ in range(2):
            client.chat.completions.create(model="none", messages=[QUESTION])
        with pytest.raises(openai.RateLimitError) as refused:
            client.chat.completions.create(model="none", messages=[QUESTION])
        told = refused.value.response.headers
        assert told["x-ratelimit-remaining-requests"] == "0"
        wait = float(told["retry-after"])
        assert 1 <= wait < 1.01
        time.sleep(wait)
        raw = client.chat.completions.with_raw_response.create(model="none", messages=[QUESTION])
    assert raw.headers["x-ratelimit-limit-requests"] == "60"
    assert raw.headers["x-ratelimit-reset-requests"].endswith("s")
    assert (service.taken, service.refused) == (3, 1)


class Paced:
    """A request a second, at most."""

    def __init__(self) -> None:
        self.next = time.monotonic()

    async def take(self) -> None:
        now = time.monotonic()
        self.next = max(self.next, now) + 1.0
        await asyncio.sleep(self.next - 1.0 - now)


def test_a_semaphore_does_not_keep_a_rate_and_a_bucket_does():
    free = crowds((1, 4), per_minute=60, takes=2.0)
    assert free == [Crowd(1, 30.0, 30.0), Crowd(4, 120.0, 60.0)]
    assert free[1].refused == 60
    (paced,) = crowds((4,), 60, 2.0, Paced)
    assert paced.refused == 0
    assert 58 <= paced.taken <= 60


def test_figures_carry_what_they_draw_and_say_it():
    backoff = retry_figures.backoff(retries=3, runs=4)
    assert backoff.data["bands"] == [(0.375, 0.5), (0.75, 1.0), (1.5, 2.0)]
    assert len(backoff.data["waits"]) == 4
    assert "0.75 to 1 s" in backoff.alt

    lanes = {"alone": [(0.0, "failed"), (1.5, "answered")], "none": []}
    timeline = retry_figures.timeline(lanes, "two ways")
    assert timeline.data == lanes
    assert "alone: 1 failed, 1 answered, at 0.0, 1.5 s; none: nothing" in timeline.alt
    with pytest.raises(KeyError):
        retry_figures.timeline({"alone": [(0.0, "lost")]})

    herd = retry_figures.herd(clients=10, retries=2)
    assert {jitter: len(times) for jitter, times in herd.data["times"].items()} == {
        "none": 20,
        "sdk": 20,
        "full": 20,
    }
    assert "10 without jitter" in herd.alt

    rows = [Crowd(1, 30, 30), Crowd(4, 120, 60)]
    concurrency = retry_figures.concurrency(rows, rows[:1], 60)
    assert concurrency.data == {"free": rows, "paced": rows[:1]}
    assert "4 in flight 60 refused" in concurrency.alt
    for picture in (backoff, timeline, herd, concurrency):
        assert picture.png().startswith(b"\x89PNG")


def test_the_figures_are_the_same_in_every_run():
    first, second = (retry_figures.herd(clients=5, retries=1).png() for _ in range(2))
    assert first == second


def test_counting_retries_sends_no_more_than_it_must():
    api = ScriptedAPI([], otherwise=fails(503))
    with api.simulated_time(), pytest.raises(openai.InternalServerError):
        api.client(max_retries=1).models.list()
    assert len(api.requests) == 2
