"""Messages whose similarities to the examples are known."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Exercise, Result, Run, hinting
from .vectors import TEXTS, axis, scored, sent_all, service

TEAMS: tuple[str, ...] = ("returns", "delivery", "repairs", "payment", "products")

CLASSIFY = Exercise(
    id="06.9",
    function="classify",
    title="label messages by their nearest example",
    difficulty="medium",
    covers=["E1"],
    hints=[
        "Send the texts of the examples and the messages in one list, and split the vectors again "
        "after sorting by index.",
        "For each message: best, label = max((dot(message, example), label) ...).",
        "Compare best with least: below it the answer is None, since the nearest example always "
        "exists.",
    ],
)


def classified(
    run: Run, rows: Sequence[Sequence[float]], labels: Sequence[str], least: float
) -> tuple[Result, list[str]]:
    """Play with examples whose similarities to the messages are the numbers of their row."""
    count = len(rows[0])
    texts = run.rng.sample(TEXTS, len(rows) + count)
    examples, messages = texts[: len(rows)], texts[len(rows) :]
    known = dict(zip(examples, scored(rows), strict=True))
    known |= {text: axis(number, count + 1) for number, text in enumerate(messages)}
    pairs = [[text, label] for text, label in zip(examples, labels, strict=True)]
    run.rng.shuffle(pairs)
    return run(service(run, known), pairs, messages, least), texts


def near_examples(run: Run) -> tuple[list[list[float]], list[str], list[str]]:
    """Rows, labels, and the label that each of two messages should get."""
    labels = run.rng.sample(TEAMS, 4)
    high, low = run.rng.randint(60, 68) / 100, run.rng.randint(10, 40) / 100
    rows = [[high, low], [low - 0.05, high - 0.05], [low, low - 0.1], [0.05, 0.0]]
    return rows, labels, [labels[0], labels[1]]


@CLASSIFY.case()
def one_request(run: Run) -> None:
    """one request carries examples and messages"""
    rows, labels, want = near_examples(run)
    result, texts = classified(run, rows, labels, 0.3)
    result.returned(want)
    result.sent(1)
    sent_all(result, texts)


@CLASSIFY.case(points=2)
def nearest_label(run: Run) -> None:
    """each message gets the label of its nearest example"""
    rows, labels, want = near_examples(run)
    result, _ = classified(run, rows, labels, 0.45)
    result.returned(want)
    near, other = run.rng.sample(TEAMS, 2)
    result, _ = classified(run, [[0.6004], [0.6]], [near, other], 0.45)
    result.returned([near], f"{near} is at 0.6004, {other} at 0.6")


@CLASSIFY.case()
def one_near_beats_many(run: Run) -> None:
    """one near example counts more than many that are less near"""
    many, one = run.rng.sample(TEAMS, 2)
    rows = [[0.55], [0.5], [0.52], [0.62]]
    result, _ = classified(run, rows, [many, many, many, one], 0.4)
    with hinting("Take the maximum, not a sum or a vote."):
        because = f"three examples of {many} are at 0.55 and less, one of {one} at 0.62"
        result.returned([one], because)
        rows = [[0.7], [-0.4], [0.5], [0.45]]
        result, _ = classified(run, rows, [one, one, many, many], 0.4)
        because = f"the examples of {one} are at 0.7 and -0.4, those of {many} at 0.5 and 0.45"
        result.returned([one], because)


@CLASSIFY.case(points=2)
def below_least(run: Run) -> None:
    """if the nearest example is below least, the message gets None"""
    labels = run.rng.sample(TEAMS, 3)
    least = run.rng.randint(40, 55) / 100
    rows = [[least + 0.04, 0.1], [0.2, least - 0.04], [0.1, -0.2]]
    result, _ = classified(run, rows, labels, least)
    because = f"the nearest examples are at {least + 0.04:.2f} and {least - 0.04:.2f}"
    result.returned([labels[0], None], f"{because}, and least is {least:.2f}")
    for best, want in ((0.4996, None), (0.5004, labels[0])):
        result, _ = classified(run, [[best], [0.2], [0.1]], labels, 0.5)
        result.returned([want], f"the nearest example is at {best}, and least is 0.50")


@CLASSIFY.case()
def at_least(run: Run) -> None:
    """if the nearest example is exactly at least, the message gets its label"""
    near, far = run.rng.sample(TEAMS, 2)
    example, other, message = run.rng.sample(TEXTS, 3)
    # Half is exact in every way to compute it: in float32, and divided by lengths.
    known = {example: [0.5] * 4, other: [-1.0, 0.0, 0.0, 0.0], message: axis(0, 4)}
    result = run(service(run, known), [[other, far], [example, near]], [message], 0.5)
    result.returned([near], "the nearest example is at 0.5, and least is 0.5: that is not below")


@CLASSIFY.case()
def negative_least(run: Run) -> None:
    """least may be negative"""
    labels = run.rng.sample(TEAMS, 2)
    result, _ = classified(run, [[-0.3], [-0.5]], labels, -0.4)
    result.returned([labels[0]], "the nearest example is at -0.3, and least is -0.4")
    result, _ = classified(run, [[-0.3], [-0.5]], labels, -0.2)
    result.returned([None], "the nearest example is at -0.3, and least is -0.2")


@CLASSIFY.case()
def no_examples(run: Run) -> None:
    """without examples every message gets None, and nothing is sent"""
    label = run.choose(*TEAMS)
    result, _ = classified(run, [[0.6]], [label], 0.3)
    result.returned([label])
    messages = run.rng.sample(TEXTS, run.rng.randint(2, 4))
    result = run(service(run, {}), [], messages, 0.3)
    result.sent(0, "there is nothing to compare with")
    result.returned([None] * len(messages))


@CLASSIFY.case(hidden=True)
def other_messages(run: Run) -> None:
    """other messages"""
    rows, labels, want = near_examples(run)
    result, _ = classified(run, rows, labels, -1.0)
    result.returned(want)
    result, _ = classified(run, rows, labels, 0.9)
    result.returned([None, None], "least is 0.9")
