"""Results with more rows than the limit has room for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...scripted import calls
from ..model import Exercise, Result, Run, Spy, expect, short
from .shop_tools import LATE, STORES, an_order
from .tool_calls import MadeCall, a_call, given_back, offered, parsed

FIT = Exercise(
    id="04.5",
    function="fit_rows",
    title="fit a tool result into a size limit",
    difficulty="easy",
    covers=["C4"],
    hints=[
        "Cutting the JSON text leaves text that is no JSON. Leave out rows instead.",
        "Begin with all rows, and leave one more out while the text is too long: "
        'json.dumps({"rows": rows[omitted:], "omitted": omitted}).',
        "while len(content) > limit and omitted < len(rows): one more, and the text anew.",
    ],
)


def _rows(run: Run, count: int) -> list[dict[str, Any]]:
    return [
        {"order": an_order(run), "days_late": run.rng.randint(1, 20), "city": run.choose(*STORES)}
        for _ in range(count)
    ]


def packed(rows: Sequence[Any], count: int) -> str:
    left = len(rows) - count
    return json.dumps({"rows": list(rows[left:]), "omitted": left})


def fitted(run: Run, results: list[list[Any]], most: int) -> tuple[Result, list[str]]:
    wanted = [a_call(run, "list_late_orders", {"days": n + 1}) for n in range(len(results))]
    spy = Spy("list_late_orders", lambda days: results[days - 1])
    messages = [{"role": "user", "content": "Which orders are late?"}]
    result = run([calls(*wanted)], messages, [LATE], {"list_late_orders": spy}, most)
    texts = given_back(result, *wanted)
    offered(result, 1, [LATE])
    for text, call, rows in zip(texts, wanted, results, strict=True):
        is_fit(text, call, rows, most)
    return result, texts


def is_fit(text: str, call: MadeCall, rows: Sequence[Any], most: int) -> None:
    value = parsed(text, call)
    expect(
        isinstance(value, dict) and isinstance(value.get("rows"), list) and "omitted" in value,
        f'the result is {short(text)}, and {{"rows": [...], "omitted": ...}} was expected',
    )
    expect(len(text) <= most, f"the result has {len(text)} characters, and {most} are allowed")
    kept = len(value["rows"])
    left = len(rows) - kept
    expect(
        left >= 0 and value["rows"] == list(rows[left:]),
        f"the {kept} rows are not the last {kept} rows of the result, in their order",
    )
    expect(
        value["omitted"] == left and value["omitted"] is not True,
        f"omitted is {short(value['omitted'])}, and {left} of {len(rows)} rows are left out",
    )
    could = max((n for n in range(len(rows) + 1) if len(packed(rows, n)) <= most), default=0)
    expect(
        kept >= could,
        f"it keeps {kept} of {len(rows)} rows, and {could} of them fit into {most} characters",
    )


@FIT.case()
def short_result(run: Run) -> None:
    """a short result is kept whole"""
    result, [text] = fitted(run, [_rows(run, 4)], 1000)
    expect(json.loads(text)["omitted"] == 0, "all rows fit")
    result.sent(1)


@FIT.case(points=2)
def long_result(run: Run) -> None:
    """a long one keeps as many rows as fit, and says how many are left out"""
    fitted(run, [_rows(run, run.rng.randint(60, 90))], run.rng.randint(400, 900))


@FIT.case()
def limit_per_result(run: Run) -> None:
    """the limit is meant for each result"""
    fitted(run, [_rows(run, 30), _rows(run, 2), _rows(run, 25)], run.rng.randint(300, 500))


@FIT.case()
def huge_row(run: Run) -> None:
    """a row that does not fit leaves no rows"""
    rows = [{"order": an_order(run), "note": "y"}, {"order": an_order(run), "note": "x" * 400}]
    fitted(run, [rows], run.rng.randint(120, 180))


@FIT.case(hidden=True)
def exactly_at_limit(run: Run) -> None:
    """exactly at the limit everything is kept"""
    rows = _rows(run, 6)
    _, [text] = fitted(run, [rows], len(packed(rows, 6)))
    expect(json.loads(text)["omitted"] == 0, "the text is exactly as long as it may be")
