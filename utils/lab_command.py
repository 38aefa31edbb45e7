"""Open the course in JupyterLab, on the first chapter.

Everything after `--` goes to JupyterLab, for instance: course lab -- --no-browser --port 8890
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from .settings import ROOT

START = "chapters/00_start_here.ipynb"
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
"""JupyterLab's settings for a page that asks for no news over the network and opens no pop-up
(jupyterlab.readthedocs.io, "Announcements", 2026)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("jupyter", nargs="*", metavar="-- OPTION", help="options of JupyterLab")


def run(args: argparse.Namespace) -> int:
    options = list(args.jupyter)
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        options.append("--allow-root")  # in a container people are root, and Jupyter refuses
    call = [sys.executable, "-m", "jupyter", "lab", f"--LabApp.default_url=/lab/tree/{START}"]
    call += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with tempfile.TemporaryDirectory(prefix="course-lab-") as folder:
        settings = Path(folder) / "labconfig" / "page_config.json"
        settings.parent.mkdir()
        settings.write_text(json.dumps(QUIET), "utf-8")
        paths = [path for path in (os.environ.get("JUPYTER_CONFIG_PATH"), folder) if path]
        env = os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}
        return subprocess.call([*call, f"--ServerApp.root_dir={ROOT}", *options], cwd=ROOT, env=env)
