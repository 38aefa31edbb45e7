from __future__ import annotations

from pathlib import Path

import pytest

from utils import connect, models
from utils.charges import UsageTotals, usage_of
from utils.costs import Meter, meter
from utils.recordings import Request, Response

from .samples import SSE, answers, ask, chunk, request, store

LUNA, SMALL = models.CHAT_MODELS[0], models.EMBED_MODELS[0]


def test_cost_knows_fresh_cached_and_written_tokens() -> None:
    used = UsageTotals(input_tokens=1_000_000, cached_tokens=450_000, discounted_tokens=400_000,
                 cache_write_tokens=100_000,
                 output_tokens=200_000, embedding_tokens=500_000)  # fmt: skip
    expected = 0.5 * 0.10 + 0.4 * 0.01 + 0.1 * 0.125 + 0.2 * 0.50 + 0.5 * 0.02
    assert used.cost(LUNA, SMALL) == pytest.approx(expected)


def test_usage_of_chat_responses_and_embeddings() -> None:
    chat = {"prompt_tokens": 10, "completion_tokens": 4,
            "prompt_tokens_details": {"cached_tokens": 3},
            "completion_tokens_details": {"reasoning_tokens": 2}}  # fmt: skip
    respond = {"input_tokens": 10, "output_tokens": 4,
               "input_tokens_details": {"cached_tokens": 3},
               "output_tokens_details": {"reasoning_tokens": 2}}  # fmt: skip
    expected = UsageTotals(requests=1, input_tokens=10, cached_tokens=3, output_tokens=4,
                     reasoning_tokens=2, seconds=0.5)  # fmt: skip
    for path, usage in (("/chat/completions", chat), ("/responses", respond)):
        asked = Request(method="POST", path=path, body={"model": "m"})
        assert usage_of(asked, Response(status=200, ms=500, json={"usage": usage})) == expected
    asked = Request(method="POST", path="/embeddings", body={"model": "m", "input": "x"})
    answer = Response(status=200, json={"usage": {"prompt_tokens": 8, "total_tokens": 8}})
    assert usage_of(asked, answer).embedding_tokens == 8


@pytest.mark.parametrize(("sent", "discounted"), [(1023, 0), (1024, 900)])
def test_only_long_prompts_get_the_cached_price(sent: int, discounted: int) -> None:
    details = {"cached_tokens": 900}
    usage = {"prompt_tokens": sent, "completion_tokens": 1, "prompt_tokens_details": details}
    used = usage_of(request("Hi"), Response(status=200, json={"usage": usage}))
    assert (used.cached_tokens, used.discounted_tokens) == (900, discounted)
    price = (sent - discounted) * 0.10 + discounted * 0.01 + 0.50
    assert used.cost(LUNA, SMALL) == pytest.approx(price / 1_000_000)


def test_details_that_are_null_count_as_nothing() -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "completion_tokens_details": None}
    answer = Response(status=200, json={"usage": usage})
    assert usage_of(request("Hi"), answer).reasoning_tokens == 0


def test_a_stream_counts_by_its_usage_event_or_is_estimated() -> None:
    event = 'data: {"choices": [], "usage": {"prompt_tokens": 6, "completion_tokens": 2}}\n\n'
    told = Response(status=200, headers=SSE, events=[(1, chunk("a")), (2, event)])
    assert usage_of(request("Hi"), told).output_tokens == 2
    untold = Response(status=200, headers=SSE, events=[(1, chunk("a")), (2, chunk("b"))])
    guess = usage_of(request("Hi"), untold)
    assert (guess.estimated, guess.output_tokens) == (1, 2)
    assert guess.input_tokens > 0


def test_an_unknown_model_counts_at_the_highest_price() -> None:
    dear, cheap = Meter(), Meter()
    answer = answers("x")
    dear.add(request("Hi"), answer)  # "test-model" is not in the table
    body = dict(request("Hi").body) | {"model": LUNA.id}
    cheap.add(Request(method="POST", path="/chat/completions", body=body), answer)
    assert dear.spent > 50 * cheap.spent > 0


def test_the_meter_reads_the_recorded_time_and_starts_anew(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    for _ in range(2):
        client = connect("01_test")
        for _ in range(3):
            client.chat.completions.create(**ask("Hi"))
    bill = meter("01_test")
    assert bill.usage == UsageTotals(requests=3, input_tokens=15, output_tokens=9, seconds=0.021)
    assert dict(bill.rows)["requests"] == "3"
    assert models.CHECKED.isoformat() in repr(bill)
    assert all(value in bill._repr_html_() for _, value in bill.rows)


def test_a_meter_without_connect_says_what_is_connected() -> None:
    with pytest.raises(ValueError, match="Call connect"):
        meter("13_nothing")
