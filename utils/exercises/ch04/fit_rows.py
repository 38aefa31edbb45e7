"""Results with more rows than the limit has room for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...scripted import calls, says
from ..model import Exercise, Result, Run, Spy, count, expect
from .shop_tools import LATE, STORES, an_order, some_messages
from .tool_calls import ToolResult, a_call, given_back, sends_on

FIT = Exercise(
    id="04.5",
    function="fit_rows",
    title="fit a tool result into a size limit",
    difficulty="easy",
    covers=["C4"],
    hints=[
        "Cutting the JSON text leaves text that isn't JSON. Leave out rows instead.",
        "Begin with all rows, and leave one more out while the text is too long: "
        'json.dumps({"rows": rows[omitted:], "omitted": omitted}).',
        "while len(content) > limit and omitted < len(rows): leave out one more.",
    ],
)


def late_orders(run: Run, number: int) -> list[dict[str, Any]]:
    """So many rows."""
    return [
        {"order": an_order(run), "days_late": run.rng.randint(1, 20), "city": run.choose(*STORES)}
        for _ in range(number)
    ]


def packed(rows: Sequence[Any], count: int) -> str:
    """The result with the last so many rows."""
    left = len(rows) - count
    return json.dumps({"rows": list(rows[left:]), "omitted": left})


def fitted(run: Run, tables: list[list[Any]], most: int) -> tuple[Result, list[ToolResult]]:
    """Play a call for each table of rows; every result has to be the longest one that fits."""
    wanted = [a_call(run, "list_late_orders", {"days": n + 1}) for n in range(len(tables))]
    spy = Spy("list_late_orders", lambda days: tables[days - 1])
    messages, description = some_messages(run), f"List late orders ({run.rng.randint(10, 99)})."
    tools = [{**LATE, "function": {**LATE["function"], "description": description}}]
    result = run([calls(*wanted)], messages, tools, {"list_late_orders": spy}, most)
    results = given_back(result, *wanted)
    sends_on(result, messages, tools)
    for made, rows in zip(results, tables, strict=True):
        is_fit(made, rows, most)
    return result, results


def is_fit(made: ToolResult, rows: Sequence[Any], most: int) -> None:
    """The result has as many of the last rows as fit, and counts those that are left out."""
    made.value.has_keys("rows", "omitted")
    kept = [item.value for item in made.value.field("rows").items()]
    omitted = made.value.field("omitted")
    length = len(made.content)
    expect(length <= most, f"the result has {length} characters, and {most} are allowed")
    left = len(rows) - len(kept)
    expect(
        left >= 0 and kept == list(rows[left:]),
        f"{count(len(kept), 'row')} of {len(rows)} were kept, and they aren't the newest ones, in "
        "their order",
    )
    omitted.equals(left, f"it keeps {len(kept)} of {len(rows)} rows")
    could = max((n for n in range(len(rows) + 1) if len(packed(rows, n)) <= most), default=0)
    expect(
        len(kept) >= could,
        f"it keeps {len(kept)} of {len(rows)} rows, and {could} of them fit into {most} characters",
    )


@FIT.case()
def short_result(run: Run) -> None:
    """a short result is kept whole"""
    fitted(run, [late_orders(run, 4), []], 1000)


@FIT.case()
def no_call(run: Run) -> None:
    """an answer without calls gives an empty list"""
    fitted(run, [late_orders(run, 2)], 1000)
    run([says("Which days do you mean?")], some_messages(run), [LATE], {}, 900).returned([])


@FIT.case(points=2)
def long_result(run: Run) -> None:
    """a long one keeps as many rows as fit, and says how many are left out"""
    for _ in range(2):
        fitted(run, [late_orders(run, run.rng.randint(60, 90))], run.rng.randint(400, 900))


@FIT.case()
def limit_per_result(run: Run) -> None:
    """the limit is meant for each result"""
    tables = [late_orders(run, number) for number in (30, 2, 25)]
    fitted(run, tables, run.rng.randint(300, 500))


@FIT.case()
def huge_row(run: Run) -> None:
    """a last row that doesn't fit leaves no rows"""
    rows = [{"order": an_order(run), "note": "y"}, {"order": an_order(run), "note": "x" * 400}]
    fitted(run, [rows, [{"order": an_order(run), "note": "y"}]], run.rng.randint(120, 180))


@FIT.case()
def exactly_at_limit(run: Run) -> None:
    """a text that is exactly as long as the limit is kept whole"""
    rows = late_orders(run, 6)
    length = len(packed(rows, 6))
    for most in (length, length - 1):
        fitted(run, [rows], most)


@FIT.case(hidden=True)
def another_limit(run: Run) -> None:
    """another limit, and other rows"""
    fitted(run, [late_orders(run, 40), late_orders(run, 3)], run.rng.randint(250, 650))
