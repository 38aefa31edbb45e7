"""One more question after a history, which belongs to the caller."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Run
from .conversations import QUESTIONS, REPLIES, Chat, chat, incomplete, is_chat, message, turns

CONTINUE = Exercise(
    id="02.1",
    function="continue_chat",
    title="add a turn to a conversation",
    difficulty="easy",
    covers=["A4"],
    hints=[
        "The model sees only what you put in messages, so send everything said so far.",
        "messages = [*history, {...}] makes a new list; history.append changes the caller's list.",
        "Look at finish_reason and message.refusal. If the answer is complete, return the list "
        "with one more message: the role assistant and the text. Otherwise, return the history.",
    ],
)


def histories(run: Run) -> list[Chat]:
    """A conversation that begins, one without instructions, and one with them."""
    return [[], turns(run.rng, 1), chat(run.rng, run.rng.randint(2, 3))]


@CONTINUE.case()
def sends_history_and_question(run: Run) -> None:
    """the request holds the history and then the question"""
    for history in histories(run):
        question = run.choose(*QUESTIONS)
        result = run([says(run.choose(*REPLIES))], history, question)
        result.ended_as_expected()
        result.sent(1)
        result.request(1).has_messages([*history, message("user", question)])


@CONTINUE.case()
def returns_longer_history(run: Run) -> None:
    """it returns the history with the question and the answer"""
    for history in histories(run):
        question, answer = run.choose(*QUESTIONS), run.choose(*REPLIES)
        result = run([says(answer)], history, question)
        is_chat(result.output, [*history, message("user", question), message("assistant", answer)])


@CONTINUE.case(points=2, hint="finish_reason and message.refusal say how an answer ended.")
def no_complete_answer(run: Run) -> None:
    """without a complete answer, it returns the history as it was"""
    for step, because in incomplete(run):
        history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
        result = run([step], history, question)
        result.sent(1)
        result.request(1).has_messages([*history, message("user", question)])
        is_chat(result.output, history, because)


@CONTINUE.case()
def history_unchanged(run: Run) -> None:
    """the caller's list is as it was"""
    history, question, answer = chat(run.rng, 2), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    is_chat(result.output, [*history, message("user", question), message("assistant", answer)])
    result.left_alone(0, "the caller's list")
    for step, _ in incomplete(run):
        result = run([step], history, question)
        result.sent(1)
        result.left_alone(0, "the caller's list")
