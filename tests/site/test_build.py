"""The built site, as files."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest
from bs4 import BeautifulSoup
from mkdocs.exceptions import Abort
from nbformat.v4 import new_notebook

from tests.site import sample
from tests.site.sample import code, prose, shown
from utils import site_command
from utils.notebooks.files import Course

HOME_TITLE = "The OpenAI API, by running it"
"""Of the home page and of the page for missing ones."""
HTML_LIMIT = 20_000
"""Bytes of a page's HTML over gzip, without its figures, which are files of their own."""


def whole_page(path: Path) -> BeautifulSoup:
    """A page as readers have it: with the rest that the page's script appends."""
    soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
    link = soup.select_one(".course-rest")
    for name in reversed(str(link["data-parts"]).split() if link else []):
        rest = BeautifulSoup(path.with_name(name).read_text("utf-8"), "html.parser")
        article = rest.select_one("article")
        assert article is not None
        if further := article.select_one(".course-rest"):
            further.extract()
        way_back, *others = list(article.children)
        assert "Back" in way_back.get_text()
        assert link is not None
        link.insert_after(*others)
    if link:
        link.extract()
    return soup


@pytest.fixture(scope="session")
def soups(site: Path) -> dict[str, BeautifulSoup]:
    """Every page by its file."""
    return {
        path.relative_to(site).as_posix(): whole_page(path)
        for path in sorted(site.rglob("*.html"))
        if not path.name.startswith("continued")
    }


def test_every_lesson_and_solution_has_a_page(site: Path) -> None:
    ids = [*Course().ids(), "98_sample"]
    wanted = {Path(folder) / id for folder in ("chapters", "solutions") for id in ids}
    assert [
        str(path) for path in sorted(wanted) if not (site / path / "index.html").is_file()
    ] == []


def test_every_link_source_and_anchor_is_there(site: Path, soups: dict[str, BeautifulSoup]) -> None:
    anchors = {
        name: {str(tag["id"]) for tag in soup.select("[id]")} for name, soup in soups.items()
    }
    broken = []
    for name, soup in soups.items():
        for tag in soup.select("[href], [src], [data-widget]"):
            address = tag.get("href") or tag.get("src") or tag.get("data-widget")
            parts = urlsplit(urljoin(f"http://site/{name}", str(address)))
            if parts.netloc != "site" or str(address).startswith("data:"):
                continue
            path = unquote(parts.path).lstrip("/")
            path += "index.html" if not path or path.endswith("/") else ""
            if not (site / path).is_file():
                broken.append(f"{name}: {address}")
            elif parts.fragment and unquote(parts.fragment) not in anchors.get(path, set()):
                broken.append(f"{name}: {address} has no such anchor")
    assert broken == []


def test_ids_are_unique_on_every_page(soups: dict[str, BeautifulSoup]) -> None:
    for name, soup in soups.items():
        ids = [str(tag["id"]) for tag in soup.select("[id]")]
        assert sorted(ids) == sorted(set(ids)), name


def test_nothing_is_loaded_from_elsewhere(site: Path, soups: dict[str, BeautifulSoup]) -> None:
    for name, soup in soups.items():
        for tag in soup.select(
            "script[src], link[rel~=stylesheet], link[rel~=preload], img, source"
        ):
            address = str(tag.get("src") or tag.get("href"))
            assert not urlsplit(address).netloc, f"{name}: {address}"
    for path in (site / "assets").glob("*.css"):
        assert re.findall(r"@import|url\([\"']?(?:https?:)?//", path.read_text("utf-8")) == []


def test_pages_are_light(site: Path) -> None:
    sizes = {
        path.relative_to(site).as_posix(): len(gzip.compress(path.read_bytes(), mtime=0))
        for path in site.rglob("*.html")
    }
    assert {name: size for name, size in sizes.items() if size > HTML_LIMIT} == {}


def test_the_rest_of_a_long_page_is_a_page_of_its_own(site: Path) -> None:
    found = list(site.rglob("continued*.html"))
    assert found, "no page is long"
    for path in found:
        soup = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for sheet in soup.select("link[rel=stylesheet]"):
            assert (path.parent / str(sheet["href"])).is_file()
        first = BeautifulSoup(path.with_name("index.html").read_text("utf-8"), "html.parser")
        link = first.select_one("p.course-rest")
        assert link is not None
        assert path.name in str(link["data-parts"]).split()


def test_pictures_have_descriptions_and_sizes(soups: dict[str, BeautifulSoup]) -> None:
    for name, soup in soups.items():
        for picture in soup.select("img.nb-figure"):
            assert picture.get("alt") not in (None, "", "A figure"), name
            assert picture.has_attr("width"), f"{name}: {picture['src']}"
            assert picture.has_attr("height"), f"{name}: {picture['src']}"


