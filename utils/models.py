"""Models by role, their prices and limits with a date and a source, and their shutdown dates.

This is the only place of the course that holds ids of OpenAI's models. Prices and roles go stale:
`CHECKED` says when they were last compared with their source. Shutdown dates are not typed in here;
they are read from the installed SDK, which carries them in the documentation of its types.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

CHECKED = date(2026, 10, 26)
"""When prices and limits were last checked.

The SDK names gpt-6.2-astra and gpt-6.2-sol since 3.53 (2026-11-17). They are not in the tables
below as long as their cached prices and efforts are known from reports only.
"""

SOURCE = "developers.openai.com/api/docs/models and /api/docs/pricing"
"""Where they come from."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the service.

    Attributes:
        id: what a request puts into `model`.
        role: what it is for, in the course's words.
        input_price: US dollars for a million input tokens.
        output_price: US dollars for a million output tokens, reasoning tokens included.
        cached_price: US dollars for a million input tokens that were read from the prompt cache.
        cache_write_price: US dollars for a million input tokens that were written to it, to be
            kept for 30 minutes.
        image_price: US dollars for a million input tokens that are pictures, None if that makes no
            difference.
        efforts: the values of `reasoning_effort` that it takes; the default first.
        context: tokens that input and output may have together.
        max_output: tokens that the output may have.
    """

    id: str
    role: str
    input_price: float
    output_price: float = 0.0
    cached_price: float | None = None
    cache_write_price: float | None = None
    efforts: tuple[str, ...] = ()
    context: int | None = None
    max_output: int | None = None
    image_price: float | None = None

    @property
    def cache_keep_price(self) -> float:
        """US dollars for a million input tokens that are written to be kept for 12 hours."""
        return self.input_price * (CACHE_KEEP if self.cache_write_price else 1.0)


LONG_CONTEXT = 272_000
"""Input tokens of a request above which all of its tokens cost more."""
LONG_INPUT, LONG_OUTPUT = 2.0, 1.5
"""How many times as much then (litellm 1.110.2 and genai-prices 0.2.3, 2026-11)."""
CACHE_KEEP = 2.5
"""What writing for 12 hours costs, in input prices."""

_ALL = ("medium", "none", "low", "high", "xhigh", "max")
_NO_NONE = ("medium", "low", "high", "xhigh", "max")
_WINDOW = {"context": 1_050_000, "max_output": 128_000}

CHAT_MODELS = (
    Model(
        "gpt-6-luna", "high volume, the course's default", 0.10, 0.50, 0.01, 0.125, _ALL, **_WINDOW
    ),
    Model("gpt-6.1-terra", "everyday work", 1.00, 5.00, 0.05, 1.25, _ALL, **_WINDOW),
    Model("gpt-6.1-sol", "hard problems", 2.00, 10.00, 0.10, 2.50, _NO_NONE, **_WINDOW),
    Model("gpt-6-astra", "the hardest problems", 10.00, 50.00, 1.00, 12.50, _NO_NONE, **_WINDOW),
)
EMBED_MODELS = (
    Model("text-embedding-3-small", "search, the course's default", 0.02, context=8_192),
    Model("text-embedding-3-large", "search, when small is not enough", 0.13, context=8_192),
)

IMAGE_MODELS = (
    Model("gpt-image-2.6-flare", "pictures, quickly", 5.00, 30.00, image_price=8.00),
    Model("gpt-image-2.6-sunburst", "pictures of high quality", 5.00, 30.00, image_price=8.00),
)

LIVE_CHAT_MODEL = CHAT_MODELS[0].id
LIVE_EMBED_MODEL = EMBED_MODELS[0].id


def find(model_id: str) -> Model | None:
    """The entry of a model, also for a dated version of it ("gpt-6-luna-2026-09-08")."""
    undated = re.sub(r"-\d{4}-\d{2}-\d{2}$", "", model_id)
    return next((m for m in (*CHAT_MODELS, *EMBED_MODELS, *IMAGE_MODELS) if m.id == undated), None)


@lru_cache(maxsize=1)
def shutdown_dates() -> dict[str, date]:
    """Announced shutdown dates by model id, as the installed SDK documents them."""
    from openai.types import embedding_model
    from openai.types.shared import chat_model

    text = inspect.getsource(chat_model) + inspect.getsource(embedding_model)
    entries = re.split(r"\n- ", text.partition('"""Deprecated values:')[2])
    dates: dict[str, date] = {}
    for entry in entries:
        found = re.search(r"shutdown\s+date:\s*(\d{4})-(\d\d)-(\d\d)", entry)
        if found:
            ends = date(*map(int, found.groups()))
            dates |= dict.fromkeys(re.findall(r'"([^"]+)"', entry.split(":", 1)[0]), ends)
    return dates


def shutdown_date(model_id: str) -> date | None:
    """When a model shuts down, or None if nothing is announced in the installed SDK."""
    return shutdown_dates().get(model_id)
