"""What an answer costs by the live model's own rules, and what is assumed where nothing is told."""

from __future__ import annotations

import base64
import struct
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from utils import models
from utils.charges import PICTURE, SPEECH, TRANSCRIPTION, UsageTotals, usage_of
from utils.costs import Meter
from utils.image_sizes import size_of, tokens_of
from utils.recordings import Ended, Request, Response

from .samples import SSE, chunk, request, streams

LUNA, SMALL = models.CHAT_MODELS[0], models.EMBED_MODELS[0]


def costs(path: str, body: dict[str, Any], answer: Response, limit: float | None = 1.0) -> float:
    meter = Meter(limit=limit)
    meter.add(Request(method="POST", path=path, body={"model": LUNA.id, **body}), answer)
    return meter.spent


def told(**usage: Any) -> Response:
    return Response(status=200, json={"usage": usage})


def test_a_long_request_costs_more_for_all_of_its_tokens() -> None:
    details = {"cached_tokens": 100_000, "cache_write_tokens": 50_000}
    sent, received = 272_001, 1_000
    answer = told(input_tokens=sent, output_tokens=received, input_tokens_details=details)
    found = costs("/responses", {}, answer)
    fresh = sent - 150_000
    once = (fresh * 0.10 + 100_000 * 0.01 + 50_000 * 0.125) / 1e6
    assert found == pytest.approx(2 * once + 1.5 * received * 0.50 / 1e6)
    shorter = told(input_tokens=272_000, output_tokens=received, input_tokens_details=details)
    assert costs("/responses", {}, shorter) == pytest.approx(
        ((fresh - 1) * 0.10 + 100_000 * 0.01 + 50_000 * 0.125 + received * 0.50) / 1e6
    )


def test_what_the_cache_keeps_for_twelve_hours_costs_two_and_a_half_times() -> None:
    details = {
        "cache_write_tokens": 3_000,
        "cache_write_tokens_details": {"ttl_30m_tokens": 1_000, "ttl_12h_tokens": 2_000},
    }
    answer = told(input_tokens=3_000, output_tokens=0, input_tokens_details=details)
    assert costs("/responses", {}, answer) == pytest.approx((1_000 * 0.125 + 2_000 * 0.25) / 1e6)


def test_pictures_cost_what_models_for_pictures_charge() -> None:
    details = {"image_tokens": 400, "text_tokens": 100}
    answer = told(input_tokens=500, output_tokens=4_000, input_tokens_details=details)
    found = costs("/images/edits", {"model": models.IMAGE_MODELS[0].id}, answer)
    assert found == pytest.approx((100 * 5 + 400 * 8 + 4_000 * 30) / 1e6)


def test_pictures_and_speech_without_usage_are_not_free() -> None:
    two = Response(status=200, json={"data": [{"b64_json": "x"}] * 2})
    assert costs("/images/generations", {"n": 2}, two) == pytest.approx(2 * PICTURE)
    mp3 = Response(status=200, base64="AAAA")
    assert costs("/audio/speech", {"input": "x" * 4_000}, mp3) == pytest.approx(4_000 * SPEECH)
    length = Response(status=200, json={"text": "a", "usage": {"type": "duration", "seconds": 90}})
    assert costs("/audio/transcriptions", {}, length) == pytest.approx(90 * TRANSCRIPTION)
    refused = Response(status=400, json={"error": {}})
    assert costs("/images/generations", {"n": 2}, refused) == 0


def test_hosted_tools_are_counted_by_the_call() -> None:
    output = [{"type": "web_search_call"}, {"type": "message"}, {"type": "file_search_call"}]
    answer = Response(status=200, json={"output": output, "usage": {"input_tokens": 1}})
    assert costs("/responses", {}, answer) == pytest.approx(0.0125 + 0.10 / 1e6)


@pytest.mark.parametrize(
    ("tier", "factor"), [("flex", 0.5), ("default", 1), ("priority", 2), ("ultrafast", 6)]
)
def test_the_tier_that_served_sets_the_price(tier: str, factor: float) -> None:
    body = {"usage": {"input_tokens": 1_000}, "service_tier": tier}
    asked = {"service_tier": "auto"}
    found = costs("/responses", asked, Response(status=200, json=body))
    assert found == pytest.approx(factor * 1_000 * 0.10 / 1e6)


@pytest.mark.parametrize(
    ("body", "output"),
    [
        ({"reasoning_effort": "none"}, 11),
        ({"reasoning": {"effort": "none"}}, 11),
        ({}, 2_000),
        ({"max_completion_tokens": 500}, 500),
        ({"reasoning": {"effort": "high"}, "max_output_tokens": 9_000}, 9_000),
    ],
)
def test_a_limit_counts_the_reasoning_that_a_stream_may_hide(
    body: dict[str, Any], output: int
) -> None:
    asked, answer = request("Hi", **body), streams(*"abcdefghij")
    assert usage_of(asked, answer, careful=True).output_tokens == output
    assert usage_of(asked, answer).output_tokens == 11


