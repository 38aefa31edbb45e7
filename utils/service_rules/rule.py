"""What a rule is: a check with its source, its date and its scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .refusal import Json, Refusal

CHAT = "/chat/completions"
COMPLETIONS = "/completions"
RESPONSES = "/responses"
INPUT_TOKENS = "/responses/input_tokens"
EMBEDDINGS = "/embeddings"

ITEM_PATHS = (RESPONSES, INPUT_TOKENS)
"""Endpoints that take `input` items."""

Scope = Literal["every model", "live default model"]
EVERY_MODEL: Scope = "every model"
LIVE_DEFAULT_MODEL: Scope = "live default model"
SCOPES: tuple[Scope, ...] = (EVERY_MODEL, LIVE_DEFAULT_MODEL)

MEASURED = (
    "P: answers of the service to gpt-5.6-terra, docs/conformance-matrix.md of "
    "kangminlee-maker/local-OAuth-CLI-API-adapter"
)
"""Some 400 requests with one flaw each, and the errors that came back (2026-08-29 to 2026-09-05).
We know of no such report on gpt-6-luna, so the limits of that one model are not rules here."""

Check = Callable[[str, Json], Iterator[Refusal]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that the service refuses.

    Attributes:
        name: what it wants, in one line.
        paths: the endpoints for which it holds, without `/v1`.
        source: where it comes from. D is OpenAI's documentation, S the installed SDK's own types,
            P a dated report of a user with the service's error message.
        seen: when it was last seen to hold.
        scope: whether every model wants it, or only the live default model does.
        check: takes the path and the parsed body; yields one refusal for each thing that is wrong.
        advice: what to do, in a sentence of the course's, where the service's words do not say it.
    """

    name: str
    paths: tuple[str, ...]
    source: str
    seen: date
    scope: Scope
    check: Check
    advice: str = ""


def rule(
    name: str,
    *paths: str,
    source: str,
    seen: str,
    scope: Scope = EVERY_MODEL,
    advice: str = "",
) -> Callable[[Check], Rule]:
    """Make a rule of a check. `seen` is a date as YYYY-MM-DD; for the rest see `Rule`."""

    def make(check: Check) -> Rule:
        return Rule(name, paths, source, date.fromisoformat(seen), scope, check, advice)

    return make
