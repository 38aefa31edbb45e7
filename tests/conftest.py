"""Settings of the person who runs the tests must not decide what they find."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """More seeds take more time: `make seeds` plays every answer under twelve."""
    parser.addoption("--seeds", type=int, default=3, help="seeds for the answers to exercises")


@pytest.fixture
def seeds(request: pytest.FixtureRequest) -> range:
    """Seeds under which an answer gets its verdict; 0 is that of `check`."""
    number: Any = request.config.getoption("--seeds")
    return range(number)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No COURSE_ variable, no key, and a data folder of this test run's own."""
    for name in os.environ:
        if name.startswith(("COURSE_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COURSE_PACE", "0")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path_factory.getbasetemp() / "data"))


@pytest.fixture
def recordings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of recordings/."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    monkeypatch.setenv("COURSE_RECORDINGS_DIR", str(folder))
    return folder
