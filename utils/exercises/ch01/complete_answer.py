"""A long answer that comes in parts, each cut off at the cap."""

from __future__ import annotations

from ...scripted import filtered, refuses, says, truncated
from ..model import Exercise, Run, Value, expect
from ..world import ANSWERS, QUESTIONS, question_and_answer, some

CONTINUE = Exercise(
    id="01.7",
    function="complete_answer",
    title="continue an answer that hit the token cap",
    difficulty="medium",
    covers=["A3", "A1"],
    hints=[
        "The model remembers nothing between requests: the next request has to contain what it has "
        "said so far, as an assistant message.",
        "Append the part as an assistant message, then a user message that asks the model to "
        "continue. Send all messages again.",
        'Loop at most max_parts times, and leave the loop when finish_reason is not "length".',
    ],
)


def cut_up(run: Run, count: int) -> list[str]:
    """A long answer in so many parts."""
    text = " ".join(some(run.rng, ANSWERS, 4))
    size = len(text) // count
    return [text[i * size : (i + 1) * size if i < count - 1 else None] for i in range(count)]


@CONTINUE.case()
def fits(run: Run) -> None:
    """an answer that isn't cut off takes one request"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned((answer, True))
    result.sent(1)
    result.request(1).contains(question)


@CONTINUE.case(points=2)
def joins_parts(run: Run) -> None:
    """the parts are joined with nothing between them"""
    first, second, third = cut_up(run, 3)
    script = [truncated(first), truncated(second), says(third)]
    result = run(script, run.choose(*QUESTIONS), 5)
    result.returned((first + second + third, True), "the parts, with nothing between them")
    result.sent(3)


@CONTINUE.case(points=2)
def shows_what_was_said(run: Run) -> None:
    """the next request contains what the model has said so far"""
    question = run.choose(*QUESTIONS)
    first, second = cut_up(run, 2)
    result = run([truncated(first), says(second)], question)
    request = result.request(2)
    said = "".join(m.text for m in request.messages if m.role == "assistant")
    Value(said, "the text of the assistant messages in request 2").equals(first, "the first part")
    last = request.messages[-1].role
    expect(
        last == "user",
        f"the last message of request 2 has the role {last}, and user was expected, to ask the "
        "model to continue",
    )
    request.contains(question)


@CONTINUE.case()
def gives_up(run: Run) -> None:
    """after max_parts requests it returns what it has, and False"""
    most = run.rng.randint(2, 3)
    parts = cut_up(run, most)
    result = run([truncated(part) for part in parts], run.choose(*QUESTIONS), most)
    result.returned(("".join(parts), False), f"max_parts was {most}")
    result.sent(most)


@CONTINUE.case()
def not_complete(run: Run) -> None:
    """a refused or filtered answer isn't complete"""
    run([refuses()], run.choose(*QUESTIONS)).returned(("", False), "message.refusal was set")
    left = run.choose(*ANSWERS)[:9]
    result = run([filtered(left)], run.choose(*QUESTIONS))
    result.returned((left, False), "finish_reason was content_filter")
