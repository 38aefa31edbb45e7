"""What a list of lessons needs to know about a notebook, read from the notebook itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

_CONNECT = re.compile(r"""\bconnect(?:_async)?\(\s*["']([\w/-]+)["']""")


@dataclass(frozen=True)
class Outline:
    """One notebook of the course, as a line in a list.

    Attributes:
        id: the lesson, such as `01_requests/a_first_request`.
        title: first heading, without Markdown.
        summary: the paragraph after the title, as Markdown.
        minutes: how long it takes as the builder has computed it, None where it has not.
        exercises: ids in the order they appear, such as `01.2`.
        cells: coverage id to the ids of the cells that show it.
        exercise_cells: exercise id to the id of its first cell.
        recordings: lessons given to `connect(...)`, in order.
        cell_ids: ids of all cells.
    """

    id: str
    title: str
    summary: str
    minutes: int | None
    exercises: tuple[str, ...]
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exercise_cells: Mapping[str, str] = field(default_factory=dict)
    recordings: tuple[str, ...] = ()
    cell_ids: frozenset[str] = frozenset()

    @property
    def chapter(self) -> str:
        """The number of its chapter, two digits."""
        return self.id[:2]

    @property
    def number(self) -> str:
        """Its place in the course: `01a`, or `02` for a chapter that is not divided."""
        return self.id[:2] + self.id.partition("/")[2][:1]


def read_outline(path: Path, id: str) -> Outline:
    """Read a notebook's title, time, exercises and coverage.

    Raises:
        ValueError: the file is not a notebook, or has no heading.
    """
    return describe(nbformat.read(path, as_version=4), id)


def describe(notebook: Any, id: str) -> Outline:
    """The same for a notebook that is already in memory."""
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    heading = re.search(r"^#\s+(.+)$", prose[0] if prose else "", flags=re.MULTILINE)
    if heading is None:
        raise ValueError(f"{id}.ipynb: the first cell must be Markdown with a `# Title`")
    own = notebook.metadata.get("course", {})
    rest = prose[0][heading.end() :].strip().split("\n\n")[0].strip()
    coverage: dict[str, list[str]] = {}
    exercises: dict[str, str] = {}
    recordings: dict[str, None] = {}
    for cell in notebook.cells:
        for item in cell.metadata.get("coverage", []):
            coverage.setdefault(item, []).append(cell.id)
        if "exercise" in cell.metadata:
            exercises.setdefault(str(cell.metadata["exercise"]), cell.id)
        if cell.cell_type == "code":
            recordings |= dict.fromkeys(_CONNECT.findall(cell.source))
    minutes = own.get("minutes")
    return Outline(
        id=id,
        title=plain(heading[1]),
        summary=rest if not rest.startswith(("#", "-", ">", "|")) else "",
        minutes=minutes if isinstance(minutes, int) else None,
        exercises=tuple(exercises),
        cells={name: tuple(ids) for name, ids in coverage.items()},
        exercise_cells=exercises,
        recordings=tuple(recordings),
        cell_ids=frozenset(cell.id for cell in notebook.cells),
    )


def plain(markdown: str) -> str:
    """A heading's text without emphasis, code marks and links."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", text).strip()
