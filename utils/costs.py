"""Tokens, time and money: what requests used, and what that costs at the live model's prices.

The transports report every answer to a `Meter`. `meter("01_requests")` shows it in a notebook. In
live mode the same meter is the spending cap: once the limit is reached, the next request is refused
before it is sent.
"""

from __future__ import annotations

import json
import math
import threading
from dataclasses import dataclass, field, fields
from html import escape
from typing import Any

from . import models, sse
from .recordings import Request, Response

SHORTEST_CACHED = 1024
"""Tokens that a prompt must have before the service reads any of it from its cache (OpenAI's guide
on prompt caching, 2026-07-15). A local server caches shorter ones, too, and they get no discount
here, since the meter says what the live model would charge."""


class SpendLimitReached(Exception):
    """The next request was not sent, because this process has spent what it may."""


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

    def __add__(self, other: UsageTotals) -> UsageTotals:
        return UsageTotals(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def cost(self, chat: models.Model, embed: models.Model) -> float:
        """US dollars at the prices of two models.

        The price of input above 272,000 tokens in one request is not modeled.
        """
        fresh = self.input_tokens - self.discounted_tokens - self.cache_write_tokens
        return (
            fresh * chat.input_price
            + self.discounted_tokens * (chat.cached_price or chat.input_price)
            + self.cache_write_tokens * (chat.cache_write_price or chat.input_price)
            + self.output_tokens * chat.output_price
            + self.embedding_tokens * embed.input_price
        ) / 1_000_000


def usage_of(request: Request, response: Response) -> UsageTotals:
    """Read the usage of one answer; estimate it for a stream that does not carry it."""
    seconds = response.ms / 1000
    body = request.body if isinstance(request.body, dict) else {}
    found = _reported(response)
    if found is None:
        if response.events is None or response.status != 200:
            return UsageTotals(requests=1, seconds=seconds)
        return UsageTotals(
            requests=1,
            input_tokens=len(json.dumps(body.get("messages", body.get("input", "")))) // 3,
            output_tokens=len(response.events),
            seconds=seconds,
            estimated=1,
        )
    if request.path == "/embeddings":
        tokens = _count(found, "total_tokens", "prompt_tokens")
        return UsageTotals(requests=1, embedding_tokens=tokens, seconds=seconds)
    into = found.get("prompt_tokens_details") or found.get("input_tokens_details") or {}
    out = found.get("completion_tokens_details") or found.get("output_tokens_details") or {}
    sent, cached = _count(found, "prompt_tokens", "input_tokens"), _count(into, "cached_tokens")
    return UsageTotals(
        requests=1,
        input_tokens=sent,
        cached_tokens=cached,
        discounted_tokens=cached if sent >= SHORTEST_CACHED else 0,
        cache_write_tokens=_count(into, "cache_write_tokens"),
        output_tokens=_count(found, "completion_tokens", "output_tokens"),
        reasoning_tokens=_count(out, "reasoning_tokens"),
        seconds=seconds,
    )


def _count(usage: dict[str, Any], *names: str) -> int:
    """The first of these counts that is there and not zero."""
    values = (usage.get(name) for name in names)
    return next((value for value in values if isinstance(value, int) and value), 0)


def _reported(response: Response) -> dict[str, Any] | None:
    """The `usage` object of an answer: the last one, if it is a stream."""
    bodies = [response.json_body]
    if response.events:
        bodies = sse.bodies(sse.parse("".join(text for _, text in response.events)))
    found = None
    for body in bodies:
        if isinstance(body, dict):
            inner = body.get("response")
            usage = body.get("usage") or (inner.get("usage") if isinstance(inner, dict) else None)
            found = usage if isinstance(usage, dict) else found
    return found


@dataclass
class Meter:
    """Adds up what requests used. Safe to use from several threads.

    Attributes:
        limit: US dollars after which `allow` refuses, None for no limit.
        by_model: usage by the id of the model that was asked.
    """

    limit: float | None = None
    by_model: dict[str, UsageTotals] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, request: Request, response: Response) -> None:
        """Count one answer."""
        body = request.body if isinstance(request.body, dict) else {}
        name = str(body.get("model", ""))
        with self._lock:
            self.by_model[name] = self.by_model.get(name, UsageTotals()) + usage_of(
                request, response
            )

    @property
    def total(self) -> UsageTotals:
        """Usage of all models together."""
        return sum(list(self.by_model.values()), UsageTotals())

    @property
    def spent(self) -> float:
        """US dollars, each model at its own price; an unknown model counts as the dearest one."""
        dearest = max(models.CHAT_MODELS, key=lambda m: m.output_price)
        embed = max(models.EMBED_MODELS, key=lambda m: m.input_price)
        with self._lock:
            return math.fsum(
                usage.cost(models.find(name) or dearest, models.find(name) or embed)
                for name, usage in self.by_model.items()
            )

    def allow(self) -> None:
        """Let the next request pass.

        Raises:
            SpendLimitReached: if the limit is reached.
        """
        if self.limit is not None and (spent := self.spent) >= self.limit:
            raise SpendLimitReached(
                f"this process has spent about ${spent:.4f} of its ${self.limit:.2f}, so the "
                "request was not sent. Restart the kernel to start a new count, or raise "
                "COURSE_SPEND_LIMIT."
            )


