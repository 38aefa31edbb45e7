"""Open the course in JupyterLab, on the first chapter.

Everything after `--` goes to JupyterLab, for instance: course lab -- --no-browser --port 8890
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from .settings import ROOT

START = "chapters/00_start_here.ipynb"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("jupyter", nargs="*", metavar="-- OPTION", help="options of JupyterLab")


def run(args: argparse.Namespace) -> int:
    options = list(args.jupyter)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        options.append("--allow-root")  # in a container people are root, and Jupyter refuses
    call = [sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url=/lab/tree/{START}"]
    return subprocess.call([*call, f"--ServerApp.root_dir={ROOT}", *options], cwd=ROOT)
