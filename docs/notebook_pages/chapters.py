"""What a list of chapters needs to know about a notebook, read from the notebook itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

_MINUTES = re.compile(r"(\d+)(?:\s*(?:to|-|–)\s*(\d+))?\s*(?:minutes|min\b)", re.IGNORECASE)
_CONNECT = re.compile(r"""\bconnect(?:_async)?\(\s*["']([\w-]+)["']""")


@dataclass(frozen=True)
class Chapter:
    """One notebook of the course, as a line in a list.

    Attributes:
        stem: file name without its ending, such as `01_requests`.
        title: first heading, without Markdown.
        summary: the notebook's `course.summary`, else the paragraph after the title, as Markdown.
        minutes: how long it takes, None where the notebook does not say.
        exercises: ids in the order they appear, such as `01.2`.
        cells: coverage id to the ids of the cells that show it.
        exercise_cells: exercise id to the id of its first cell.
        recordings: names given to `connect(...)`, in order.
    """

    stem: str
    title: str
    summary: str
    minutes: int | None
    exercises: tuple[str, ...]
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exercise_cells: Mapping[str, str] = field(default_factory=dict)
    recordings: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        return self.stem.split("_", 1)[0]


def read_chapter(path: Path) -> Chapter:
    """Read a notebook's title, time, exercises and coverage.

    Raises:
        ValueError: the file is not a notebook, or has no heading.
    """
    return describe(nbformat.read(path, as_version=4), path.stem)


def describe(notebook: Any, stem: str) -> Chapter:
    """The same for a notebook that is already in memory."""
    prose = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    heading = re.search(r"^#\s+(.+)$", prose[0] if prose else "", flags=re.MULTILINE)
    if heading is None:
        raise ValueError(f"{stem}.ipynb: the first cell must be Markdown with a `# Title`")
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
    return Chapter(
        stem=stem,
        title=plain(heading[1]),
        summary=own.get("summary") or (rest if not rest.startswith(("#", "-", ">", "|")) else ""),
        minutes=_minutes(own, prose),
        exercises=tuple(exercises),
        cells={name: tuple(ids) for name, ids in coverage.items()},
        exercise_cells=exercises,
        recordings=tuple(recordings),
    )


def plain(markdown: str) -> str:
    """A heading's text without emphasis, code marks and links."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", text).strip()


def _minutes(own: Mapping[str, Any], prose: list[str]) -> int | None:
    """From the notebook's `course.minutes`, else from what its opening says."""
    stated = own.get("minutes")
    if isinstance(stated, int):
        return stated
    said = _MINUTES.search("\n".join(prose[:3]))
    return int(said[2] or said[1]) if said else None
