"""Is a function still the stub of the chapter?"""

from __future__ import annotations

import dis
import inspect
from collections.abc import Callable
from types import CodeType
from typing import Any


def _plain() -> None:
    pass


async def _asynchronous() -> None:
    pass


def _steps(code: CodeType) -> list[tuple[str, Any]]:
    """The instructions with the values they use; where a constant is stored varies by version."""
    return [(step.opname, step.argval) for step in dis.get_instructions(code)]


_EMPTY = [_steps(_plain.__code__), _steps(_asynchronous.__code__)]


def is_stub(function: Callable[..., Any]) -> bool:
    """Whether the body is empty: a docstring, `pass`, `...` or `return None`, nothing else.

    `raise NotImplementedError` is recognized when it is raised, by `judge`.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    return isinstance(code, CodeType) and _steps(code) in _EMPTY
