"""What the service would charge for one answer: tokens by price, read or estimated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from . import models, sse
from .image_sizes import without_pictures
from .recordings import Request, Response

SHORTEST_CACHED = 1024
"""Tokens that a prompt must have before the service reads any of it from its cache (OpenAI's guide
on prompt caching, 2026-07-15). A local server caches shorter ones, too, and they get no discount
here, since the meter says what the live model would charge."""

SPEECH = 30e-6
"""US dollars for a character that is read aloud, where no usage says more: the price of tts-1-hd,
the highest of the speech models (developers.openai.com, page of tts-1-hd, 2026)."""

PICTURE = 0.25
"""US dollars for a picture without usage: 8,000 output tokens at $30 a million, and a little more
for the prompt. None is known that costs more."""

TRANSCRIPTION = 0.006 / 60
"""US dollars for a second of a recording that is billed by its length (page of whisper-1, 2026)."""

TOOL_CALLS = {"web_search_call": 0.01, "file_search_call": 0.0025}
"""US dollars for a call of a hosted tool (litellm 1.110.2, 2026-11)."""

HIDDEN = 4
"""Tokens of reasoning that a stream without usage is assumed to hide, for each event."""

LEAST_HIDDEN = 2_000


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """What requests used. Counts are tokens, times are seconds."""

    requests: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    embedding_tokens: int = 0
    seconds: float = 0.0
    discounted_tokens: int = 0
    """Cached tokens that the service charges at its cached price; see `SHORTEST_CACHED`."""
    estimated: int = 0
    """Requests whose tokens are an estimate: a stream that was not asked for its usage."""
    kept_tokens: int = 0
    """Written tokens that the cache keeps for twelve hours, which costs twice as much."""
    image_tokens: int = 0
    """Input tokens that are pictures, which models for pictures charge for at another price."""
    long_input_tokens: int = 0
    """Input tokens of requests above `models.LONG_CONTEXT`, by price, as above."""
    long_discounted_tokens: int = 0
    long_cache_write_tokens: int = 0
    long_output_tokens: int = 0
    dollars: float = 0.0
    """What is charged in another way than by token."""

    def __add__(self, other: UsageTotals) -> UsageTotals:
        return UsageTotals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def cost(self, chat: models.Model, embed: models.Model) -> float:
        """US dollars at the prices of two models."""
        read = chat.input_price if chat.cached_price is None else chat.cached_price
        write = chat.cache_write_price or chat.input_price

        def sent(tokens: int, discounted: int, written: int) -> float:
            fresh = tokens - discounted - written
            return fresh * chat.input_price + discounted * read + written * write

        long = (self.long_input_tokens, self.long_discounted_tokens, self.long_cache_write_tokens)
        by_token = (
            sent(self.input_tokens, self.discounted_tokens, self.cache_write_tokens)
            + sent(*long) * (models.LONG_INPUT - 1)
            + self.kept_tokens * (chat.cache_keep_price - write)
            + self.image_tokens * ((chat.image_price or chat.input_price) - chat.input_price)
            + self.output_tokens * chat.output_price
            + self.long_output_tokens * chat.output_price * (models.LONG_OUTPUT - 1)
            + self.embedding_tokens * embed.input_price
        )
        return by_token / 1_000_000 + self.dollars


def usage_of(request: Request, response: Response, careful: bool = False) -> UsageTotals:
    """Read the usage of one answer; estimate it where it is not told.

    Args:
        request: what was asked.
        response: its answer, or what has come of it.
        careful: count also what cannot be seen, as a limit on spending should: reasoning in a
            stream without usage.
    """
    seconds = response.ms / 1000
    base = UsageTotals(requests=1, seconds=seconds)
    body = request.body if isinstance(request.body, dict) else {}
    bodies = list(_bodies(response))
    found = _reported(bodies)
    flat = _flat(request, response, body, bodies, found)
    if flat:
        base += UsageTotals(dollars=flat)
    if found is None:
        if not _is_charged(response):
            return base
        return base + _estimate(body, response, careful)
    if request.path == "/embeddings":
        return base + UsageTotals(embedding_tokens=_count(found, "total_tokens", "prompt_tokens"))
    return base + usage_totals(found)


def usage_totals(found: dict[str, Any]) -> UsageTotals:
    """What a `usage` of either API says, in the numbers that decide the price; no request yet.

    Args:
        found: the JSON of `usage`; what it lacks counts as 0.
    """
    into = _object(found, "prompt_tokens_details", "input_tokens_details")
    out = _object(found, "completion_tokens_details", "output_tokens_details")
    sent = _count(found, "prompt_tokens", "input_tokens")
    received = _count(found, "completion_tokens", "output_tokens")
    cached = min(_count(into, "cached_tokens"), sent)
    discounted = cached if sent >= SHORTEST_CACHED else 0
    written = min(_count(into, "cache_write_tokens"), sent - discounted)
    kept = _count(_object(into, "cache_write_tokens_details"), "ttl_12h_tokens")
    is_long = sent > models.LONG_CONTEXT
    return UsageTotals(
        input_tokens=sent,
        cached_tokens=cached,
        cache_write_tokens=written,
        output_tokens=received,
        reasoning_tokens=_count(out, "reasoning_tokens"),
        discounted_tokens=discounted,
        kept_tokens=min(kept, written),
        image_tokens=min(_count(into, "image_tokens"), sent - discounted - written),
        long_input_tokens=sent if is_long else 0,
        long_discounted_tokens=discounted if is_long else 0,
        long_cache_write_tokens=written if is_long else 0,
        long_output_tokens=received if is_long else 0,
    )


def _is_charged(response: Response) -> bool:
    """Whether an answer without usage costs something: a stream, or a request that was given up."""
    if response.ended is not None and response.ended.how == "canceled":
        return True
    return response.events is not None and response.status == 200


def _estimate(body: dict[str, Any], response: Response, careful: bool) -> UsageTotals:
    asked, pictures = without_pictures(body.get("messages", body.get("input", "")))
    events = len(response.events or ())
    hidden = 0
    if careful and _reasons(body):
        most = _count(body, "max_completion_tokens", "max_output_tokens")
        hidden = most or max(HIDDEN * events, LEAST_HIDDEN)
    return UsageTotals(
        input_tokens=len(json.dumps(asked)) // 3 + pictures,
        output_tokens=max(events, hidden),
        estimated=1,
    )


def _reasons(body: dict[str, Any]) -> bool:
    """Whether the live model may reason; if nothing is said, it does."""
    reasoning = body.get("reasoning")
    effort = reasoning.get("effort") if isinstance(reasoning, dict) else None
    return (body.get("reasoning_effort") or effort) != "none"


def _flat(
    request: Request,
    response: Response,
    body: dict[str, Any],
    bodies: list[dict[str, Any]],
    usage: dict[str, Any] | None,
) -> float:
    """US dollars for what is not charged by token."""
    if response.status != 200:
        return 0.0
    if request.path == "/audio/speech" and usage is None:
        return len(str(body.get("input", ""))) * SPEECH
    if request.path.startswith("/images/") and usage is None:
        made = [each.get("data") for each in bodies]
        done = sum(str(each.get("type", "")).endswith(".completed") for each in bodies)
        lists = sum(len(data) for data in made if isinstance(data, list))
        return max(lists, done, _number(body.get("n")), 1) * PICTURE
    if request.path.startswith("/audio/"):
        duration = usage.get("seconds") if usage else bodies[0].get("duration") if bodies else None
        return _number(duration) * TRANSCRIPTION
    outputs = [_answer(each).get("output") for each in bodies]
    items = next((items for items in reversed(outputs) if isinstance(items, list)), [])
    kinds = [str(item.get("type")) for item in items if isinstance(item, dict)]
    return sum(TOOL_CALLS.get(kind, 0.0) for kind in kinds)


def _bodies(response: Response) -> Iterator[dict[str, Any]]:
    """The JSON objects of an answer: its body, or those of its events."""
    found: Iterator[Any] = iter([response.json_body])
    if response.events:
        found = sse.bodies(sse.parse("".join(text for _, text in response.events)))
    elif response.text is not None and response.text[:1] == "{":
        found = sse.bodies([sse.ServerSentEvent(response.text)])
    yield from (body for body in found if isinstance(body, dict))


def _reported(bodies: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last `usage` object."""
    told = [body.get("usage") or _answer(body).get("usage") for body in bodies]
    return next((usage for usage in reversed(told) if isinstance(usage, dict)), None)


def _answer(body: dict[str, Any]) -> dict[str, Any]:
    """The answer that an event of the Responses API carries, or the body itself."""
    inner = body.get("response")
    return inner if isinstance(inner, dict) else body


def _object(usage: dict[str, Any], *names: str) -> dict[str, Any]:
    """The first of these fields that is an object."""
    return next((value for name in names if isinstance(value := usage.get(name), dict)), {})


def _count(usage: dict[str, Any], *names: str) -> int:
    """The first of these counts that is a number above zero."""
    values = (usage.get(name) for name in names)
    return next((v for v in values if isinstance(v, int) and v is not True and v > 0), 0)


def _number(value: Any) -> float:
    """A number above zero, or zero for whatever else is there."""
    is_number = isinstance(value, int | float) and 0 < value < 1e9
    if isinstance(value, str) and re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", value):
        return float(value)
    return float(value) if is_number else 0.0
