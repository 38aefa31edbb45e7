"""nbval with the course's settings: what varies is allowed, what changed is found."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.notebooks.samples import code, notebook
from utils.notebooks.execute import replay
from utils.settings import ROOT

SANITIZE = ROOT / "tests" / "nbval_sanitize.cfg"


def nbval(folder: Path) -> str:
    call = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval"]
    call += ["--nbval-current-env", "--nbval-sanitize-with", str(SANITIZE), "--color=no"]
    call += ["--nbval-cell-timeout", "60", "--rootdir", str(folder), "-c", os.devnull, str(folder)]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True).stdout


def test_what_varies_passes_and_what_changed_fails(tmp_path: Path) -> None:
    path = tmp_path / "00_start_here.ipynb"
    cells = [
        code("stays", "print('the same')"),
        code("warns", "import warnings\nwarnings.warn('careful', stacklevel=1)"),
        code("times", "%time sum(range(10))"),
        code("request-id", "print('chatcmpl-1234567890')"),
        code("seconds", "print('it took 1.25 s')"),
    ]
    made = replay(notebook(*cells), path, ROOT / "recordings")
    path.write_text(nbformat.writes(made), "utf-8")
    assert "5 passed" in nbval(tmp_path)
    for index, old, new in ((0, "same", "other"), (3, "1234567890", "0987654321"), (4, "25", "26")):
        output = made.cells[index].outputs[0]
        output.text = output.text.replace(old, new)
    path.write_text(nbformat.writes(made), "utf-8")
    told = nbval(tmp_path)
    assert "3 failed, 2 passed" in told
    assert sorted(set(re.findall(r"^Cell (\d): Cell outputs differ", told, re.M))) == [
        "0",
        "3",
        "4",
    ]


def test_the_settings_can_be_read_in_every_locale() -> None:
    assert SANITIZE.read_bytes().isascii()


@pytest.mark.parametrize(
    "line",
    [
        "/tmp/ipykernel_17/123456.py:2: UserWarning",
        "CPU times: user 3 us, sys: 1 us, total: 4 us",
        "Wall time: 6.2 us",
        "100%|##########| 3/3 [00:01<00:00,  2.97it/s]",
    ],
)
def test_a_line_that_varies_is_made_equal(line: str) -> None:
    from nbval.plugin import get_sanitize_patterns

    cleaned = line
    for pattern, replacement in get_sanitize_patterns(SANITIZE.read_text("ascii")):
        cleaned = re.sub(pattern, replacement, cleaned)
    assert cleaned != line
    assert not re.search(r"_17|\d us|2\.97", cleaned)
