"""Files are replaced in one step, by one policy, wherever the course writes them."""

from __future__ import annotations

import ast
import os
import stat
import sys
from pathlib import Path

import pytest

from utils import atomic
from utils.settings import ROOT

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes and links")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "file.txt"
    atomic.write(path, "caf\u00e9\r\n\u2028\n")
    assert path.read_bytes() == "caf\u00e9\r\n\u2028\n".encode()
    atomic.write(path, b"\xff\r\n")
    assert path.read_bytes() == b"\xff\r\n"
    assert [p.name for p in path.parent.iterdir()] == ["file.txt"]


@POSIX
def test_a_new_file_can_be_read_by_everyone_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    atomic.write(path, "new")
    assert mode(path) == 0o644
    path.chmod(0o600)
    atomic.write(path, "newer")
    assert mode(path) == 0o600


@POSIX
def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real"
    real.parent.mkdir()
    real.write_text("old")
    real.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(real)
    atomic.write(link, "new")
    assert link.is_symlink()
    assert (real.read_text(), mode(real)) == ("new", 0o640)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_content_is_on_the_disk_before_it_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    steps: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def sync(handle: int) -> None:
        steps.append(f"fsync of {os.fstat(handle).st_size} bytes")
        real_sync(handle)

    def replace(source: str, target: Path) -> None:
        steps.append(f"replace of {path.read_text()!r}")
        assert Path(source).parent == Path(target).parent == tmp_path
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    atomic.write(path, "newer", just_before=lambda: steps.append("just before"))
    assert steps == ["fsync of 5 bytes", "just before", "replace of 'old'"]
    assert path.read_text() == "newer"


@pytest.mark.parametrize("failing", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_failure_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, error: BaseException
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(type(error)):
        atomic.write(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_what_is_called_just_before_can_stop_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(ValueError, match="changed meanwhile"):
        atomic.write(path, "new", just_before=lambda: int("changed meanwhile"))
    assert list(tmp_path.iterdir()) == []


def test_a_name_of_any_length_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 250)
    atomic.write(path, "new")
    assert path.read_text() == "new"


ELSEWHERE = {
    "atomic.py": "the one place",
    "local_model/weights.py": "a download that is resumed keeps its partial file",
    "local_model/embedding.py": "a library writes the converted model, which takes its place then",
    "grading/store.py": "sets a damaged file aside under another name",
}
"""Modules that move a file into another's place, with the reason."""


def test_no_other_module_replaces_files_by_itself() -> None:
    found = set()
    for path in (ROOT / "utils").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in (
                "os.replace",
                "os.rename",
                "tempfile.mkstemp",
                "part.replace",
            ):
                found.add(path.relative_to(ROOT / "utils").as_posix())
    assert found == set(ELSEWHERE)
