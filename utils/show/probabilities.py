"""Figures and a widget about the probabilities of the next token."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import ipywidgets

from .pictures import BLUE, INK, LINES, ORANGE, Picture, canvas, label
from .sampling import Logprobs, reweight
from .sliders import LOOKS, Sliders

MOST_BARS = 6


def visible(token: str) -> str:
    """A token as it can be read: white space and the end of the answer get names."""
    if not token:
        return "(end)"
    return token.replace("\n", "⏎").replace(" ", "·")


def bars(logprobs: Logprobs, temperature: float = 1.0, top_p: float = 1.0) -> Picture:
    """Bars of the candidates' probabilities, recorded and re-weighted.

    The picture's data is the re-weighted probability by token.

    Args:
        logprobs: log probability by token, the likeliest first.
        temperature, top_p: as `reweight`, which says what it raises.
    """
    before, after = reweight(logprobs), reweight(logprobs, temperature, top_p)
    tokens = list(logprobs)[:MOST_BARS]
    figure, (axes,) = canvas(6.6, 0.62 + 0.42 * len(tokens) + 0.55)
    places = range(len(tokens))
    axes.barh(places, [after[t] for t in tokens], color=BLUE, height=0.62, label="re-weighted")
    axes.plot(
        [before[t] for t in tokens],
        places,
        linestyle="none",
        marker="D",
        markersize=7,
        color=ORANGE,
        markeredgecolor=INK,
        clip_on=False,
        label="as recorded",
    )
    for place, token in zip(places, tokens, strict=True):
        text = "cut" if not after[token] else f"{after[token]:.0%}"
        right = max(before[token], after[token]) + 0.035
        axes.text(right, place, text, color=INK, fontsize=9.5, va="center_baseline")
    axes.set_yticks(list(places), [visible(token) for token in tokens])
    axes.invert_yaxis()
    axes.set_xlim(0, 1.12)
    axes.set_xticks([0, 0.2, 0.4, 0.6, 0.8, 1])
    axes.grid(axis="x", color=LINES)
    axes.legend(loc="lower right", frameon=False, labelcolor=INK, fontsize=9.5)
    label(
        axes, "probability of the next token", "", f"temperature {temperature:g}, top_p {top_p:g}"
    )
    told = ", ".join(f"{visible(t)} {after[t]:.0%}" for t in tokens if after[t])
    alt = (
        f"Bar chart of the next token's probability at temperature {temperature:g} and top_p "
        f"{top_p:g}: {told}."
    )
    return Picture(figure, alt, after)


class Explorer(Sliders):
    """Sliders for temperature and top_p over the bars of recorded log probabilities.

    Args:
        logprobs: log probability by token, the likeliest first.
        temperature, top_p: where the sliders start.
    """

    def __init__(self, logprobs: Logprobs, temperature: float = 1.0, top_p: float = 1.0) -> None:
        self.logprobs = dict(logprobs)
        self.temperature = ipywidgets.FloatSlider(
            temperature, min=0, max=2, step=0.1, description="temperature", **LOOKS
        )
        self.top_p = ipywidgets.FloatSlider(
            top_p, min=0.05, max=1, step=0.05, description="top_p", **LOOKS
        )
        super().__init__(partial(bars, self.logprobs), self.temperature, self.top_p)


def explore(logprobs: Logprobs, temperature: float = 1.0, top_p: float = 1.0) -> Explorer:
    """Sliders that re-weight recorded log probabilities; arguments as `Explorer`."""
    return Explorer(logprobs, temperature, top_p)


@dataclass(frozen=True)
class Comparison:
    """Predicted and measured shares of the same labels at one temperature."""

    temperature: float
    predicted: Mapping[str, float]
    measured: Mapping[str, float]


def compare(
    logprobs: Logprobs, measured: Mapping[float, Mapping[str, float]], names: Sequence[str]
) -> list[Comparison]:
    """Put what re-weighting predicts beside what was measured, a temperature each.

    Answers that are none of `names` are added up under "other".

    Args:
        logprobs: log probability by token at temperature 1.
        measured: by temperature, the share of each answer.
        names: the answers to tell apart.
    """
    return [
        Comparison(t, _grouped(reweight(logprobs, t), names), _grouped(found, names))
        for t, found in measured.items()
    ]


def _grouped(by_answer: Mapping[str, float], names: Sequence[str]) -> dict[str, float]:
    # Rounded, because a half of a percent would otherwise fall to either side of its figure.
    other = round(math.fsum(s for answer, s in by_answer.items() if answer not in names), 12)
    return {name: by_answer.get(name, 0.0) for name in names} | {"other": other}


def predicted_and_measured(comparisons: Sequence[Comparison]) -> Picture:
    """Bars of what re-weighting predicts, dots of what was measured, side by side.

    The picture's data are the comparisons.
    """
    figure, axes = canvas(7.4, 3.2, len(comparisons))
    drawn = [p for c in comparisons for p in (*c.predicted.values(), *c.measured.values())]
    top = min(1.0, max(drawn) + 0.1)
    for each, found in zip(axes, comparisons, strict=True):
        places = range(len(found.predicted))
        each.bar(places, list(found.predicted.values()), color=BLUE, width=0.66, label="predicted")
        each.plot(
            places,
            list(found.measured.values()),
            linestyle="none",
            marker="D",
            markersize=7,
            color=ORANGE,
            markeredgecolor=INK,
            clip_on=False,
            label="measured",
        )
        each.set_xticks(list(places), list(found.predicted), rotation=35, ha="right")
        each.set_ylim(0, top)
        each.grid(axis="y", color=LINES)
        label(each, "", "", f"temperature {found.temperature:g}")
    label(axes[0], "", "share of the answers", f"temperature {comparisons[0].temperature:g}")
    handles, words = axes[0].get_legend_handles_labels()
    figure.legend(handles, words, loc="outside upper right", ncols=2, frameon=False, labelcolor=INK)
    told = "; ".join(
        f"at {c.temperature:g}, "
        + ", ".join(f"{n} {c.predicted[n]:.0%} and {c.measured[n]:.0%}" for n in c.predicted)
        for c in comparisons
    )
    return Picture(figure, f"Predicted and measured share of each answer: {told}.", comparisons)
