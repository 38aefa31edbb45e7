"""Is a function still the stub of the chapter?"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

_TEMPLATES = '''
def plain(): pass
def documented():
    """Text."""
async def plain_async(): pass
async def documented_async():
    """Text."""
'''


def _bodies() -> frozenset[bytes]:
    namespace: dict[str, Any] = {}
    exec(_TEMPLATES, namespace)
    return frozenset(v.__code__.co_code for v in namespace.values() if inspect.isfunction(v))


_EMPTY = _bodies()


def is_stub(function: Callable[..., Any]) -> bool:
    """Whether the body is empty: a docstring, `pass`, `...` or `return None`, nothing else.

    `raise NotImplementedError` is recognized when it is raised, by `judge`.
    """
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None or code.co_code not in _EMPTY:
        return False
    # The same instructions also return any other constant: `return "x"` is (None, "x").
    first, *others = code.co_consts or (None,)
    return others in ([], [None]) and (first is None or (isinstance(first, str) and bool(others)))
