"""The picture that a link to the site shows in a chat or a feed, drawn without any download."""

from __future__ import annotations

import io
import textwrap

from PIL import Image, ImageDraw, ImageFont

SIZE = (1200, 630)
"""Pixels, the size that previews ask for."""
BRAND = "#0b6b60"
ACCENT = "#f2c14e"


def card(title: str, line: str) -> bytes:
    """A PNG with a title and a line below it.

    Args:
        title: at most three lines of 24 characters are drawn.
        line: one line of at most 60 characters.
    """
    picture = Image.new("RGB", SIZE, BRAND)
    draw = ImageDraw.Draw(picture)
    draw.line([(90, 150), (140, 200), (90, 250)], fill="white", width=16, joint="curve")
    draw.line([(160, 250), (230, 250)], fill=ACCENT, width=16)
    title_font = ImageFont.load_default(size=76)
    top = 310
    for part in textwrap.wrap(title, 28)[:3]:
        draw.text((86, top), part, font=title_font, fill="white")
        top += 92
    draw.text((90, top + 24), line[:60], font=ImageFont.load_default(size=36), fill="#d7efeb")
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
