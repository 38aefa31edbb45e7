"""How answers for the tests of exercises are written: functions, marked as wrong or right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
CHAT_MODEL = "simulated-model"


@dataclass(frozen=True)
class Expected:
    """What an answer must get: the verdict, and a phrase of the text."""

    verdict: str
    phrase: str


def wrong(verdict: str, phrase: str) -> Callable[[F], F]:
    """Mark a wrong answer with the verdict and a phrase of the message it must get."""

    def mark(function: F) -> F:
        function.expected = Expected(verdict, phrase)  # type: ignore[attr-defined]
        return function

    return mark


def right(function: F) -> F:
    """Mark an answer in another style that must be right."""
    function.expected = Expected("right", "right")  # type: ignore[attr-defined]
    return function
