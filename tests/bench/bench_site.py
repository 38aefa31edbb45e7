"""Figures of the site: build time, weight of its pages, Python in the page, Lighthouse.

Run by `course bench`. Lighthouse comes from npm; where npm or Chromium is missing, a row says so.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")

from tests.site import sample  # noqa: E402
from tests.site.serving import ARGUMENTS, CHROMIUM, serve  # noqa: E402
from utils import site_command  # noqa: E402
from utils.notebooks.files import Course  # noqa: E402

LIGHTHOUSE = "lighthouse@13.5.0"
AREAS = ("performance", "accessibility", "best-practices", "seo")


def row(what: str, found: str, must: str = "") -> None:
    print(f"  {what:<52} {found:>24}  {must}", flush=True)


def weights(site: Path) -> None:
    """HTML of every page over gzip, without figures, which are files of their own."""
    sizes = {
        path.relative_to(site).as_posix(): len(gzip.compress(path.read_bytes(), mtime=0))
        for path in site.rglob("*.html")
    }
    heaviest = max(sizes, key=lambda name: sizes[name])
    row("pages", str(len(sizes)))
    row("HTML of a page, gzip, median", f"{statistics.median(sizes.values()) / 1000:.1f} kB")
    limit = "at most 20 kB"
    row(f"heaviest: {heaviest}", f"{sizes[heaviest] / 1000:.1f} kB", limit)


def in_page(address: str) -> None:
    """From the click on Run to the first answer, with an empty cache."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        times, sizes = [], []
        for _ in range(3):
            context = browser.new_context()
            page = context.new_page()
            size: list[int] = []
            page.on("requestfinished", lambda r, s=size: s.append(r.sizes()["responseBodySize"]))
            page.goto(address + f"chapters/{sample.STEM}/", wait_until="networkidle")
            started = time.perf_counter()
            page.locator(".nb-run").nth(1).click()
            done = page.locator(".nb-cell[data-status]").nth(1)
            done.wait_for(state="attached", timeout=120_000)
            times.append(time.perf_counter() - started)
            sizes.append(sum(size))
            context.close()
        browser.close()
    row("first answer in the page, empty cache, best of 3", f"{min(times):.1f} s", "within 8 s")
    row("  all three", " ".join(f"{seconds:.1f}" for seconds in times) + " s")
    row("  transferred, page included", f"{max(sizes) / 1e6:.2f} MB", "under 10 MB")


def lighthouse(address: str, pages: list[str], folder: Path) -> None:
    """Scores for mobile and desktop: performance, accessibility, best practices, SEO."""
    home = ROOT / ".cache" / "lighthouse"
    program = home / "node_modules" / ".bin" / "lighthouse"
    if not program.is_file():
        home.mkdir(parents=True, exist_ok=True)
        (home / "package.json").write_text("{}", encoding="utf-8")
        call = ["npm", "install", "--silent", "--no-audit", "--no-fund", LIGHTHOUSE]
        if not shutil.which("npm") or subprocess.call(call, cwd=home):
            row("Lighthouse", "not to be had from npm here")
            return
    flags = " ".join(["--headless", *ARGUMENTS])
    for page in pages:
        for form in ("mobile", "desktop"):
            report = folder / "report.json"
            call = [str(program), address + page, "--quiet", "--output=json"]
            call += [f"--output-path={report}", f"--chrome-flags={flags}"]
            call += ["--preset=desktop"] if form == "desktop" else []
            env = os.environ | {"CHROME_PATH": CHROMIUM}
            done = subprocess.run(call, capture_output=True, text=True, env=env)
            if done.returncode:
                row(f"Lighthouse, {form}, /{page}", "failed", done.stderr.strip()[-80:])
                continue
            areas = json.loads(report.read_text("utf-8"))["categories"]
            scores = [str(round(100 * (areas[area]["score"] or 0))) for area in AREAS]
            row(f"Lighthouse, {form}, /{page}", " / ".join(scores), ">= 95 / 100 / 100 / 100")


def main() -> None:
    vendor = site_command.module("vendor")
    vendor.fetch(print)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        course = sample.write_course(folder / "course")
        times = []
        for _ in range(2):
            started = time.perf_counter()
            site_command.build(folder / "site", [course])
            times.append(time.perf_counter() - started)
        row("build of the whole site, best of 2", f"{min(times):.1f} s", "under 10 s")
        weights(folder / "site")
        with serve(folder / "site") as address:
            if not Path(CHROMIUM).is_file():
                row("Python in the page, Lighthouse", "no Chromium here")
                return
            in_page(address)
            lighthouse(address, ["", *(f"chapters/{id}/" for id in Course().ids())], folder)


if __name__ == "__main__":
    main()
