"""A closed terminal ends JupyterLab and its kernels, also through make and `python -m utils`."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path

import psutil
import pytest

from .conftest import assert_gone, running_lab

INSTALLED = "import utils.__main__ as m; m.install = lambda *_: None; raise SystemExit(m.main({}))"
"""`python -m utils`, with everything installed already."""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """What make calls as Python: this one, but `-m utils` installs nothing."""
    code = INSTALLED.format("__import__('sys').argv[3:]")
    script = tmp_path / "python"
    command = shlex.join([sys.executable, "-c", code])
    script.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    script.chmod(0o755)
    return script


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("make"), reason="POSIX, and make")
def test_a_closed_terminal_leaves_nothing_behind(python: Path, tmp_path: Path) -> None:
    main, other = os.openpty()

    def take_terminal() -> None:
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(other, termios.TIOCSCTTY, 0)

    line = f"make lab PYTHON={python} ARGS='-- OPTIONS'; exit $?"
    command = ["sh", "-c", line]  # a terminal belongs to a shell, which waits for make
    with running_lab(command, tmp_path, stdin=other, preexec_fn=take_terminal) as lab:
        os.close(other)
        lab.http.post("/api/kernels", json={"name": "python3"}).raise_for_status()
        family = lab.family()
        assert any("ipykernel" in " ".join(process.cmdline()) for process in family)
        os.close(main)
        assert_gone([psutil.Process(lab.process.pid), *family])
