"""The longest wait, against what the SDK really does, and the sliders over it."""

from __future__ import annotations

import openai
import pytest

from utils.scripted import ScriptedAPI, times_out
from utils.show.patience import bars, plan, worst_case
from utils.show.retries import seeded


@pytest.mark.parametrize(("timeout", "retries", "tries"), [(20, 2, 1), (5, 0, 1), (10, 3, 3)])
def test_the_worst_case_is_just_above_what_the_sdk_does(timeout, retries, tries):
    api = ScriptedAPI([], otherwise=times_out())
    client = api.client(timeout=timeout, max_retries=retries)
    with seeded(1), api.simulated_time():
        for _ in range(tries):
            with pytest.raises(openai.APITimeoutError):
                client.models.list()
    found = worst_case(timeout, retries, tries)
    assert len(found.requests) == len(api.requests)
    waited = sum(end - start for start, end in found.waits)
    assert 0.75 * waited <= api.clock.now - timeout * len(api.requests) <= waited
    assert found.total == pytest.approx(timeout * len(api.requests) + waited)


def test_requests_and_waits_follow_each_other():
    found = worst_case(2, 1, 2)
    assert found.requests == ((0, 2), (2.5, 4.5), (4.5, 6.5), (7.0, 9.0))
    assert found.waits == ((2, 2.5), (6.5, 7.0))


@pytest.mark.parametrize("wrong", [(0, 2, 1), (1, -1, 1), (1, 2, 0)])
def test_impossible_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="must be positive"):
        worst_case(*wrong)


def test_the_picture_says_what_it_draws():
    picture = bars(20, 2, 3)
    assert picture.data == worst_case(20, 2, 3)
    assert "9 requests" in picture.alt
    assert "184.5 s" in picture.alt
    assert picture.png().startswith(b"\x89PNG")
    assert "1 request, and" in bars(5, 0).alt


def test_a_slider_draws_anew():
    planner = plan(20, 2, 1)
    before = planner.image.value
    planner.max_retries.value = 0
    assert planner.image.value != before
    assert planner.picture.data == worst_case(20, 0, 1)
    assert "1 request" in repr(planner)


def test_it_has_a_static_picture_beside_the_sliders():
    data, metadata = plan()._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"].startswith("Picture: ")
    assert metadata["image/png"]["width"] > 0
