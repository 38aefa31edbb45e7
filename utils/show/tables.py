"""A table that reads well in a notebook, on the site, and as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

WIDEST = 60
"""Characters after which a value is wrapped in plain text."""


@dataclass(frozen=True)
class Table:
    """Rows under headings. A notebook shows HTML; its text form is what tests compare.

    Attributes:
        columns: the headings.
        rows: one value for each column; numbers are shown as they are given.
        caption: a sentence above the table, empty for none.

    Raises:
        ValueError: if a row has more or fewer values than there are columns.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            if len(row) != len(self.columns):
                raise ValueError(
                    f"row {number} has {len(row)} values, and the table has "
                    f"{len(self.columns)} columns: {row!r}"
                )

    def __repr__(self) -> str:
        cells = [
            [wrap(str(value), WIDEST) or [""] for value in row]
            for row in [self.columns, *self.rows]
        ]
        widths = [
            max(len(line) for row in cells for line in row[column])
            for column in range(len(self.columns))
        ]
        lines = [self.caption] if self.caption else []
        for number, row in enumerate(cells):
            for height in range(max(map(len, row))):
                parts = (value[height] if height < len(value) else "" for value in row)
                line = "  ".join(
                    f"{part:<{width}}" for part, width in zip(parts, widths, strict=True)
                )
                lines.append(line.rstrip())
            if number == 0:
                lines.append("  ".join("-" * width for width in widths))
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        caption = f"<caption>{escape(self.caption)}</caption>" if self.caption else ""
        head = "".join(f'<th scope="col"{_LEFT}>{escape(name)}</th>' for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td{_LEFT}>{escape(str(value))}</td>" for value in row) + "</tr>"
            for row in self.rows
        )
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


_LEFT = ' style="text-align:left;vertical-align:top"'
