"""One strict build of the course plus the sample chapter, one server, one browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site import sample
from tests.site.serving import ARGUMENTS, CHROMIUM, serve
from utils import site_command

site_command.module("vendor")  # puts docs/ on the path, for the tests of what lies there


@pytest.fixture(scope="session")
def vendored() -> None:
    """What the site serves from other packages; fetched if this machine can."""
    vendor = site_command.module("vendor")
    try:
        vendor.fetch(lambda line: None)
    except vendor.VendorError as error:
        _missing(f"the site's files could not be fetched: {error}")


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.write_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="session")
def site(vendored: None, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site. The build is strict, so that a broken link or anchor fails here."""
    target = tmp_path_factory.mktemp("site") / "course"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        for name in ("COURSE_SITE_URL", "COURSE_REPO_URL"):
            patch.delenv(name, raising=False)
        site_command.build(target, [course])
    return target


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """Address of every page, relative to the site."""
    found = sorted(path.parent.relative_to(site).as_posix() for path in site.rglob("index.html"))
    return ["" if name == "." else name + "/" for name in found]


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, ending in a slash."""
    with serve(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium. Without it tests are skipped here and fail in CI."""
    if not Path(CHROMIUM).is_file():
        _missing(f"there is no Chromium at {CHROMIUM}; install it or set CHROMIUM to its path")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield launched
        launched.close()


def _missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


class Tab:
    """A page in a browser that remembers what went wrong on it."""

    def __init__(self, context: Any, address: str) -> None:
        self.address = address
        self.page = context.new_page()
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _request(self, request: Any) -> None:
        if request.url.startswith(("http", "ws")) and not request.url.startswith(self.address):
            self.foreign.append(request.url)

    def open(self, path: str) -> Any:
        """Open a page of the site and wait until its scripts have run."""
        self.page.goto(self.address + path, wait_until="load")
        self.page.wait_for_selector("html.js[data-ready]")
        return self.page


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Tab]:
    """A fresh tab of a wide, light window."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.set_default_timeout(20_000)
    yield Tab(context, address)
    context.close()
