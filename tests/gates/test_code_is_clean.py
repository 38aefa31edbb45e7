"""ruff and pyright have nothing to say about the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from utils.settings import ROOT

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["basedpyright"],
    ],
    ids=" ".join,
)
def test_code_is_clean(command: list[str]) -> None:
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