_METERS: dict[str, Meter] = {}
LIVE_METER = Meter()
"""Counts everything that this process sends to OpenAI, whatever the lesson."""


def start(lesson: str) -> Meter:
    """A new meter for a lesson; `connect` calls it."""
    _METERS[lesson] = Meter()
    return _METERS[lesson]


def existing(lesson: str) -> Meter:
    """The lesson's meter, or a new one; `connect_async` adds to what `connect` counts."""
    return _METERS.setdefault(lesson, Meter())


@dataclass(frozen=True)
class Bill:
    """A meter's reading, as a table in a notebook and as text everywhere else."""

    lesson: str
    usage: UsageTotals

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Names and values, as they are shown."""
        used, chat, embed = self.usage, models.CHAT_MODELS[0], models.EMBED_MODELS[0]
        cost = used.cost(chat, embed)
        asked = [chat.id] if used.input_tokens or not used.embedding_tokens else []
        asked += [embed.id] if used.embedding_tokens else []
        rows = [
            ("requests", f"{used.requests:,}"),
            ("input tokens", f"{used.input_tokens:,}"),
            ("of these from the cache", f"{used.cached_tokens:,}" if used.cached_tokens else ""),
            ("output tokens", f"{used.output_tokens:,}"),
            (
                "of these for reasoning",
                f"{used.reasoning_tokens:,}" if used.reasoning_tokens else "",
            ),
            ("embedding tokens", f"{used.embedding_tokens:,}" if used.embedding_tokens else ""),
            ("requests with estimated tokens", f"{used.estimated:,}" if used.estimated else ""),
            ("seconds the model took", f"{used.seconds:,.1f}"),
            (f"would cost on {' and '.join(asked)}", f"${cost:.6f}"),
            ("the same a thousand times", f"${cost * 1000:,.2f}"),
        ]
        return [(name, value) for name, value in rows if value]

    @property
    def footnote(self) -> str:
        return f"Prices of {models.CHECKED.isoformat()}, from {models.SOURCE}."

    def __repr__(self) -> str:
        width = max(len(name) for name, _ in self.rows)
        lines = [f"Meter of {self.lesson}", *(f"{n:<{width}}  {v:>12}" for n, v in self.rows)]
        return "\n".join([*lines, self.footnote])

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align:left">{escape(n)}</th>'
            f'<td style="text-align:right">{escape(v)}</td></tr>'
            for n, v in self.rows
        )
        return (
            f"<table><caption>Meter of {escape(self.lesson)}. {escape(self.footnote)}</caption>"
            f"<tbody>{rows}</tbody></table>"
        )


def meter(lesson: str) -> Bill:
    """What a lesson has used since `connect`, and what that would cost on the live default model.

    In replay, tokens and seconds are those of the recording.

    Args:
        lesson: the id given to `connect`.

    Raises:
        ValueError: if nothing is connected under this name.
    """
    if lesson not in _METERS:
        known = ", ".join(map(repr, _METERS)) or "nothing yet"
        raise ValueError(
            f"No meter for {lesson!r}; connected is: {known}. Call connect({lesson!r})."
        )
    return Bill(lesson, _METERS[lesson].total)
