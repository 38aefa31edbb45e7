"""What the exercises on errors have in common: statuses, steps that fail, and what was asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ...scripted import Reply, SentRequest, Step
from ...scripted.answers import Ids
from ..model import Result, expect

CURABLE = (408, 409, 429, 500, 502, 503, 504)
"""Statuses that the SDK repeats, since the same request may succeed later."""
INCURABLE = (400, 401, 403, 404, 413, 422, 499)
"""Statuses of a request, a key or a right that has to change first."""
SOON = 1e-6
"""Simulated seconds by which rounding may be off."""

MODELS = ("fernhill-large", "fernhill-small", "fernhill-spare", "fernhill-old", "fernhill-night")
HTML = "<html><head><title>Sign in</title></head><body>Please accept the terms.</body></html>"
"""What a hotel's network answers, with status 200."""


@dataclass(frozen=True)
class Headed(Step):
    """A step whose response has more headers, or other ones."""

    step: Step
    headers: Mapping[str, str]

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.step.reply(sent, ids)
        kept = tuple(pair for pair in made.headers if pair[0] not in self.headers)
        return replace(made, headers=(*kept, *self.headers.items()))


def asked(result: Result, question: str, number: int = 1) -> None:
    """Every request so far, the first at least, asks a model this question."""
    for n in range(1, max(number, len(result.requests)) + 1):
        request = result.request(n)
        expect(
            request.sent.endpoint in ("chat", "responses"),
            f"request {n} went to {request.sent.path}, and a request to a model was expected",
        )
        request.contains(question)


def limited(sent: SentRequest, left: float, name: str) -> None:
    """The read timeout of a request, named so in sentences, is not above the seconds left."""
    limit = sent.timeout.get("read")
    said = "no read timeout" if limit is None else f"a read timeout of {limit:.4g} s"
    expect(
        limit is not None and limit <= left + SOON,
        f"{name} had {said}, and {left:.1f} s were left",
    )
