"""Build the course's site, or serve it and build again on every change.

The first time fetches fonts, scripts and Python for the page (some 60 MB) from npm and PyPI; after
that nothing is fetched.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from . import child_process
from .settings import ROOT

CONFIG = ROOT / "mkdocs.yml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--build",
        action="store_true",
        help="build into site/ and stop; a warning, such as a broken link, is an error",
    )
    parser.add_argument(
        "--address",
        default="127.0.0.1:8000",
        metavar="HOST:PORT",
        help="where to serve (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Fetch what is missing, then build or serve; 1 with a message when something is missing."""
    if importlib.util.find_spec("mkdocs") is None:
        _say("MkDocs is not installed here. `python -m utils site` installs it and comes back.")
        return 1
    vendor = module("vendor")
    try:
        with child_process.terminable():  # npm and pip end with this process
            vendor.fetch(_say)
    except vendor.VendorError as error:
        _say(str(error))
        return 1
    except child_process.Terminated as ended:
        return 128 + ended.signal
    # Never with --quiet: it hides the warnings that --strict counts.
    order = ["build", "--strict"] if args.build else ["serve", "--dev-addr", args.address]
    call = [sys.executable, "-m", "mkdocs", *order, "--config-file", str(CONFIG)]
    return child_process.run(call, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})


def build(target: Path, more: Sequence[Path] = ()) -> None:
    """Build strictly into `target`, with the notebooks of other folders added, for tests.

    Raises:
        mkdocs.exceptions.Abort: there was a warning.
    """
    from mkdocs.commands.build import build as mkdocs_build
    from mkdocs.config import load_config

    config = load_config(str(CONFIG), strict=True, site_dir=str(target))
    config.extra["course"]["notebooks"] = [str(folder) for folder in more]
    config.plugins.run_event("startup", command="build", dirty=False)
    mkdocs_build(config)


def module(name: str) -> ModuleType:
    """One of the site's own modules, which lie in docs/ and are not installed."""
    folder = str(ROOT / "docs")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(name)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
