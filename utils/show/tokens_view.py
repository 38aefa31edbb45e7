"""A live view of tokens: type a text and see its tokens in color, with their ids."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..tokens import Piece, pieces
from .pictures import INK, QUIET, SKY, Picture, canvas

if TYPE_CHECKING:
    from ipywidgets import VBox

FILLS = ("#cfe8f7", "#fbe3b5", "#c9ebdd", "#f3d9e6", "#fbf5b8")
"""Light tints of the course's colors: dark text on each has a contrast of more than 10."""

SIGNS = {" ": "·", "\n": "⏎", "\t": "→", "\r": "␍"}
"""How white space is shown."""

MOST = 400
"""Tokens that the viewer draws; more are counted, not drawn."""


def shown(piece: Piece) -> str:
    """A token's text with visible white space; hexadecimal bytes if it is no whole character."""
    text = piece.text
    if text is None:
        return "‹" + piece.bytes.hex(" ") + "›"
    return "".join(SIGNS.get(character, character) for character in text)


def headline(text: str, found: Sequence[Piece]) -> str:
    """Tokens, characters and bytes of a text in one line."""
    size = len(text.encode())
    ratio = f", {len(text) / len(found):.1f} characters a token" if found else ""
    return f"{len(found)} tokens, {len(text)} characters, {size} bytes{ratio}"


def as_html(text: str, encoding_name: str = "o200k_base") -> str:
    """The tokens of a text as HTML: each in its color with its id below it.

    Args:
        text: what to cut into tokens.
        encoding_name: an encoding of tiktoken.
    """
    found = pieces(text, encoding_name)
    style = f"color:{INK};border-radius:3px;padding:1px 2px;text-align:center"
    boxes = "".join(
        f'<span style="display:inline-block;background:{FILLS[number % len(FILLS)]};{style}">'
        f'<span style="white-space:pre">{escape(shown(piece))}</span><br>'
        f'<small style="color:{QUIET}">{piece.id}</small></span>'
        for number, piece in enumerate(found[:MOST])
    )
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return (
        f'<p role="status">{headline(text, found)} ({escape(encoding_name)})</p>'
        f'<div style="font-family:monospace;display:flex;flex-wrap:wrap;gap:2px">'
        f"{boxes}{more}</div>"
    )


def viewer(text: str, encoding_names: Sequence[str] = ("o200k_base", "cl100k_base")) -> VBox:
    """A box to type in, a choice of encodings, and the tokens below, renewed at every key.

    Args:
        text: what stands in the box at first.
        encoding_names: encodings of tiktoken to choose from.
    """
    from ipywidgets import HTML, Dropdown, Layout, Textarea, VBox

    box = Textarea(text, description="Text", layout=Layout(width="100%", height="5em"))
    choice = Dropdown(options=list(encoding_names), description="Encoding")
    view = HTML(as_html(text, encoding_names[0]))

    def renew(_: object) -> None:
        view.value = as_html(str(box.value), str(choice.value))

    box.observe(renew, "value")
    choice.observe(renew, "value")
    return VBox([box, choice, view])


def picture(texts: Sequence[str], encoding_name: str = "o200k_base") -> Picture:
    """Tokens of several texts drawn as boxes, a line for each text.

    The picture's data are the pieces of each text.

    Args:
        texts: one line each; a line should have at most about 60 characters.
        encoding_name: an encoding of tiktoken.
    """
    cut = [pieces(text, encoding_name) for text in texts]
    figure, (axes,) = canvas(7.6, 0.25 + 0.62 * len(texts))
    widest = 0.0
    for row, line in enumerate(cut):
        left = 0.0
        for number, piece in enumerate(line):
            label, id = shown(piece), str(piece.id)
            width = max(len(label) + 0.4, 0.72 * len(id) + 0.4)
            axes.barh(
                row, width, 0.8, left, color=FILLS[number % len(FILLS)], edgecolor=SKY, linewidth=0
            )
            middle = left + width / 2
            style: dict[str, Any] = {"ha": "center", "va": "center", "family": "monospace"}
            axes.text(middle, row - 0.14, label, fontsize=9, color=INK, **style)
            axes.text(middle, row + 0.22, id, fontsize=6.2, color=QUIET, **style)
            left += width + 0.15
        widest = max(widest, left)
    axes.set_xlim(0, max(widest, 66))
    axes.set_ylim(len(texts) - 0.5, -0.5)
    axes.axis("off")
    counts = "; ".join(f"{text!r} is {len(line)}" for text, line in zip(texts, cut, strict=True))
    return Picture(figure, f"Texts cut into colored tokens with their ids. Tokens: {counts}.", cut)
