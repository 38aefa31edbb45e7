"""Responses with status 200, few of which are an answer."""

from __future__ import annotations

import openai

from ...scripted import Step, drops, fails, filtered, refuses, returns, says, truncated
from ..model import Exercise, Run, hinting, short
from ..world import ANSWERS, QUESTIONS, question_and_answer
from .failures import HTML, asked

CHECKED = Exercise(
    id="08.6",
    function="checked_answer",
    title="reject a 200 that isn't an answer",
    difficulty="easy",
    covers=["F1"],
    client={"max_retries": 0},
    hints=[
        "A page of HTML with status 200 arrives as a text (str), and JSON of another shape as an "
        "object whose fields are None. Neither raises anything by itself.",
        "Reach for choices[0], its message and its finish_reason inside a try, and turn "
        "AttributeError, IndexError and TypeError into ValueError with raise ... from error.",
        "An answer counts if finish_reason is stop, there is no refusal, and the content is not "
        "empty. Broken JSON raises json.JSONDecodeError, which is a ValueError already.",
    ],
)


def rejected(run: Run, step: Step, because: str) -> None:
    """Play a response that isn't an answer."""
    question = run.choose(*QUESTIONS)
    result = run([step] * 3, question)
    result.raised(ValueError, because)
    result.sent(1)
    asked(result, question)


def completion(reason: str | None, content: str | None, refusal: str | None = None) -> Step:
    """A completion of any kind: why it ended, its content, and its refusal, which may be None."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    choice = {"index": 0, "finish_reason": reason, "message": message}
    whole = {"id": "chatcmpl-simulated", "object": "chat.completion", "created": 1, "model": "a"}
    return returns({**whole, "choices": [choice]})


@CHECKED.case()
def good_answer(run: Run) -> None:
    """a good answer is returned"""
    for _ in range(2):
        question, answer = question_and_answer(run.rng)
        result = run([says(answer)], question)
        result.returned(answer)
        result.sent(1)
        asked(result, question)


@CHECKED.case(points=2)
def html_page(run: Run) -> None:
    """a page of HTML raises ValueError"""
    page = HTML.replace("terms", run.choose("terms", "rules", "cookies"))
    with hinting("The SDK returns such a page as a str.", AttributeError):
        rejected(run, returns(page, content_type="text/html"), "the response was a page of HTML")


@CHECKED.case()
def broken_json(run: Run) -> None:
    """broken JSON raises ValueError"""
    text = '{"id": "chatcmpl-1", "object": "chat.completion", "choices": [{"index"'
    rejected(run, returns(text[: run.rng.randint(30, 60)]), "the JSON was cut")


@CHECKED.case()
def other_shape(run: Run) -> None:
    """an object of another shape raises ValueError"""
    for other in (
        {"status": "ok"},
        {"detail": run.choose("not here", "try later")},
        {"choices": None},
        {"choices": [{"index": 0}]},
    ):
        rejected(run, returns(other), f"the response was {short(other)}")


@CHECKED.case()
def no_choices(run: Run) -> None:
    """an empty list of choices raises ValueError"""
    empty = {"id": "chatcmpl-simulated", "object": "chat.completion", "created": 1, "choices": []}
    rejected(run, returns({**empty, "model": run.choose("a", "b")}), "choices was empty")


@CHECKED.case()
def cut_answer(run: Run) -> None:
    """an answer that did not end with stop raises ValueError"""
    text = run.choose(*ANSWERS)[: run.rng.randint(5, 12)]
    with hinting("Look at finish_reason."):
        rejected(run, truncated(text), "finish_reason was length")
        rejected(run, filtered(text), "finish_reason was content_filter")
        for reason in ("tool_calls", "function_call", None):
            because = f"the completion had a text, but finish_reason was {reason}"
            rejected(run, completion(reason, text), because)


@CHECKED.case()
def refusal(run: Run) -> None:
    """a refusal raises ValueError"""
    rejected(run, refuses(), "the model refused: message.refusal has the text")
    beside = completion("stop", run.choose(*ANSWERS), "I can't help with that.")
    rejected(run, beside, "message.refusal was set, beside a text")


@CHECKED.case()
def empty_answer(run: Run) -> None:
    """an empty answer raises ValueError, and so does one of nothing but white space"""
    for text in ("", " \n"):
        rejected(run, says(text), f"the text was {text!r}")
    rejected(run, completion("stop", None), "the content was None")


@CHECKED.case()
def service_error(run: Run) -> None:
    """errors of the SDK propagate as they are"""
    for status in (401, 404, 429, 503):
        result = run([fails(status)] * 3, run.choose(*QUESTIONS))
        result.raised(openai.APIStatusError, f"the status was {status}")
    result = run([drops()] * 3, run.choose(*QUESTIONS))
    result.raised(openai.APIConnectionError, "the connection broke")


@CHECKED.case(hidden=True)
def other_responses(run: Run) -> None:
    """other responses"""
    rejected(run, returns({"error": None}), "the response had no choices")
    rejected(run, returns("<p>Moved</p>", content_type="text/html"), "the response was HTML")
