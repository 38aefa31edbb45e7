"""The site in a real browser, used as a reader would."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.site import sample
from tests.site.conftest import Tab
from utils import site_command
from utils.notebooks.files import Course

pytestmark = pytest.mark.browser

LOOKS = {
    "wide-light": ({"width": 1366, "height": 900}, "light"),
    "wide-dark": ({"width": 1366, "height": 900}, "dark"),
    "narrow-light": ({"width": 390, "height": 844}, "light"),
    "narrow-dark": ({"width": 390, "height": 844}, "dark"),
}


@pytest.fixture(scope="session")
def axe(vendored: None) -> str:
    return (site_command.module("vendor").CACHE / "axe" / "axe.min.js").read_text("utf-8")


def violations(page: Any, axe: str) -> list[str]:
    """What axe finds, a line for each element."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{v['id']}: {node['target']}" for v in found for node in v["nodes"]]


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_accessible_quiet_and_fits(
    look: str, browser: Any, address: str, pages: list[str], axe: str
) -> None:
    size, scheme = LOOKS[look]
    narrow = size["width"] < 600
    context = browser.new_context(
        viewport=size, color_scheme=scheme, is_mobile=narrow, has_touch=narrow
    )
    problems: dict[str, Any] = {}
    for path in [*pages, "no/such/page"]:
        tab = Tab(context, address)
        page = tab.open(path)
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        page.wait_for_timeout(150)
        wide = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        colors = page.evaluate("document.body.dataset.mdColorScheme")
        errors = [e for e in tab.errors if "404" not in e or path in pages]
        found = {
            "axe": violations(page, axe),
            "errors": errors,
            "foreign": tab.foreign,
            "too wide by": wide if wide > 0 else None,
            "colors": None if colors == {"light": "default", "dark": "slate"}[scheme] else colors,
        }
        problems |= {f"{path} {what}": value for what, value in found.items() if value}
        page.close()
    context.close()
    assert problems == {}


def test_axe_sees_a_violation(tab: Tab, axe: str) -> None:
    page = tab.open("")
    page.evaluate(
        "document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=x>')"
    )
    assert any("image-alt" in line for line in violations(page, axe))


LESSONS = [*Course().ids(), sample.STEM]


def test_search_finds_every_lesson_by_its_title(tab: Tab) -> None:
    page = tab.open("")
    for id in LESSONS:
        title = tab.open(f"chapters/{id}/").inner_text("h1").replace("¶", "").strip()
        phrase = sample.PHRASE if id == sample.STEM else title
        page.click(".md-search__input")
        page.keyboard.type(phrase)
        link = page.locator(f".md-search-result__link[href*='chapters/{id}/']").first
        link.wait_for()


def test_copying_takes_the_code_of_a_cell(tab: Tab) -> None:
    page = tab.open("chapters/98_sample/")
    cell = page.locator(".nb-cell").first
    cell.hover()
    cell.get_by_role("button", name="Copy the code of cell 1").click()
    cell.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").strip() == sample.SETUP


def test_long_output_opens_on_a_click(tab: Tab) -> None:
    page = tab.open("chapters/98_sample/")
    line = page.get_by_text("line 44", exact=False).last
    assert not line.is_visible()
    page.get_by_text("Output: 45 lines").click()
    assert line.is_visible()


def test_a_solution_opens_on_a_click(tab: Tab) -> None:
    page = tab.open("solutions/98_sample/")
    solved = page.locator("#cell-id\\=exercise .highlight")
    assert not solved.is_visible()
    page.get_by_text("Show the solution").first.click()
    assert solved.is_visible()


def test_an_address_of_a_folded_cell_opens_it(tab: Tab) -> None:
    page = tab.open("solutions/98_sample/#cell-id=exercise")
    assert page.locator("#cell-id\\=exercise .highlight").is_visible()


def test_a_chapter_leads_to_its_solution_and_back(tab: Tab) -> None:
    page = tab.open("chapters/98_sample/")
    page.get_by_role("link", name="A solution of exercise 98.1").click()
    page.wait_for_url("**/solutions/98_sample/#cell-id=exercise")
    page.get_by_role("link", name="Lesson without solutions").click()
    page.wait_for_url("**/chapters/98_sample/")


def test_colors_change_and_stay_changed(tab: Tab) -> None:
    page = tab.open("")
    page.get_by_title("Use dark colors").click()
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"
    page = tab.open("chapters/98_sample/")
    assert page.evaluate("document.body.dataset.mdColorScheme") == "slate"


def test_next_leads_from_the_home_page_through_the_lessons(tab: Tab) -> None:
    page = tab.open("")
    for id in LESSONS:
        page.locator(".md-footer__link--next").click()
        page.wait_for_url(f"**/chapters/{id}/")
    assert page.locator(".md-footer__link--next").count() == 0


