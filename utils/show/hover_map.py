"""A map of texts in a page: point at a dot and read its name.

It is one SVG element with styles of its own, so it works wherever HTML is shown, without a kernel.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from .embedding_figures import COLORS
from .pictures import INK, LINES, PAPER

WIDTH, HEIGHT, MARGIN, LEGEND = 700, 440, 14, 26
"""Sizes in pixels: the drawing, the space around the dots, and the height of the legend."""

LETTER = 7
"""Room for a letter of the legend, in pixels."""


def places(points: np.ndarray) -> list[tuple[int, int]]:
    """Where each point is drawn, in whole pixels; both axes have the same scale.

    Args:
        points: two coordinates for each text.

    Raises:
        ValueError: if a point does not have two coordinates.
    """
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points have the shape {points.shape}, and (n, 2) was expected")
    low, high = points.min(axis=0), points.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    wide, tall = WIDTH - 2 * MARGIN, HEIGHT - LEGEND - 2 * MARGIN
    scale = min(wide / span[0], tall / span[1])
    left = (WIDTH - scale * span[0]) / 2
    top = LEGEND + (HEIGHT - LEGEND - scale * span[1]) / 2
    return [
        (round(left + scale * (x - low[0])), round(top + scale * (high[1] - y))) for x, y in points
    ]


class HoverMap:
    """Dots that tell their names.

    Args:
        points: two coordinates for each text.
        names: what a dot says.
        groups: the group of each text, which gives a dot its color.
    """

    def __init__(self, points: np.ndarray, names: Sequence[str], groups: Sequence[str]) -> None:
        if not len(points) == len(names) == len(groups):
            raise ValueError(f"{len(points)} points, {len(names)} names, {len(groups)} groups")
        self.places = places(points)
        self.names, self.groups = list(names), list(groups)
        kinds = sorted(set(groups))
        self.colors = {kind: COLORS[n % len(COLORS)] for n, kind in enumerate(kinds)}

    def __repr__(self) -> str:
        return f"HoverMap: {len(self.names)} texts in {len(self.colors)} groups; point at a dot"

    def svg(self) -> str:
        """The map as an SVG element."""
        dots = "".join(
            f'<circle cx="{x}" cy="{y}" r="5" fill="{self.colors[group]}" fill-opacity="0.8">'
            f"<title>{escape(name)} ({escape(group)})</title></circle>"
            for (x, y), name, group in zip(self.places, self.names, self.groups, strict=True)
        )
        legend, left = "", MARGIN
        for kind, color in self.colors.items():
            legend += (
                f'<circle cx="{left + 5}" cy="14" r="5" fill="{color}"/>'
                f'<text x="{left + 14}" y="18" font-size="12" fill="{INK}">{escape(kind)}</text>'
            )
            left += 34 + LETTER * len(kind)
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" role="img" '
            f'style="max-width:100%;height:auto;background:{PAPER}" '
            f'font-family="sans-serif" aria-label="{escape(repr(self), quote=True)}">'
            f'<rect x="1" y="{LEGEND}" width="{WIDTH - 2}" height="{HEIGHT - LEGEND - 1}" '
            f'fill="none" stroke="{LINES}"/>{legend}{dots}</svg>'
        )

    def _repr_html_(self) -> str:
        return f"{self.svg()}<p>Point at a dot to read its title.</p>"
