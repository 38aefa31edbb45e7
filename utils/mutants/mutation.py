"""The mutants of an exercise, made from its model solution."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile

from ..grading import solutions
from ..solution_regions import BEGIN, END
from .operators import changes


@dataclass(frozen=True)
class Mutant:
    """A model solution with one change.

    Attributes:
        exercise: The id, `"03.4"`.
        operator: What kind of change it is, `"boundary moved"`; empty for the solution itself.
        change: The change on one line, `"if a [->-]{+>=+} b:"`. It names the mutant in the list of
            accepted ones, so it depends on nothing but the lines that differ.
        source: The whole cell.
    """

    exercise: str
    operator: str
    change: str
    source: str


def solution_of(exercise: str) -> Mutant:
    """The model solution itself, written as its mutants are. Raises SolutionMissing."""
    tree, _ = _parsed(exercise)
    return Mutant(exercise, "", "", ast.unparse(tree))


def mutants_of(exercise: str) -> list[Mutant]:
    """All mutants of an exercise's solution, each once. Raises SolutionMissing."""
    return mutants_in(exercise, *_parsed(exercise))


def mutants_in(exercise: str, tree: ast.Module, lines: range) -> list[Mutant]:
    """Mutants of a module, changed only in `lines`."""
    before = ast.unparse(tree)
    made: dict[str, Mutant] = {}
    for change in list(changes(tree, lines)):
        try:
            with _replaced(tree, change.node, change.new):
                after = ast.unparse(tree)
            compile(after, "<mutant>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):  # such as a body that is empty now
            continue
        if after != before:
            line = one_line(before, after)
            made.setdefault(after, Mutant(exercise, change.operator, line, after))
    return list(made.values())


@contextmanager
def _replaced(tree: ast.AST, old: ast.AST, new: ast.AST) -> Iterator[None]:
    """Put a node in the place of another one for the duration of the block."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            several = value if isinstance(value, list) else [value]
            if any(item is old for item in several):
                changed = [new if item is old else item for item in several]
                setattr(parent, name, changed if isinstance(value, list) else new)
                try:
                    yield
                finally:
                    setattr(parent, name, value)
                return
    raise LookupError("the node is not in the tree")


def one_line(before: str, after: str) -> str:
    """Where two sources differ, on one line: `"if a [->-]{+>=+} b:"`, as Git shows words."""
    old, new = before.splitlines(), after.splitlines()
    was: list[str] = []
    now: list[str] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            was += [line.strip() for line in old[i:j]]
            now += [line.strip() for line in new[k:m]]
        if tag == "insert" and i:  # which loop a `break` was put into
            was.append(old[i - 1].strip())
            now.insert(len(now) - (m - k), old[i - 1].strip())
    first, second = (re.findall(r"\w+|\W", " / ".join(lines)) for lines in (was, now))
    ahead = _alike(first, second)
    longer = max(first, second, key=len)
    gap = abs(len(first) - len(second))
    if ahead and longer[ahead - 1] in "'\"" and longer[ahead - 1] == longer[ahead + gap - 1]:
        ahead -= 1  # a whole quoted word, not its end and the beginning of the next
    rest = [first[ahead:], second[ahead:]]
    behind = _alike(rest[0][::-1], rest[1][::-1])
    removed, added = ("".join(part[: len(part) - behind]) for part in rest)
    marked = f"[-{removed}-]" * bool(removed) + f"{{+{added}+}}" * bool(added)
    return f"{''.join(first[:ahead])}{marked}{''.join(first[len(first) - behind :])}"


def _alike(first: list[str], second: list[str]) -> int:
    """How many items two lists have in common at the beginning."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, second, strict=False))
    return sum(1 for _ in pairs)


def _parsed(exercise: str) -> tuple[ast.Module, range]:
    """The cell of a solution, and the numbers of the lines between its markers."""
    cell = solutions.solution_cell(exercise, solutions.notebook_of(exercise))
    lines = [line.strip() for line in cell.strip().splitlines()]
    tree = ast.parse(solutions.solution_source(cell))
    return tree, range(lines.index(BEGIN) + 1, lines.index(END))
