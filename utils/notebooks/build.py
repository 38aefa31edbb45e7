"""Make the learner's notebook of a lesson, in chapters/, from the one in solutions/.

In code cells, the lines from `### BEGIN SOLUTION` to `### END SOLUTION` become
`raise NotImplementedError`; cells with the tag `solution` are left out. The markers and the cell
metadata are those of nbgrader, so that a teacher can use it on the same files. What `frame` knows
(title, time, headings of exercises, the link to the next lesson) is written into both notebooks.

A built notebook says in its metadata what it was built from, and what it was when it was built.
People type into lessons: one whose cells are no longer what was built is never overwritten.
"""

from __future__ import annotations

import copy
import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from .. import solution_regions
from ..solution_regions import BEGIN, END
from ..syllabus import Lesson, SyllabusError
from . import frame
from .execute import OnCell, replay
from .files import (
    Course,
    NotebookError,
    Opened,
    label,
    open_notebook,
    refuse_changed,
    replace,
    save,
)

LEFT_OUT = "solution"
"""Tag of cells that the learner's notebook does not have."""

NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}
"""The same in every notebook: no version, which would change with the machine that builds."""

WRITTEN_BY_BUILD = ("built_from", "built", "cells")
"""What the builder writes into the `course` metadata of a learner's notebook only."""

PICTURE = re.compile(r"(!\[[^\]]*\]\((?:\.\./)?)\.\./chapters/")
"""Start of a picture from chapters/ in a solution; the learner's notebook is inside chapters/."""

NOT_STORED = ("execution", "ExecuteTime", "scrolled", "trusted", "collapsed", "editable")
"""Cell metadata that editors add and nobody meant."""


class LearnerEdits(NotebookError):
    """A lesson that somebody has worked in. It was not overwritten."""


@dataclass
class Built:
    """What building a lesson did.

    Attributes:
        id: the lesson.
        size: how large the learner's notebook is.
        left_out: ids of the cells that only the solution has.
        stubs: how many regions became `raise NotImplementedError`.
        kept: the copy that was made of a learner's notebook, None if there was no need.
        changed: the files whose content is new.
    """

    id: str
    size: frame.Size
    left_out: list[str]
    stubs: int
    kept: Path | None = None
    changed: list[Path] = field(default_factory=list)


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return [str(tag) for tag in cell.metadata.get("tags", [])]


def without_solutions(source: str, where: str) -> tuple[str, int]:
    """Replace the solution regions of a code cell.

    Args:
        source: the cell's code.
        where: names the cell in messages.

    Returns:
        The code for learners, and the number of regions.

    Raises:
        NotebookError: for a region in a region, one without begin or end, or a marker that is
            misspelled and would give the solution away.
    """
    try:
        return solution_regions.without_solutions(source, where)
    except solution_regions.MarkerError as error:
        raise NotebookError(str(error)) from None


def place(path: Path, number: int, cell: NotebookNode) -> str:
    """How messages name a cell; `number` counts from 1."""
    return f"{label(path)}, cell {number} (id {cell.get('id', '?')})"


def tidy(notebook: NotebookNode) -> NotebookNode:
    """A copy with the metadata that is stored; what an editor added by itself is gone."""
    result = copy.deepcopy(notebook)
    kept = {k: v for k, v in result.metadata.items() if k not in ("widgets", "signature")}
    result.metadata = nbformat.from_dict(kept | copy.deepcopy(NOTEBOOK_METADATA))
    result.nbformat, result.nbformat_minor = 4, 5
    for cell in result.cells:
        for name in NOT_STORED:
            cell.metadata.pop(name, None)
        if not any(cell.metadata.get("slideshow", {}).values()):
            cell.metadata.pop("slideshow", None)
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]
    return result


def prepared(course: Course, source: Opened) -> NotebookNode:
    """The solution notebook as it is stored, without outputs: nbgrader's metadata and the frame.

    Raises:
        NotebookError: if its markers or metadata cannot be used, or the syllabus has no such
            lesson.
    """
    notebook = _completed(source)
    lesson = _lesson(course, source)
    learners = _learners(source, notebook)[0]
    frame.write(notebook, course.syllabus, lesson, learners)
    measured = frame.size(learners)
    told = {"minutes": measured.minutes, "stretch_minutes": measured.stretch}
    notebook.metadata["course"] = nbformat.from_dict({"lesson": lesson.id} | told)
    return notebook


def _lesson(course: Course, source: Opened) -> Lesson:
    try:
        return course.syllabus.lesson(course.id_of(source.path))
    except SyllabusError as error:
        raise NotebookError(f"{label(source.path)}: {error}") from None


