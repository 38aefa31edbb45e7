"""ruff and pyright have nothing to say about the cells of the notebooks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.gates.gathered import COURSE, NOTEBOOKS
from tests.notebooks.samples import code, notebook

BIN = Path(sys.executable).parent
RUFF = ["ruff", "check", "--no-cache"]
FORMAT = ["ruff", "format", "--check", "--no-cache"]
TYPES = ["basedpyright", "--warnings", "--pythonpath", sys.executable]


def run(command: list[str], *paths: Path) -> subprocess.CompletedProcess[str]:
    call = [str(BIN / command[0]), *command[1:], *map(str, paths)]
    return subprocess.run(call, cwd=COURSE.root, capture_output=True, text=True)


@pytest.mark.parametrize("command", [RUFF, FORMAT, TYPES], ids=["lint", "format", "types"])
def test_the_cells_are_clean(command: list[str]) -> None:
    assert NOTEBOOKS
    done = run(command, *NOTEBOOKS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "source", "said"),
    [
        (RUFF, "import os", "F401"),
        (FORMAT, "x = {'a':1}", "would be reformatted"),
        (TYPES, "import asyncio\n\nawait asyncio.sleep('one')", "reportArgumentType"),
    ],
)
def test_a_cell_that_is_not_clean_is_found(
    command: list[str], source: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "00_bad.ipynb"
    path.write_text(nbformat.writes(notebook(code("bad-cell", source))), "utf-8")
    done = run(command, path)
    assert done.returncode == 1
    assert said in done.stdout


def test_waiting_at_the_top_level_of_a_cell_is_clean(tmp_path: Path) -> None:
    path = tmp_path / "00_good.ipynb"
    cells = [code("import-first", "import asyncio"), code("wait", "await asyncio.sleep(0)")]
    path.write_text(nbformat.writes(notebook(*cells)), "utf-8")
    for command in (RUFF, FORMAT, TYPES):
        done = run(command, path)
        assert done.returncode == 0, done.stdout
