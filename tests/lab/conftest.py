"""A real JupyterLab server, started by the course's own command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from utils.settings import ROOT

TOKEN = "only-for-this-test"


@dataclass(frozen=True)
class Lab:
    """A running server.

    Attributes:
        url: its address, without a slash at the end.
        http: asks it, with the token.
    """

    url: str
    http: httpx2.Client


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("home")
    log = home / "lab.log"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "OPENAI_"))}
    call = [sys.executable, "-m", "utils.cli", "lab", "--", "--no-browser"]
    call += [f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    with log.open("wb") as out:
        server = subprocess.Popen(
            call,
            cwd=ROOT,
            env=clean | {"HOME": str(home), "COURSE_PACE": "0", "COURSE_DATA_DIR": str(home)},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    http = httpx2.Client(
        base_url=url, headers={"authorization": f"token {TOKEN}"}, follow_redirects=True, timeout=60
    )
    try:
        wait_until_it_answers(http, server, log)
        yield Lab(url, http)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


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
