"""Would the live default model accept a request that a learner's function sent?"""

from __future__ import annotations

from ..scripted import SentRequest


def objections(request: SentRequest) -> list[str]:
    """Reasons for which the live default model would reject `request`, by `utils.live_rules`."""
    from ..live_rules import RULES

    found: list[str] = []
    for rule in RULES:
        if request.path in rule.paths:
            try:
                found += rule.check(request.json)
            except (TypeError, AttributeError, LookupError, ValueError):
                found.append(f"a value has a wrong type (the rule is: {rule.name})")
    return found
