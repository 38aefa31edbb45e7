"""A long page is divided before a heading, and nothing is lost."""

from __future__ import annotations

import random
import re

import pytest

from utils import site_command

parts = site_command.module("parts")
LOADER = "../assets/continued.js"


def page(*sections: str) -> str:
    """A page with a script, a style and sections."""
    return (
        "<!doctype html><html><head><title>Long</title>"
        '<link rel="stylesheet" href="../a.css"></head><body>'
        f'<article class="x"><h1>Long</h1><style>b{{}}</style>{"".join(sections)}</article>'
        '<script src="../theme.js"></script><script src="../own.js" defer></script></body></html>'
    )


def section(name: str, seed: int, words: int = 400) -> str:
    """A section that does not compress well."""
    rng = random.Random(seed)
    text = " ".join(f"{rng.randrange(10**9):x}" for _ in range(words))
    return f'<h2 id="{name}">{name}</h2><div><p>{text}<br></p><h2>inner</h2></div>'


NAMES = ["one", "two", "three", "four"]
SECTIONS = [section(name, number) for number, name in enumerate(NAMES)]


def test_a_light_page_stays_whole() -> None:
    assert parts.split(page("<h2>short</h2>"), LOADER) is None


def test_a_page_without_headings_stays_whole() -> None:
    assert parts.split(page(SECTIONS[0].replace("h2", "p")), LOADER, limit=500) is None


def sections_of(html: str) -> list[str]:
    """Ids of the sections in a page."""
    return re.findall(r'<h2 id="(\w+)"', html)


@pytest.mark.parametrize("limit", [3_000, 4_500, 6_500])
def test_every_part_keeps_what_fits_and_nothing_is_lost(limit: int) -> None:
    whole = page(*SECTIONS)
    found = parts.split(whole, LOADER, limit)
    assert found is not None
    every = [found.page, *found.rest.values()]
    assert all(parts.weight(part) <= limit for part in every)
    assert [name for part in every for name in sections_of(part)] == NAMES
    for text in re.findall(r"<p>([^<]+)<br>", whole):
        assert sum(text in part for part in every) == 1
    kept = len(sections_of(found.page))
    assert parts.weight(page(*SECTIONS[: kept + 1])) > limit, "another section would have fitted"


def test_a_section_that_is_too_long_by_itself_stands_alone() -> None:
    found = parts.split(page(SECTIONS[0], section("long", 7, 2000), SECTIONS[1]), LOADER, 4_500)
    assert found is not None
    assert [sections_of(part) for part in found.rest.values()] == [["long"], ["two"]]


def test_without_scripts_one_part_leads_to_the_next() -> None:
    found = parts.split(page(*SECTIONS), LOADER, 3_000)
    assert found is not None
    assert list(found.rest) == ["continued.html", "continued-2.html", "continued-3.html"]
    assert 'data-parts="continued.html continued-2.html continued-3.html"' in found.page
    links = [re.findall(r'href="(continued[^"]*)">The rest', p) for p in found.rest.values()]
    assert links == [["continued-2.html"], ["continued-3.html"], []]


@pytest.mark.parametrize("limit", range(2_600, 8_000, 300))
def test_it_is_divided_at_no_heading_inside_something(limit: int) -> None:
    deep = "<div>" + "".join(SECTIONS) + "</div>"
    found = parts.split(page(SECTIONS[0], deep, SECTIONS[1], SECTIONS[2]), LOADER, limit)
    assert found is not None
    for part in (found.page, *found.rest.values()):
        article = re.search(r"<article.*</article>", part, re.DOTALL)
        assert article is not None
        assert article[0].count("<div>") == article[0].count("</div>")


def test_scripts_wait_for_the_rest_in_their_order() -> None:
    found = parts.split(page(*SECTIONS), LOADER, 4_500)
    assert found is not None
    assert re.findall(r"<script src=\"([^\"]+)\"", found.page) == [LOADER]
    assert 'data-then="../theme.js ../own.js"' in found.page
    assert '<link rel="preload" as="fetch" crossorigin href="continued.html">' in found.page


def test_the_rest_brings_the_styles_of_the_first_part() -> None:
    found = parts.split(page(*SECTIONS), LOADER, 4_500)
    assert found is not None
    for part in found.rest.values():
        assert "<style>b{}</style>" in part
        assert '<link rel="stylesheet" href="../a.css">' in part
        assert "<title>Long, continued</title>" in part


def test_the_link_names_the_sections_that_follow() -> None:
    found = parts.split(page(*SECTIONS), LOADER, 4_500)
    assert found is not None
    link = re.search(r'<p class="course-rest".*?</p>', found.page)
    assert link is not None
    assert link[0].endswith("three, inner, four, inner</p>")
