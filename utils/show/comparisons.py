"""Figures that compare answers: before and after, and how words repeat."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .pictures import BLUE, INK, LINES, ORANGE, QUIET, Picture, canvas, label


def distinct_share(text: str) -> float:
    """How many of a text's words are different ones, as a share: 1 when no word comes twice.

    Case does not count. An empty text repeats nothing, so it gives 1.
    """
    words = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower())
    return len(set(words)) / len(words) if words else 1.0


def before_and_after(
    pairs: Mapping[str, tuple[float, float]], names: tuple[str, str], unit: str
) -> Picture:
    """A line from before to after for each row, both between 0 and 1.

    The picture's data are the pairs.

    Args:
        pairs: by the row's name, the value before and the value after.
        names: what the two are called in the legend.
        unit: what is measured, for the axis.
    """
    figure, (axes,) = canvas(7.4, 0.9 + 0.36 * len(pairs))
    for place, (old, new) in enumerate(pairs.values()):
        color = BLUE if new >= old else QUIET
        axes.plot([old, new], [place, place], color=color, linewidth=2.2, zorder=1)
    places = range(len(pairs))
    befores, afters = zip(*pairs.values(), strict=True)
    axes.scatter(befores, places, s=52, color=ORANGE, edgecolor=INK, label=names[0], zorder=2)
    axes.scatter(
        afters, places, s=52, color=BLUE, edgecolor=INK, marker="D", label=names[1], zorder=2
    )
    axes.set_yticks(list(places), list(pairs))
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.grid(axis="x", color=LINES)
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False, labelcolor=INK)
    label(axes, unit)
    told = ", ".join(f"{name}: {old:.2f} to {new:.2f}" for name, (old, new) in pairs.items())
    return Picture(figure, f"{unit}, {names[0]} and {names[1]}. {told}.", dict(pairs))