def test_the_notebook_is_downloaded(tab: Tab, course: Path, tmp_path: Path) -> None:
    page = tab.open("chapters/98_sample/")
    with page.expect_download() as caught:
        page.get_by_role("link", name="Download notebook").click()
    caught.value.save_as(tmp_path / "got.ipynb")
    wanted = (course / "chapters" / "98_sample.ipynb").read_bytes()
    assert (tmp_path / "got.ipynb").read_bytes() == wanted


def test_a_diagram_is_drawn_when_it_is_seen(tab: Tab, axe: str) -> None:
    requests: list[str] = []
    tab.page.on("request", lambda request: requests.append(request.url))
    page = tab.open("chapters/98_sample/")
    assert not any("mermaid" in url for url in requests)
    page.locator("pre.diagram").scroll_into_view_if_needed()
    page.wait_for_selector("pre.diagram svg")
    for word in ("Notebook", "Transport", "Recording"):
        assert word in page.text_content("pre.diagram svg")
    assert violations(page, axe) == []
    page.get_by_title("Use dark colors").click()
    page.wait_for_timeout(600)
    assert violations(page, axe) == []
    assert tab.errors == []


def test_a_widget_comes_alive_on_a_click(tab: Tab, axe: str) -> None:
    page = tab.open("chapters/98_sample/")
    assert page.get_by_alt_text("A slider for tokens, at 7 of 10").count() == 1
    page.get_by_role("button", name="Show the live widget").click()
    handle = page.locator(".noUi-handle")
    handle.wait_for()
    assert handle.get_attribute("aria-label") == "Tokens"
    handle.press("ArrowRight")
    assert "8" in page.inner_text(".widget-readout")
    assert violations(page, axe) == []
    assert tab.errors == []
    assert tab.foreign == []


def test_everything_is_open_on_paper(tab: Tab) -> None:
    page = tab.open("chapters/98_sample/")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.get_by_text("line 44", exact=False).last.is_visible()
    assert not page.locator(".md-header").is_visible()
    assert not page.locator(".nb-run").first.is_visible()


def test_a_page_is_read_without_scripts(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "chapters/98_sample/")
    assert sample.ANSWER in page.inner_text("article")
    assert page.locator(".nb-run").count() == 0
    assert "A[Notebook] --> B[Transport]" in page.inner_text("pre.diagram")
    context.close()


def long_page(site: Path) -> str:
    """Address of a chapter that comes in the most files."""
    files = [path.parent.name for path in site.glob("chapters/*/continued*.html")]
    return f"chapters/{max(sorted(set(files)), key=files.count)}/"


def last_part(site: Path) -> Path:
    """The last file of that chapter."""
    return max((site / long_page(site)).glob("continued*.html"), key=lambda path: len(path.name))


def last_heading(site: Path) -> str:
    """Id of the last section of that chapter."""
    return re.findall(r'<h2 id="([^"]+)"', last_part(site).read_text("utf-8"))[-1]


def test_the_rest_of_a_long_chapter_is_appended(tab: Tab, site: Path) -> None:
    page = tab.open(long_page(site))
    assert page.locator(f"h2#{last_heading(site)}").count() == 1
    assert page.locator(".course-rest").count() == 0
    assert page.locator(".nb-cell:not(:has(.nb-copy))").count() == 0
    assert page.locator(".nb-cell:not(:has(.nb-run))").count() == 0
    numbers = page.evaluate("[...document.querySelectorAll('.nb-cell')].map(e => +e.dataset.cell)")
    assert numbers == list(range(len(numbers)))


def test_an_address_in_the_rest_of_a_chapter_is_gone_to(tab: Tab, site: Path) -> None:
    name = last_heading(site)
    for address in (long_page(site), long_page(site) + last_part(site).name):
        tab.page.goto("about:blank")
        page = tab.open(f"{address}#{name}")
        page.wait_for_timeout(500)
        top = page.locator(f"h2#{name}").bounding_box()["y"]
        assert 0 <= top < page.viewport_size["height"]
        assert page.url.endswith(f"/{long_page(site)}#{name}")


def test_a_long_chapter_can_be_read_without_scripts(browser: Any, address: str, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + long_page(site))
    for _ in (site / long_page(site)).glob("continued*.html"):
        page.get_by_role("link", name="The rest of this chapter").click()
    assert page.locator(f"h2#{last_heading(site)}").is_visible()
    page.get_by_role("link", name="Back to the beginning").click()
    assert page.url == address + long_page(site)
    context.close()


def test_a_page_whose_rest_does_not_come_still_works(tab: Tab, site: Path) -> None:
    tab.page.route("**/continued*.html", lambda route: route.abort())
    page = tab.open(long_page(site))
    assert page.get_by_role("link", name="The rest of this chapter").is_visible()
    assert page.locator(".nb-copy").count() > 0
