"""A course of its own for each test, and a replay that needs no kernel."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from utils.notebooks import build
from utils.notebooks.files import Course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course without lessons; `write_solution` adds them to its syllabus."""
    (tmp_path / "syllabus.toml").touch()
    for name in ("chapters", "solutions", "recordings"):
        (tmp_path / name).mkdir()
    return Course(tmp_path)


@pytest.fixture
def no_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run no cell when building: number them, as if each had run and printed nothing."""

    def numbered(notebook: NotebookNode, *_: Any, **__: Any) -> NotebookNode:
        result = copy.deepcopy(notebook)
        cells = [cell for cell in result.cells if cell.cell_type == "code"]
        for number, cell in enumerate(cells, 1):
            cell.execution_count = number
        return result

    monkeypatch.setattr(build, "replay", numbered)
