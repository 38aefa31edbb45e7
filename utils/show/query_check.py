"""Does a query give what a question asks for? Compares its rows with known ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any


def verdict(entry: Mapping[str, Any], found: Sequence[Sequence[Any]] | str) -> str:
    """What is to be said about the rows that a query found.

    Args:
        entry: a question, with its known rows in `answer`, and whether their order counts in
            `ordered`.
        found: the rows; a text when the query could not be run.

    Returns:
        "right", or what is wrong, in words: "cannot be run", "no rows", "2 of 3 rows",
        "2 of 3 rows, and 1 other", "1 row too many", "other rows", "wrong order".
    """
    if isinstance(found, str):
        return "cannot be run"
    wanted = [tuple(row) for row in entry["answer"]]
    if not found:
        return "no rows"
    width, widest = len(wanted[0]), len(found[0])
    best = "other rows"
    most = 0
    for columns in permutations(range(widest), width):
        rows = [tuple(row[column] for column in columns) for row in found]
        if rows == wanted or (not entry["ordered"] and Counter(rows) == Counter(wanted)):
            return "right"
        hits = sum((Counter(rows) & Counter(wanted)).values())
        if hits > most:
            most, best = hits, _difference(len(rows), len(wanted), hits)
    return best


def _difference(found: int, wanted: int, hits: int) -> str:
    if hits == wanted:
        return f"{_rows(found - wanted)} too many" if found > wanted else "wrong order"
    if hits == found:
        return f"{hits} of {_rows(wanted)}"
    return f"{hits} of {_rows(wanted)}, and {found - hits} other"


def _rows(number: int) -> str:
    return f"{number} row" + ("" if number == 1 else "s")
