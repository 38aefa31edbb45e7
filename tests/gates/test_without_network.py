"""Every lesson runs whole when the network is cut."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from tests.gates.gathered import COURSE, IDS, named

CUT = """
import socket

_connect, _connect_ex = socket.socket.connect, socket.socket.connect_ex
_getaddrinfo = socket.getaddrinfo

def _local(address):
    host = address[0] if isinstance(address, tuple) else address
    return not isinstance(host, str) or host in ("127.0.0.1", "::1", "localhost") or "/" in host

def _connect_cut(self, address, _real=_connect):
    if not _local(address):
        raise AssertionError(f"a cell opened a connection to {address}")
    return _real(self, address)

def _connect_ex_cut(self, address, _real=_connect_ex):
    if not _local(address):
        raise AssertionError(f"a cell opened a connection to {address}")
    return _real(self, address)

def _getaddrinfo_cut(host, *args, _real=_getaddrinfo, **more):
    if host is not None and not _local((host,)):
        raise AssertionError(f"a cell looked up {host}")
    return _real(host, *args, **more)

socket.socket.connect, socket.socket.connect_ex = _connect_cut, _connect_ex_cut
socket.getaddrinfo = _getaddrinfo_cut
"""
"""Runs in the kernel before the first cell; the kernel itself talks over 127.0.0.1."""

NOTEBOOKS = [COURSE.solution(id) for id in IDS]


@pytest.fixture
def cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    startup = tmp_path / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-cut.py").write_text(CUT, "utf-8")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))


def test_the_cut_is_felt(cut: None) -> None:
    source = "import httpx2; httpx2.get('https://example.com')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    with pytest.raises(CellExecutionError, match=r"looked up example\.com"):
        NotebookClient(notebook, kernel_name="python3").execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_a_lesson_runs_whole_without_a_network(cut: None, path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=60, kernel_name="python3", resources=where).execute()
    assert all(cell.execution_count for cell in cells)
