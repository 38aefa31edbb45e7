"""The pages for contributors name files, commands and targets that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.gates.gathered import COURSE
from utils.cli import COMMANDS

FOLDER = COURSE.root / "docs" / "pages" / "contributing"
PAGES = [COURSE.root / "CONTRIBUTING.md", *sorted(FOLDER.glob("*.md"))]
QUOTED = re.compile(r"`([^`\n]+)`")
PLACE = re.compile(r"(?:utils|tests|docs|solutions|chapters|recordings|requirements)/[\w./-]*")
EXAMPLES = ("07_search/a_passages", "rank_articles", "chapters/07", "exercises/ch07")
"""What the pages invent, to show how something is added."""


def missing(text: str) -> list[str]:
    """Paths of the repository that a page quotes and that do not exist."""
    quoted = [words for words in QUOTED.findall(text) if PLACE.fullmatch(words)]
    invented = [words for words in quoted if any(part in words for part in EXAMPLES)]
    return [w for w in quoted if w not in invented and not (COURSE.root / w).exists()]


def unknown_commands(text: str) -> list[str]:
    """Words after `course` and `make` in code that are no command and no target."""
    targets = re.findall(
        r"^([a-z ]+):", (COURSE.root / "Makefile").read_text("utf-8"), re.MULTILINE
    )
    known = {"course": set(COMMANDS), "make": {one for line in targets for one in line.split()}}
    code = [*QUOTED.findall(text), *re.findall(r"^ *(\S.*)$", fenced(text), re.MULTILINE)]
    used = [re.match(r"(?:\S*/)?(course|make) ([a-z]+)\b", line) for line in code]
    return [one[0] for one in used if one and one[2] not in known[one[1]]]


def fenced(text: str) -> str:
    """The shell commands of a page."""
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_names_files_that_exist(path: Path) -> None:
    assert missing(path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_names_commands_that_exist(path: Path) -> None:
    assert unknown_commands(path.read_text("utf-8")) == []


def test_what_does_not_exist_is_found() -> None:
    page = "See `utils/nowhere.py` and `utils/client.py`, then run `course fly` or `make lab`.\n"
    assert missing(page) == ["utils/nowhere.py"]
    assert unknown_commands(page + "```sh\ncourse build\nmake tea\n```\n") == [
        "course fly",
        "make tea",
    ]
