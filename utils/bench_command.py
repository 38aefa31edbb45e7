"""Measure and print the figures of the course, side by side in one run.

Machines differ and are noisy, so the ratios matter and no figure is asserted by a test.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys

from .settings import ROOT

FOLDER = ROOT / "tests" / "bench"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = [path.stem for path in sorted(FOLDER.glob("bench_*.py"))]
    parser.add_argument("benchmark", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")


def run(args: argparse.Namespace) -> int:
    if importlib.util.find_spec("vcr") is None:
        print("course bench: the benchmarks need the test packages: python -m utils bench")
        return 1
    env = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    failed = 0
    for path in sorted(FOLDER.glob("bench_*.py")):
        if not args.benchmark or path.stem in args.benchmark:
            print(f"\n{path.stem}", flush=True)
            failed |= subprocess.call([sys.executable, str(path)], cwd=ROOT, env=env)
    return failed
