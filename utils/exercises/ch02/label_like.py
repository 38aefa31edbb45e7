"""Labels in a form that the examples show."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Run
from .conversations import INSTRUCTIONS, MAILS, message

BY_EXAMPLE = Exercise(
    id="02.2",
    function="label_like",
    title="show the output format with examples",
    difficulty="easy",
    covers=["A6"],
    hints=[
        "An example is a turn that never happened: what a user says, and what you want to hear.",
        "The order is: instructions, then for each example a user and an assistant message, then "
        "the mail.",
        "Return the text without spaces and line breaks around it.",
    ],
)

EXAMPLES = (
    ("My parcel should have come on Monday and I leave tomorrow.", "delivery | high"),
    ("Which gas fits the Ember stove?", "product | low"),
    ("The zip of my jacket is stuck.", "repair | low"),
    ("Where is my refund? I have asked three times!", "return | high"),
)


@BY_EXAMPLE.case()
def examples_as_turns(run: Run) -> None:
    """instructions, then the examples as turns, then the mail"""
    examples = run.rng.sample(EXAMPLES, run.rng.randint(2, 3))
    instructions, mail = run.choose(*INSTRUCTIONS), run.choose(*MAILS)
    result = run([says("repair | high")], instructions, examples, mail)
    want = [message("developer", instructions)]
    for text, label in examples:
        want += [message("user", text), message("assistant", label)]
    result.request(1).has_messages([*want, message("user", mail)])


@BY_EXAMPLE.case()
def strips_label(run: Run) -> None:
    """it returns the label, without spaces around it"""
    label = run.choose("repair | high", "product | low", "delivery | low")
    examples = run.rng.sample(EXAMPLES, 2)
    result = run([says(f" {label}\n")], run.choose(*INSTRUCTIONS), examples, run.choose(*MAILS))
    result.returned(label)


@BY_EXAMPLE.case()
def one_request(run: Run) -> None:
    """one mail is one request"""
    result = run([says("repair | low")], run.choose(*INSTRUCTIONS), EXAMPLES[:2], MAILS[0])
    result.finished()
    result.sent(1, "the examples are not questions, they are part of this request")


@BY_EXAMPLE.case(hidden=True)
def no_examples(run: Run) -> None:
    """without examples it still asks"""
    instructions, mail = run.choose(*INSTRUCTIONS), run.choose(*MAILS)
    result = run([says("repair | low")], instructions, [], mail)
    result.returned("repair | low")
    want = [message("developer", instructions), message("user", mail)]
    result.request(1).has_messages(want)
