"""One question of a customer, with the instructions of the shop."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Result, Run, Value
from ..world import ANSWERS, INSTRUCTIONS, QUESTIONS, question_and_answer

ASK_SHOP = Exercise(
    id="01.1",
    function="ask_shop",
    title="send instructions and a question in one request",
    difficulty="easy",
    covers=["A1"],
    hints=[
        "A message is a dictionary with the keys role and content. You need two messages.",
        "The shop's instructions go first, in a message with the role developer; the customer's "
        "question follows with the role user.",
        "The text is in response.choices[0].message.content.",
    ],
)


def asked(run: Run) -> tuple[Result, str]:
    """Play one question; the result, and the answer."""
    question, answer = question_and_answer(run.rng)
    return run([says(answer)], run.choose(*INSTRUCTIONS), question), answer


@ASK_SHOP.case()
def returns_text(run: Run) -> None:
    """it returns the text of the answer"""
    result, answer = asked(run)
    result.returned(answer)
    result.sent(1)
    result.request(1).went_to("chat")


@ASK_SHOP.case(hint="Developer messages replace what older code calls system messages.")
def roles(run: Run) -> None:
    """the instructions are a developer message, the question is a user message"""
    result, _ = asked(run)
    result.request(1).has_roles("developer", "user")


@ASK_SHOP.case()
def texts_unchanged(run: Run) -> None:
    """both texts arrive unchanged"""
    end = f"\n\nMy order is FO-{run.rng.randint(10_001, 12_400)}. "
    for instructions in run.rng.sample(INSTRUCTIONS, 2):
        arrive_in_order(run, f"{instructions}\n", run.choose(*QUESTIONS) + end)


@ASK_SHOP.case(hidden=True)
def any_text_unchanged(run: Run) -> None:
    """both texts arrive unchanged, whatever they are"""
    instructions = f'{run.choose(*INSTRUCTIONS)}\nNever say "maybe".\n'
    arrive_in_order(run, instructions, f"  {{name}}: {run.choose(*QUESTIONS)}")


def arrive_in_order(run: Run, instructions: str, question: str) -> None:
    """The request has the instructions, then the question, and no other text."""
    result = run([says(run.choose(*ANSWERS))], instructions, question)
    texts = [message.text for message in result.request(1).messages]
    sent = Value(texts, "the list of texts in request 1")
    sent.equals([instructions, question], "the instructions, then the question")
