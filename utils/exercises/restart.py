"""The program starts again: a learner's function without anything that it kept in memory.

A key for a payment has to be the same after a crash. So a case can play a function once, then once
more as if the program had been started again, on the next day (`Run.after_restart`):

* The cells that define the function, and what it uses, are executed again in a namespace of their
  own: definitions, imports, and variables that are built from nothing (`KEYS = {}`, `cache =
  dict()`). Module state, function attributes, default arguments, caches and class attributes are as
  they were at the start. What was computed otherwise (`client = connect(...)`) stays.
* `hash` and `id` give other numbers, as they do in another Python process.
* `random` draws other numbers, and the calendar shows the next day.

All of this happens in the same process, so it costs about a millisecond. What it cannot play is a
change in the order of a set, which depends on Python's own hash seed.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import linecache
import random
from collections.abc import Callable, Iterator, MutableMapping
from types import CodeType, FunctionType
from typing import Any

from .own_code import is_own

DAY = 24 * 3600.0
"""Simulated seconds from one start of the program to the next."""

EMPTY = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque", "count"}
EMPTY |= {"Lock", "RLock", "local", "object", "WeakValueDictionary", "SimpleNamespace"}
"""Calls that build something from nothing, so that they may be repeated."""


def restarted(function: FunctionType, name: str) -> Callable[..., Any]:
    """The function as it is after a start of the program, or itself if its source is not known.

    Args:
        function: What the learner wrote.
        name: The name under which it is known, `"refund_once"`.
    """
    namespace = dict(function.__globals__)
    for file, source in _sources(function):
        try:
            body = [node for node in ast.parse(source).body if _begins_with(node, name)]
            code = compile(ast.Module(body, []), file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):  # a magic command in the cell
            continue
        with contextlib.suppress(Exception):  # a cell that only works where it was written
            exec(code, namespace)
    found = namespace.get(name)
    return found if callable(found) else function


def own_codes(function: FunctionType) -> list[CodeType]:
    """The code of a function and of all that it uses in the notebook, functions inside included."""
    found: dict[int, CodeType] = {}
    left: list[Any] = [function]
    seen: set[int] = set()
    while left:
        value = left.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        for code in _codes_of(value):
            if is_own(code.co_filename):
                for part in _parts_of(code):
                    found[id(part)] = part
                    left += [function.__globals__.get(name) for name in part.co_names]
    return list(found.values())


def _sources(function: FunctionType) -> list[tuple[str, str]]:
    """The cells that define the function and what it uses: files and sources, its own last."""
    codes = own_codes(function)
    names = {name for code in codes for name in code.co_names}
    files = dict.fromkeys(code.co_filename for code in codes)
    cells = [(file, "".join(linecache.getlines(file))) for file in files]
    state = [("<state>", source) for source in _state(function.__globals__, names)]
    return [*state, *reversed(cells)]


def _codes_of(value: Any) -> list[CodeType]:
    """The code of a function, of what it wraps, or of a class's methods."""
    if isinstance(value, type):
        return [v.__code__ for v in vars(value).values() if isinstance(v, FunctionType)]
    inner = [value, getattr(value, "__wrapped__", None), getattr(value, "func", None)]
    return [v.__code__ for v in inner if isinstance(v, FunctionType)]


def _parts_of(code: CodeType) -> Iterator[CodeType]:
    """A code and those of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _parts_of(constant)


def _state(namespace: MutableMapping[str, Any], names: set[str]) -> Iterator[str]:
    """Statements of a notebook's cells that build containers with these names."""
    wanted = {n for n in names if isinstance(namespace.get(n), dict | list | set)}
    history = namespace.get("_ih")
    if not wanted or not isinstance(history, list):
        return
    for source in history:
        try:
            body = ast.parse(source).body if isinstance(source, str) else []
        except SyntaxError:
            continue
        yield from (ast.unparse(node) for node in body if _targets(node) & wanted)


def _targets(node: ast.stmt) -> set[str]:
    """Names that an assignment binds."""
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _begins_with(node: ast.stmt, name: str) -> bool:
    """Whether a program that starts may execute this statement again."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return True
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return name in _targets(node) or _from_nothing(value)
    return False


def _from_nothing(value: ast.expr) -> bool:
    """Whether an expression calls only what builds something from nothing."""
    for node in ast.walk(value):
        if isinstance(node, ast.Await):
            return False
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called not in EMPTY:
                return False
    return True


@contextlib.contextmanager
def process_number(number: int, namespace: MutableMapping[str, Any] | None) -> Iterator[None]:
    """Let `hash` and `id` in a namespace give the numbers of another process; 0 is this one."""
    if not number or namespace is None:
        yield
        return

    def other_hash(value: object) -> int:
        found = builtins.hash(value)  # raises for what cannot be hashed
        return found if _is_number(value) else builtins.hash((found, number))

    def other_id(value: object) -> int:
        return builtins.id(value) + 0x10_0000 * number

    with bound(namespace, hash=other_hash, id=other_id):
        yield


def _is_number(value: object) -> bool:
    """Whether Python hashes a value to the same number in every process."""
    return isinstance(value, int | float | complex)


@contextlib.contextmanager
def bound(namespace: MutableMapping[str, Any] | None, **names: Any) -> Iterator[None]:
    """Bind names that are built in, or that the notebook has, for the duration of the block.

    A function of the learner's that has such a name stays, and so does what is bound meanwhile.
    """
    if namespace is None:
        yield
        return
    names = {k: v for k, v in names.items() if not isinstance(namespace.get(k), FunctionType)}
    before = {name: namespace[name] for name in names if name in namespace}
    namespace.update(names)
    try:
        yield
    finally:
        for name, value in names.items():
            if namespace.get(name) is value:
                if name in before:
                    namespace[name] = before[name]
                else:
                    del namespace[name]


@contextlib.contextmanager
def luck(seed: str) -> Iterator[None]:
    """Let `random` draw the same numbers whenever the block runs with this seed."""
    before = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
