"""Mails with labels as examples, and one mail to sort."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Result, Run, expect, short
from ..world import INSTRUCTIONS, LABELS, MAILS

SORT_MAIL = Exercise(
    id="01.8",
    function="sort_mail",
    title="classify an email with a few-shot prompt",
    difficulty="easy",
    covers=["A6"],
    hints=[
        "An example is a small conversation: what a customer wrote, and what the model should say.",
        "Each example becomes two messages: a user message with the email, and an assistant "
        "message with the label.",
        "The order is: instructions (developer), the examples, the email to sort (user). "
        "content.strip() removes the spaces and line breaks around the label.",
    ],
)


Examples = list[tuple[str, str]]


def sorted_by(run: Run, count: int, said: str | None = None) -> tuple[Result, Examples, str, str]:
    """Play one mail with so many examples; the result, the examples, the mail, and its label."""
    chosen = run.rng.sample(MAILS, count + 1)
    (mail, label), examples = chosen[0], chosen[1:]
    result = run([says(said or label)], run.choose(*INSTRUCTIONS), examples, mail)
    return result, examples, mail, label


@SORT_MAIL.case()
def returns_label(run: Run) -> None:
    """it returns the label"""
    result, _, _, label = sorted_by(run, 2)
    result.returned(label)
    result.sent(1)


@SORT_MAIL.case(
    points=2, hint="the assistant message shows the model how its own answer should look"
)
def examples_as_turns(run: Run) -> None:
    """each example is a user message and an assistant message"""
    count = run.rng.randint(2, 4)
    result, examples, mail, _ = sorted_by(run, count)
    request = result.request(1)
    request.has_roles("developer", *["user", "assistant"] * count, "user")
    request.contains(result.call.args[0], "the instructions", role="developer")
    texts = [message.text for message in request.messages][1:]
    for number, (text, label) in enumerate(examples, 1):
        have = texts[2 * number - 2 : 2 * number]
        expect(
            text in have[0] and have[1].strip() == label,
            f"example {number} went out as {short(have)}, and {short([text, label])} was expected",
        )
    expect(mail in texts[-1], f"the last message is {short(texts[-1])}, not the mail to sort")


@SORT_MAIL.case()
def no_examples(run: Run) -> None:
    """without examples, it sends two messages"""
    result, _, _, label = sorted_by(run, 0)
    result.returned(label)
    result.request(1).has_roles("developer", "user")


@SORT_MAIL.case(hidden=True)
def strips_label(run: Run) -> None:
    """spaces and line breaks around the label are removed"""
    label = run.choose(*LABELS)
    result, *_ = sorted_by(run, 1, f" {label}\n")
    result.returned(label)
