"""A history of five turns, and a budget in which some of them have room."""

from __future__ import annotations

import random

from ...scripted import says
from ..model import Exercise, Result, Run, Spy, expect
from .conversations import MAILS, QUESTIONS, REPLIES, Chat, chat, message

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
    ],
)

OVERHEAD = 4


def counter(rng: random.Random) -> Spy:
    """A function that counts tokens, and that nobody can guess."""
    factor = rng.randint(2, 5)
    return Spy("count", lambda text: len(str(text)) // factor + 1)


def cost(spy: Spy, messages: Chat) -> int:
    """What these messages count."""
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
    result = run([says(run.choose(*REPLIES))], history, question, cost(spy, want) + slack, spy)
    return result, want


@WINDOW.case()
def fits(run: Run) -> None:
    """a conversation within the budget is sent whole"""
    result, want = window_of(run, 5, slack=run.rng.randint(0, 30))
    result.request(1).has_messages(want)
    text = result.api.script[0].answer.texts[0]  # type: ignore[union-attr]
    result.returned(text)


@WINDOW.case(points=2)
def drops_oldest_turns(run: Run) -> None:
    """the oldest turns are dropped, and as few as possible"""
    for kept in (3, run.rng.randint(1, 2)):
        result, want = window_of(run, kept, slack=run.rng.randint(0, 2))
        result.request(1).has_messages(want, f"{kept} turns have room in the budget")


@WINDOW.case()
def within_budget(run: Run) -> None:
    """what is sent counts no more than the budget"""
    result, _ = window_of(run, run.rng.randint(1, 3))
    spy, budget = result.call.args[3], result.call.args[2]
    sent = [message(m.role, m.text) for m in result.request(1).messages]
    have = cost(spy, sent)
    expect(have <= budget, f"the messages count {have} tokens, and the budget is {budget}")


@WINDOW.case()
def whole_turns(run: Run) -> None:
    """a question is never sent without its answer, nor an answer without its question"""
    result, _ = window_of(run, 2, half=True)
    roles = [m.role for m in result.request(1).messages]
    expect(
        roles[:2] == ["developer", "user"],
        f"after the developer message comes {roles[1] if len(roles) > 1 else 'nothing'}: half a "
        "turn",
    )


@WINDOW.case()
def no_turn_fits(run: Run) -> None:
    """with room for no turn, the developer message and the question still go out"""
    result, want = window_of(run, 0)
    result.request(1).has_messages(want)


@WINDOW.case(hidden=True)
def question_too_long(run: Run) -> None:
    """a question that does not fit raises ValueError, and nothing is sent"""
    history, question, spy = chat(run.rng, 2), run.choose(*QUESTIONS), counter(run.rng)
    need = cost(spy, [history[0], message("user", question)])
    result = run([says("Never said.")], history, question, need - 1, spy)
    result.raised(ValueError, f"the least that can be sent counts {need} tokens")
    result.sent(0)
