"""Makes Markdown written for JupyterLab (CommonMark with GitHub's tables) mean the same here.

Python-Markdown reads a few constructs in its own way. `normalize` rewrites those few, outside of
code, and leaves the rest alone; the tests render every Markdown cell of the course with both kinds
of renderer and compare.
"""

from __future__ import annotations

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_BULLET = re.compile(r"^(\s*)([-*+])\s+\S")
_NUMBER = re.compile(r"^(\s*)(\d{1,9})[.)]\s+\S")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
_HTML_OPEN = re.compile(r"^<(details|div|section|aside)((?:\s[^>]*)?)>", flags=re.IGNORECASE)


def normalize(source: str) -> str:
    """`source` of a notebook's Markdown cell, so that Python-Markdown reads it like JupyterLab."""
    lines: list[str] = []
    fence = ""
    for line in source.split("\n"):
        opened = _FENCE.match(line)
        if fence:
            if opened and opened[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            lines.append(line)
            continue
        before = lines[-1] if lines else ""
        if opened:
            fence = opened[1]
            if before.strip() and not _in_list(lines):
                lines.append("")
        elif _starts_list(line, before) or _starts_block(line, before):
            lines.append("")
        elif _TABLE_RULE.match(line) and "|" in line and len(lines) >= 2 and lines[-2].strip():
            lines.insert(-1, "")
        if not fence:
            line = re.sub(r"^(\s*\d{1,9})\)(\s)", r"\1.\2", line)
            line = _HTML_OPEN.sub(_markdown_inside, line)
        lines.append(line)
    return "\n".join(lines)


def _in_list(lines: list[str]) -> bool:
    return any(_BULLET.match(line) or _NUMBER.match(line) for line in lines[-1:]) or (
        lines[-1].startswith("  ") if lines else False
    )


def _starts_list(line: str, before: str) -> bool:
    """A list right after a paragraph: CommonMark starts it, Python-Markdown wants a blank line."""
    if not before.strip() or before[:1].isspace() or _is_item(before) or before.startswith(">"):
        return False
    number = _NUMBER.match(line)
    return bool(_BULLET.match(line)) or bool(number and number[2] == "1")


def _is_item(line: str) -> bool:
    return bool(_BULLET.match(line) or _NUMBER.match(line))


def _starts_block(line: str, before: str) -> bool:
    """A heading or quotation right after a paragraph."""
    if not before.strip() or before[:1].isspace():
        return False
    if re.match(r"^#{1,6}\s", line):
        return True
    return line.startswith(">") and not before.startswith(">")


def _markdown_inside(match: re.Match[str]) -> str:
    """JupyterLab reads Markdown between an opening tag and its end; here it has to be asked for."""
    if "markdown=" in match[2]:
        return match[0]
    return f'<{match[1]}{match[2]} markdown="1">'


def heading_id(text: str, separator: str = "-") -> str:
    """The anchor of a heading, as JupyterLab makes it, so that links to headings work in both."""
    return text.strip().replace(" ", separator)
