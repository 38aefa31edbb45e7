"""What OpenAI's service refuses: each rule once, with its source, its date, and its scope."""

from .live_model_rules import DEPRECATED_PARAMETERS, deprecations
from .refusal import Json, Refusal, error_body
from .rule import (
    CHAT,
    COMPLETIONS,
    EMBEDDINGS,
    EVERY_MODEL,
    INPUT_TOKENS,
    ITEM_PATHS,
    LIVE_DEFAULT_MODEL,
    RESPONSES,
    SCOPES,
    Rule,
    Scope,
)
from .rulebook import RULES, Violation, enforce, violations
from .tool_rules import chosen_names

__all__ = [
    "CHAT",
    "COMPLETIONS",
    "DEPRECATED_PARAMETERS",
    "EMBEDDINGS",
    "EVERY_MODEL",
    "INPUT_TOKENS",
    "ITEM_PATHS",
    "LIVE_DEFAULT_MODEL",
    "RESPONSES",
    "RULES",
    "SCOPES",
    "Json",
    "Refusal",
    "Rule",
    "Scope",
    "Violation",
    "chosen_names",
    "deprecations",
    "enforce",
    "error_body",
    "violations",
]
