"""Where code holds functions that it took before they were replaced.

`def wait(clock=time.monotonic)` keeps the real clock, whatever becomes of `time.monotonic` later.
So do a `functools.partial`, a closure, an attribute of a class or an object, and the
`default_factory` of a dataclass. `Held` finds such places in what a namespace defines, puts other
functions there, and puts the old ones back.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from types import CellType, FunctionType, MethodType
from typing import Any

MOST = 20_000
"""Objects that are looked at, at most."""

LONGEST_CONTAINER = 200
"""Items of a list or dictionary up to which it is looked into."""

Place = tuple[Any, Callable[[Any], object]]
"""A value, and what puts another one in its place."""

_HEAP_TYPE = 1 << 9
"""The bit of `type.__flags__` that classes have which Python code made."""


class Held:
    """Places in what a namespace defines that hold a replaced function.

    Args:
        namespace: Globals of the code under test.
        replacement: Gives what takes a value's place, or None if it stays.
        root: A function to begin with, in addition to all that the namespace holds.
    """

    def __init__(
        self,
        namespace: Mapping[str, Any],
        replacement: Callable[[Any], Any],
        root: Any = None,
    ) -> None:
        self._module = namespace.get("__name__", "builtins")
        found = [v for k, v in list(namespace.items()) if not k.startswith("_")]
        self._places = list(self._search([root, *found], replacement))

    def _search(
        self, left: list[Any], replacement: Callable[[Any], Any]
    ) -> Iterator[tuple[Any, Any, Callable[[Any], object]]]:
        seen: set[int] = set()
        while left and len(seen) < MOST:
            value = left.pop()
            if id(value) in seen:
                continue
            seen.add(id(value))
            for held, put in self._places_of(value):
                new = replacement(held)
                if new is not None:
                    yield held, new, put
                else:
                    left.append(held)

    def replace(self) -> None:
        """Put the other functions there."""
        for _, new, put in self._places:
            put(new)

    def restore(self) -> None:
        """Put the old ones back, in the opposite order."""
        for old, _, put in reversed(self._places):
            put(old)

    # -- where values are ------------------------------------------------------------------------

    def _places_of(self, value: Any) -> Iterator[Place]:
        kind = type(value)
        if kind is FunctionType:
            yield from _of_function(value)
        elif kind is MethodType:
            yield value.__func__, _nowhere
            yield value.__self__, _nowhere
        elif kind in (staticmethod, classmethod):
            yield value.__func__, _nowhere
        elif kind is functools.partial:
            yield from _of_partial(value)
        elif kind is dict and len(value) <= LONGEST_CONTAINER:
            for key, item in list(value.items()):
                yield item, functools.partial(value.__setitem__, key)
        elif kind is list and len(value) <= LONGEST_CONTAINER:
            for index, item in enumerate(value):
                yield item, functools.partial(value.__setitem__, index)
        elif isinstance(value, type) and self._own(value):
            for name, item in list(vars(value).items()):
                inner = item.__func__ if type(item) is staticmethod else item
                put = functools.partial(setattr, value, name)
                yield inner, _as_static(put) if inner is not item else put
        elif self._own(kind):
            for name, item in list(getattr(value, "__dict__", {}).items()):
                yield item, functools.partial(object.__setattr__, value, name)

    def _own(self, kind: type) -> bool:
        """Whether the namespace, or the notebook, has made this class."""
        return bool(kind.__flags__ & _HEAP_TYPE) and kind.__module__ in ("__main__", self._module)


def _nowhere(value: Any) -> None:
    """For a value that is only looked into."""


def _as_static(put: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: put(staticmethod(value))


def _of_function(function: FunctionType) -> Iterator[Place]:
    for index, value in enumerate(function.__defaults__ or ()):
        yield value, functools.partial(_put_default, function, index)
    for name, value in list((function.__kwdefaults__ or {}).items()):
        yield value, functools.partial((function.__kwdefaults__ or {}).__setitem__, name)
    for cell in function.__closure__ or ():
        yield from _of_cell(cell)
    for name, value in list(vars(function).items()):
        yield value, functools.partial(setattr, function, name)


def _put_default(function: FunctionType, index: int, value: Any) -> None:
    defaults = list(function.__defaults__ or ())
    defaults[index] = value
    function.__defaults__ = tuple(defaults)


def _of_cell(cell: CellType) -> Iterator[Place]:
    try:
        value = cell.cell_contents
    except ValueError:  # empty so far
        return
    yield value, functools.partial(setattr, cell, "cell_contents")


def _of_partial(made: functools.partial[Any]) -> Iterator[Place]:
    def put(index: int, value: Any) -> None:
        parts = [made.func, *made.args]
        parts[index] = value
        made.__setstate__((parts[0], tuple(parts[1:]), made.keywords, vars(made)))  # type: ignore[attr-defined]

    for index, value in enumerate([made.func, *made.args]):
        yield value, functools.partial(put, index)
    for name, value in list(made.keywords.items()):
        yield value, functools.partial(made.keywords.__setitem__, name)
