"""Text in a colored box: HTML for JupyterLab, and the same words as plain text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Tone = Literal["right", "partly", "wrong", "open"]
Line = tuple[str, str]


@dataclass(frozen=True)
class Palette:
    """Colors of a box: every text color on `background` has a contrast of at least 4.5."""

    background: str
    text: str
    accent: str
    quiet: str


LIGHT: dict[Tone, Palette] = {
    "right": Palette("#eef8f0", "#1b2a1f", "#12662f", "#47584c"),
    "partly": Palette("#fdf6e3", "#2e2713", "#7a5000", "#5e5434"),
    "wrong": Palette("#fdf0ee", "#331c19", "#a3241a", "#6b4a45"),
    "open": Palette("#f1f4f8", "#1d2733", "#334e73", "#4a5767"),
}
DARK: dict[Tone, Palette] = {
    "right": Palette("#12251a", "#dcefe2", "#7fd69b", "#a9c4b3"),
    "partly": Palette("#2a2310", "#f3e9cf", "#f0c05a", "#cbbd96"),
    "wrong": Palette("#301715", "#f8dedb", "#ff9c91", "#d6ada8"),
    "open": Palette("#18202b", "#dfe7f1", "#9fc1ee", "#aab8ca"),
}
_DARK_PAGE = ("body[data-jp-theme-light='false']", "[data-md-color-scheme='slate']")


def dark_style() -> str:
    """Rules for a dark page, JupyterLab's and the site's; a light page needs none."""
    rules = []
    for tone, colors in DARK.items():
        for page in _DARK_PAGE:
            box = f"{page} .course-box-{tone}"
            rules.append(
                f"{box}{{background:{colors.background}!important;color:{colors.text}!important;"
                f"border-color:{colors.accent}!important}}"
                f"{box} .course-accent{{color:{colors.accent}!important}}"
                f"{box} .course-quiet{{color:{colors.quiet}!important}}"
            )
    return f"<style>{''.join(rules)}</style>"


def boxed(inner: str, tone: Tone) -> str:
    """HTML in a box of this tone."""
    colors = LIGHT[tone]
    return (
        f"{dark_style()}<div class='course-box-{tone}' style='background:{colors.background};"
        f"color:{colors.text};border-left:5px solid {colors.accent};border-radius:3px;"
        "padding:.5em .9em;margin:.3em 0;line-height:1.45;font-size:.95em'>"
        f"{inner}</div>"
    )


def box(lines: Sequence[Line], tone: Tone) -> str:
    """Lines (kind, text) as HTML; the words are exactly those of the plain text."""
    colors = LIGHT[tone]
    made = []
    for kind, line in lines:
        text = line.strip()
        mark = ""
        if kind in ("ok", "no"):
            word, text = text[:2], text[2:].strip()
            mark = (
                f"<b class='course-accent' style='color:{colors.accent};font-family:monospace'>"
                f"{word}</b> "
            )
        text = html.escape(text)
        if kind == "head":
            made.append(
                f"<div class='course-accent' style='color:{colors.accent};font-weight:bold'>"
                f"{text}</div>"
            )
        elif kind in ("why", "hint"):
            cls = " class='course-quiet'" if kind == "hint" else ""
            color = f"color:{colors.quiet};" if kind == "hint" else ""
            made.append(f"<div{cls} style='{color}margin-left:1.6em'>{text}</div>")
        elif kind in ("printed", "code"):
            source = html.escape(line)
            made.append(
                "<pre style='margin:0 0 0 1.6em;background:transparent;color:inherit;"
                f"white-space:pre-wrap'>{source}</pre>"
            )
        else:
            made.append(f"<div>{mark}{text}</div>")
    return boxed("".join(made), tone)
