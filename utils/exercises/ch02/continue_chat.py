"""One more question after a history, which belongs to the caller."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Run
from .conversations import QUESTIONS, REPLIES, chat, message

CONTINUE = Exercise(
    id="02.1",
    function="continue_chat",
    title="add a turn to a conversation",
    difficulty="easy",
    covers=["A4"],
    hints=[
        "The model sees only what you put in messages, so send everything said so far.",
        "messages = [*history, {...}] makes a new list; history.append changes the caller's list.",
        "Return that list with one more message: the role assistant and the text of the answer.",
    ],
)


@CONTINUE.case()
def sends_history_and_question(run: Run) -> None:
    """the request holds the history and then the question"""
    history, question = chat(run.rng, run.rng.randint(1, 3)), run.choose(*QUESTIONS)
    result = run([says(run.choose(*REPLIES))], history, question)
    result.request(1).has_messages([*history, message("user", question)])


@CONTINUE.case()
def returns_longer_history(run: Run) -> None:
    """it returns the history with the question and the answer"""
    history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    result = run([says(answer)], history, question)
    result.returned([*history, message("user", question), message("assistant", answer)])


@CONTINUE.case()
def history_unchanged(run: Run) -> None:
    """the caller's list is as it was"""
    history = chat(run.rng, 2)
    result = run([says(run.choose(*REPLIES))], history, run.choose(*QUESTIONS))
    result.left_alone(0, "the caller's list")


@CONTINUE.case(hidden=True)
def new_conversation(run: Run) -> None:
    """it works for a conversation that has just begun"""
    question, answer = run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], [], question)
    result.returned([message("user", question), message("assistant", answer)])
