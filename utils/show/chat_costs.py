"""What a long conversation costs, computed: whole history or a window, with a prompt cache.

Nothing here is measured. The rules are those of gpt-5.6 and later models (OpenAI's guide to prompt
caching, 2026-07-15): a request reads from the cache what it has in common with an earlier one up to
a breakpoint, if that is at least 1,024 tokens. There is a breakpoint at the end of each request's
latest message, and where the request marks one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ..models import Model
from .pictures import BLUE, GREEN, INK, LINES, ORANGE, Picture, canvas, label

CACHED_FROM = 1024
"""Tokens that a common beginning needs to be read from the cache (guide to prompt caching)."""

Policy = Callable[[int], int]
"""Given the number of turns so far, the first turn that is still sent."""


@dataclass(frozen=True)
class Sent:
    """Input of one request, in tokens."""

    total: int
    cached: int

    def dollars(self, model: Model) -> float:
        """What the input costs. What is not read from the cache is taken to be written to it."""
        write = model.cache_write_price or model.input_price
        read = model.cached_price or model.input_price
        return (self.cached * read + (self.total - self.cached) * write) / 1_000_000


def whole(turn: int) -> int:
    """Send everything."""
    return 0


def sliding(size: int) -> Policy:
    """Send the last `size` turns."""
    return lambda turn: max(0, turn - size)


def in_blocks(size: int) -> Policy:
    """Send at most `size` turns; when there are more, drop half of them at once."""
    half = size // 2
    return lambda turn: 0 if turn <= size else half * -(-(turn - size) // half)


def requests(
    turns: int, turn_tokens: int, instructions: int, first: Policy, *, marked: bool = False
) -> list[Sent]:
    """Input of each request of a conversation whose turns are all equally long.

    Args:
        turns: how many questions are asked.
        turn_tokens: tokens of a question with its answer.
        instructions: tokens of the developer message.
        first: which turns are sent.
        marked: whether each request marks the end of its instructions as a breakpoint. Without
            one, a request that shares only its instructions with an earlier one reads nothing
            (measured on gpt-6-luna by users, 2026-09-23).
    """
    found: list[Sent] = []
    before: range | None = None
    for turn in range(turns):
        now = range(first(turn), turn + 1)
        common = instructions if before is not None and marked else 0
        if before is not None and before.start == now.start:
            common = instructions + len(before) * turn_tokens
        total = instructions + len(now) * turn_tokens
        found.append(Sent(total, common if common >= CACHED_FROM else 0))
        before = now
    return found


def dollars(sent: Sequence[Sent], model: Model) -> list[float]:
    """US dollars for the input, up to each turn."""
    total, found = 0.0, []
    for each in sent:
        total += each.dollars(model)
        found.append(total)
    return found


def costs_picture(policies: Mapping[str, Sequence[Sent]], model: Model, many: int) -> Picture:
    """What the input costs up to each turn, a line for each policy.

    The picture's data are the dollars by policy.

    Args:
        policies: each request's input, by the policy's name.
        model: whose prices count.
        many: how many such conversations are paid for.
    """
    data = {name: [d * many for d in dollars(sent, model)] for name, sent in policies.items()}
    figure, (axes,) = canvas(7.6, 3.4)
    styles = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."))
    for (name, values), (color, line) in zip(data.items(), styles, strict=False):
        told = f"{name}: ${values[-1]:,.2f} at the end"
        axes.plot(range(1, len(values) + 1), values, line, color=color, linewidth=2, label=told)
    turns = max(map(len, data.values()))
    axes.set_xlim(1, turns)
    axes.set_ylim(0, None)
    axes.grid(axis="y", color=LINES)
    axes.legend(frameon=False, labelcolor=INK, loc="upper left")
    label(axes, "turn", "US dollars", f"Input of {many:,} conversations, up to each turn")
    told = ", ".join(f"{name} ${values[-1]:,.2f}" for name, values in data.items())
    alt = f"Computed cost of the input up to each of {turns} turns. At the end: {told}."
    return Picture(figure, alt, data)
