"""Mails with labels as examples, and one mail to sort."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Result, Run, expect, short
from ..world import INSTRUCTIONS, MAILS

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


def shows_examples(result: Result, examples: Examples, mail: str) -> None:
    """The request has the instructions, each example as a turn, and the mail to sort."""
    request = result.request(1)
    request.has_roles("developer", *["user", "assistant"] * len(examples), "user")
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
def returns_label(run: Run) -> None:
    """it returns the label, after one request"""
    result, _, _, label = sorted_by(run, 2)
    result.returned(label)
    result.sent(1)
    result.request(1).went_to("chat")


@SORT_MAIL.case(
    points=2, hint="The assistant message shows the model how its own answer should look."
)
def examples_as_turns(run: Run) -> None:
    """each example is a user message and an assistant message, before the mail to sort"""
    for count in run.rng.sample(range(1, 6), 2):
        result, examples, mail, _ = sorted_by(run, count)
        shows_examples(result, examples, mail)


@SORT_MAIL.case()
def no_examples(run: Run) -> None:
    """without examples, it sends two messages"""
    result, _, mail, label = sorted_by(run, 0)
    result.returned(label)
    shows_examples(result, [], mail)


@SORT_MAIL.case()
def strips_label(run: Run) -> None:
    """spaces and line breaks around the label are removed"""
    for around in ("{}\n", " {}", "\n {}  \n"):
        label = f"desk {run.rng.randint(10, 99)}"
        result, *_ = sorted_by(run, 1, around.format(label))
        result.returned(label)


@SORT_MAIL.case(hidden=True)
def six_examples(run: Run) -> None:
    """six examples are six turns"""
    result, examples, mail, label = sorted_by(run, 6)
    shows_examples(result, examples, mail)
    result.returned(label)
