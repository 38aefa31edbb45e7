"""Fixtures for grading a class."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache

import pytest

from utils.exercises import registry
from utils.grading.judge import player
from utils.grading.judge.grade import Seat
from utils.grading.judge.sandbox import CourseCopy, SandboxUnavailable, Setting, open_host

from .classroom import EXERCISES


@cache
def why_no_sandbox() -> str:
    """Why learners' code cannot be locked up here, or nothing."""
    course = CourseCopy()
    try:
        open_host(Setting("sandbox", course)).close()
    except SandboxUnavailable as error:
        return str(error)
    finally:
        course.close()
    return ""


@pytest.fixture(scope="package")
def sandbox() -> None:
    """Bubblewrap works here. Where continuous integration runs, it has to."""
    reason = why_no_sandbox()
    if reason and os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"continuous integration needs the sandbox: {reason}")
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="package")
def impatient() -> Iterator[None]:
    """Shorter limits, so that what hangs does not hold up the tests."""
    patch = pytest.MonkeyPatch()
    patch.setattr(player, "CELL_SECONDS", 2.0)
    for id in EXERCISES:
        patch.setattr(registry.get(id), "seconds", 1.0)
    yield
    patch.undo()


@pytest.fixture(scope="package")
def seat(sandbox: None, impatient: None) -> Iterator[Seat]:
    """A place to grade single submissions."""
    course = CourseCopy()
    made = Seat(lambda: open_host(Setting("sandbox", course)), {})
    yield made
    made.close()
    course.close()
