"""Figures of the lessons: one look, colors that everybody can tell apart, and words for each one.

A `Picture` is drawn on a light background of its own, so that it reads the same on light and dark
pages.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a browser's Python has no matplotlib, and the data of a figure need none
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#D55E00",
    "#F0E442",
)
"""Colors of Okabe and Ito, told apart with every common kind of color vision
(jfly.uni-koeln.de/color, 2008)."""

INK, QUIET, PAPER, LINES = "#1d2733", "#4a5767", "#fbfbf8", "#d9dde2"
"""Text, lesser text, background, grid lines. Both text colors have a contrast of at least 4.5."""

DOTS_PER_INCH = 184
SCREEN = 92
"""Dots per inch of the size at which a page shows a figure: half, so that it stays sharp."""


@dataclass(frozen=True)
class Picture:
    """A figure with its words and its data.

    Attributes:
        figure: what is drawn.
        alt: what it shows, for those who do not see it.
        data: the numbers behind it.
    """

    figure: Figure
    alt: str
    data: Any = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def png(self) -> bytes:
        """The figure as a PNG file; the same figure gives the same bytes."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        out = BytesIO()
        FigureCanvasAgg(self.figure).print_png(out, metadata={"Software": None})
        return out.getvalue()

    def html(self) -> str:
        """The figure as an `img` element that needs no file."""
        data, size = self._repr_png_()
        return (
            f'<img alt="{escape(self.alt)}" width="{size["width"]}" height="{size["height"]}" '
            f'style="max-width:100%;height:auto" '
            f'src="data:image/png;base64,{b64encode(data).decode()}">'
        )

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        width, height = self.figure.get_size_inches() * SCREEN
        return self.png(), {"width": round(width), "height": round(height)}


def canvas(
    width: float, height: float, columns: int = 1, rows: int = 1
) -> tuple[Figure, list[Axes]]:
    """An empty figure in the course's look.

    Args:
        width, height: size in inches; a page shows 92 dots for each.
        columns: axes side by side; they share the vertical scale.
        rows: axes above each other; they share the horizontal scale.
    """
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(width, height), dpi=DOTS_PER_INCH, facecolor=PAPER, layout="constrained"
    )
    found = figure.subplots(rows, columns, sharex=rows > 1, sharey=columns > 1, squeeze=False)
    axes: list[Axes] = list(found.flat)
    for each in axes:
        each.set_facecolor(PAPER)
        each.set_axisbelow(True)
        each.tick_params(colors=INK, labelsize=10, length=0)
        each.spines[["top", "right"]].set_visible(False)
        each.spines[["left", "bottom"]].set_color(QUIET)
    return figure, axes


def label(axes: Axes, x: str = "", y: str = "", title: str = "") -> None:
    """Name the axes, with units, and say in the title what is to be seen."""
    axes.set_xlabel(x, color=INK, fontsize=10.5)
    axes.set_ylabel(y, color=INK, fontsize=10.5)
    if title:
        axes.set_title(title, color=INK, fontsize=11.5, loc="left", pad=10)
