"""Make the learners' notebooks in chapters/ from solutions/, run both, and store their outputs.

A chapter that somebody has worked in is not overwritten.
"""

from __future__ import annotations

import argparse
import sys

from tqdm import tqdm

from .notebooks.build import build, chapter_from, out_of_date
from .notebooks.files import Course, NotebookError, open_notebook
from .notebooks.totals import refresh
from .recordings import RecordingError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chapter", nargs="*", help="01_requests, or 01; all if none is named")
    parser.add_argument(
        "--force",
        action="store_true",
        help="also build a chapter that was edited; it is kept as NN_slug.yours-<n>.ipynb",
    )
    parser.add_argument(
        "--check", action="store_true", help="change nothing; fail if a chapter is out of date"
    )


def run(args: argparse.Namespace) -> int:
    course = Course()
    try:
        names = course.select(args.chapter)
    except NotebookError as error:
        print(f"course build: {error}", file=sys.stderr)
        return 1
    failed = 0
    for name in names:
        try:
            told = _check(course, name) if args.check else _build(course, name, args.force)
            print(told)
        except NotebookError as error:
            print(f"course build: {error}", file=sys.stderr)
            failed += 1
    if not failed and not args.check:
        try:
            if refresh(course):
                print("README.md: the totals are brought up to date")
        except (NotebookError, RecordingError) as error:
            print(f"course build: {error}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _check(course: Course, name: str) -> str:
    if reason := out_of_date(course, name):
        raise NotebookError(reason)
    return f"{name}: up to date"


def _build(course: Course, name: str, force: bool) -> str:
    source = open_notebook(course.solution(name))
    cells = [source.notebook, chapter_from(source)[0]]
    total = sum(cell.cell_type == "code" for notebook in cells for cell in notebook.cells)
    with tqdm(total=total, desc=name, unit="cell", leave=False) as bar:
        built = build(course, name, force=force, on_cell=lambda index, cell: bar.update())
    lines = [
        f"{name}: {built.cells} cells, {built.stubs} to fill in, {len(built.left_out)} left out; "
        + (f"{len(built.changed)} of 2 files changed" if built.changed else "nothing changed")
    ]
    if built.kept:
        lines.append(f"  The edited notebook is kept as {built.kept.name}.")
    return "\n".join(lines)
