"""A shared history, and calls that succeed, fail, or bring no complete answer."""

from __future__ import annotations

import openai

from ...scripted import says
from ..model import Exercise, Run
from .conversations import NEVER, QUESTIONS, REPLIES, chat, failures, incomplete, is_chat, message

KEEP_CLEAN = Exercise(
    id="02.3",
    function="ask_and_keep",
    title="keep the history clean when a call fails",
    difficulty="easy",
    covers=["A4"],
    client={"max_retries": 0},
    hints=[
        "What does history look like if create raises after you have appended the question?",
        "Send [*history, question], and change history only when the complete answer is there.",
        "A refusal has no content, and an answer that is cut off or filtered has a finish_reason "
        "other than stop. None of them is a turn: return None and leave history alone.",
    ],
)


@KEEP_CLEAN.case()
def keeps_both_turns(run: Run) -> None:
    """after an answer, the history has both messages, and the text is returned"""
    for number in (1, 0, 2):
        history, question = chat(run.rng, number), run.choose(*QUESTIONS)
        answer = run.choose(*REPLIES)
        result = run([says(answer)], history, question)
        result.returned(answer)
        asked = [*history, message("user", question)]
        result.request(1).has_messages(asked)
        is_chat(result.argument(0, "the history"), [*asked, message("assistant", answer)])


@KEEP_CLEAN.case(points=2)
def failed_call(run: Run) -> None:
    """a failed call raises after one request, and the history is as before"""
    for step in failures():
        history, question = chat(run.rng, 2), run.choose(*QUESTIONS)
        result = run([step, NEVER], history, question)
        result.sent(1, "the caller decides about another try")
        result.request(1).has_messages([*history, message("user", question)])
        result.raised(openai.APIError)
        is_chat(result.argument(0, "the history"), history, "the question has no answer")


@KEEP_CLEAN.case(points=2)
def no_complete_answer(run: Run) -> None:
    """without a complete answer, it returns None, and the history is as before"""
    for step, because in incomplete(run):
        history, question = chat(run.rng, 1), run.choose(*QUESTIONS)
        result = run([step, NEVER], history, question)
        result.sent(1, "the caller decides about another try")
        result.returned(None, because)
        result.request(1).has_messages([*history, message("user", question)])
        is_chat(result.argument(0, "the history"), history, because)
