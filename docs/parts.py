"""A long page in several files: the first screens at once, the rest while they are read.

A chapter of 75 minutes has some 20 kB of words, compressed. The page holds as many of its sections
as fit; the others lie beside it in `continued.html` and so on, which the page fetches and appends
before the theme's script looks at it, so that search results, the table of contents, print and the
runner know one page. Without JavaScript the page ends in a link, and the rest are plain pages.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from itertools import pairwise, takewhile

LIMIT = 19_500
"""Bytes of a page over gzip: 20 kB, less what a server adds or compresses worse."""
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
        rest: pages with the others, by the names of their files.
    """

    page: str
    rest: dict[str, str]


def name(number: int) -> str:
    """The file of a part: `continued.html`, `continued-2.html`, ..."""
    return "continued.html" if number == 1 else f"continued-{number}.html"


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
    places = [*_sections(inside), len(inside)]
    frame = weight(_page(html, found, "", "", ["continued.html"], loader))
    first = _most(inside, 0, places, limit - frame)
    if first is None:
        return None
    while weight(_page(html, found, inside[:first], inside[first:], [name(1)], loader)) > limit:
        earlier = [place for place in places if place < first]
        if not earlier:
            return None
        first = earlier[-1]
    cuts = [first]
    while cuts[-1] < len(inside):
        head = weight(_rest(html, found[1], inside[:first], "", "", name(2)))
        place = _most(inside, cuts[-1], places, limit - head)
        cuts.append(place or next(place for place in places if place > cuts[-1]))
    names = [name(number) for number in range(1, len(cuts))]
    rest = {}
    for number, (start, end) in enumerate(pairwise(cuts), start=1):
        later = name(number + 1) if end < len(inside) else ""
        piece, left = inside[start:end], inside[end:]
        rest[name(number)] = _rest(html, found[1], inside[:first], piece, left, later)
    page = _page(html, found, inside[:first], inside[first:], names, loader)
    return Parts(page, rest)


def _most(inside: str, start: int, places: list[int], room: int) -> int | None:
    """The last place up to which the text from `start` weighs no more than `room`."""
    later = (place for place in places if place > start)
    return max(takewhile(lambda p: weight(inside[start:p]) <= room, later), default=None)


def _link(names: list[str], left: str) -> str:
    """The way to what is left, for readers without scripts; it names the sections."""
    later = re.findall(r"<h2\b[^>]*>(.*?)(?:<a class=\"headerlink\".*?)?</h2>", left, re.DOTALL)
    titles = ", ".join(re.sub(r"<[^>]+>", "", title).strip() for title in later)
    return (
        f'<p class="course-rest" data-parts="{" ".join(names)}">'
        f'<a href="{names[0]}">The rest of this chapter</a>{": " if titles else ""}{titles}</p>'
    )


def _page(
    html: str, found: re.Match[str], first: str, left: str, names: list[str], loader: str
) -> str:
    after = html[found.end() :]
    scripts = _SCRIPT.findall(after)
    after = _SCRIPT.sub("", after)
    soon = "".join(f'<link rel="preload" as="fetch" crossorigin href="{n}">' for n in names)
    soon += "".join(f'<link rel="preload" as="script" href="{script}">' for script in scripts)
    before = html[: found.start()].replace("</head>", f"{soon}</head>", 1)
    start = f'<script src="{loader}" data-then="{escape(" ".join(scripts))}"></script></body>'
    after = after.replace("</body>", start, 1)
    return f"{before}{found[1]}{first}{_link(names, left)}{found[3]}{after}"


def _rest(html: str, article: str, first: str, piece: str, left: str, later: str) -> str:
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
        f"{piece}{_link([later], left) if later else ''}</article></div></div></main></body></html>"
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