def test_a_request_that_was_given_up_is_charged() -> None:
    answer = Response(status=None, ms=200, ended=Ended(how="canceled"))
    assert usage_of(request("Hi" * 300), answer).input_tokens > 100


def test_usage_is_found_behind_a_line_separator_inside_of_an_event() -> None:
    final = '{"response": {"output": ["\u2028 \u0085"], "usage": {"input_tokens": 900000}}}'
    answer = Response(status=200, headers=SSE, events=[(1, f"data:{final}\n\n")])
    found = usage_of(Request(method="POST", path="/responses"), answer)
    assert (found.input_tokens, found.estimated) == (900_000, 0)


def png(width: int, height: int, size: int = 100) -> str:
    head = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height)
    return "data:image/png;base64," + base64.b64encode(head + bytes(size)).decode()


@pytest.mark.parametrize(
    ("size", "detail", "tokens"),
    [
        ((512, 512), "auto", 307),
        ((1024, 1024), "auto", 1_228),
        ((3000, 3000), "auto", 10_603),
        ((3000, 3000), "high", 3_000),
        ((3000, 3000), "low", 307),
    ],
)
def test_a_picture_costs_by_its_patches(size: tuple[int, int], detail: str, tokens: int) -> None:
    assert tokens_of(png(*size), detail) == tokens
    assert tokens_of("https://example.com/a.png", "high") == 3_000
    assert tokens_of("https://example.com/a.png") == 36_000


@pytest.mark.parametrize("kind", ["image_url", "input_image"])
def test_a_large_picture_in_a_stream_without_usage_does_not_use_up_the_limit(kind: str) -> None:
    picture = png(1024, 1024, 4_000_000)
    url = {"url": picture} if kind == "image_url" else picture
    content = [{"type": "text", "text": "What is it?"}, {"type": kind, "image_url": url}]
    asked = Request(
        method="POST", path="/x", body={"messages": [{"role": "user", "content": content}]}
    )
    found = usage_of(asked, Response(status=200, headers=SSE, events=[(1, chunk("a"))]))
    assert 1_228 < found.input_tokens < 1_300


@pytest.mark.parametrize(
    "head",
    [
        b"GIF89a" + struct.pack("<HH", 30, 20),
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc2\x00\x11\x08" + struct.pack(">HH", 20, 30),
        b"RIFF....WEBPVP8 " + bytes(10) + struct.pack("<HH", 30, 20),
        b"RIFF....WEBPVP8X" + bytes(8) + bytes([29, 0, 0, 19, 0, 0]),
        b"RIFF....WEBPVP8L" + bytes(5) + (29 | 19 << 14).to_bytes(4, "little"),
    ],
)
def test_the_size_of_each_kind_of_picture_is_read(head: bytes) -> None:
    assert size_of(head) == (30, 20)
    for cut in range(len(head)):
        assert size_of(head[:cut]) in (None, (30, 20))


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
NAMES = st.sampled_from(
    [
        "usage",
        "response",
        "output",
        "data",
        "type",
        "seconds",
        "duration",
        "service_tier",
        "prompt_tokens",
        "input_tokens",
        "output_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "input_tokens_details",
        "cached_tokens",
        "cache_write_tokens",
        "cache_write_tokens_details",
        "ttl_12h_tokens",
        "image_tokens",
        "reasoning_tokens",
    ]
)
SHAPES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
USAGES = st.dictionaries(NAMES, SHAPES, max_size=5)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["/chat/completions", "/responses", "/embeddings", "/images/x", "/audio/x"]),
    SHAPES | st.builds(lambda usage: {"usage": usage}, USAGES),
    SHAPES | st.dictionaries(st.sampled_from(["input", "messages", "n", "reasoning"]), SHAPES),
)
@example("/chat/completions", {"usage": {"prompt_tokens_details": [1]}}, {})
@example("/images/x", {"data": 1}, {"n": "many"})
def test_no_shape_of_usage_stops_an_answer(path: str, answer: Any, asked: Any) -> None:
    """Whatever a server tells: no error, no negative count, no count that is not a number."""
    meter = Meter(limit=1.0)
    for response in (
        Response(status=200, json=answer),
        Response(status=200, events=[(1, "data: {\n\n"), (2, "data: []\n\ndata: {}\n\n")]),
    ):
        meter.add(Request(method="POST", path=path, body=asked), response)
        found = usage_of(Request(method="POST", path=path, body=asked), response)
        assert isinstance(found, UsageTotals)
        assert found.discounted_tokens + found.cache_write_tokens <= found.input_tokens
    assert meter.spent >= 0
