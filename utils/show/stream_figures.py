"""Figures about streams. They draw what the functions in `timing` compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .pictures import BLUE, GREEN, PAPER, QUIET, VERMILION, YELLOW, Picture, canvas, label
from .timing import StreamTiming, characters_painted, faster, paint_times, reader

WIDTH = 7.5
"""Inches."""


def gaps(timing: StreamTiming) -> Picture:
    """Each piece's gap to the one before it, in milliseconds, and the median."""
    found = [gap * 1000 for gap in timing.gaps]
    middle = median(found)
    figure, (ax,) = canvas(WIDTH, 2.6)
    ax.vlines(range(1, len(found) + 1), 0, found, color=BLUE, linewidth=2)
    ax.axhline(middle, color=VERMILION, linestyle="--")
    ax.set_ylim(0, None)
    title = f"{len(timing.at)} pieces; dashed: the median gap, {middle:.0f} ms"
    label(ax, "piece of text", "gap before it (ms)", title)
    alt = (
        f"A line for each piece of the recorded answer shows the gap before it: half of them are "
        f"shorter than {middle:.0f} ms, the longest is {max(found):.0f} ms."
    )
    return Picture(figure, alt, found)


def split(groups: Mapping[str, Sequence[tuple[str, StreamTiming]]]) -> Picture:
    """For labelled streams in groups: seconds to the first token, and from there to the end."""
    rows = sum(len(group) for group in groups.values())
    figure, axes = canvas(WIDTH, 0.8 + 0.42 * rows + 0.5 * len(groups), rows=len(groups))
    data = {
        title: [(name, timing.first, timing.total - timing.first) for name, timing in group]
        for title, group in groups.items()
    }
    for ax, (title, bars) in zip(axes, data.items(), strict=True):
        names, first, rest = zip(*bars, strict=True)
        ax.barh(names, first, color=YELLOW, hatch="//", edgecolor=QUIET, label="to first token")
        ax.barh(names, rest, left=first, color=BLUE, label="from there to the end")
        ax.invert_yaxis()
        label(ax, title=title)
    handles, names = axes[-1].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    label(axes[-1], "seconds since the request was sent", title=list(groups)[-1])
    told = "; ".join(
        f"{title}: " + ", ".join(f"{name} {one:.1f} and {two:.1f} s" for name, one, two in bars)
        for title, bars in data.items()
    )
    return Picture(figure, f"Bars of seconds to the first token and from there: {told}.", data)


def wait(timing: StreamTiming) -> Picture:
    """Two readers of one answer, shown whole and streamed: words arrived, words read, waits."""
    figure, axes = canvas(WIDTH, 4.8, rows=2)
    whole, streamed = reader(timing, False), reader(timing, True)
    titles = ("Shown when it is complete", "Streamed")
    for ax, title, who in zip(axes, titles, (whole, streamed), strict=True):
        words = range(1, len(who.read) + 1)
        ax.step(who.arrived, words, where="post", color=BLUE, label="words on the page")
        ax.plot(who.read, words, color=GREEN, linestyle="--", label="words read")
        ax.axvspan(0, who.blank, color=YELLOW, alpha=0.5, label="nothing to read")
        text = f"{title}: empty page for {who.blank:.1f} s, read after {who.done:.1f} s"
        label(ax, y="words", title=text)
    axes[0].legend(frameon=False, loc="center right", fontsize=9)
    axes[1].set_xlim(0, None)
    axes[1].set_xlabel("seconds since the request was sent")
    alt = (
        f"Words over seconds for two readers. Shown when complete, the page is empty for "
        f"{whole.blank:.1f} s and the answer is read after {whole.done:.1f} s; streamed, it is "
        f"empty for {streamed.blank:.1f} s and read after {streamed.done:.1f} s."
    )
    return Picture(figure, alt, {"whole": whole, "streamed": streamed})


@dataclass(frozen=True)
class Paints:
    """How much is painted at one speed of a model.

    Attributes:
        rate: pieces a second.
        each: paints without a limit, one for each piece.
        limited: paints with the limit.
        drawn_each: characters drawn by the first.
        drawn_limited: characters drawn by the second.
    """

    rate: float
    each: int
    limited: int
    drawn_each: int
    drawn_limited: int


def count_paints(timing: StreamTiming, factors: Sequence[float], per_second: float) -> list[Paints]:
    """How much is painted for models that write `factors` times as fast as the recorded one."""
    found = []
    for factor in factors:
        quick = faster(timing, factor)
        limited = paint_times(quick.at, per_second)
        found.append(
            Paints(
                len(quick.at) / max(quick.total - quick.first, 1e-9),
                len(quick.at),
                len(limited),
                characters_painted(quick, quick.at),
                characters_painted(quick, limited),
            )
        )
    return found


def paints(timing: StreamTiming, factors: Sequence[float], per_second: float = 20) -> Picture:
    """Characters drawn with and without a limit, by the speed of the model."""
    rows = count_paints(timing, factors, per_second)
    figure, (ax,) = canvas(WIDTH, 2.9)
    places = range(len(rows))
    every = [row.drawn_each / 1000 for row in rows]
    limited = [row.drawn_limited / 1000 for row in rows]
    limit = f"at most {per_second:g} paints a second"
    left, right = [p - 0.2 for p in places], [p + 0.2 for p in places]
    ax.bar(left, every, 0.38, color=VERMILION, label="one paint for each piece")
    ax.bar(right, limited, 0.38, color=BLUE, hatch="..", edgecolor=PAPER, label=limit)
    for one, two, row in zip(left, right, rows, strict=True):
        for place, height, number in (
            (one, row.drawn_each, row.each),
            (two, row.drawn_limited, row.limited),
        ):
            text = f"{number} paints"
            ax.text(place, height / 1000, text, ha="center", va="bottom", fontsize=8)
    ax.set_xticks(list(places), [f"{row.rate:.0f}" for row in rows])
    ax.set_ylim(0, max(every) * 1.35)
    ax.legend(frameon=False, fontsize=9, ncols=2, loc="upper right")
    label(ax, "pieces a second", "characters drawn (thousands)")
    told = ", ".join(f"{row.limited} at {row.rate:.0f} pieces a second" for row in rows)
    alt = f"Without a limit the page is painted {rows[0].each} times at any speed; with it: {told}."
    return Picture(figure, alt, rows)


def lanes(streams: Mapping[str, StreamTiming]) -> Picture:
    """Several streams on one time axis: a mark for each piece."""
    figure, (ax,) = canvas(WIDTH, 0.9 + 0.5 * len(streams))
    for row, timing in enumerate(streams.values()):
        color = (BLUE, VERMILION, GREEN, QUIET)[row % 4]
        ax.hlines(row, 0, timing.total, color=color, alpha=0.3)
        ax.plot(timing.at, [row] * len(timing.at), "|", markersize=12, color=color)
        ax.text(timing.total, row, f"  {timing.total:.1f} s", va="center", color=color)
    ax.set_yticks(range(len(streams)), list(streams))
    ax.set_ylim(len(streams) - 0.5, -0.5)
    ax.set_xlim(0, max(timing.total for timing in streams.values()) * 1.12)
    label(ax, "seconds since the request was sent")
    told = ", ".join(f"{name} {timing.total:.1f} s" for name, timing in streams.items())
    return Picture(
        figure, f"A lane for each stream with a mark for each piece: {told}.", dict(streams)
    )
