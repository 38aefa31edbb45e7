"""A long answer that comes in parts, each cut off at the cap."""

from __future__ import annotations

from ...scripted import filtered, refuses, says, truncated
from ..model import Exercise, Result, Run, Value, expect, short, wrong
from ..world import ANSWERS, QUESTIONS, question_and_answer, some
from .candidates import chat_reply

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
    """A long answer in so many parts, cut inside a word, before a space, after one, and so on."""
    text = " ".join(some(run.rng, ANSWERS, 4))
    places = [0]
    for number in range(1, count):
        at = number * len(text) // count
        while not _fits(text[at - 1], text[at], number % 3):
            at += 1
        places.append(at)
    return [text[a:b] for a, b in zip(places, [*places[1:], None], strict=True)]


def _fits(before: str, after: str, kind: int) -> bool:
    """Whether a text can be cut here: inside a word (1), before a space (2), after one (0)."""
    if kind == 1:
        return before.isalpha() and after.isalpha()
    return after == " " if kind == 2 else before == " "


def has_what_was_said(result: Result, number: int, question: str, said: str) -> None:
    """The request has the question, everything said so far, and a request to continue."""
    request = result.request(number)
    messages = request.messages
    asked = next((n for n, m in enumerate(messages) if question in m.text), None)
    if asked is None or messages[asked].role != "user":
        wrong(f"request {number} has no user message with the question: {short(question, 60)}")
    whole = "".join(m.text for m in messages[asked:] if m.role == "assistant")
    name = f"the text of the assistant messages in request {number}, after the question,"
    Value(whole, name).equals(said, "everything that the model has said so far")
    last = messages[-1]
    expect(
        last.role == "user" and messages[-1] is not messages[asked],
        f"the last message of request {number} has the role {last.role}, and user was expected, to "
        "ask the model to continue",
    )
    expect(last.text.strip(), f"the last message of request {number} has no text")
    expect(
        last.text.strip() != question.strip(),
        f"the last message of request {number} is the question again, and doesn't ask to continue",
    )


@CONTINUE.case()
def fits(run: Run) -> None:
    """an answer that isn't cut off takes one request, with the question"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned((answer, True))
    result.sent(1)
    result.request(1).went_to("chat")
    result.request(1).contains(question, role="user")


@CONTINUE.case(points=2)
def joins_parts(run: Run) -> None:
    """the parts are joined with nothing between them"""
    parts = cut_up(run, 4)
    script = [*(truncated(part) for part in parts[:-1]), says(parts[-1])]
    result = run(script, run.choose(*QUESTIONS), 5)
    result.returned(("".join(parts), True), "the parts, with nothing between them")
    result.sent(4)


@CONTINUE.case(points=2)
def shows_what_was_said(run: Run) -> None:
    """every later request contains all that the model has said so far"""
    question = run.choose(*QUESTIONS)
    parts = cut_up(run, 3)
    script = [truncated(parts[0]), truncated(parts[1]), says(parts[2])]
    result = run(script, question, 4)
    for number in (2, 3):
        has_what_was_said(result, number, question, "".join(parts[: number - 1]))


@CONTINUE.case(points=2)
def gives_up(run: Run) -> None:
    """after max_parts requests it returns what it has, complete or not"""
    for most in (1, 2, 3, 4):
        for finished in (False, True):
            parts = cut_up(run, most)
            last = says(parts[-1]) if finished else truncated(parts[-1])
            script = [*(truncated(part) for part in parts[:-1]), last]
            more = () if most == 3 else (most,)  # 3 is the default
            result = run(script, run.choose(*QUESTIONS), *more)
            because = f"max_parts was {most}, and the last part was {'' if finished else 'in'}"
            result.returned(("".join(parts), finished), f"{because}complete")
            result.sent(most)


@CONTINUE.case()
def not_complete(run: Run) -> None:
    """a refused or filtered answer isn't complete"""
    question, answer = question_and_answer(run.rng)
    run([says(answer)], question).returned((answer, True), "this answer is complete")
    left = run.choose(*ANSWERS)[:9]
    nothing = chat_reply(None, finish_reason="content_filter")
    for step, text, because in (
        (refuses(), "", "message.refusal was set"),
        (filtered(left), left, "finish_reason was content_filter"),
        (nothing, "", "finish_reason was content_filter"),
    ):
        run([step], question).returned((text, False), because)
        result = run([truncated(answer), step], question)
        result.returned((answer + text, False), because)
        result.sent(2)


@CONTINUE.case(hidden=True)
def five_parts(run: Run) -> None:
    """an answer of five parts"""
    question = run.choose(*QUESTIONS)
    parts = cut_up(run, 5)
    result = run([*(truncated(part) for part in parts[:-1]), says(parts[-1])], question, 5)
    result.returned(("".join(parts), True))
    for number in range(2, 6):
        has_what_was_said(result, number, question, "".join(parts[: number - 1]))
