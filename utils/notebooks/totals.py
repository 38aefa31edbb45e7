"""How much there is in the course, counted; the README says so between two markers."""

from __future__ import annotations

import ast
from dataclasses import dataclass, fields
from pathlib import Path

from .. import recordings
from ..exercises import registry
from ..mutants.tally import TALLIES, read_tallies
from ..syllabus import Lesson
from .coverage import SUBJECTS, table
from .files import Course, NotebookError, open_notebook, replace

START = "<!-- what-is-here: written by `course build` -->"
END = "<!-- /what-is-here -->"


@dataclass(frozen=True)
class Totals:
    """What the course holds.

    Attributes:
        chapters: those that are written.
        lessons: notebooks.
        code_cells: in the solutions, which hold all cells.
        subjects: rows of the coverage table that a cell shows.
        exercises: graded ones.
        wrong_answers: that the tests hand in, each with the verdict it must get.
        mutants: changes of model solutions that were tried, see `utils/mutants`.
        mutants_noticed: by a visible case.
        mutants_without_effect: accepted, each with a reason.
        recorded_answers: requests with what came back.
    """

    chapters: int
    lessons: int
    code_cells: int
    subjects: int
    exercises: int
    wrong_answers: int
    mutants: int
    mutants_noticed: int
    mutants_without_effect: int
    recorded_answers: int

    def __str__(self) -> str:
        return "\n".join(
            f"{getattr(self, field.name):>6,}  {field.name.replace('_', ' ')}"
            + (f" of {len(SUBJECTS)}" if field.name == "subjects" else "")
            for field in fields(self)
        )


def count(course: Course | None = None) -> Totals:
    """Count what is in the course.

    Raises:
        NotebookError: for a notebook that cannot be read.
        RecordingError: for a recording that cannot be read.
        BadTally: for numbers of mutants that cannot be read.
    """
    course = course or Course()
    notebooks = {id: open_notebook(course.solution(id)).notebook for id in course.ids()}
    written = [course.recording(id) for id in recordings.names(course.recordings)]
    tallies = read_tallies(course.root / "tests" / "exercises" / TALLIES.name).values()
    return Totals(
        chapters=len({lesson.chapter for lesson in course.syllabus.lessons}),
        lessons=len(notebooks),
        code_cells=sum(c.cell_type == "code" for n in notebooks.values() for c in n.cells),
        subjects=len({row.subject for row in table(notebooks)} & set(SUBJECTS)),
        exercises=len(registry.every()),
        wrong_answers=wrong_answers(course.root / "tests" / "exercises"),
        mutants=sum(tally.made for tally in tallies),
        mutants_noticed=sum(tally.killed for tally in tallies),
        mutants_without_effect=sum(tally.equivalent for tally in tallies),
        recorded_answers=sum(len(recordings.read(path).interactions) for path in written),
    )


def wrong_answers(folder: Path) -> int:
    """Functions in the files of a folder that are marked `@wrong(...)`."""
    return sum(
        isinstance(mark, ast.Call) and getattr(mark.func, "id", None) == "wrong"
        for path in sorted(folder.rglob("answers_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for mark in node.decorator_list
    )


def block(course: Course, totals: Totals) -> str:
    """The part of the README that is counted: which chapters there are, and the totals."""
    here = [chapter for chapter in course.syllabus.chapters if chapter.lessons]
    later = [chapter.title for chapter in course.syllabus.chapters if not chapter.lessons]
    names = [field.name.replace("_", " ") for field in fields(totals)]
    values = [f"{getattr(totals, field.name):,}" for field in fields(totals)]
    lines = ["| | Chapter | Lessons |", "|---|---|---|"]
    for chapter in here:
        links = [_link(lesson) for lesson in chapter.lessons]
        lines.append(_row([chapter.number, chapter.title, "<br>".join(links)]))
    lines.append("")
    if later:
        lines += [f"Chapters to come: {', '.join(later)}.", ""]
    lines += [_row(names), _row(["---:"] * len(names)), _row(values)]
    return "\n".join(lines)


def _link(lesson: Lesson) -> str:
    name = "All in one notebook" if lesson.flat else lesson.title
    return f"[{name}](chapters/{lesson.id}.ipynb)"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def with_block(text: str, counted: str) -> str:
    """The README with the counted part replaced.

    Raises:
        NotebookError: if the markers are not there.
    """
    before, found, rest = text.partition(START)
    _, closed, after = rest.partition(END)
    if not found or not closed:
        raise NotebookError(
            f"README.md: the lines `{START}` and `{END}` are missing. Between them `course build` "
            "writes what is in the course; put them back."
        )
    return f"{before}{START}\n{counted}\n{END}{after}"


def refresh(course: Course) -> bool:
    """Bring the README up to date; true if it changed. A course without a README has none to keep.

    Raises:
        NotebookError: if the README has lost its markers, or was changed meanwhile.
    """
    path = course.root / "README.md"
    if not path.is_file():
        return False
    before = path.read_bytes()
    after = with_block(before.decode("utf-8"), block(course, count(course))).encode()
    replace(path, after, before)
    return after != before
