"""All rules in the order in which they are asked, and the two ways of asking them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from . import (
    body_rules,
    chat_rules,
    embedding_rules,
    format_rules,
    live_model_rules,
    response_rules,
    tool_rules,
)
from .refusal import Json, Refusal
from .rule import EVERY_MODEL, SCOPES, Rule, Scope

RULES: tuple[Rule, ...] = (
    *body_rules.NAME_RULES,
    *chat_rules.RULES,
    *response_rules.RULES,
    *embedding_rules.RULES,
    *tool_rules.RULES,
    *format_rules.RULES,
    *body_rules.VALUE_RULES,
    *live_model_rules.RULES,
)
"""The service, too, looks at names first, then at values, and last at what the model can do."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule, and how a request breaks it."""

    rule: Rule
    refusal: Refusal

    def __str__(self) -> str:
        return f"{self.rule.name}: {self.refusal} ({self.rule.source}, {self.rule.seen})"


def violations(path: str, body: object, scopes: Collection[Scope] = SCOPES) -> Iterator[Violation]:
    """What the service would refuse in a request, one by one.

    Args:
        path: the endpoint, with or without `/v1`. An endpoint without rules has no violations.
        body: the parsed JSON; what is not an object counts as an empty one.
        scopes: whose rules to ask. Both scopes together are what the live default model wants.
    """
    path = path.removeprefix("/v1")
    given: Json = body if isinstance(body, dict) else {}
    for rule in RULES:
        if path in rule.paths and rule.scope in scopes:
            for refusal in rule.check(path, given):
                yield Violation(rule, refusal)


def enforce(path: str, body: object, scopes: Collection[Scope] = (EVERY_MODEL,)) -> None:
    """Refuse a request as the service would, for a server that answers instead of it.

    Raises:
        Refusal: the first thing that is wrong.
    """
    for violation in violations(path, body, scopes):
        raise violation.refusal
