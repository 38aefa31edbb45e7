"""Open the course in JupyterLab, on the first lesson.

`course lab DIR` opens a folder of your own, which `course start DIR` has made. Everything after
`--` goes to JupyterLab, for instance: course lab -- --no-browser --port 8890
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from . import child_process
from .notebooks.files import Course, NotebookError, label

QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
"""JupyterLab's settings for a page that asks for no news over the network and opens no pop-up
(jupyterlab.readthedocs.io, "Announcements", 2026)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "given",
        nargs="*",
        metavar="[DIR] [-- OPTION]",
        help="a folder of your own, and options of JupyterLab",
    )


def run(args: argparse.Namespace) -> int:
    options = list(args.given)
    own = Path(options.pop(0)).expanduser() if options and options[0][:1] != "-" else None
    try:
        root, start = _places(Course(), own)
    except NotebookError as error:
        print(f"course lab: {error}", file=sys.stderr)
        return 1
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        options.append("--allow-root")  # in a container people are root, and Jupyter refuses
    call = [sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url=/lab/tree/{start}"]
    call += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with tempfile.TemporaryDirectory(prefix="course-lab-") as folder:
        settings = Path(folder) / "labconfig" / "page_config.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps(QUIET), "utf-8")
        paths = [path for path in (os.environ.get("JUPYTER_CONFIG_PATH"), folder) if path]
        env = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
        call += [f"--ServerApp.root_dir={root}", *options]
        return child_process.run(call, cwd=root, env=env)


def _places(course: Course, own: Path | None) -> tuple[Path, str]:
    """The folder that JupyterLab opens, and the first lesson in it.

    Raises:
        NotebookError: if the course cannot be used, or the folder has no lessons.
    """
    first = course.lesson(course.ids()[0])
    if strays := course.strays():
        print(
            "These notebooks are from before their chapters were divided into lessons. They were "
            f"left as they are, with everything that you typed: {', '.join(map(label, strays))}."
        )
    if own is None:
        return course.root, first.relative_to(course.root).as_posix()
    inside = first.relative_to(course.chapters)
    if not (own / inside).is_file():
        raise NotebookError(f"{own} has no lessons. Copy them there with `course start {own}`.")
    return own.resolve(), inside.as_posix()
