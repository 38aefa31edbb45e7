"""Apply the rules for notebooks: what running them and comparing outputs cannot see.

Looks at a lesson's notebook in solutions/ and at the one in chapters/ that was built from it.
Without a name, it looks at all lessons, and at whether exercises and cells belong together.
"""

from __future__ import annotations

import argparse
import sys

from .exercises import registry
from .notebooks.files import Course, NotebookError, label, open_notebook
from .notebooks.lint import IGNORED, Complaint, check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lesson", nargs="*", help="01_requests/a_first_request, 01a, 01, or a file; or all"
    )


def run(args: argparse.Namespace) -> int:
    course = Course()
    try:
        ids = course.select(args.lesson)
        found: dict[str, list[Complaint] | list[str]] = {id: complaints(course, id) for id in ids}
        if not args.lesson:
            found["exercises"] = registry.mismatches(exercise_cells(course))
    except NotebookError as error:
        print(f"course lint: {error}", file=sys.stderr)
        return 1
    for id, lines in found.items():
        print("\n".join(map(str, lines)) or f"{id}: nothing to correct")
    return 1 if any(found.values()) else 0


def complaints(course: Course, id: str) -> list[Complaint]:
    """What is to be corrected in both notebooks of a lesson, each thing once.

    Raises:
        NotebookError: if a notebook cannot be read.
    """
    promised = course.syllabus.lesson(id).coverage
    both = [path for path in (course.solution(id), course.lesson(id)) if path.exists()]
    found = [
        complaint
        for path in both
        for complaint in check(open_notebook(path).notebook, id, IGNORED, promised=promised)
    ]
    return list(dict.fromkeys(found))


def exercise_cells(course: Course) -> list[tuple[str, str]]:
    """The exercise that a cell of the solutions names, with the cell's place, for each such cell.

    Raises:
        NotebookError: if a notebook cannot be read.
    """
    paths = [course.solution(id) for id in course.ids()]
    return [
        (str(cell.metadata["exercise"]), f"{label(path)}, cell {number}")
        for path in paths
        for number, cell in enumerate(open_notebook(path).notebook.cells, 1)
        if "exercise" in cell.metadata
    ]
