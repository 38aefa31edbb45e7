"""The drawing of a conversation with tools. It draws what `tool_sequence` read."""

from __future__ import annotations

from collections.abc import Sequence

from .pictures import BLUE, GREEN, INK, LINES, PAPER, VERMILION, Picture, canvas
from .tool_sequence import FUNCTIONS, MODEL, PROGRAM, SequenceStep

PLACES = {MODEL: 0.0, PROGRAM: 1.0, FUNCTIONS: 2.0}
COLORS = {MODEL: BLUE, PROGRAM: VERMILION, FUNCTIONS: GREEN}
"""An arrow has the color of its sender."""


def sequence(steps: Sequence[SequenceStep]) -> Picture:
    """A sequence diagram: three lifelines, an arrow for each step, time goes down."""
    figure, (ax,) = canvas(8.2, 0.9 + 0.42 * len(steps))
    for name, place in PLACES.items():
        ax.plot([place, place], [-0.2, len(steps)], color=LINES, linewidth=2, zorder=1)
        ax.text(
            place, -0.75, name, ha="center", va="center", color=PAPER, fontsize=10.5,
            bbox={"boxstyle": "round,pad=0.4", "facecolor": COLORS[name], "edgecolor": "none"},
        )  # fmt: skip
    for row, step in enumerate(steps):
        start, end = PLACES[step.sender], PLACES[step.receiver]
        arrow = {"arrowstyle": "-|>", "color": COLORS[step.sender], "linewidth": 1.6}
        ax.annotate("", (end, row + 0.6), (start, row + 0.6), arrowprops=arrow)
        ax.text(
            (start + end) / 2, row + 0.52, label_of(step), ha="center", va="bottom",
            color=INK, fontsize=8.5,
        )  # fmt: skip
    ax.set_xlim(-0.45, 2.45)
    ax.set_ylim(len(steps) + 0.1, -1.2)
    ax.axis("off")
    told = "; ".join(f"{s.sender} to {s.receiver}: {label_of(s)}" for s in steps)
    return Picture(figure, f"Sequence diagram, {len(steps)} arrows. {told}.", list(steps))


def label_of(step: SequenceStep) -> str:
    """The words on an arrow."""
    return step.text + (f" ({step.tokens:,} tokens)" if step.tokens is not None else "")
