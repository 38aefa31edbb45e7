"""A page for each student with the words and boxes of the notebook, and a page over the class."""

from __future__ import annotations

import html
from collections.abc import Sequence
from urllib.parse import quote

from ...exercises import Exercise
from ..notebook import Verdict
from .grade import Grade

MOST_PROBLEMS = 8
"""Problems that are shown; the rest is counted."""

_STYLE = """
:root { color-scheme: light }
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2733; background: #fff;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; overflow-wrap: anywhere } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid #d5dbe3;
  overflow-wrap: break-word; vertical-align: top }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums }
.wide { overflow-x: auto } a { color: #1f5fa8 } code { overflow-wrap: anywhere }
.problems { border-left: 5px solid #a3241a; background: #fdf0ee; padding: .5rem 1rem }
"""


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta http-equiv='Content-Security-Policy' "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n"
        f"<body><main>{body}</main></body></html>\n"
    )


def report_page(grade: Grade) -> str:
    """The page of one student."""
    parts = [
        f"<h1>{html.escape(grade.name)}</h1>",
        f"<p><b>{grade.score} of {grade.max_score} points</b></p>",
    ]
    if grade.problems:
        items = [f"<li><code>{html.escape(str(p))}</code></li>" for p in grade.problems]
        if len(items) > MOST_PROBLEMS:
            items[MOST_PROBLEMS:] = [f"<li>and {len(items) - MOST_PROBLEMS} more</li>"]
        parts.append(
            "<div class='problems'><p>While your cells ran, this happened first:</p>"
            f"<ul>{''.join(items)}</ul></div>"
        )
    rows = "".join(
        f"<tr><td><a href='#e{n}'>{j.exercise}</a></td>"
        f"<td><code>{html.escape(j.function)}()</code></td>"
        f"<td>{j.verdict}</td><td class='number'>{j.score} of {j.max_score}</td></tr>"
        for n, j in enumerate(grade.judgments)
    )
    parts.append(
        "<table><thead><tr><th>Exercise</th><th>Function</th><th>Verdict</th>"
        f"<th class='number'>Points</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    for number, judgment in enumerate(grade.judgments):
        parts.append(
            f"<h2 id='e{number}'>Exercise {judgment.exercise}</h2>"
            + Verdict(judgment)._repr_html_()
        )
    return _page(grade.name, "\n".join(parts))


def index_page(grades: Sequence[Grade], exercises: Sequence[Exercise]) -> str:
    """The page over the class."""
    head = "".join(
        f"<th class='number' title='{html.escape(e.title, quote=True)}'>{e.id}</th>"
        for e in exercises
    )
    rows = []
    for grade in grades:
        points = "".join(f"<td class='number'>{j.score}</td>" for j in grade.judgments)
        link = quote(f"reports/{grade.safe}.html")
        note = html.escape(str(grade.problems[0])[:200]) if grade.problems else ""
        rows.append(
            f"<tr><td><a href='{link}'>{html.escape(grade.name)}</a></td>"
            f"<td class='number'>{grade.score}</td>{points}<td>{note}</td></tr>"
        )
    most = sum(e.max_score(hidden=True) for e in exercises)
    maxima = "".join(f"<td class='number'>{e.max_score(hidden=True)}</td>" for e in exercises)
    body = (
        f"<h1>Grades</h1><p>{len(grades)} submissions, {len(exercises)} exercises, "
        f"{most} points.</p><div class='wide'><table><thead><tr><th>Submission</th>"
        f"<th class='number'>Score</th>{head}<th>First problem</th></tr></thead><tbody>"
        f"<tr><td>Most points</td><td class='number'>{most}</td>{maxima}<td></td></tr>"
        f"{''.join(rows)}</tbody></table></div>"
    )
    return _page("Grades", body)
