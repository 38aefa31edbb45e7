"""How many tokens the same message needs in several languages and forms."""

from __future__ import annotations

from collections.abc import Mapping

from .pictures import BLUE, GREEN, INK, LINES, ORANGE, Picture, canvas, label

Counts = Mapping[str, Mapping[str, int]]
"""Tokens by language, and there by tokenizer."""


def languages_picture(counts: Counts) -> Picture:
    """Tokens of the same message, a group of bars for each language, a bar for each tokenizer.

    The picture's data are the counts.

    Args:
        counts: tokens by language, and there by tokenizer; all rows have the same tokenizers.
    """
    tokenizers = list(next(iter(counts.values())))
    styles = ((BLUE, ""), (ORANGE, "//"), (GREEN, ".."))
    figure, (axes,) = canvas(7.6, 1.3 + 0.52 * len(counts))
    height = 0.8 / len(tokenizers)
    for number, (tokenizer, (color, hatch)) in enumerate(zip(tokenizers, styles, strict=False)):
        values = [row[tokenizer] for row in counts.values()]
        places = [place - 0.4 + (number + 0.5) * height for place in range(len(counts))]
        bars = axes.barh(
            places, values, height * 0.92, color=color, hatch=hatch, edgecolor="white", linewidth=0
        )
        bars.set_label(tokenizer)
        axes.bar_label(bars, padding=3, color=INK, fontsize=8.5)
    axes.set_yticks(range(len(counts)), list(counts))
    axes.set_ylim(len(counts) - 0.5, -0.5)
    axes.grid(axis="x", color=LINES)
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.45, 1),
        ncols=len(tokenizers),
        frameon=False,
        labelcolor=INK,
    )
    label(axes, "tokens of one message")
    told = "; ".join(
        f"{name} {', '.join(f'{count} in {key}' for key, count in row.items())}"
        for name, row in counts.items()
    )
    return Picture(figure, f"Tokens of the same message: {told}.", counts)
