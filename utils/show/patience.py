"""How long a program waits at worst, by its timeout, the SDK's retries and a loop around them."""

from __future__ import annotations

from dataclasses import dataclass

import ipywidgets

from .pictures import BLUE, INK, VERMILION, YELLOW, Picture, canvas, label
from .retries import band
from .sliders import LOOKS, Sliders

LAST_REQUESTS = 40
"""Requests that are drawn; more would only be lines."""


@dataclass(frozen=True)
class Patience:
    """What it comes to when a service takes every request and never answers.

    Attributes:
        requests: (start, end) of each request, in seconds.
        waits: (start, end) of each wait between them, in seconds, at its longest.
    """

    requests: tuple[tuple[float, float], ...]
    waits: tuple[tuple[float, float], ...]

    @property
    def total(self) -> float:
        """Seconds until the program gives up."""
        return self.requests[-1][1]


def worst_case(timeout: float, max_retries: int = 2, tries: int = 1) -> Patience:
    """The longest wait for a service that never answers.

    Args:
        timeout: the read timeout of each request, in seconds.
        max_retries: of the client.
        tries: how often a loop around the call asks; it does not pause.

    Raises:
        ValueError: for a timeout or a number of tries that is not positive, or negative retries.
    """
    if timeout <= 0 or max_retries < 0 or tries < 1:
        raise ValueError(
            f"timeout={timeout:g}, max_retries={max_retries}, tries={tries}: timeout and tries "
            "must be positive, and max_retries at least 0"
        )
    now = 0.0
    requests, waits = [], []
    for _ in range(tries):
        for retry in range(max_retries + 1):
            if retry:
                longest = band(retry)[1]
                waits.append((now, now + longest))
                now += longest
            requests.append((now, now + timeout))
            now += timeout
    return Patience(tuple(requests), tuple(waits))


def bars(timeout: float, max_retries: int = 2, tries: int = 1) -> Picture:
    """The worst case drawn over time. Arguments and errors as `worst_case`, which is its data."""
    found = worst_case(timeout, max_retries, tries)
    figure, (ax,) = canvas(7.0, 1.9)
    for number, (start, end) in enumerate(found.requests[:LAST_REQUESTS]):
        name = "a request, waiting" if number == 0 else None
        ax.barh(0, end - start, 0.6, left=start, color=BLUE, edgecolor=INK, label=name)
    for number, (start, end) in enumerate(found.waits[:LAST_REQUESTS]):
        name = "a pause before a retry" if number == 0 else None
        ax.barh(0, end - start, 0.6, left=start, color=YELLOW, hatch="//", label=name)
    ax.axvline(timeout, color=VERMILION, linestyle="--", label=f"timeout={timeout:g}")
    ax.set_yticks([])
    ax.set_ylim(-0.45, 0.45)
    ax.set_xlim(0, max(found.requests[:LAST_REQUESTS][-1][1], timeout) * 1.04)
    count = len(found.requests)
    requests = f"{count} request{'s' * (count > 1)}"
    label(ax, "seconds", "", f"{requests}, gives up after {found.total:.1f} s at the latest")
    handles, names = ax.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    alt = (
        f"Bar of requests and pauses over time with timeout={timeout:g}, "
        f"max_retries={max_retries} and {tries} {'tries' if tries > 1 else 'try'}, for a service "
        f"that never answers: {requests}, and it gives up after {found.total:.1f} s at the latest."
    )
    return Picture(figure, alt, found)


class Planner(Sliders):
    """Sliders for timeout, retries and tries over the worst case that they come to.

    Args:
        timeout, max_retries, tries: where the sliders start; as `worst_case`.
    """

    def __init__(self, timeout: float = 20, max_retries: int = 2, tries: int = 1) -> None:
        self.timeout = ipywidgets.IntSlider(
            round(timeout), min=1, max=120, description="timeout (s)", **LOOKS
        )
        self.max_retries = ipywidgets.IntSlider(
            max_retries, min=0, max=8, description="max_retries", **LOOKS
        )
        self.tries = ipywidgets.IntSlider(tries, min=1, max=5, description="tries", **LOOKS)
        super().__init__(bars, self.timeout, self.max_retries, self.tries)


def plan(timeout: float = 20, max_retries: int = 2, tries: int = 1) -> Planner:
    """Sliders over the worst case; arguments as `worst_case`."""
    return Planner(timeout, max_retries, tries)