def _completed(source: Opened) -> NotebookNode:
    notebook = tidy(source.notebook)
    for number, cell in enumerate(notebook.cells, 1):
        where = place(source.path, number, cell)
        if cell.cell_type != "code":
            if BEGIN in cell.source or END in cell.source:
                raise NotebookError(
                    f"{where}: solution markers work in code cells. Give a cell of text the tag "
                    f"`{LEFT_OUT}` to keep it out of the learner's notebook."
                )
            continue
        cell.outputs, cell.execution_count = [], None
        _, regions = without_solutions(cell.source, where)
        if regions and LEFT_OUT not in tags(cell):
            _mark_for_nbgrader(cell, where)
    return notebook


def _mark_for_nbgrader(cell: NotebookNode, where: str) -> None:
    marks = cell.metadata.setdefault(
        "nbgrader",
        nbformat.from_dict(
            {
                "grade": False,
                "grade_id": cell.id,
                "locked": False,
                "schema_version": 3,
                "solution": True,
                "task": False,
            }
        ),
    )
    if marks.get("solution") is not True or marks.get("locked"):
        raise NotebookError(
            f"{where}: it has a solution region, but its nbgrader metadata does not say "
            '"solution": true and "locked": false. Correct it, or remove it to have it written.'
        )


def learners_from(course: Course, source: Opened) -> tuple[NotebookNode, list[str], int]:
    """The learner's notebook without outputs, the ids of cells left out, the number of stubs.

    Raises:
        NotebookError: if the solution's markers or metadata cannot be used, or the syllabus has no
            such lesson.
    """
    solution = prepared(course, source)
    origin = cells_sha256(solution)
    notebook, left_out, stubs = _learners(source, solution)
    marks = cell_marks(notebook)
    own = dict(zip(WRITTEN_BY_BUILD, (origin, sha256(marks), " ".join(marks)), strict=True))
    notebook.metadata["course"] = nbformat.from_dict(notebook.metadata["course"] | own)
    return notebook, left_out, stubs


def _learners(source: Opened, solution: NotebookNode) -> tuple[NotebookNode, list[str], int]:
    """A copy of the solution without what learners write themselves."""
    notebook = copy.deepcopy(solution)
    left_out = [cell.id for cell in notebook.cells if LEFT_OUT in tags(cell)]
    notebook.cells = [cell for cell in notebook.cells if cell.id not in left_out]
    stubs = 0
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "code":
            where = place(source.path, number, cell)
            cell.source, regions = without_solutions(cell.source, where)
            stubs += regions
        else:
            cell.source = PICTURE.sub(r"\1", cell.source)
    return notebook, left_out, stubs


def sha256(value: Any) -> str:
    """SHA-256 of a value as JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def cells_sha256(notebook: NotebookNode) -> str:
    """SHA-256 of everything in the cells but their outputs."""
    skipped = ("outputs", "execution_count")
    return sha256([{k: v for k, v in c.items() if k not in skipped} for c in notebook.cells])


def cell_marks(notebook: NotebookNode) -> list[str]:
    """A short hash for each cell, of what a learner can type: id, kind and text."""
    return [sha256([c.get("id"), c.cell_type, c.source])[:10] for c in notebook.cells]


def edited(learners: NotebookNode) -> str | None:
    """The first cell in which a learner's notebook differs from what was built, None for none.

    Outputs and metadata are not compared: running a cell is not an edit.
    """
    course = learners.metadata.get("course") or {}
    marks = cell_marks(learners)
    if course.get("built") == sha256(marks):
        return None
    built = str(course.get("cells", "")).split()
    if not built:
        return "it does not say what it was built from"
    for number, (cell, mark) in enumerate(zip(learners.cells, marks, strict=True), 1):
        if number > len(built) or built[number - 1] != mark:
            return f"first changed cell: {number} (id {cell.get('id', '?')})"
    return f"its last cells are gone: it had {len(built)} and has {len(marks)}"


def refuse_edits(course: Course, id: str) -> bytes | None:
    """The bytes of a learner's notebook that may be overwritten, None if there is none.

    Raises:
        LearnerEdits: if somebody has worked in it, or it is too damaged to tell.
    """
    path = course.lesson(id)
    if not path.exists():
        return None
    ways_out = (
        f"Nothing was overwritten. `course build {id} --force` keeps it as "
        f"{next_copy(path).name} and builds the lesson again."
    )
    try:
        opened = open_notebook(path)
    except NotebookError as error:
        raise LearnerEdits(f"{error} {ways_out}") from None
    if change := edited(opened.notebook):
        raise LearnerEdits(f"{label(path)} is not as it was built; {change}. {ways_out}")
    return opened.content


def next_copy(path: Path) -> Path:
    """Where a learner's notebook is kept: the first <name>.yours-<n>.ipynb that is free."""
    number = 1
    while (copy_ := path.with_name(f"{path.stem}.yours-{number}.ipynb")).exists():
        number += 1
    return copy_


