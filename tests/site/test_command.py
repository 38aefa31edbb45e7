"""`course site`: what it says and does."""

from __future__ import annotations

import argparse
import contextlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any

import psutil
import pytest

from utils import site_command


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    site_command.add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been called, with everything fetched."""
    calls: list[list[str]] = []

    def call(command: list[str], **_: Any) -> int:
        calls.append(command)
        return 0

    monkeypatch.setattr(site_command.module("vendor"), "fetch", lambda report: None)
    monkeypatch.setattr(site_command.child_process, "run", call)
    return calls


def test_building_is_strict_and_never_quiet(called: list[list[str]]) -> None:
    assert site_command.run(parsed("--build")) == 0
    (command,) = called
    assert command[1:5] == ["-m", "mkdocs", "build", "--strict"]
    assert not {"-q", "--quiet"} & set(command)


def test_without_mkdocs_it_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(site_command.importlib.util, "find_spec", lambda name: None)
    assert site_command.run(parsed()) == 1
    assert "python -m utils site" in capsys.readouterr().err


def test_an_unreachable_registry_ends_it_with_the_reason(
    called: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = site_command.module("vendor")

    def unreachable(report: object) -> None:
        raise vendor.VendorError("npm cannot be reached")

    monkeypatch.setattr(vendor, "fetch", unreachable)
    assert site_command.run(parsed("--build")) == 1
    assert "npm cannot be reached" in capsys.readouterr().err
    assert called == []


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_a_signal_while_it_fetches_ends_it(
    called: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(report: object) -> None:
        signal.raise_signal(signal.SIGHUP)

    monkeypatch.setattr(site_command.module("vendor"), "fetch", interrupted)
    assert site_command.run(parsed()) == 128 + signal.SIGTERM
    assert called == []


def test_it_serves_the_site_and_ends_with_its_command(vendored: None) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    program = (
        "import argparse; from utils import site_command as s; p = argparse.ArgumentParser(); "
        f"s.add_arguments(p); s.run(p.parse_args(['--address', '{address}']))"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=site_command.ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    family: list[psutil.Process] = []
    try:
        page = ""
        for _ in range(120):
            with contextlib.suppress(OSError):
                page = urllib.request.urlopen(f"http://{address}/", timeout=5).read().decode()
                break
            assert server.poll() is None
            time.sleep(0.5)
        assert "The OpenAI API, by running it" in page
        family = psutil.Process(server.pid).children(recursive=True)
        assert any("mkdocs" in process.cmdline() for process in family)
        server.terminate()
        server.wait(timeout=60)
        _, left = psutil.wait_procs(family, timeout=60)
        assert not left
    finally:
        server.kill()
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
