"""A real JupyterLab server, started by the course's own command."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from utils.settings import ROOT

TOKEN = "only-for-this-test"


@dataclass(frozen=True)
class Lab:
    """A running server.

    Attributes:
        process: the command that runs it.
        url: its address, without a slash at the end.
        http: asks it, with the token.
    """

    process: subprocess.Popen[bytes]
    url: str
    http: httpx2.Client

    def family(self) -> list[psutil.Process]:
        """Everything that the command has started, with what that has started."""
        return psutil.Process(self.process.pid).children(recursive=True)


PATIENCE = 90
"""Seconds after which something that should have ended did not; a busy machine takes some."""


def assert_gone(family: list[psutil.Process]) -> None:
    """Fail if one of these processes does not end."""
    _, left = psutil.wait_procs(family, timeout=PATIENCE)
    assert not left, f"still there: {left}"


@contextmanager
def running_lab(command: Sequence[str], home: Path, **options: Any) -> Iterator[Lab]:
    """JupyterLab, run by a command that is given its options after `--`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = home / "lab.log"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "OPENAI_"))}
    env = clean | {"HOME": str(home), "COURSE_PACE": "0", "COURSE_DATA_DIR": str(home)}
    given = ["--no-browser", f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    call = [part.replace("OPTIONS", " ".join(given)) for part in command]
    if call[-1] == "--":
        call += given
    with log.open("wb") as out:
        server: Any = subprocess.Popen(call, cwd=ROOT, env=env, stdout=out, stderr=out, **options)
    url = f"http://127.0.0.1:{port}"
    http = httpx2.Client(
        base_url=url, headers={"authorization": f"token {TOKEN}"}, follow_redirects=True, timeout=60
    )
    found = Lab(server, url, http)
    try:
        wait_until_it_answers(http, server, log)
        yield found
    finally:
        if server.poll() is None:
            family = found.family()
            server.terminate()
            server.wait(PATIENCE)
            assert_gone(family)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Started by `course lab`; at the end it is asked to stop, and leaves nothing behind."""
    command = [sys.executable, "-m", "utils.cli", "lab", "--"]
    with running_lab(command, tmp_path_factory.mktemp("home")) as found:
        yield found


def wait_until_it_answers(http: httpx2.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert server.poll() is None, log.read_text("utf-8")
        try:
            if http.get("/api").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail("JupyterLab did not answer:\n" + log.read_text("utf-8"))
