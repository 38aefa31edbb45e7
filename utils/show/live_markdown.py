"""Markdown of a model as safe HTML, also while it is incomplete.

Two rules. What a model writes is text from a stranger: no HTML of its own, no script, no picture
(a picture's address can carry a conversation to somebody else's server as soon as it is shown), and
links only to the web and to mail. And half a sentence should look like half a sentence: marks that
are still open are closed before rendering.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import Any

FENCE = re.compile(r"^ {0,3}(```|~~~)")
LINK_ADDRESS = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*$")
LINK_TEXT = re.compile(r"!?\[(?=[^\[\]\n]*\]?$)")
MARK_AT_END = re.compile(r"(?:^|\n)[ \t]*(?:#{1,6}|[-=*+>_]+|`{1,2}|~{1,2}|\d+[.)])[ \t]*$")
"""A last line that has a mark and nothing else yet: it may become a heading, a list, a rule."""
SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)


def complete(text: str) -> str:
    """Close what is still open at the end of unfinished Markdown: fences, code, emphasis, links."""
    fence = _open_fence(text)
    if fence:
        return f"{text.rstrip('`~') if _half_fence(text, fence) else text}\n{fence}"
    text = MARK_AT_END.sub("", text)
    head, gap, tail = text.rpartition("\n\n")
    line_start = tail.rfind("\n") + 1
    return head + gap + tail[:line_start] + _close_inline(tail[line_start:])


def _open_fence(text: str) -> str:
    """The fence that is open at the end of the text, empty if none is."""
    fence = ""
    for line in text.splitlines():
        found = FENCE.match(line)
        if found and (not fence or (found[1] == fence and not line.strip().strip(fence[0]))):
            fence = "" if fence else found[1]
    return fence


def _half_fence(text: str, fence: str) -> bool:
    last = text.rpartition("\n")[2].strip()
    return bool(last) and len(last) < len(fence) and set(last) == {fence[0]}


def _close_inline(line: str) -> str:
    """Close code, links and emphasis that the last line leaves open."""
    if line.count("`") % 2:
        return line + "`" if not line.endswith("`") else line[:-1]
    line = LINK_ADDRESS.sub(r"\1", line)
    line = LINK_TEXT.sub("", line, count=1).removesuffix("]") if LINK_TEXT.search(line) else line
    bullet = re.match(r"\s*(?:[*+-]\s+)?", line)
    start = bullet.end() if bullet else 0
    body = re.sub(r"`[^`]*`", lambda m: "x" * len(m[0]), line[start:])
    while (opened := _open_emphasis(body)) and body.rstrip().endswith(opened):
        cut = len(body.rstrip()) - len(opened)  # a mark that has nothing behind it yet
        line, body = line[: start + cut].rstrip(), body[:cut].rstrip()
    if not opened:
        return line
    trimmed = line.rstrip()
    if opened == "**" and trimmed.endswith("*") and not trimmed.endswith("**"):
        return trimmed + "*"  # the first half of the closing mark
    return trimmed + opened


def _open_emphasis(text: str) -> str:
    """The marks that have to be appended, `**`, `*` or both, to close what is open."""
    opened: list[str] = []
    for mark in re.findall(r"\*\*|(?<!\s)\*|\*(?!\s)", text):
        if opened and opened[-1] == mark:
            opened.pop()
        elif mark == "*" and opened == ["**"] and text.endswith("*") and not text.endswith("**"):
            continue
        else:
            opened.append(mark)
    return "".join(reversed(opened))


@lru_cache(maxsize=1)
def _renderer() -> Any:
    import mistune

    class Safe(mistune.HTMLRenderer):
        """Escapes HTML, shows a picture as its description, and checks where links lead."""

        def link(self, text: str, url: str, title: str | None = None) -> str:
            if not SAFE_LINK.match(url):
                return text
            return f'<a href="{html.escape(url)}" rel="noopener noreferrer nofollow">{text}</a>'

        def image(self, text: str, url: str, title: str | None = None) -> str:
            return f"[picture: {text}]" if text else "[picture]"

    return mistune.create_markdown(renderer=Safe(escape=True), plugins=["table", "strikethrough"])


def render(text: str) -> str:
    """Unfinished Markdown of a model as HTML that is safe to put into a page."""
    return str(_renderer()(complete(text)))