def test_next_and_previous_follow_the_course(soups: dict[str, BeautifulSoup]) -> None:
    lessons = [f"chapters/{id}/index.html" for id in (*Course().ids(), "98_sample")]
    for here, after in pairwise(lessons):
        link = soups[here].select_one(".md-footer__link--next")
        assert link is not None
        assert urljoin(f"/{here}", str(link["href"])) == f"/{Path(after).parent}/"
    assert soups[lessons[-1]].select_one(".md-footer__link--next") is None


def test_the_help_pages_do_not_follow_the_solutions(soups: dict[str, BeautifulSoup]) -> None:
    assert soups["troubleshooting/index.html"].select_one(".md-footer__link--prev") is None
    home = soups["index.html"].select_one(".md-footer__link--next")
    assert home is not None
    assert str(home["href"]).startswith("chapters/")


def test_pages_have_titles_descriptions_and_cards(soups: dict[str, BeautifulSoup]) -> None:
    titles = [soup.title.text for soup in soups.values() if soup.title]
    assert len(titles) == len(soups)
    twice = [title for title in titles if titles.count(title) > 1]
    assert [title for title in twice if title != HOME_TITLE] == []
    for name, soup in soups.items():
        for selector in ("meta[name=description]", "meta[property='og:title']"):
            tag = soup.select_one(selector)
            assert tag is not None, f"{name}: {selector}"
            assert tag["content"], f"{name}: {selector}"


def test_a_site_without_an_address_names_no_canonical_one(soups: dict[str, BeautifulSoup]) -> None:
    for name, soup in soups.items():
        assert soup.select_one("link[rel=canonical]") is None, name


def test_a_site_without_a_repository_has_no_links_to_one(soups: dict[str, BeautifulSoup]) -> None:
    for name, soup in soups.items():
        for tag in soup.select("article a[href]"):
            assert "mybinder.org/v2" not in tag["href"], name
            assert "/edit/" not in tag["href"], name


def test_the_sitemap_names_every_page(site: Path, pages: list[str]) -> None:
    text = (site / "sitemap.xml").read_text("utf-8")
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    found = {element.text for element in ET.fromstring(text).iter(f"{space}loc")}
    assert found == {f"https://course.example/{page}" for page in pages}


def test_code_is_searched_and_outputs_are_not(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    text = " ".join(entry["text"] for entry in index["docs"])
    assert sample.PHRASE in text
    assert sample.QUESTION in text
    assert "line 44" not in text


def test_the_notebook_can_be_downloaded_as_it_is(site: Path, course: Path) -> None:
    downloaded = site / "chapters" / "98_sample" / "98_sample.ipynb"
    assert downloaded.read_bytes() == (course / "chapters" / "98_sample.ipynb").read_bytes()


def test_repository_and_address_give_edit_links_and_canonical_ones(
    vendored: None, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_REPO_URL", "https://github.com/someone/course/")
    monkeypatch.setenv("COURSE_SITE_URL", "https://someone.github.io/course/")
    site_command.build(tmp_path / "site", [course])
    page = (tmp_path / "site" / "chapters" / "98_sample" / "index.html").read_text("utf-8")
    soup = BeautifulSoup(page, "html.parser")
    links = {tag.text: tag["href"] for tag in soup.select(".course-bar a")}
    base = "https://github.com/someone/course"
    assert links["Edit"] == f"{base}/edit/main/solutions/98_sample.ipynb"
    assert "someone/course/main?urlpath=lab/tree/chapters/98_sample.ipynb" in links["Binder"]
    assert f"{base}/blob/main/utils/client.py" in page
    canonical = soup.select_one("link[rel=canonical]")
    assert canonical is not None
    assert canonical["href"] == "https://someone.github.io/course/chapters/98_sample/"


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        (prose("[gone](99_gone.ipynb)", "a"), "99_gone.ipynb"),
        (prose("[gone](98_sample.ipynb#No-such-heading)", "a"), "No-such-heading"),
        (prose("[gone](#cell-id=gone)", "a"), "cell-id=gone"),
        (code("figure", shown(image__png=sample.png()), cell_id="a"), "no description"),
    ],
    ids=["page", "heading", "cell", "picture"],
)
def test_what_is_broken_stops_the_build(
    cell: object, what: str, vendored: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = sample.write_course(tmp_path / "course")
    broken = new_notebook(cells=[prose("# Broken\n\nSomething.", "title"), cell])
    nbformat.write(broken, folder / "chapters" / "97_broken.ipynb")
    with pytest.raises(Abort):
        site_command.build(tmp_path / "site", [folder])
    assert what in caplog.text


def test_an_unset_up_machine_is_told_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    vendor = site_command.module("vendor")
    monkeypatch.setattr(vendor, "missing", lambda: ["pyodide"])
    with pytest.raises(Abort):
        site_command.build(tmp_path / "site")
    assert "python docs/vendor.py" in caplog.text
