"""Figures about errors, retries and limits. They draw what other modules compute or measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .pictures import (
    BLUE,
    GREEN,
    INK,
    LINES,
    ORANGE,
    PURPLE,
    QUIET,
    SKY,
    VERMILION,
    YELLOW,
    Picture,
    canvas,
    label,
)
from .rate_limits import Crowd
from .retries import band, busiest, come_back, measured_waits

WIDTH = 7.5
"""Inches."""

MOST_TIMES = 12
"""Times that a text lists; more of them tell nothing."""

LOOKS = {
    "answered": ("o", GREEN),
    "failed": ("X", VERMILION),
    "refused": ("X", VERMILION),
    "skipped": ("|", QUIET),
    "fallback": ("s", BLUE),
    "late": ("D", ORANGE),
    "canceled": ("D", PURPLE),
}
"""Mark and color of an attempt, by what became of it."""


def backoff(retries: int = 8, runs: int = 40) -> Picture:
    """The SDK's waits before each retry: the band they may come from, and measured ones."""
    waits = measured_waits(retries, runs)
    bands = [band(number) for number in range(1, retries + 1)]
    figure, (ax,) = canvas(WIDTH, 3.4)
    for number, (least, most) in enumerate(bands, 1):
        name = "possible" if number == 1 else None
        ax.bar(number, most - least, 0.8, bottom=least, color=SKY, alpha=0.55, label=name)
        measured = [run[number - 1] for run in waits]
        spread = [number - 0.3 + 0.6 * i / max(1, len(measured) - 1) for i in range(len(measured))]
        name = f"measured, {runs} runs" if number == 1 else None
        ax.plot(spread, measured, ".", color=VERMILION, markersize=3, label=name)
    ax.set_xticks(range(1, retries + 1))
    ax.axvline(2.5, color=QUIET, linestyle="--")
    place = ax.get_xaxis_transform()  # the height in parts of the axes, whatever the scale
    told = "the default\nends here"
    ax.text(2.42, 0.95, told, transform=place, ha="right", va="top", fontsize=9, color=QUIET)
    ax.set_ylim(0, None)
    ax.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(0.3, 0.62))
    label(ax, "retry", "wait before it (s)", "Simulated: what the SDK waits after a 503")
    told = ", ".join(f"{least:g} to {most:g} s" for least, most in bands)
    alt = (
        f"Waits of the SDK before each of {retries} retries, as bands with measured waits as dots "
        f"inside: {told}. By default it ends after the second retry."
    )
    return Picture(figure, alt, {"bands": bands, "waits": waits})


def timeline(lanes: Mapping[str, Sequence[tuple[float, str]]], title: str = "") -> Picture:
    """Attempts over time: for each lane the seconds at which requests began, and what they became.

    Args:
        lanes: by name, pairs of seconds and one of `LOOKS`.
        title: what is to be seen.

    Raises:
        KeyError: for an outcome that has no look.
    """
    figure, (ax,) = canvas(WIDTH, 1.15 + 0.48 * len(lanes))
    last = max((at for lane in lanes.values() for at, _ in lane), default=1.0)
    shown: set[str] = set()
    for row, lane in enumerate(lanes.values()):
        ax.axhline(row, color=LINES, linewidth=1, zorder=0)
        for at, outcome in lane:
            mark, color = LOOKS[outcome]
            name = None if outcome in shown else outcome
            shown.add(outcome)
            ax.plot([at], [row], mark, color=color, markersize=9, linestyle="none", label=name)
    ax.set_yticks(range(len(lanes)), list(lanes))
    ax.set_ylim(len(lanes) - 0.5, -0.5)
    ax.set_xlim(-0.03 * last, last * 1.06 or 1)
    handles, names = ax.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=5, frameon=False, fontsize=9)
    label(ax, "simulated seconds since the first request", title=title)
    told = "; ".join(f"{name}: {_told(lane)}" for name, lane in lanes.items())
    return Picture(figure, f"Attempts over time, a lane for each way to ask. {told}.", dict(lanes))


def _told(lane: Sequence[tuple[float, str]]) -> str:
    """A lane in words: how many of each outcome, and when, if they are few."""
    counts = Counter(outcome for _, outcome in lane)
    words = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "nothing"
    if 0 < len(lane) <= MOST_TIMES:
        words += ", at " + ", ".join(f"{at:.1f}" for at, _ in lane) + " s"
    return words


def herd(clients: int = 100, retries: int = 3, window: float = 0.1) -> Picture:
    """Retries of a crowd that failed together, counted in slices of time, for three jitters."""
    titles = {"none": "no jitter", "sdk": "the SDK's jitter", "full": "full jitter"}
    times = {jitter: come_back(clients, retries, jitter) for jitter in ("none", "sdk", "full")}
    most = {jitter: busiest(found, window) for jitter, found in times.items()}
    figure, axes = canvas(WIDTH, 3.0, columns=3)
    edges = [i * window for i in range(round(4 / window) + 1)]
    colors = {"none": VERMILION, "sdk": ORANGE, "full": BLUE}
    for ax, (jitter, found) in zip(axes, times.items(), strict=True):
        ax.hist(found, bins=edges, color=colors[jitter])
        label(ax, "seconds after the failure", title=f"{titles[jitter]}: peak {most[jitter]}")
    axes[0].set_ylabel(f"requests in {window:g} s", color=INK)
    alt = (
        f"Retries of {clients} clients that failed at the same moment, simulated. Most requests "
        f"within {window:g} s: {most['none']} without jitter, {most['sdk']} with the SDK's jitter, "
        f"{most['full']} with full jitter."
    )
    return Picture(figure, alt, {"times": times, "most": most})


def concurrency(free: Sequence[Crowd], paced: Sequence[Crowd], limit: float) -> Picture:
    """Requests a minute by requests in flight, without and with a bucket, against the limit."""
    figure, axes = canvas(WIDTH, 3.4, columns=2)
    titles = ("simulated: only a semaphore", "simulated: with a token bucket")
    for ax, rows, title in zip(axes, (free, paced), titles, strict=True):
        places = range(len(rows))
        taken = [row.taken for row in rows]
        ax.bar(places, taken, color=BLUE, label="answered")
        refused = [(place, row) for place, row in zip(places, rows, strict=True) if row.refused]
        ax.bar(
            [place for place, _ in refused],
            [row.refused for _, row in refused],
            bottom=[row.taken for _, row in refused],
            color=YELLOW,
            edgecolor=VERMILION,
            hatch="//",
            label="refused (429)",
        )
        ax.axhline(limit, color=QUIET, linestyle="--", label=f"limit: {limit:g} a minute")
        ax.set_xticks(list(places), [str(row.at_once) for row in rows])
        label(ax, "requests in flight", title=title)
    axes[0].set_ylabel("requests a minute", color=INK)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    told = ", ".join(f"{row.at_once} in flight {row.refused:.0f} refused" for row in free)
    alt = (
        f"Requests a minute against a limit of {limit:g}, simulated. With only a semaphore: "
        f"{told}. With a token bucket as well, refused: "
        + ", ".join(f"{row.refused:.0f}" for row in paced)
        + "."
    )
    return Picture(figure, alt, {"free": list(free), "paced": list(paced)})
