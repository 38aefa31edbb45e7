"""The map of the course: which chapters there are, read from the notebooks themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path

from ..settings import ROOT
from .tables import Table

PLANNED = {
    "00_start_here": "Start here",
    "01_requests": "Requests and answers",
    "02_conversations": "Conversations",
    "03_streaming": "Streaming",
    "04_tools": "Tools",
    "05_structured_output": "Structured output",
    "06_embeddings": "Embeddings",
    "07_search": "Search and citations",
    "08_errors": "Errors and retries",
    "09_concurrency": "Concurrency",
    "10_responses_and_reasoning": "Responses and reasoning",
    "11_cost": "Cost",
    "12_images_and_files": "Images and files",
    "13_capstone": "Capstone: a support assistant",
}
"""The numbers are fixed, so that no chapter is ever renumbered."""


@dataclass(frozen=True)
class Chapter:
    """A chapter of the course.

    Attributes:
        name: of its notebook, without the ending.
        title: from the notebook, or as planned.
        minutes: how long it takes, None when it is not written yet.
        summary: one sentence, empty when it is not written yet.
    """

    name: str
    title: str
    minutes: int | None = None
    summary: str = ""

    @property
    def exists(self) -> bool:
        return self.minutes is not None


def chapters(root: Path = ROOT) -> list[Chapter]:
    """All chapters, planned and written.

    Args:
        root: the folder that holds chapters/ and solutions/.
    """
    return [_chapter(root, name, title) for name, title in PLANNED.items()]


def _chapter(root: Path, name: str, title: str) -> Chapter:
    for folder in ("chapters", "solutions"):
        path = root / folder / f"{name}.ipynb"
        if path.is_file():
            told = json.loads(path.read_text("utf-8")).get("metadata", {}).get("course", {})
            return Chapter(
                name,
                str(told.get("title", title)),
                int(told.get("minutes", 0)),
                str(told.get("summary", "")),
            )
    return Chapter(name, title)


class Map(Table):
    """The table of chapters; in a notebook, those that exist are links."""

    def _repr_html_(self) -> str:
        shown = super()._repr_html_()
        for name, *_ in self.rows:
            cell = escape(str(name))
            if "_" in cell:
                shown = shown.replace(f">{cell}<", f'><a href="{cell}.ipynb">{cell}</a><', 1)
        return shown


def course_map(root: Path = ROOT) -> Map:
    """A table of the chapters: what each is about, how long it takes, and which exist."""
    rows = [
        (c.name, c.summary or c.title, f"{c.minutes} min")
        if c.exists
        else (c.name.split("_")[0], c.title, "not written yet")
        for c in chapters(root)
    ]
    return Map(("chapter", "what it is about", "time"), rows)
