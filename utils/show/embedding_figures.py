"""Figures about embeddings: similarities, a map of texts, and how well a search finds.

They draw what a lesson has computed; each picture's data are the numbers that it shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np

from .pictures import (
    BLUE,
    GREEN,
    INK,
    LINES,
    ORANGE,
    PAPER,
    PURPLE,
    QUIET,
    SKY,
    VERMILION,
    Picture,
    canvas,
    label,
)

COLORS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, INK, QUIET)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
"""A shape for each color, so that groups are told apart without color."""

HATCHES = ("", "//", "..", "xx")


def heat(names: Sequence[str], similarities: np.ndarray) -> Picture:
    """Every text against every other, darker where they are more alike.

    Args:
        names: the texts; they stand beside the rows.
        similarities: a square table of similarities, one row for each text.

    Raises:
        ValueError: if the table is not as large as the list of names.
    """
    count = len(names)
    if similarities.shape != (count, count):
        raise ValueError(f"{count} names, and a table of {similarities.shape}")
    figure, (axes,) = canvas(7.6, 1.0 + 0.4 * count)
    image = axes.imshow(similarities, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for row in range(count):
        for column in range(count):
            value = float(similarities[row, column])
            color = PAPER if value > 0.6 else INK
            axes.text(
                column, row, f"{value:.2f}", ha="center", va="center", color=color, fontsize=8.5
            )
    numbers = [str(number) for number in range(1, count + 1)]
    axes.set_xticks(range(count), numbers)
    axes.set_yticks(
        range(count), [f"{name}  {n}" for name, n in zip(names, numbers, strict=True)], fontsize=9
    )
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, pad=0.02)
    bar.set_label("similarity (dot product)", color=INK)
    label(axes, "number of the text")
    away = similarities - 2 * np.eye(count)
    row, column = divmod(int(np.argmax(away)), count)
    alt = (
        f"A table of {count} by {count} similarities, darker for higher ones. The most alike are "
        f"{names[row]!r} and {names[column]!r} with {similarities[row, column]:.2f}."
    )
    return Picture(figure, alt, similarities)


def text_map(points: np.ndarray, groups: Sequence[str], share: float | None = None) -> Picture:
    """A dot for each text on a plane, colored and shaped by its group.

    Args:
        points: two coordinates for each text.
        groups: the group of each text.
        share: how much of the texts' variation the plane shows, 0 to 1.
    """
    figure, (axes,) = canvas(7.6, 4.8)
    data: dict[str, np.ndarray] = {}
    for group, color, marker in zip(sorted(set(groups)), cycle(COLORS), cycle(MARKERS)):
        data[group] = points[[each == group for each in groups]]
        axes.scatter(
            *data[group].T, s=30, color=color, marker=marker, alpha=0.85, label=group, linewidth=0
        )
    axes.legend(
        loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, labelcolor=INK, fontsize=9
    )
    axes.set_aspect("equal", adjustable="datalim")
    axes.grid(color=LINES)
    title = f"{share:.0%} of the variation is in this plane" if share is not None else ""
    label(axes, "first component", "second component", title)
    counts = ", ".join(f"{name} {len(found)}" for name, found in data.items())
    return Picture(
        figure, f"A map of {len(points)} texts as dots, colored by category: {counts}.", data
    )


def grouped_bars(
    scores: Mapping[str, Mapping[str, float]], unit: str, title: str = "", places: int = 2
) -> Picture:
    """Bars from 0 to 1: a group for each measure, and a bar in it for each method.

    Args:
        scores: by method, the value of each measure; all methods have the same measures.
        unit: what the bars measure.
        title: what is to be seen.
        places: decimal places of the numbers on the bars.
    """
    measures = list(next(iter(scores.values())))
    figure, (axes,) = canvas(7.6, 3.5)
    width = 0.82 / len(scores)
    for number, (method, values) in enumerate(scores.items()):
        left = [place - 0.41 + (number + 0.5) * width for place in range(len(measures))]
        heights = [values[measure] for measure in measures]
        axes.bar(
            left,
            heights,
            width * 0.94,
            color=COLORS[number],
            hatch=HATCHES[number % 4],
            edgecolor=PAPER,
            linewidth=0,
            label=method,
        )
        for x, height in zip(left, heights, strict=True):
            axes.text(
                x,
                height + 0.01,
                f"{height:.{places}f}",
                ha="center",
                va="bottom",
                color=INK,
                fontsize=8.5,
            )
    axes.set_xticks(range(len(measures)), measures)
    axes.set_ylim(0, 1.08)
    axes.grid(axis="y", color=LINES)
    figure.legend(
        loc="outside lower center", ncols=len(scores), frameon=False, labelcolor=INK, fontsize=9.5
    )
    label(axes, "", unit, title)
    told = "; ".join(
        f"{method}: " + ", ".join(f"{name} {value:.{places}f}" for name, value in values.items())
        for method, values in scores.items()
    )
    return Picture(figure, f"Bars by method. {told}.", {k: dict(v) for k, v in scores.items()})


def by_size(scores: Mapping[str, Mapping[int, float]], unit: str) -> Picture:
    """A line for each measure over the number of dimensions that were kept.

    Args:
        scores: by measure, its value for each number of dimensions.
        unit: what the lines measure.
    """
    figure, (axes,) = canvas(7.4, 3.4)
    for (name, values), color, marker in zip(scores.items(), cycle(COLORS), cycle(MARKERS)):
        sizes = sorted(values)
        axes.plot(
            sizes, [values[s] for s in sizes], color=color, marker=marker, linewidth=2, label=name
        )
    sizes = sorted(next(iter(scores.values())))
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_ylim(0, 1.02)
    axes.grid(color=LINES)
    axes.legend(frameon=False, labelcolor=INK, loc="lower right")
    label(axes, "numbers kept of each vector", unit)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{values[s]:.2f} with {s}" for s in sorted(values))
        for name, values in scores.items()
    )
    return Picture(figure, f"{unit} over the numbers kept. {told}.", scores)


def pair_similarities(
    models: Mapping[str, tuple[np.ndarray, np.ndarray]], threshold: float, named: str
) -> Picture:
    """Histograms of pairs for several models, one above the other, on one scale.

    Args:
        models: by the model's name, the similarities of ordinary pairs, and those of pairs that
            people have marked as duplicates.
        threshold: a line that is drawn through all of them.
        named: what the line is.
    """
    figure, panels = canvas(7.6, 1.9 * len(models) + 0.6, rows=len(models))
    edges = np.linspace(-0.25, 1.0001, 51)
    data: dict[str, tuple[int, int]] = {}
    for axes, (model, (pairs, marked)) in zip(panels, models.items(), strict=True):
        counts, _ = np.histogram(pairs, edges)
        axes.bar(
            edges[:-1], counts / counts.sum(), np.diff(edges), align="edge", color=BLUE, alpha=0.75
        )
        top = float((counts / counts.sum()).max())
        axes.scatter(
            marked, [top * 0.5] * len(marked), marker="D", s=34, color=ORANGE, edgecolor=INK
        )
        axes.axvline(threshold, color=VERMILION, linestyle="--")
        above = int((pairs >= threshold).sum())
        found = int((marked >= threshold).sum())
        data[model] = (found, above)
        axes.yaxis.set_major_formatter("{x:.0%}")
        axes.set_xlim(-0.25, 1.02)
        label(
            axes,
            "",
            "share of pairs",
            f"{model}: {found} of {len(marked)} marked pairs above the line, {above:,} others",
        )
        axes.grid(axis="y", color=LINES)
    below = f"similarity of two articles; diamonds: marked as duplicates; dashed: {named}"
    panels[-1].set_xlabel(below, color=INK, fontsize=10)
    told = "; ".join(
        f"{model}: the line has {found} marked pairs above it and {above:,} others"
        for model, (found, above) in data.items()
    )
    return Picture(figure, f"Similarities of pairs of articles by model. {told}.", data)


def speed(sizes: Sequence[int], milliseconds: Mapping[str, Sequence[float]], note: str) -> Picture:
    """Time of one search over the number of vectors, both on logarithmic scales.

    Args:
        sizes: numbers of vectors.
        milliseconds: by method, the median time of a search for each size.
        note: where and when it was measured.
    """
    figure, (axes,) = canvas(7.4, 3.6)
    for (name, times), color, marker in zip(milliseconds.items(), cycle(COLORS), cycle(MARKERS)):
        axes.plot(sizes, times, color=color, marker=marker, linewidth=2, label=name)
        axes.text(
            sizes[-1], times[-1], f"  {times[-1]:,.0f} ms", va="center", color=INK, fontsize=9
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(list(sizes), [f"{size:,}" for size in sizes])
    axes.minorticks_off()
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlim(sizes[0] * 0.8, sizes[-1] * 2.2)
    axes.grid(color=LINES)
    axes.legend(frameon=False, labelcolor=INK, loc="upper left")
    label(axes, "vectors that are searched", "time of a search (ms)", note)
    told = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{ms:,.{2 if ms < 10 else 0}f} ms with {n:,}"
            for n, ms in zip(sizes, times, strict=True)
        )
        for name, times in milliseconds.items()
    )
    return Picture(
        figure, f"Time of a search. {told}.", {k: list(v) for k, v in milliseconds.items()}
    )
