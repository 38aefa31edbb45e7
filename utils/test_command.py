"""Run all tests: unit tests and gates, then every cell of every notebook against its output.

Everything after `--` goes to pytest in place of the usual selection: course test -- tests/core -x
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile

from .notebooks.build import edits
from .notebooks.files import Course, NotebookError, label, notebooks_in
from .notebooks.totals import count
from .settings import ROOT

NBVAL = [
    "--nbval",
    "--nbval-current-env",
    "--nbval-sanitize-with",
    "tests/nbval_sanitize.cfg",
    "--nbval-cell-timeout",
    "60",
    "-p",
    "no:cacheprovider",
    "--ignore-glob=*.yours-*.ipynb",
]
OWN = ("COURSE_", "OPENAI_")
"""Variables of the person who runs the tests, which must not decide what they find."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", metavar="-- OPTION", help="options of pytest")


def worked_in(course: Course) -> list[str]:
    """Lessons that are not as they were built."""
    found = []
    for id in notebooks_in(course.chapters):
        try:
            if edits(course, id):
                found.append(id)
        except NotebookError:
            found.append(id)
    return found


def notebooks(course: Course) -> list[str]:
    """Every notebook of the course, solutions first; a learner's other notebooks are left alone."""
    ids = course.ids()
    return [label(place(id)) for place in (course.solution, course.lesson) for id in ids]


def run(args: argparse.Namespace) -> int:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    env = clean | {"COURSE_PACE": "0", "PYTHONUTF8": "1"}
    course = Course()
    pytest = [sys.executable, "-m", "pytest"]
    if args.pytest:
        return subprocess.call([*pytest, *args.pytest], cwd=ROOT, env=env)
    if yours := worked_in(course):
        print(
            f"You have worked in {', '.join(yours)}. The tests compare chapters/ with what was "
            "built, so they fail there, and that is no fault of yours. To have both, work in a "
            "copy: `course start DIR`."
        )
    tests = subprocess.call([*pytest, "-m", "not local_model", "tests"], cwd=ROOT, env=env)
    with tempfile.TemporaryDirectory() as data:  # nobody's progress decides what a cell prints
        env["COURSE_DATA_DIR"] = data
        cells = subprocess.call([*pytest, "-q", *NBVAL, *notebooks(course)], cwd=ROOT, env=env)
    print(f"\nThe course holds\n{count()}")
    return tests or cells
