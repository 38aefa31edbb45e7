"""The map of the course: its chapters and lessons, read from the syllabus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from ..settings import ROOT
from ..syllabus import Chapter, Lesson, load
from .tables import Table


@dataclass(frozen=True, repr=False)
class CourseMap(Table):
    """The table of lessons; in a notebook, those that are written are links.

    Attributes:
        links: where the notebook of a lesson is, by the lesson's number.
    """

    links: Mapping[str, str] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        shown = super()._repr_html_()
        for number, title, *_ in self.rows:
            if target := self.links.get(str(number)):
                cell = escape(str(title))
                shown = shown.replace(f">{cell}<", f'><a href="{target}">{cell}</a><', 1)
        return shown


def course_map(root: Path = ROOT) -> CourseMap:
    """A table of the lessons: what each is about, how long it takes, and what is to come.

    Args:
        root: the folder that holds syllabus.toml and chapters/.

    Raises:
        SyllabusError: if the syllabus cannot be used.
    """
    rows: list[tuple[str, str, str, str]] = []
    links: dict[str, str] = {}
    for chapter in load(root).chapters:
        rows += _rows(chapter, root)
        links |= {lesson.number: f"../{lesson.id}.ipynb" for lesson in chapter.lessons}
    columns = ("lesson", "title", "what it is about", "time")
    return CourseMap(columns, rows, links=links)


def _rows(chapter: Chapter, root: Path) -> Iterator[tuple[str, str, str, str]]:
    if not chapter.lessons:
        yield chapter.number, chapter.title, chapter.summary, "to come"
    for lesson in chapter.lessons:
        minutes, stretch = minutes_of(lesson, root)
        more = f" + {stretch}" if stretch else ""
        time = f"{minutes}{more} min" if minutes else "not built yet"
        yield lesson.number, lesson.title, lesson.summary, time


def minutes_of(lesson: Lesson, root: Path = ROOT) -> tuple[int, int]:
    """Minutes that a lesson takes, and those for its stretch exercises; 0, 0 if it is not built.

    The builder has computed both and stored them in the learner's notebook.
    """
    path = root / "chapters" / f"{lesson.id}.ipynb"
    try:
        told = json.loads(path.read_text("utf-8"))["metadata"]["course"]
        return int(told["minutes"]), int(told["stretch_minutes"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
