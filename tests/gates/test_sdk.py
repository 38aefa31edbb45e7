"""The locked SDK is the one that was read: its snapshot, the tested range, and every pin."""

from __future__ import annotations

import re
import tomllib

import openai
import pytest
from packaging.requirements import Requirement

from tests.gates.gathered import COURSE
from tests.gates.sdk_snapshot import FILE, difference, snapshot, version

WHAT_TO_DO = "Follow docs/pages/contributing/when-the-sdk-moves.md."


def supported() -> Requirement:
    """The range of the SDK in pyproject.toml."""
    project = tomllib.loads((COURSE.root / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = (Requirement(line) for line in project["dependencies"])
    return next(one for one in wanted if one.name == "openai")


def pinned(file: str) -> str:
    """The version of the SDK that a file pins."""
    found = re.search(r"^openai==([\w.]+)", (COURSE.root / file).read_text("utf-8"), re.MULTILINE)
    assert found, f"{file} does not pin openai"
    return found[1]


PINS = [
    *(f"requirements/{name}.txt" for name in ("course", "local", "all")),
    "docs/page-wheels.txt",
]


def test_the_course_takes_from_the_installed_sdk_what_was_read() -> None:
    changed = difference(FILE.read_text("utf-8"), snapshot())
    told = f"openai {openai.__version__} says something else than the snapshot. {WHAT_TO_DO}\n"
    assert not changed, told + "\n".join(changed)


def test_a_difference_shows_what_is_new_and_what_is_gone() -> None:
    old = FILE.read_text("utf-8")
    new = old.replace("seed: int\n", "sead: int\n").replace(version(old), "9.9.9", 1)
    shown = difference(old, new)
    assert [line for line in shown if line.startswith(("-s", "+s"))] == ["-seed: int", "+sead: int"]
    assert not any("9.9.9" in line for line in shown)


@pytest.mark.parametrize("file", PINS)
def test_every_pin_is_the_version_that_was_read(file: str) -> None:
    assert pinned(file) == version(FILE.read_text("utf-8")), WHAT_TO_DO


def test_the_range_holds_the_pin_and_not_the_next_release() -> None:
    wanted, pin = supported().specifier, pinned(PINS[0])
    major, minor = pin.split(".")[:2]
    assert pin in wanted
    assert f"{major}.{int(minor) + 1}.0" not in wanted, f"not tested yet. {WHAT_TO_DO}"
