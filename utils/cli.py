"""The `course` command: one word for each thing that people do with the course."""

from __future__ import annotations

import argparse
import importlib
import sys

from . import settings
from .costs import SpendLimitReached
from .recordings import RecordingError, RecordingMissing

COMMANDS = {
    "lab": ("utils.lab_command", "open the course in JupyterLab"),
    "start": ("utils.start_command", "copy the chapters to a folder of your own"),
    "grade": ("utils.grade_command", "grade the submissions of a class"),
    "nbgrader": ("utils.nbgrader_command", "write lessons as nbgrader assignments"),
    "local": ("utils.local_model.command", "run a real model on this machine"),
    "site": ("utils.site_command", "build or serve the course's site"),
    "test": ("utils.test_command", "run all tests"),
    "mutants": ("utils.mutants_command", "see whether the exercises notice small mistakes"),
    "record": ("utils.record", "record a chapter's answers again"),
    "new": ("utils.new_command", "begin a lesson or an exercise"),
    "lint": ("utils.lint_command", "apply the rules for notebooks"),
    "build": ("utils.build_command", "make the learners' notebooks from the solutions"),
    "bench": ("utils.bench_command", "measure and print the figures"),
}
"""Name of a command: its module, with `add_arguments` and `run`, and what it does."""


def parser() -> argparse.ArgumentParser:
    """All commands with their one-line help; a command's own options come from its module."""
    result = argparse.ArgumentParser(
        prog="course", description="The OpenAI API course: work through it, test it, record it."
    )
    commands = result.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, help_text) in COMMANDS.items():
        commands.add_parser(name, help=help_text, add_help=False)
    return result


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed with a message, 2 wrong usage."""
    given = sys.argv[1:] if arguments is None else arguments
    name = parser().parse_known_args(given[:1])[0].command
    module = importlib.import_module(COMMANDS[name][0])
    own = argparse.ArgumentParser(prog=f"course {name}", description=module.__doc__)
    own.formatter_class = argparse.RawDescriptionHelpFormatter
    module.add_arguments(own)
    try:
        return module.run(own.parse_args(given[1:]))
    except (settings.SettingsError, RecordingError, RecordingMissing, SpendLimitReached) as error:
        print(f"course {name}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
