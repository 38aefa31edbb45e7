"""Run all tests: unit tests and gates, then every cell of every notebook against its output.

Everything after `--` goes to pytest in place of the usual selection: course test -- tests/core -x
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile

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
    "chapters",
    "solutions",
]
OWN = ("COURSE_", "OPENAI_")
"""Variables of the person who runs the tests, which must not decide what they find."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("pytest", nargs="*", metavar="-- OPTION", help="options of pytest")


def run(args: argparse.Namespace) -> int:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
    env = clean | {"COURSE_PACE": "0", "PYTHONUTF8": "1"}
    pytest = [sys.executable, "-m", "pytest"]
    if args.pytest:
        return subprocess.call([*pytest, *args.pytest], cwd=ROOT, env=env)
    tests = subprocess.call([*pytest, "-m", "not local_model", "tests"], cwd=ROOT, env=env)
    with tempfile.TemporaryDirectory() as data:  # nobody's progress decides what a cell prints
        env["COURSE_DATA_DIR"] = data
        cells = subprocess.call([*pytest, "-q", *NBVAL], cwd=ROOT, env=env)
    print(f"\nThe course holds\n{count()}")
    return tests or cells
