"""Which models take which parameters, from the course's dated table of models."""

from __future__ import annotations

from .. import models
from ..service_rules import RULES
from .tables import Table

SEEN = next(r.seen for r in RULES if r.name == "function tools only without reasoning")
"""When the youngest report behind this table was made."""

SOURCE = "OpenAI's model pages and changelog, users' reports with the service's error messages"


def accepts() -> Table:
    """For each current model: sampling parameters, tools on Chat Completions, efforts.

    A model that has the effort "none" takes sampling parameters and function tools on Chat
    Completions with that effort only; a model that has not, takes neither.
    """
    rows = []
    for model in models.CHAT_MODELS:
        has_none = "none" in model.efforts
        when = 'with reasoning_effort="none"' if has_none else "never"
        tools = when if has_none else "never; use Responses"
        default, *others = model.efforts
        rows.append((model.id, when, tools, f"{default} (default), {', '.join(others)}"))
    return Table(
        ("model", "temperature, top_p, penalties, logprobs, stop", "function tools", "efforts"),
        rows,
        f"On Chat Completions. Last report {SEEN}; prices and efforts checked {models.CHECKED}. "
        f"Source: {SOURCE}.",
    )
