"""Labels in a format that examples show."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Run
from .conversations import INSTRUCTIONS, MAILS, incomplete, message

BY_EXAMPLE = Exercise(
    id="02.2",
    function="label_like",
    title="label a message in the format that examples show",
    difficulty="easy",
    covers=["A6"],
    hints=[
        "An example is a turn that never happened: what a user says, and what you want to hear.",
        "The order is: instructions, then for each example a user and an assistant message, then "
        "the mail.",
        "If finish_reason is stop and there is a text, return it without spaces and line breaks "
        "around it. Otherwise, return None.",
    ],
)

EXAMPLES = (
    ("My parcel should have come on Monday and I leave tomorrow.", "delivery | high"),
    ("Which gas fits the Ember stove?", "product | low"),
    ("The zip of my jacket is stuck.", "repair | low"),
    ("Where is my refund? I have asked three times!", "return | high"),
)
LABELS = ("repair | high", "product | low", "delivery | low", "return | high")


@BY_EXAMPLE.case(points=2)
def examples_as_turns(run: Run) -> None:
    """instructions, then the examples as turns, then the mail, in one request"""
    told, mails = run.rng.sample(INSTRUCTIONS, 2), run.rng.sample(MAILS, 2)
    for number, instructions, mail in zip((3, 1), told, mails, strict=True):
        examples = run.rng.sample(EXAMPLES, number)
        result = run([says(run.choose(*LABELS))], instructions, examples, mail)
        result.ended_as_expected()
        want = [message("developer", instructions)]
        for text, label in examples:
            want += [message("user", text), message("assistant", label)]
        result.request(1).has_messages([*want, message("user", mail)])
        result.sent(1, "the examples are part of this request")


@BY_EXAMPLE.case()
def no_examples(run: Run) -> None:
    """without examples, the mail follows the instructions"""
    instructions, mail, label = run.choose(*INSTRUCTIONS), run.choose(*MAILS), run.choose(*LABELS)
    result = run([says(label)], instructions, [], mail)
    result.returned(label)
    want = [message("developer", instructions), message("user", mail)]
    result.request(1).has_messages(want)


@BY_EXAMPLE.case()
def strips_label(run: Run) -> None:
    """it returns the label, without white space around it"""
    for left, right in ((" ", "\n"), ("\n", ""), ("", "  ")):
        label, examples = run.choose(*LABELS), run.rng.sample(EXAMPLES, 2)
        instructions, mail = run.choose(*INSTRUCTIONS), run.choose(*MAILS)
        run([says(f"{left}{label}{right}")], instructions, examples, mail).returned(label)


@BY_EXAMPLE.case()
def no_complete_label(run: Run) -> None:
    """an answer that is refused, filtered, or cut off gives None"""
    for step, because in incomplete(run):
        examples = run.rng.sample(EXAMPLES, 2)
        instructions, mail = run.choose(*INSTRUCTIONS), run.choose(*MAILS)
        result = run([step], instructions, examples, mail)
        result.returned(None, because)
        result.request(1).contains(mail, "the mail")
