"""Makes Markdown written for JupyterLab (CommonMark with GitHub's tables) mean the same here.

Python-Markdown wants a blank line before a list, a table, a quotation or a heading, and four spaces
for what belongs to a list item. `normalize` writes these few things its way, outside of code, and
leaves the rest alone; the tests render every Markdown cell of the course with both kinds of
renderer and compare.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"(`{3,}|~{3,})")
_ITEM = re.compile(r"([-*+]|\d{1,9}[.)])(\s+)(?=\S)")
_RULE = re.compile(r"([-*_])\s*(?:\1\s*){2,}$")
_TABLE_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_QUOTE = re.compile(r" {0,3}> ?")
_HTML_OPEN = re.compile(r"<(details|div|section|aside)((?:\s[^>]*)?)>", flags=re.IGNORECASE)
_NESTED = 4
"""Spaces that Python-Markdown wants for each level of a list."""


def normalize(source: str) -> str:
    """`source` of a notebook's Markdown cell, so that Python-Markdown reads it like JupyterLab."""
    return "\n".join(_lines(source.split("\n")))


def _lines(source: list[str]) -> list[str]:
    made: list[str] = []
    items: list[int] = []  # where the content of each open list item starts in the source
    fence = ""
    code = False
    position = 0
    while position < len(source):
        line = source[position]
        position += 1
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if fence:
            inside = items[-1] if items else 0
            made.append(" " * _NESTED * len(items) + line[min(indent, inside) :] if text else "")
            if text.startswith(fence) and not text.strip().strip(fence[0]):
                fence = ""
                if position < len(source) and source[position].strip():
                    made.append("")
            continue
        if not text:
            made.append("")
            continue
        paragraph = bool(made and made[-1].strip()) and not _is_block(made[-1])
        item = None if _RULE.match(text) else _ITEM.match(text)
        opened = _FENCE.match(text)
        starts = bool(item or opened or text.startswith((">", "#")))
        lazy = paragraph and not starts
        interrupts = paragraph and not items
        while items and indent < items[-1] and not lazy:
            items.pop()
        inside = items[-1] if items else 0
        code = indent - inside >= 4 and (code or (not lazy and not (made and made[-1])))
        if code:
            made.append(" " * _NESTED * len(items) + line[inside:])
            continue
        pad = " " * _NESTED * len(items)
        if opened and "`" not in text[len(opened[1]) :]:
            fence = opened[1]
            if paragraph:
                made.append("")
            made.append(pad + text)
        elif text.startswith(">"):
            quoted = [text]
            while position < len(source) and _QUOTE.match(source[position]):
                quoted.append(source[position].lstrip(" "))
                position += 1
            if paragraph:
                made.append("")
            inner = _lines([_QUOTE.sub("", part, count=1) for part in quoted])
            made += [f"{pad}> {part}".rstrip() for part in inner]
            if position < len(source) and source[position].strip():
                made.append("")
        elif item and _may_start_list(item[1], interrupts):
            if interrupts:
                made.append("")
            number = re.sub(r"\)$", ".", item[1])
            made.append(f"{pad}{number} {text[item.end() :]}")
            items.append(indent + item.end())
        elif re.match(r"#{1,6}\s", text):
            if paragraph:
                made.append("")
            made.append(pad + text)
        else:
            if _TABLE_RULE.match(text) and "|" in text and len(made) >= 2 and made[-2].strip():
                made.insert(-1, "")
            made.append(pad + _HTML_OPEN.sub(_markdown_inside, text, count=1))
    return made


def _is_block(line: str) -> bool:
    """Whether a line that was written ends a block, so that the next one starts another."""
    text = line.strip()
    return bool(re.match(r"#{1,6}\s", text) or _FENCE.match(text) or text.startswith("<"))


def _may_start_list(marker: str, interrupts: bool) -> bool:
    """A numbered list interrupts a paragraph only when it starts with 1."""
    return not interrupts or not marker[0].isdigit() or int(marker[:-1]) == 1


def _markdown_inside(match: re.Match[str]) -> str:
    """JupyterLab reads Markdown between an opening tag and its end; here it has to be asked for."""
    if "markdown=" in match[2]:
        return match[0]
    return f'<{match[1]}{match[2]} markdown="1">'


def heading_id(text: str, separator: str = "-") -> str:
    """The anchor of a heading, as JupyterLab makes it, so that links to headings work in both.

    Double quotes are left out: the theme's table of contents would end its address at the first.
    """
    return text.strip().replace('"', "").replace(" ", separator)
