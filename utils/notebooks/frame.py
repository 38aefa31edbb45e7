"""What the builder writes into a notebook: what the syllabus, the exercises or a count know better.

In the first cell, the title and the line that begins with `**Time:**`; in the last cell, the line
that begins with `**Next:**`; and the heading of each exercise. Nobody types these, so they cannot
be wrong. The rest of a notebook is its author's.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from nbformat import NotebookNode

from ..exercises import registry
from ..exercises.model import Exercise
from ..syllabus import Lesson, Syllabus

WORDS_A_MINUTE = 200
"""How fast prose is read, in words."""
LINES_A_MINUTE = 20
"""How fast code is read, in lines."""
EXERCISE_MINUTES = {"easy": 5, "medium": 10, "stretch": 20}
"""How long an exercise takes, by its difficulty."""

MOST_CELLS, MOST_WORDS, MOST_MINUTES = 60, 1800, 45
"""What a lesson may have, so that it is one sitting; minutes without its stretch exercises."""

TITLE = re.compile(r"\A# .*$", re.MULTILINE)
TIME = re.compile(r"^\*\*Time:\*\*.*$", re.MULTILINE)
NEXT = re.compile(r"^\*\*Next:\*\*.*$", re.MULTILINE)
HEADING = re.compile(r"^### Exercise (\d\d\.\d+)\b.*$", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_MARKS = re.compile(r"<[^>]*>|!?\[|\]\([^)]*\)|[|`*#>]|^\s*[-:| ]+$", re.MULTILINE)


@dataclass(frozen=True)
class Size:
    """How large a learner's notebook is.

    Attributes:
        cells: all of them.
        words: of prose, without code and marks.
        lines: of code, without blank lines.
        exercises: minutes for easy and medium exercises.
        stretch: minutes for stretch exercises.
    """

    cells: int
    words: int
    lines: int
    exercises: int
    stretch: int

    @property
    def minutes(self) -> int:
        """How long it takes without its stretch exercises, rounded up."""
        reading = self.words / WORDS_A_MINUTE + self.lines / LINES_A_MINUTE
        return math.ceil(reading + self.exercises)

    def __str__(self) -> str:
        more = f" (+{self.stretch})" if self.stretch else ""
        return f"{self.cells} cells, {self.words:,} words, {self.minutes}{more} minutes"


def size(learners: NotebookNode) -> Size:
    """Measure a learner's notebook, in which solutions are left out."""
    texts = [cell.source for cell in learners.cells if cell.cell_type == "markdown"]
    code = [cell.source for cell in learners.cells if cell.cell_type == "code"]
    lines = sum(bool(line.strip()) for source in code for line in source.splitlines())
    minutes = {"easy": 0, "medium": 0, "stretch": 0}
    for exercise in exercises_in(learners):
        minutes[exercise.difficulty] += EXERCISE_MINUTES[exercise.difficulty]
    return Size(
        cells=len(learners.cells),
        words=sum(words(text) for text in texts),
        lines=lines,
        exercises=minutes["easy"] + minutes["medium"],
        stretch=minutes["stretch"],
    )


def words(markdown: str) -> int:
    """Words that a reader reads; fenced code, marks and the targets of links do not count."""
    return len(_MARKS.sub(" ", _FENCE.sub("", markdown)).split())


def exercises_in(notebook: NotebookNode) -> list[Exercise]:
    """The exercises whose cells are in a notebook; ids that do not exist are left to the lint."""
    known = {exercise.id: exercise for exercise in registry.every()}
    ids = [str(cell.metadata["exercise"]) for cell in notebook.cells if "exercise" in cell.metadata]
    return [known[id] for id in dict.fromkeys(ids) if id in known]


def told(size: Size) -> str:
    """The line about time, rounded up to five minutes."""
    about = 5 * math.ceil(size.minutes / 5)
    more = f", and {size.stretch} more for the stretch exercise" if size.stretch else ""
    return f"**Time:** about {about} minutes{more}."


def link(here: str, there: Lesson) -> str:
    """A link from the notebook of one lesson to that of another, by their ids."""
    start = PurePosixPath(here).parent
    target = os.path.relpath(f"{there.id}.ipynb", start).replace(os.sep, "/")
    return f"[{there.title}]({target})"


def following(syllabus: Syllabus, id: str) -> str:
    """The line that leads on to the next lesson."""
    after = syllabus.after(id)
    if after is None:
        return "**Next:** this is the last lesson that is written so far."
    return f"**Next:** {link(id, after)}. {after.summary}"


def heading(exercise: Exercise) -> str:
    """The heading of an exercise, the same words as in its verdict."""
    return f"### Exercise {exercise.id}: {exercise.title} ({exercise.difficulty})"


def write(
    notebook: NotebookNode, syllabus: Syllabus, lesson: Lesson, learners: NotebookNode
) -> None:
    """Write the frame into a notebook.

    Args:
        notebook: is changed.
        syllabus: knows the titles and the order.
        lesson: what the notebook is.
        learners: the learner's notebook of the lesson, by which the time is computed.
    """
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    measured = size(learners)
    if texts:
        texts[0].source = TITLE.sub(lambda _: f"# {lesson.title}", texts[0].source, count=1)
        texts[0].source = TIME.sub(lambda _: told(measured), texts[0].source)
        texts[-1].source = NEXT.sub(lambda _: following(syllabus, lesson.id), texts[-1].source)
    _headings(texts, exercises_in(notebook))


def _headings(texts: Iterable[NotebookNode], exercises: Iterable[Exercise]) -> None:
    known = {exercise.id: exercise for exercise in exercises}

    def full(match: re.Match[str]) -> str:
        return heading(known[match[1]]) if match[1] in known else match[0]

    for cell in texts:
        cell.source = HEADING.sub(full, cell.source)
