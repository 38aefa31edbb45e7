"""ruff and pyright have nothing to say about the code, and about the cells of the notebooks.

Each tool is called once for everything, since starting it costs more than its work.
"""

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
CODE = [COURSE.root / name for name in ("utils", "tests", "docs", "chapters/data")]
BAD = {
    "lint": ("import os", "F401"),
    "format": ("x = {'a':1}", "would be reformatted"),
    "types": ("import asyncio\n\nawait asyncio.sleep('one')", "reportArgumentType"),
}
GOOD = ["import asyncio", "await asyncio.sleep(0)"]


def run(command: list[str], *paths: Path) -> subprocess.CompletedProcess[str]:
    call = [str(BIN / command[0]), *command[1:], *map(str, paths)]
    return subprocess.run(call, cwd=COURSE.root, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("kind", "command"), [("lint", RUFF), ("format", FORMAT), ("types", TYPES)]
)
def test_code_and_cells_are_clean_and_a_cell_that_is_not_is_found(
    kind: str, command: list[str], tmp_path: Path
) -> None:
    source, said = BAD[kind]
    bad, good = tmp_path / "00_bad.ipynb", tmp_path / "00_good.ipynb"
    bad.write_text(nbformat.writes(notebook(code("bad-cell", source))), "utf-8")
    cells = [code(f"good-{n}", text) for n, text in enumerate(GOOD)]
    good.write_text(nbformat.writes(notebook(*cells)), "utf-8")
    done = run(command, *CODE, *NOTEBOOKS, good, bad)
    assert done.returncode == 1
    assert said in done.stdout
    complaints = [line for line in done.stdout.splitlines() if ".py" in line or ".ipynb" in line]
    assert [line for line in complaints if bad.name not in line] == [], done.stdout