def keep_copy(path: Path) -> tuple[Path, bytes]:
    """Copy a learner's notebook, and return the copy and its content."""
    content, target = path.read_bytes(), next_copy(path)
    replace(target, content, None)
    return target, content


def build(
    course: Course,
    id: str,
    *,
    force: bool = False,
    recordings: Path | None = None,
    on_cell: OnCell | None = None,
) -> Built:
    """Build a lesson, run both notebooks in replay, and store them with their outputs.

    Args:
        course: the folders.
        id: the lesson.
        force: overwrite a lesson that somebody has worked in, after keeping a copy beside it.
        recordings: where the recorded answers are, by default the course's own.
        on_cell: called after each cell.

    Raises:
        LearnerEdits: if somebody has worked in the lesson and `force` is not given.
        NotebookError: if the solution notebook cannot be used or a cell fails. Nothing is changed.
    """
    return Pair.make(course, id, force=force, recordings=recordings, on_cell=on_cell).store()


@dataclass
class Pair:
    """A solution and the learner's notebook made from it, both run, not yet stored."""

    course: Course
    source: Opened
    solution: NotebookNode
    learners: NotebookNode
    learners_was: bytes | None
    force: bool
    built: Built

    @classmethod
    def make(
        cls,
        course: Course,
        id: str,
        *,
        force: bool = False,
        recordings: Path | None = None,
        on_cell: OnCell | None = None,
    ) -> Pair:
        """Make and run both notebooks; arguments and errors as for `build`."""
        source = open_notebook(course.solution(id))
        solution = prepared(course, source)
        learners, left_out, stubs = learners_from(course, source)
        was = None if force else refuse_edits(course, id)
        answers = recordings or course.recordings
        solution = replay(solution, source.path, answers, on_cell)
        learners = replay(learners, course.lesson(id), answers, on_cell)
        built = Built(id, frame.size(learners), left_out, stubs)
        return cls(course, source, solution, learners, was, force, built)

    def store(self) -> Built:
        """Save both notebooks; a learner's work is kept in a copy first.

        Raises:
            NotebookError: if one of them was changed since it was read.
        """
        path, was = self.course.lesson(self.built.id), self.learners_was
        if self.force and path.exists():
            try:
                was = refuse_edits(self.course, self.built.id)
            except LearnerEdits:
                self.built.kept, was = keep_copy(path)
        self.refuse_changes()
        for target, notebook, before in (
            (self.source.path, self.solution, self.source.content),
            (path, self.learners, was),
        ):
            save(target, notebook, before)
            if target.read_bytes() != before:
                self.built.changed.append(target)
        return self.built

    def refuse_changes(self) -> None:
        """Raise what `store` would raise, before anything is written."""
        refuse_changed(self.source.path, self.source.content)
        if not self.force:
            refuse_changed(self.course.lesson(self.built.id), self.learners_was)


def edits(course: Course, id: str) -> str | None:
    """What somebody changed in a lesson since it was built, None for nothing.

    Raises:
        NotebookError: if the notebook cannot be read.
    """
    return edited(open_notebook(course.lesson(id)).notebook)


def out_of_date(course: Course, id: str) -> str | None:
    """Why a lesson has to be built again, None if it is what its solution would give.

    Raises:
        NotebookError: if one of the notebooks cannot be read.
    """
    path = course.lesson(id)
    if not path.exists():
        return f"{label(path)} has not been built. Run `course build {id}`."
    source = open_notebook(course.solution(id))
    stored, wanted = open_notebook(path).notebook, learners_from(course, source)[0]
    if change := edited(stored):
        return f"{label(path)} was edited by hand; {change}. Edit {label(source.path)} instead."
    if stored.metadata.get("course") != wanted.metadata["course"]:
        return f"{label(path)} is older than {label(source.path)}. Run `course build {id}`."
    if cells_sha256(tidy(stored)) != cells_sha256(wanted):
        return f"the cells of {label(path)} have other metadata. Run `course build {id}`."
    if cells_sha256(source.notebook) != cells_sha256(prepared(course, source)):
        return f"{label(source.path)} has parts to be completed. Run `course build {id}`."
    return None
