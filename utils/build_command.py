"""Make the learners' notebooks in chapters/ from solutions/, run both, and store their outputs.

A lesson that somebody has worked in is not overwritten.
"""

from __future__ import annotations

import argparse
import sys

from tqdm import tqdm

from .notebooks.build import build, learners_from, out_of_date
from .notebooks.files import Course, NotebookError, label, open_notebook
from .notebooks.totals import refresh
from .recordings import RecordingError
from .show.course_map import minutes_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lesson", nargs="*", help="01_requests/a_first_request, 01a, or 01 for a chapter; or all"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="also build a lesson that was edited; it is kept as <name>.yours-<n>.ipynb",
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if a lesson is out of date"
    )


def run(args: argparse.Namespace) -> int:
    course = Course()
    try:
        ids = course.select(args.lesson)
    except NotebookError as error:
        print(f"course build: {error}", file=sys.stderr)
        return 1
    for path in course.strays():
        print(
            f"{label(path)} is from before its chapter was divided into lessons. It was left as it "
            "is; open it beside the lessons, or delete it."
        )
    failed = 0
    times = _times(course)
    for id in ids:
        try:
            told = _check(course, id) if args.check else _build(course, id, args.force)
            print(told)
        except NotebookError as error:
            print(f"course build: {error}", file=sys.stderr)
            failed += 1
    if not failed and not args.check:
        try:
            first = course.ids()[0]
            if _times(course) != times:
                print(f"{first} shows how long each lesson takes, so it is built once more.")
                print(_build(course, first, args.force))
            if refresh(course):
                print("README.md: the totals are brought up to date")
        except (NotebookError, RecordingError) as error:
            print(f"course build: {error}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _times(course: Course) -> list[tuple[int, int]]:
    """How long each lesson takes, as the map in the first lesson shows it."""
    return [minutes_of(lesson, course.root) for lesson in course.syllabus.lessons]


def _check(course: Course, id: str) -> str:
    if reason := out_of_date(course, id):
        raise NotebookError(reason)
    return f"{id}: up to date"


def _build(course: Course, id: str, force: bool) -> str:
    source = open_notebook(course.solution(id))
    cells = [source.notebook, learners_from(course, source)[0]]
    total = sum(cell.cell_type == "code" for notebook in cells for cell in notebook.cells)
    with tqdm(total=total, desc=id, unit="cell", leave=False) as bar:
        built = build(course, id, force=force, on_cell=lambda index, cell: bar.update())
    lines = [
        f"{id}: {built.size}, {built.stubs} to fill in, {len(built.left_out)} left out; "
        + (f"{len(built.changed)} of 2 files changed" if built.changed else "nothing changed")
    ]
    if built.kept:
        lines.append(f"  The edited notebook is kept as {built.kept.name}.")
    return "\n".join(lines)
