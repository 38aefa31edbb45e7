"""Packs Python for the page: Pyodide, the SDK's wheels, the course's own modules and recordings.

The wheels are packed once into the cache; the course's modules every time, since they change.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import vendor

from utils import syllabus
from utils.notebooks.files import notebooks_in

KERNEL = Path(__file__).resolve().parent / "page_kernel"
LEAVE_OUT = ("local_model", "vocabularies", "__pycache__")
"""Folders of `utils` that need what the page does not have."""
DATA_LIMIT = 1_000_000
"""Bytes above which a file of chapters/data/ is not packed."""


def pack(cache: Path = vendor.CACHE) -> None:
    """Compress what was fetched, once: takes some ten seconds, so it belongs to the set-up."""
    folder = cache / "page"
    folder.mkdir(parents=True, exist_ok=True)
    wasm = folder / "pyodide.asm.wasm.gz"
    if _older(wasm, cache / "stamps" / "pyodide.json"):
        raw = (cache / "pyodide" / "pyodide.asm.wasm").read_bytes()
        wasm.write_bytes(gzip.compress(raw, compresslevel=9, mtime=0))
    packages = folder / "packages.tar.xz"
    if _older(packages, cache / "stamps" / "wheels.txt"):
        content = _tar(_wheel_files(cache / "wheels"))
        packages.write_bytes(lzma.compress(content, preset=9))


def build(top: Path, recordings: Mapping[str, Path], cache: Path = vendor.CACHE) -> dict[str, Path]:
    """Make what the page's Python consists of.

    Args:
        top: folder of the course.
        recordings: the recordings by the lesson that they belong to.
        cache: folder of `vendor.py`, with everything fetched.

    Returns:
        Name below `assets/python/` to the file that is served there. `python.json` lists the
        others with their sizes in bytes, for the progress bar, and a hash that names their
        content.
    """
    pack(cache)
    folder = cache / "page"
    wasm, packages = folder / "pyodide.asm.wasm.gz", folder / "packages.tar.xz"
    course = folder / "course.tar.gz"
    course.write_bytes(gzip.compress(_tar(_course_files(top)), mtime=0))
    lock = folder / "pyodide-lock.json"
    lock.write_text(_empty_lock(cache / "pyodide" / "pyodide-lock.json"), encoding="utf-8")
    served = {
        "pyodide.mjs": cache / "pyodide" / "pyodide.mjs",
        "pyodide.asm.mjs": cache / "pyodide" / "pyodide.asm.mjs",
        "pyodide.asm.wasm.gz": wasm,
        "python_stdlib.zip": cache / "pyodide" / "python_stdlib.zip",
        "pyodide-lock.json": lock,
        "packages.tar.xz": packages,
        "course.tar.gz": course,
    }
    listed = {
        name: {"bytes": path.stat().st_size, "hash": _digest(path)} for name, path in served.items()
    }
    for lesson, path in recordings.items():
        name = f"recordings/{lesson}.json"
        served[name] = path
        listed[name] = {"bytes": path.stat().st_size, "hash": _digest(path)}
    manifest = folder / "python.json"
    manifest.write_text(json.dumps(listed, indent=1), encoding="utf-8")
    return {**served, "python.json": manifest}


def _older(target: Path, source: Path) -> bool:
    return not target.is_file() or target.stat().st_mtime < source.stat().st_mtime


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _tar(files: Iterator[tuple[str, bytes]]) -> bytes:
    """An archive that depends on names and contents only."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(files):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _wheel_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if not name.endswith(("/", "/RECORD", ".pyi", "/WHEEL")):
                    yield name, archive.read(name)


def _course_files(top: Path) -> Iterator[tuple[str, bytes]]:
    """The course's modules, its data, the kernel, and IPython's printer of values."""
    for path in (top / "utils").rglob("*"):
        inside = path.relative_to(top)
        if (
            path.is_file()
            and path.suffix in {".py", ".json"}
            and not set(inside.parts) & set(LEAVE_OUT)
        ):
            yield inside.as_posix(), path.read_bytes()
    for path in (top / "chapters" / "data").rglob("*"):
        if path.is_file() and path.stat().st_size <= DATA_LIMIT:
            yield path.relative_to(top).as_posix(), path.read_bytes()
    yield syllabus.FILE, (top / syllabus.FILE).read_bytes()
    for kind in ("chapters", "solutions"):
        for id in notebooks_in(top / kind):
            yield f"{kind}/{id}.ipynb", _outline(top / kind / f"{id}.ipynb")
    for path in KERNEL.rglob("*.py"):
        yield path.relative_to(KERNEL).as_posix(), path.read_bytes()
    spec = importlib.util.find_spec("IPython")
    if spec is None or spec.origin is None:
        raise vendor.VendorError("IPython is missing: install requirements/all.txt first")
    pretty = Path(spec.origin).parent / "lib" / "pretty.py"
    yield "IPython/lib/pretty.py", pretty.read_bytes()


def _outline(path: Path) -> bytes:
    """A notebook's description and the cells of its exercises: what the course's modules read."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [c for c in notebook["cells"] if "exercise" in c.get("metadata", {})]
    kept = [{**cell, "outputs": []} if "outputs" in cell else cell for cell in cells]
    metadata = {k: v for k, v in notebook.get("metadata", {}).items() if k == "course"}
    return json.dumps({**notebook, "cells": kept, "metadata": metadata}).encode()


def _empty_lock(source: Path) -> str:
    """Pyodide's list of packages without the packages: it would name another SDK version."""
    lock = json.loads(source.read_text(encoding="utf-8"))
    return json.dumps({**lock, "packages": {}})
