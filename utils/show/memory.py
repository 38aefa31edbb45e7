"""What a strategy for long conversations remembers, and what it costs: scores, table, figure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from openai.types.chat import ChatCompletion

from .pictures import BLUE, INK, LINES, ORANGE, QUIET, Picture, canvas, label
from .tables import Table


def says_one_of(answer: str, accepted: Sequence[str]) -> bool:
    """Whether an answer holds one of the accepted phrases, whatever the case, as whole words.

    "143" does not say "43", and "dogs" does not say "dog".
    """
    return any(
        re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", answer, re.IGNORECASE)
        for phrase in accepted
    )


@dataclass(frozen=True)
class Recall:
    """What one strategy remembered.

    Attributes:
        strategy: its name.
        remembered: for each planted fact, in the order in which the facts were mentioned.
        asked: tokens of the questions' requests, input and output together.
        prepared: tokens of the requests that made a summary or notes.
    """

    strategy: str
    remembered: tuple[bool, ...]
    asked: int
    prepared: int = 0

    @property
    def score(self) -> int:
        """How many facts were remembered."""
        return sum(self.remembered)

    @property
    def total(self) -> int:
        """All tokens together."""
        return self.asked + self.prepared


def spent(completions: Sequence[ChatCompletion]) -> int:
    """Tokens of some answers, input and output, from their usage; 0 for one without usage."""
    return sum(each.usage.total_tokens for each in completions if each.usage)


def recall(
    strategy: str,
    answers: Sequence[ChatCompletion],
    accepted: Sequence[Sequence[str]],
    preparing: Sequence[ChatCompletion] = (),
) -> Recall:
    """Score a strategy's answers.

    Args:
        strategy: its name.
        answers: one for each fact.
        accepted: for each fact, the phrases of which the answer must have one.
        preparing: answers that made a summary or notes before.

    Raises:
        ValueError: if there are more or fewer answers than facts.
    """
    if len(answers) != len(accepted):
        raise ValueError(f"{strategy}: {len(answers)} answers to {len(accepted)} questions")
    hits = tuple(
        says_one_of(answer.choices[0].message.content or "", phrases)
        for answer, phrases in zip(answers, accepted, strict=True)
    )
    return Recall(strategy, hits, spent(answers), spent(preparing))


def recall_table(found: Sequence[Recall]) -> Table:
    """Facts remembered and tokens used, a row for each strategy."""
    rows = [
        (
            each.strategy,
            f"{each.score} of {len(each.remembered)}",
            f"{each.asked / len(each.remembered):,.0f}",
            f"{each.prepared:,}",
            f"{each.total:,}",
        )
        for each in found
    ]
    columns = ("strategy", "remembered", "tokens a question", "tokens to prepare", "tokens in all")
    return Table(columns, rows)


def recall_picture(found: Sequence[Recall], facts: Sequence[str]) -> Picture:
    """Which facts each strategy remembers, and its tokens beside it.

    The picture's data are the given recalls.

    Args:
        found: one for each strategy.
        facts: names of the facts, in the order in which they were mentioned.
    """
    figure, (left, right) = canvas(9.4, 1.9 + 0.42 * len(found), columns=2)
    for row, each in enumerate(found):
        for place, hit in enumerate(each.remembered):
            left.scatter(
                place, row, s=95, marker="o" if hit else "x", color=BLUE if hit else ORANGE
            )
        right.barh(row, each.asked, 0.6, color=BLUE, label="questions" if not row else None)
        right.barh(
            row,
            each.prepared,
            0.6,
            each.asked,
            color=ORANGE,
            hatch="//",
            edgecolor=INK,
            linewidth=0,
            label="to prepare" if not row else None,
        )
        right.text(each.total, row, f" {each.total:,}", va="center", color=INK, fontsize=10)
    left.set_xticks(range(len(facts)), facts, rotation=40, ha="right")
    left.set_yticks(
        range(len(found)), [f"{each.strategy}: {each.score} of {len(facts)}" for each in found]
    )
    left.set_ylim(len(found) - 0.5, -0.5)
    left.grid(color=LINES)
    right.grid(axis="x", color=LINES)
    right.tick_params(axis="y", labelleft=False)
    right.locator_params(axis="x", nbins=5)
    right.xaxis.set_major_formatter("{x:,.0f}")
    right.set_xlim(0, 1.22 * max(each.total for each in found))
    right.legend(
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=2,
        frameon=False,
        labelcolor=INK,
        fontsize=9,
        borderaxespad=0.2,
    )
    label(left, "fact, in the order in which it was mentioned", "", "Dot: remembered. Cross: not.")
    label(right, f"tokens for {len(facts)} questions", "", "What it cost")
    told = "; ".join(
        f"{each.strategy} remembers {each.score} of {len(facts)} for {each.total:,} tokens"
        for each in found
    )
    return Picture(figure, f"Ten planted facts and five strategies. {told}.", list(found))


def growth(inputs: Sequence[int]) -> list[int]:
    """What was paid for input up to each turn, in tokens: the running total."""
    total, found = 0, []
    for each in inputs:
        total += each
        found.append(total)
    return found


def growth_picture(inputs: Sequence[int]) -> Picture:
    """Input tokens of each turn, and of all turns up to it.

    The picture's data are the pairs of the two.

    Args:
        inputs: `usage.prompt_tokens` of each turn's answer.
    """
    totals = growth(inputs)
    turns = range(1, len(inputs) + 1)
    figure, (axes,) = canvas(7.4, 3.2)
    axes.bar(turns, inputs, 0.55, color=BLUE, label="this request")
    axes.plot(turns, totals, color=ORANGE, marker="D", label="all requests so far")
    for turn, total in zip(turns, totals, strict=True):
        axes.text(turn, total, f"{total}  ", ha="right", va="bottom", color=QUIET, fontsize=9)
    axes.set_xticks(list(turns))
    axes.set_ylim(0, 1.12 * totals[-1])
    axes.grid(axis="y", color=LINES)
    axes.legend(frameon=False, labelcolor=INK, loc="upper left")
    label(axes, "turn", "input tokens")
    told = ", ".join(f"turn {t}: {n}" for t, n in zip(turns, inputs, strict=True))
    alt = f"Input tokens of each turn ({told}) and their running total, {totals[-1]} at the end."
    return Picture(figure, alt, list(zip(inputs, totals, strict=True)))
