"""What continuous integration runs is pinned, and runs where the course says that it works."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.gates.gathered import COURSE

FOLDER = COURSE.root / ".github"
FILES = sorted([*FOLDER.glob("workflows/*.yml"), *FOLDER.glob("actions/*/action.yml")])
USES = re.compile(r"^\s*(?:- )?uses:\s*(.+)$", re.MULTILINE)
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+(\.\d+)*")
OWN = re.compile(r"\./\.github/actions/[\w-]+")


def unpinned(text: str) -> list[str]:
    """The actions of a workflow that are not pinned to a commit, with their version beside it."""
    used = [found.strip() for found in USES.findall(text)]
    return [one for one in used if not (PINNED.fullmatch(one) or OWN.fullmatch(one))]


def test_there_are_workflows() -> None:
    assert len(FILES) >= 4


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    assert unpinned(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_own_actions_exist(path: Path) -> None:
    for used in USES.findall(path.read_text("utf-8")):
        if OWN.fullmatch(used):
            assert (COURSE.root / used / "action.yml").is_file()


def test_a_tag_is_not_a_pin() -> None:
    hash_ = "3d3c42e5aac5ba805825da76410c181273ba90b1"
    assert unpinned("      - uses: actions/checkout@v4\n") == ["actions/checkout@v4"]
    assert unpinned(f"    - uses: actions/checkout@{hash_}\n")
    assert not unpinned(f"      - uses: actions/checkout@{hash_} # v7.0.1\n")


def test_the_tests_run_on_every_python_that_the_course_supports() -> None:
    text = (FOLDER / "workflows" / "test.yml").read_text("utf-8")
    named = re.search(r"python: \[(.*)\]", text)
    assert named
    versions = [tuple(map(int, one.split("."))) for one in re.findall(r'"([\d.]+)"', named[1])]
    project = tomllib.loads((COURSE.root / "pyproject.toml").read_text("utf-8"))["project"]
    oldest = tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))
    assert versions[0] == oldest
    assert [minor for _, minor in versions] == list(range(oldest[1], oldest[1] + len(versions)))
