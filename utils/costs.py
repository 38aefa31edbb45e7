"""Tokens, time and money: what requests used, and what that costs at the live model's prices.

The transports report every answer to a `Meter`. `meter("01_requests")` shows it in a notebook. In
live mode the same meter is the spending cap: once the limit is reached, the next request is refused
before it is sent.
"""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass, field
from html import escape

from . import models
from .charges import UsageTotals, usage_of
from .recordings import Request, Response


class SpendLimitReached(Exception):
    """The next request was not sent, because this process has spent what it may."""


TIERS = {"flex": 0.5, "priority": 2.0, "fast": 2.0, "ultrafast": 6.0}
"""Factors on all prices by `service_tier`, as the answer names it (litellm 1.110.2, 2026-11)."""


@dataclass
class Meter:
    """Adds up what requests used. Safe to use from several threads.

    Attributes:
        limit: US dollars after which `allow` refuses, None for no limit.
        used: usage by the id of the model that was asked and the tier that served.
    """

    limit: float | None = None
    used: dict[tuple[str, str], UsageTotals] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, request: Request, response: Response) -> None:
        """Count one answer."""
        body = request.body if isinstance(request.body, dict) else {}
        told = response.json_body if isinstance(response.json_body, dict) else {}
        by = str(body.get("model", "")), str(told.get("service_tier") or body.get("service_tier"))
        new = usage_of(request, response, careful=self.limit is not None)
        with self._lock:
            self.used[by] = self.used.get(by, UsageTotals()) + new

    @property
    def total(self) -> UsageTotals:
        """Usage of all models together."""
        return sum(list(self.used.values()), UsageTotals())

    @property
    def spent(self) -> float:
        """US dollars, each model at its own price; an unknown one at the highest of all."""
        highest = max(models.CHAT_MODELS, key=lambda m: m.output_price)
        embed = max(models.EMBED_MODELS, key=lambda m: m.input_price)
        with self._lock:
            return math.fsum(
                usage.cost(models.find(name) or highest, models.find(name) or embed)
                * TIERS.get(tier, 1.0)
                for (name, tier), usage in self.used.items()
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
