"""Settings of the person who runs the tests must not decide what they find."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

TOGETHER = ("tests/grading_class", "tests/site", "tests/lab")
"""Folders whose tests share what is expensive: a pool of sandboxes, a built site, a server."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Divide the tests among workers: a file or notebook, or a folder, goes to one of them.

    The longest come first, so that no worker is left with one of them at the end.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: _rank(_group(item)))  # keeps the order inside a group


def _group(item: pytest.Item) -> str:
    file = item.nodeid.partition("::")[0]
    return next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)


def _rank(group: str) -> int:
    if group in TOGETHER:
        return TOGETHER.index(group)
    return len(TOGETHER) + (not group.endswith(".ipynb"))


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
