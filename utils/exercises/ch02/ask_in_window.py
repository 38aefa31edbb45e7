"""A history of five turns, and a budget in which some of them have room."""

from __future__ import annotations

import random

from ...scripted import says
from ..model import Exercise, Result, Run, Spy, expect
from .conversations import MAILS, NEVER, QUESTIONS, REPLIES, Chat, chat, incomplete, message

WINDOW = Exercise(
    id="02.7",
    function="ask_in_window",
    title="keep a conversation within a token budget",
    difficulty="medium",
    covers=["A4", "G1"],
    hints=[
        "Add up what must be sent anyway: the developer message and the question. What is left of "
        "the budget is for turns.",
        "Walk through the turns from the newest to the oldest, two messages at a time, and stop at "
        "the first turn that does not fit.",
        "Raise ValueError before the request if the developer message and the question are already "
        "more than the budget.",
        "Return the content if finish_reason is stop and there is no refusal, and otherwise None.",
    ],
)

OVERHEAD = 4


def counter(rng: random.Random) -> Spy:
    """A function that counts tokens, and that nobody can guess."""
    factor = rng.randint(2, 5)
    return Spy("count", lambda text: len(str(text)) // factor + 1)


def cost(spy: Spy, messages: Chat) -> int:
    """What these messages cost, in tokens."""
    return sum(spy.function(m["content"]) + OVERHEAD for m in messages)


def window_of(run: Run, kept: int, slack: int = 0, half: bool = False) -> tuple[Result, Chat]:
    """Play a chat of five turns with a budget in which `kept` of them have room.

    `half` leaves so much of the budget that the answer of one more turn would fit, without its
    question. The question is long, so that it cannot be left out of the sum.
    """
    history, spy = chat(run.rng, 5), counter(run.rng)
    question = f"{run.choose(*QUESTIONS)} " + " ".join(run.rng.sample(MAILS, 3))
    place = len(history) - 2 * kept
    want = [history[0], *history[place:], message("user", question)]
    if half:
        slack = cost(spy, history[place - 1 : place])
    elif slack < 0:  # one token less than what the next turn takes
        slack = cost(spy, history[place - 2 : place]) - 1
    result = run([says(run.choose(*REPLIES))], history, question, cost(spy, want) + slack, spy)
    return result, want


@WINDOW.case()
def fits(run: Run) -> None:
    """a conversation within the budget is sent whole, and the text is returned"""
    for slack in (0, run.rng.randint(1, 30)):
        result, want = window_of(run, 5, slack)
        result.ended_as_expected()
        result.request(1).has_messages(want, "all turns have room in the budget")
        text = result.api.script[0].answer.texts[0]  # type: ignore[union-attr]
        result.returned(text)


@WINDOW.case(points=2)
def drops_oldest_turns(run: Run) -> None:
    """the oldest turns are dropped, and as few as possible"""
    for kept in (3, 4, 2, 1):
        for slack in (0, -1):
            result, want = window_of(run, kept, slack)
            result.ended_as_expected()
            room = f"{kept} turns have" if kept > 1 else "1 turn has"
            result.request(1).has_messages(want, f"{room} room in the budget")


@WINDOW.case()
def no_gaps(run: Run) -> None:
    """when a turn doesn't fit, no older turn is sent either"""
    history, spy = chat(run.rng, 3), counter(run.rng)
    history[3]["content"] += " " + " ".join(MAILS)
    question = run.choose(*QUESTIONS)
    want = [history[0], *history[5:], message("user", question)]
    budget = cost(spy, want) + cost(spy, history[1:3])
    result = run([says(run.choose(*REPLIES))], history, question, budget, spy)
    result.ended_as_expected()
    result.request(1).has_messages(want, "the second turn is long and doesn't fit")


@WINDOW.case()
def within_budget(run: Run) -> None:
    """what is sent costs no more than the budget"""
    for kept in (1, 2, 3):
        result, _ = window_of(run, kept)
        result.ended_as_expected()
        spy, budget = result.call.args[3], result.call.args[2]
        sent = [message(m.role, m.text) for m in result.request(1).messages]
        have = cost(spy, sent)
        expect(have <= budget, f"the messages cost {have} tokens, and the budget is {budget}")


@WINDOW.case()
def whole_turns(run: Run) -> None:
    """a question is never sent without its answer, nor an answer without its question"""
    for kept in (2, 1, 3):
        result, _ = window_of(run, kept, half=True)
        result.ended_as_expected()
        roles = [m.role for m in result.request(1).messages]
        expect(
            roles[:2] == ["developer", "user"],
            f"after the developer message comes {roles[1] if len(roles) > 1 else 'nothing'}: half "
            "a turn",
        )


@WINDOW.case()
def no_turn_fits(run: Run) -> None:
    """with room for no turn, the developer message and the question still go out"""
    for slack in (0, -1):
        result, want = window_of(run, 0, slack)
        result.ended_as_expected()
        result.request(1).has_messages(want)


@WINDOW.case()
def question_too_long(run: Run) -> None:
    """if even these two don't fit, it raises ValueError and sends nothing"""
    history, question, spy = chat(run.rng, 2), run.choose(*QUESTIONS), counter(run.rng)
    least = [history[0], message("user", question)]
    need, answer = cost(spy, least), run.choose(*REPLIES)
    run([says(answer)], history, question, need, spy).returned(answer, f"{need} tokens just fit")
    for budget in (need - 1, 1):
        result = run([NEVER], history, question, budget, spy)
        because = f"the least that can be sent costs {need} tokens, and the budget is {budget}"
        result.raised(ValueError, because)
        result.sent(0, because)


@WINDOW.case()
def no_complete_answer(run: Run) -> None:
    """without a complete answer, it returns None"""
    for step, because in incomplete(run):
        history, question, spy = chat(run.rng, 2), run.choose(*QUESTIONS), counter(run.rng)
        asked = [*history, message("user", question)]
        result = run([step], history, question, cost(spy, asked), spy)
        result.returned(None, because)
        result.request(1).has_messages(asked)
