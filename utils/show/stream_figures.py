"""Figures about streams. They draw what the functions in `timing` compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .timing import StreamTiming, characters_painted, faster, paint_times, reader

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart with any kind of color vision.
BLUE, ORANGE, GREEN, GRAY = "#0072B2", "#D55E00", "#009E73", "#666666"
WAITING = "#E69F00"


def _axes(rows: int = 1, height: float = 2.6, **options: Any) -> tuple[Figure, Any]:
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(7.5, height), layout="constrained")
    axes: Any = figure.subplots(rows, 1, squeeze=False, **options)[:, 0]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    plt.close(figure)  # the cell shows what the function returns, once
    return figure, axes if rows > 1 else axes[0]


def gaps_figure(timing: StreamTiming) -> Figure:
    """Each piece's gap to the one before it, in milliseconds, and the median."""
    from statistics import median

    figure, ax = _axes()
    gaps = [gap * 1000 for gap in timing.gaps]
    ax.vlines(range(1, len(gaps) + 1), 0, gaps, color=BLUE, linewidth=2)
    middle = median(gaps)
    ax.axhline(middle, color=ORANGE, linestyle="--")
    ax.set(xlabel="piece of text", ylabel="gap before it (ms)", ylim=(0, None))
    ax.set_title(
        f"{len(timing.at)} pieces, the first after {timing.first:.2f} s; "
        f"dashed: the median gap, {middle:.0f} ms",
        loc="left",
        fontsize=10,
    )
    return figure


def split_figure(groups: Mapping[str, Sequence[tuple[str, StreamTiming]]]) -> Figure:
    """For labelled streams in groups: seconds to the first token, and from there to the end."""
    rows = sum(len(group) for group in groups.values())
    figure, axes = _axes(len(groups), height=0.8 + 0.42 * rows + 0.5 * len(groups), sharex=True)
    for ax, (title, group) in zip(axes, groups.items(), strict=True):
        labels = [label for label, _ in group]
        first = [timing.first for _, timing in group]
        rest = [timing.total - timing.first for _, timing in group]
        ax.barh(labels, first, color=WAITING, hatch="//", edgecolor="white", label="to first token")
        ax.barh(labels, rest, left=first, color=BLUE, label="from there to the end")
        ax.invert_yaxis()
        ax.set_title(title, loc="left", fontsize=10)
    axes[-1].legend(frameon=False, loc="center right", fontsize=9)
    axes[-1].set_xlabel("seconds since the request was sent")
    return figure


def wait_figure(timing: StreamTiming) -> Figure:
    """Two readers of one answer, shown whole and streamed: words arrived, words read, waits."""
    figure, axes = _axes(2, height=4.6, sharex=True, sharey=True)
    titles = {False: "Shown when it is complete", True: "Streamed"}
    for ax, streamed in zip(axes, (False, True), strict=True):
        who = reader(timing, streamed)
        words = range(1, len(who.read) + 1)
        ax.step(who.arrived, words, where="post", color=BLUE, label="words on the page")
        ax.plot(who.read, words, color=GREEN, linestyle="--", label="words read")
        ax.axvspan(0, who.blank, color=WAITING, alpha=0.25, label="nothing to read")
        ax.set_ylabel("words")
        ax.set_title(
            f"{titles[streamed]}: empty page for {who.blank:.1f} s, read after {who.done:.1f} s",
            loc="left",
            fontsize=10,
        )
    axes[0].legend(frameon=False, loc="center right", fontsize=9)
    axes[1].set_xlabel("seconds since the request was sent")
    axes[1].set_xlim(0, None)
    return figure


def paint_counts(
    timing: StreamTiming, factors: Sequence[float], per_second: float
) -> list[tuple[float, int, int, int, int]]:
    """How much is painted, for models that write `factors` times as fast as the recorded one.

    Returns:
        For each factor: pieces a second, paints without and with the limit, and the thousands of
        characters drawn by them.
    """
    rows = []
    for factor in factors:
        quick = faster(timing, factor)
        limited = paint_times(quick.at, per_second)
        rate = len(quick.at) / max(quick.total - quick.first, 1e-9)
        each = characters_painted(quick, quick.at)
        rows.append((rate, len(quick.at), len(limited), each, characters_painted(quick, limited)))
    return rows


def paint_figure(rows: Sequence[tuple[float, int, int, int, int]], per_second: float) -> Figure:
    """Characters drawn with and without a limit, by the speed of the model."""
    figure, ax = _axes()
    labels = [f"{rate:.0f}" for rate, *_ in rows]
    places = range(len(rows))
    every = [row[3] / 1000 for row in rows]
    limited = [row[4] / 1000 for row in rows]
    ax.bar([p - 0.2 for p in places], every, 0.38, color=ORANGE, label="one paint for each piece")
    ax.bar(
        [p + 0.2 for p in places],
        limited,
        0.38,
        color=BLUE,
        hatch="..",
        edgecolor="white",
        label=f"at most {per_second:g} paints a second",
    )
    for place, row in zip(places, rows, strict=True):
        note = {"ha": "center", "va": "bottom", "fontsize": 8}
        ax.text(place - 0.2, row[3] / 1000, f"{row[1]} paints", **note)
        ax.text(place + 0.2, row[4] / 1000, f"{row[2]} paints", **note)
    ax.set_xticks(list(places), labels)
    ax.set(xlabel="pieces a second", ylabel="characters drawn (thousands)")
    ax.set_ylim(0, max(every) * 1.35)
    ax.legend(frameon=False, fontsize=9, ncols=2, loc="upper right")
    return figure


def lanes_figure(lanes: Mapping[str, StreamTiming]) -> Figure:
    """Several streams on one time axis: a mark for each piece."""
    figure, ax = _axes(height=0.9 + 0.5 * len(lanes))
    for row, timing in enumerate(lanes.values()):
        color = (BLUE, ORANGE, GREEN, GRAY)[row % 4]
        ax.hlines(row, 0, timing.total, color=color, alpha=0.3)
        ax.plot(timing.at, [row] * len(timing.at), "|", markersize=12, color=color)
        ax.text(timing.total, row, f"  {timing.total:.1f} s", va="center", color=color)
    ax.set_yticks(range(len(lanes)), list(lanes))
    ax.set_ylim(len(lanes) - 0.5, -0.5)
    ax.set(xlabel="seconds since the request was sent")
    ax.set_xlim(0, max(timing.total for timing in lanes.values()) * 1.1)
    return figure
