"""Figures about extraction: what came of many requests, and how often each field is right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from .pictures import (
    BLUE,
    GREEN,
    INK,
    LINES,
    ORANGE,
    PAPER,
    QUIET,
    VERMILION,
    YELLOW,
    Picture,
    canvas,
    label,
)

OUTCOMES = ((VERMILION, "xx"), (YELLOW, "//"), (ORANGE, ".."), (BLUE, ""))
"""Color and hatch from the worst outcome to the best."""


def outcomes(rows: Mapping[str, Mapping[str, int]], x: str, title: str = "") -> Picture:
    """A bar for each way of asking, cut into what came of it, the worst on the left.

    Args:
        rows: by the name of the bar, how often each outcome came; all with the same two to four
            outcomes, from the worst to the best.
        x: what is counted, for the axis.
        title: what is to be seen.

    Raises:
        ValueError: if two rows have different outcomes, or there are not two to four.
    """
    from matplotlib.patches import Patch
    from matplotlib.ticker import MaxNLocator

    names = list(next(iter(rows.values())))
    if any(list(row) != names for row in rows.values()) or not 2 <= len(names) <= len(OUTCOMES):
        raise ValueError(f"every row needs the same two to four outcomes, not {rows!r}")
    styles = OUTCOMES[-len(names) :]
    figure, (axes,) = canvas(7.6, 1.5 + 0.5 * len(rows))
    for place, row in enumerate(rows.values()):
        left = 0
        for (color, hatch), count in zip(styles, row.values(), strict=True):
            axes.barh(place, count, left=left, color=color, hatch=hatch, edgecolor=PAPER)
            if count:
                axes.text(
                    left + count / 2,
                    place,
                    str(count),
                    ha="center",
                    va="center",
                    fontsize=10,
                    color=INK,
                    bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5, "alpha": 0.9},
                )
            left += count
    axes.set_yticks(range(len(rows)), list(rows))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.invert_yaxis()
    handles = [
        Patch(facecolor=color, hatch=hatch, edgecolor=PAPER, label=name)
        for (color, hatch), name in zip(styles, names, strict=True)
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=len(names), frameon=False, fontsize=9.5
    )
    label(axes, x, title=title)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{count} {what}" for what, count in row.items())
        for name, row in rows.items()
    )
    return Picture(figure, f"Bars of {x}. {told}.", {name: dict(row) for name, row in rows.items()})


def wilson(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share, by Wilson's formula (1927), both ends between 0 and 1.

    Args:
        right: how many were right.
        total: out of how many; at least 1.
        z: width in standard deviations; 1.96 for 95%.

    Raises:
        ValueError: if the counts are impossible.
    """
    if not 0 <= right <= total or total < 1:
        raise ValueError(f"{right} of {total} is no share")
    share = right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total)
    half *= sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def fields(groups: Mapping[str, Mapping[str, tuple[int, int]]]) -> Picture:
    """How often each field is right, in percent with its 95% interval; valid is the line at 100%.

    Args:
        groups: by the name of the group, and by field, how many are right out of how many.
    """
    from matplotlib.patches import Patch

    rows = [
        (f"{field}", right, total, number)
        for number, group in enumerate(groups.values())
        for field, (right, total) in group.items()
    ]
    figure, (axes,) = canvas(7.6, 1.7 + 0.36 * len(rows))
    for place, (_, right, total, number) in enumerate(rows):
        color, hatch = ((BLUE, ""), (GREEN, ".."))[number % 2]
        share = 100 * right / total
        low, high = (100 * end for end in wilson(right, total))
        axes.barh(place, share, height=0.62, color=color, hatch=hatch, edgecolor=PAPER)
        axes.hlines(place, low, high, color=INK, linewidth=1.6)
        axes.text(102, place, f"{right} of {total}", va="center", fontsize=9.5, color=INK)
    axes.axvline(100, color=VERMILION, linestyle="--", linewidth=1.6)
    axes.set_yticks(range(len(rows)), [row[0] for row in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 118)
    axes.set_xticks(range(0, 101, 20))
    axes.grid(axis="x", color=LINES)
    handles = [
        Patch(facecolor=(BLUE, GREEN)[n % 2], hatch=("", "..")[n % 2], edgecolor=PAPER, label=name)
        for n, name in enumerate(groups)
    ]
    figure.legend(
        handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=9.5
    )
    label(
        axes,
        "answers in which the field is right (%); line: 95% interval",
        title="Dashed: all answers are valid",
    )
    told = "; ".join(
        f"{name}: " + ", ".join(f"{f} {right} of {total}" for f, (right, total) in group.items())
        for name, group in groups.items()
    )
    alt = f"All answers are valid, and right by field are: {told}."
    return Picture(figure, alt, {name: dict(group) for name, group in groups.items()})


def field_times(known: Sequence[tuple[str, float, float]], total: float) -> Picture:
    """When each field of a streamed object began to be written and when it was complete.

    Args:
        known: for each field its name, and seconds to its first and to its last character.
        total: seconds to the end of the answer.
    """
    from matplotlib.patches import Patch

    figure, (axes,) = canvas(7.6, 1.1 + 0.4 * len(known))
    for place, (_, begin, end) in enumerate(known):
        axes.barh(place, end - begin, left=begin, height=0.6, color=YELLOW, edgecolor=QUIET)
        axes.barh(place, total - end, left=end, height=0.6, color=BLUE, edgecolor=PAPER)
        axes.text(begin, place, f"{end:.1f} s  ", ha="right", va="center", fontsize=9, color=INK)
    axes.set_yticks(range(len(known)), [name for name, _, _ in known])
    axes.invert_yaxis()
    axes.set_xlim(0, total * 1.02)
    handles = [
        Patch(facecolor=YELLOW, edgecolor=QUIET, label="being written"),
        Patch(facecolor=BLUE, label="known"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=9.5)
    label(axes, "seconds since the request was sent")
    told = ", ".join(f"{name} after {end:.1f} s" for name, _, end in known)
    return Picture(
        figure, f"Fields are known one by one: {told}; the end is at {total:.1f} s.", known
    )
