"""A long page in two files: the first screens at once, the rest while they are read.

A chapter of 75 minutes has some 20 kB of words, compressed. The page holds as many of its sections
as fit; the others lie beside it in `continued.html`, which the page fetches and appends before the
theme's script looks at it, so that search results, the table of contents, print and the runner know
one page. Without JavaScript the page ends in a link, and the rest is a plain page of its own.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser

LIMIT = 19_500
"""Bytes of a page over gzip: 20 kB, less what a server adds or compresses worse."""
NAME = "continued.html"

_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_ARTICLE = re.compile(r"(<article\b[^>]*>)(.*)(</article>)", re.DOTALL)
_SCRIPT = re.compile(r'<script src="([^"]+)"(?: defer)?></script>')
_STYLE = re.compile(r"<style\b.*?</style>", re.DOTALL)
_SHEET = re.compile(r"<link\b[^>]*\brel=\"?stylesheet\b[^>]*>")


@dataclass(frozen=True)
class Parts:
    """A page and what follows it.

    Attributes:
        page: the page, with the first sections.
        rest: a page with the others.
    """

    page: str
    rest: str


def weight(html: str) -> int:
    """Bytes over gzip."""
    return len(gzip.compress(html.encode(), mtime=0))


def split(html: str, loader: str, limit: int = LIMIT) -> Parts | None:
    """Divide a page whose weight is over the limit, before one of its headings.

    Args:
        html: the whole page, with one `article`.
        loader: address of the script that appends the rest, from the page.
        limit: bytes over gzip that the page may have.

    Returns:
        None for a page that is light enough, or that is too heavy before its second heading.
    """
    found = _ARTICLE.search(html)
    if found is None or weight(html) <= limit:
        return None
    inside = found[2]
    best = None
    for place in _sections(inside):
        page = _page(html, found, inside[:place], inside[place:], loader)
        if weight(page) > limit:
            break
        best = Parts(page, _rest(html, found[1], inside[:place], inside[place:]))
    return best


def _page(html: str, found: re.Match[str], first: str, rest: str, loader: str) -> str:
    later = re.findall(r"<h2\b[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h2>", rest, re.DOTALL)
    titles = ", ".join(re.sub(r"<[^>]+>", "", title).strip() for title in later)
    link = f'<p class="course-rest"><a href="{NAME}">The rest of this chapter</a>: {titles}</p>'
    after = html[found.end() :]
    scripts = _SCRIPT.findall(after)
    after = _SCRIPT.sub("", after)
    soon = f'<link rel="preload" as="fetch" crossorigin href="{NAME}">'
    soon += "".join(f'<link rel="preload" as="script" href="{script}">' for script in scripts)
    before = html[: found.start()].replace("</head>", f"{soon}</head>", 1)
    start = f'<script src="{loader}" data-then="{escape(" ".join(scripts))}"></script></body>'
    after = after.replace("</body>", start, 1)
    return f"{before}{found[1]}{first}{link}{found[3]}{after}"


def _rest(html: str, article: str, first: str, rest: str) -> str:
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    describing = re.findall(
        r"<meta (?:name=description|name=\"description\"|property=)[^>]*>", html
    )
    return (
        '<!doctype html><html lang="en" class="no-js"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{title[1].strip() if title else ''}, continued</title>{''.join(describing)}"
        # With scripts, the page itself shows this part.
        '<script>location.replace("./" + location.hash)</script>'
        f"{''.join(_SHEET.findall(html))}{''.join(_STYLE.findall(first))}</head>"
        '<body dir="ltr"><main class="md-main"><div class="md-main__inner md-grid">'
        f'<div class="md-content">{article}<p><a href="./">Back to the beginning</a></p>'
        f"{rest}</article></div></div></main></body></html>"
    )


def _sections(inside: str) -> list[int]:
    """Where the sections of an article start: its headings that lie in nothing else."""
    finder = _Sections(inside)
    finder.feed(inside)
    finder.close()
    return finder.found


class _Sections(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.depth = 0
        self.found: list[int] = []
        self.lines = [0]
        for line in text.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("h2", "h3") and self.depth == 0:
            line, column = self.getpos()
            self.found.append(self.lines[line - 1] + column)
        self.depth += tag not in _VOID

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """`<path/>`: nothing is opened."""

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag not in _VOID
