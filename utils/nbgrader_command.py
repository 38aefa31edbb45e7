"""Write lessons as nbgrader source notebooks, one file a lesson.

The exercises become autograded cells with partial credit. Only visible cases are played, inside the
process of the learner's code; `course grade` plays all of them, outside it.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .grading.nbgrader import NoExercise, assignment
from .notebooks.files import Course, NotebookError, open_notebook
from .syllabus import SyllabusError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", nargs="+", help="chapters or lessons, such as 01 or 01a")
    parser.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="DIR",
        help="an assignment's source folder, such as source/ps1; made when it is missing",
    )


def run(args: argparse.Namespace) -> int:
    try:
        for path in write_assignments(Course(), args.lesson, args.to.expanduser()):
            print(path)
    except (NotebookError, SyllabusError) as error:
        print(f"course nbgrader: {error}", file=sys.stderr)
        return 1
    return 0


def write_assignments(course: Course, wanted: list[str], folder: Path) -> list[Path]:
    """Write one source notebook for each chosen lesson that has exercises.

    Args:
        course: where the lessons are.
        wanted: lessons as `Syllabus.select` takes them.
        folder: where the notebooks go; a file that is there is never replaced.

    Returns:
        The files written.

    Raises:
        SyllabusError: there is no such lesson.
        NotebookError: no chosen lesson has an exercise, a file is there already, or the folder
            cannot be written to.
    """
    made: dict[Path, str] = {}
    for id in course.syllabus.select(wanted):
        notebook = open_notebook(course.solution(id)).notebook
        try:
            source = assignment(notebook)
        except NoExercise:
            continue
        made[folder / f"{id.replace('/', '_')}.ipynb"] = json.dumps(source, indent=1) + "\n"
    if not made:
        raise NotebookError(f"No lesson of {' '.join(wanted)} has an exercise.")
    for path in made:
        if path.exists():
            raise NotebookError(f"{path} is there already. Move it away or name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in made.items():
            path.write_text(content, encoding="utf-8")
    except OSError as error:
        raise NotebookError(
            f"{error.filename or folder} cannot be written: {error.strerror}."
        ) from None
    return list(made)
