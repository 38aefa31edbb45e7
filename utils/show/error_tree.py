"""The exceptions of the installed SDK, found by asking it.

Nothing here is written down from memory: classes come from Python's own list of subclasses, and
what a status becomes is what the SDK raises when a scripted service answers with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import openai

from ..scripted import ScriptedAPI, fails

STATUSES = range(400, 600)
"""All statuses of errors."""


@dataclass(frozen=True)
class ErrorNode:
    """One class of exceptions.

    Attributes:
        name: the class.
        depth: how far below the root.
        statuses: the HTTP statuses that become this class; empty if it has nothing to do with them.
    """

    name: str
    depth: int
    statuses: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tree:
    """Classes with their subclasses below them, drawn with lines."""

    nodes: tuple[ErrorNode, ...]

    def __repr__(self) -> str:
        lines = [
            _branch(self.nodes, number) + node.name + _told(node.statuses)
            for number, node in enumerate(self.nodes)
        ]
        return "\n".join(lines)


def exception_tree(root: type[Exception] = openai.OpenAIError) -> Tree:
    """The exceptions that the installed SDK exports, below `root`, in the order of definition."""
    by_class = classes_by_status()
    return Tree(tuple(_nodes(root, 0, by_class)))


def _nodes(found: type, depth: int, by_class: dict[str, tuple[int, ...]]) -> Iterator[ErrorNode]:
    yield ErrorNode(found.__name__, depth, by_class.get(found.__name__, ()))
    for below in found.__subclasses__():
        name = below.__name__
        if not name.startswith("_") and getattr(openai, name, None) is below:
            yield from _nodes(below, depth + 1, by_class)


@lru_cache(maxsize=1)
def classes_by_status() -> dict[str, tuple[int, ...]]:
    """For each class that the SDK raises because of a status: those statuses, in order."""
    found: dict[str, list[int]] = {}
    for status in STATUSES:
        found.setdefault(type(raised(status)).__name__, []).append(status)
    return {name: tuple(statuses) for name, statuses in found.items()}


def raised(status: int) -> openai.APIStatusError:
    """What the SDK raises when a service answers with `status`, 400 to 599."""
    client = ScriptedAPI([fails(status)]).client(max_retries=0)
    try:
        client.models.list()
    except openai.APIStatusError as error:
        return error
    raise AssertionError(f"the SDK raised nothing for status {status}")


@lru_cache(maxsize=1)
def retried_statuses() -> tuple[int, ...]:
    """The statuses after which the SDK sends the request again, without being told to."""
    found = []
    for status in STATUSES:
        api = ScriptedAPI([], otherwise=fails(status))
        with api.simulated_time(), suppress(openai.APIStatusError):
            api.client(max_retries=1).models.list()
        if len(api.requests) > 1:
            found.append(status)
    return tuple(found)


def ranges(statuses: Iterable[int]) -> str:
    """Numbers as they are said: "408, 409, 500 to 599"."""
    runs: list[list[int]] = []
    for status in statuses:
        if runs and runs[-1][-1] == status - 1:
            runs[-1].append(status)
        else:
            runs.append([status])
    return ", ".join(
        f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )


def _told(statuses: tuple[int, ...]) -> str:
    """What is said of a class's statuses behind its name."""
    if not statuses:
        return ""
    if len(statuses) == 1 or statuses[0] >= 500:
        return f"  {ranges(statuses)}"
    return "  every other 4xx"


def _branch(nodes: tuple[ErrorNode, ...], number: int) -> str:
    """The lines in front of a node."""
    depth = nodes[number].depth
    if depth == 0:
        return ""
    parts = ["├── " if _goes_on(nodes, number, depth) else "└── "]
    for level in range(depth - 1, 0, -1):
        parts.append("│   " if _goes_on(nodes, number, level) else "    ")
    return "".join(reversed(parts))


def _goes_on(nodes: tuple[ErrorNode, ...], number: int, depth: int) -> bool:
    """Whether another node of `depth` follows under the same parent."""
    for later in nodes[number + 1 :]:
        if later.depth < depth:
            return False
        if later.depth == depth:
            return True
    return False
