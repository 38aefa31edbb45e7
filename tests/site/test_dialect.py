"""Markdown means the same on the site as in JupyterLab: two renderers, element by element."""

from __future__ import annotations

from pathlib import Path

import markdown
import nbformat
import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from notebook_pages.dialect import heading_id, normalize

from tests.gates.gathered import NOTEBOOKS, named
from tests.site import sample
from utils.site_command import CONFIG

ELEMENTS = "h1 h2 h3 h4 p li ol ul table tr th td pre blockquote img a em strong hr s".split()  # noqa: SIM905
commonmark = MarkdownIt("gfm-like", {"html": True, "linkify": True})


@pytest.fixture(scope="module")
def python_markdown() -> markdown.Markdown:
    """The renderer as the site configures it."""
    from mkdocs.config import load_config

    config = load_config(str(CONFIG))
    return markdown.Markdown(
        extensions=config.markdown_extensions, extension_configs=config.mdx_configs
    )


def counts(html: str) -> dict[str, int]:
    soup = BeautifulSoup(html, "html.parser")
    for extra in soup.select(
        ".headerlink, .footnote, .footnote-ref, .admonition-title, .arithmatex"
    ):
        extra.extract()
    for wrapped in soup.select(".highlight"):
        wrapped.name = "span"
    for gone in soup("del"):
        gone.name = "s"
    return {name: len(soup(name)) for name in ELEMENTS}


def differences(source: str, renderer: markdown.Markdown) -> dict[str, tuple[int, int]]:
    """Elements whose number differs, as (JupyterLab's, the site's)."""
    renderer.reset()
    theirs, ours = counts(commonmark.render(source)), counts(renderer.convert(normalize(source)))
    # A tight list has no paragraphs in CommonMark; in quotes and lists the site's may.
    return {n: (theirs[n], ours[n]) for n in ELEMENTS if n != "p" and theirs[n] != ours[n]}


TRICKY = [
    "Text right before a list:\n- one\n- two\n\nMore.",
    "Text:\n1. one\n2. two",
    "Text that goes on\n2. is no list, since it does not start with 1",
    "- a\n- b\n\n1. c\n2. d",
    "1) one\n2) two",
    "* a\n  * b\n    * c\n* d",
    "- a\n\n  second paragraph of a\n\n- b",
    "1. first\n   ```python\n   code = 1\n   ```\n2. second",
    "Text before a table\n| a | b |\n|---|---|\n| 1 | 2 |",
    "Text\n> a quote",
    "Text\n# A heading\nmore",
    "Text\n```python\n- no list\n# no heading\n```\nmore",
    "~~~\n- no list\n1) no list\n~~~",
    "<details><summary>Question</summary>\n\nAn *answer*, `code`.\n\n- one\n- two\n\n</details>",
    "1. one\n\n   ```python\n   x = 1\n\n   y = 2\n   ```\n\n2. two\n\n   more\n\n   - a\n     - b",
    "- a long item\nthat goes on lazily\n- next\n\nAfter.",
    "- a\n- b\nAfter, still b\n\n    code\n",
    "Text\n\n    indented code\n    - no list\n\nText",
    "10. ten\n11. eleven\n    - deep",
    "- **bold**: text\n  and more\n\n  > quoted in an item\n- b",
    "A bare address https://platform.openai.com/docs in text.",
    "~~gone~~ and **bold _and italic_**",
    "snake_case_names and 2*3*4 and a_b",
    "A `code | with pipe` and \\*escaped\\* stars",
    "| a | b |\n|:--|--:|\n| `x` | **y** |",
    "***\n\ntext\n\n---",
    "[a link](01_requests.ipynb#Your-turn) and ![a picture](x.png)",
    "- [ ] open\n- [x] done",
    "Line one  \nline two",
    "> quote\n> - list in it\n> - second",
]


@pytest.mark.parametrize("source", TRICKY)
def test_tricky_markdown_has_the_same_elements_in_both(
    source: str, python_markdown: markdown.Markdown
) -> None:
    assert differences(source, python_markdown) == {}


def test_the_comparison_sees_a_difference(python_markdown: markdown.Markdown) -> None:
    python_markdown.reset()
    source = "Text right before a list:\n- one\n- two"
    assert counts(commonmark.render(source)) != counts(markdown.markdown(source))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_every_markdown_cell_of_the_course_has_the_same_elements_in_both(
    path: Path, python_markdown: markdown.Markdown
) -> None:
    found = {}
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        if cell.cell_type == "markdown":
            source = "\n".join(ln for ln in cell.source.split("\n") if not ln.startswith("> [!"))
            different = differences(source, python_markdown)
            if different:
                found[f"cell {number} ({cell.id})"] = different
    assert found == {}


def test_headings_have_jupyterlabs_anchors() -> None:
    assert heading_id("What goes wrong?") == "What-goes-wrong?"
    assert heading_id('The check says "not attempted"') == "The-check-says-not-attempted"


def test_normalizing_leaves_a_plain_cell_alone() -> None:
    assert normalize(sample.OPENING) == sample.OPENING
