"""Run all tests: unit tests, gates, and every cell of every notebook against its output.

Each notebook runs once, with the network cut; which recorded answers it used is compared
afterwards. Most tests run on all processors; those of the site, JupyterLab and the sandbox run
beside the notebooks. Everything after `--` goes to pytest in place of the usual selection:
course test -- tests/core -x
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .notebooks import offline, usage
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
    "300",
]
"""Options that compare notebooks; a cell's seconds are a far cap, for a machine that is busy."""

KERNEL_LOGS = "COURSE_KERNEL_LOGS"
"""Variable that names the folder into which the kernels of the notebooks have written."""

AFTER = "tests/gates/test_notebooks_ran.py"
"""Tests that read what the notebooks' kernels wrote, so they come afterwards."""

TOGETHER = ("tests/grading_class", "tests/site", "tests/lab")
"""Folders whose tests share what is expensive, or fetch it once: they run in one process."""

ONE_BY_ONE = "tests/exercises"
"""A folder whose tests share nothing: each goes to whichever processor is free."""

OWN = ("COURSE_", "OPENAI_")
"""Variables of the person who runs the tests, which must not decide what they find."""

STARTUP = f"""\
import os

from IPython import get_ipython

if "{KERNEL_LOGS}" in os.environ:
    for extension in ("utils.notebooks.offline", "utils.notebooks.usage"):
        get_ipython().extension_manager.load_extension(extension)
"""
"""Runs in the kernel of each notebook before its first cell. Kernels that a test starts for itself
have other settings, and are left alone."""


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
            "built, so they fail there, and you have done nothing wrong. To have both, work in a "
            "copy: `course start DIR`."
        )
    with tempfile.TemporaryDirectory() as folder:
        env |= _watched(Path(folder))
        apart = [f"--ignore={name}" for name in (*TOGETHER, ONE_BY_ONE, AFTER)]
        spread = ["-m", "not local_model", "-n", "auto", "--dist"]
        runs = (
            [[*spread, "loadfile", *apart, "tests"]],
            [[*spread, "load", ONE_BY_ONE]],
            [["-m", "not local_model", *TOGETHER], ["-q", *NBVAL, *notebooks(course)]],
            [[AFTER]],
        )
        codes = [
            code
            for beside in runs
            for code in _call([[*pytest, *options] for options in beside], env, Path(folder))
        ]
    print(f"\nThe course holds\n{count()}")
    return max(codes)


def _call(commands: list[list[str]], env: dict[str, str], folder: Path) -> list[int]:
    """Run commands side by side; what the first writes is seen at once, the others' afterwards.

    Args:
        commands: what to run.
        env: their environment.
        folder: where the output of the others waits.

    Returns:
        Their exit codes, in order.
    """
    first, *others = commands
    waiting: list[tuple[subprocess.Popen[bytes], Path]] = []
    try:
        for number, command in enumerate(others):
            log = folder / f"output-{number}.txt"
            with log.open("wb") as out:
                started = subprocess.Popen(
                    command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
                )
            waiting.append((started, log))
        codes = [subprocess.call(first, cwd=ROOT, env=env)]
        for started, log in waiting:
            codes.append(started.wait())
            print(log.read_text("utf-8", "replace"), flush=True)
    finally:
        for started, _ in waiting:
            started.kill()  # no effect on one that has ended
            started.wait()
    return codes


def _watched(folder: Path) -> dict[str, str]:
    """Settings under which kernels are cut off from the network and say what they used.

    Args:
        folder: an empty folder, for what they write and for an IPython with a startup file.
    """
    startup = folder / "ipython" / "profile_default" / "startup" / "00-watched.py"
    startup.parent.mkdir(parents=True)
    startup.write_text(STARTUP, "utf-8")
    logs = folder / "logs"
    logs.mkdir()
    return {
        "IPYTHONDIR": str(folder / "ipython"),
        KERNEL_LOGS: str(logs),
        offline.LOG: str(logs / "offline.txt"),
        usage.LOG: str(logs / "usage-{pid}.jsonl"),
        "COURSE_DATA_DIR": str(folder / "data"),  # nobody's progress decides what a cell prints
    }
