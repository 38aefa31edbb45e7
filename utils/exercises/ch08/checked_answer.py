"""Responses with status 200, few of which are an answer."""

from __future__ import annotations

import openai

from ...scripted import Step, fails, filtered, refuses, returns, says, truncated
from ..model import Exercise, Run, short
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
    result = run([step] * 3, run.choose(*QUESTIONS))
    result.raised(ValueError, because)
    result.sent(1)


@CHECKED.case()
def good_answer(run: Run) -> None:
    """a good answer is returned"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned(answer)
    result.sent(1)
    asked(result, question)


@CHECKED.case(points=2, hint="what is the type of a page's object?")
def html_page(run: Run) -> None:
    """a page of HTML is no answer"""
    page = HTML.replace("terms", run.choose("terms", "rules", "cookies"))
    rejected(run, returns(page, content_type="text/html"), "the response was a page of HTML")


@CHECKED.case()
def other_shape(run: Run) -> None:
    """an object of another shape is no answer"""
    other = run.choose({"status": "ok"}, {"detail": "not here"}, {"choices": None})
    rejected(run, returns(other), f"the response was {short(other)}")


@CHECKED.case()
def no_choices(run: Run) -> None:
    """no choices are no answer"""
    empty = {"id": "chatcmpl-simulated", "object": "chat.completion", "created": 1, "choices": []}
    rejected(run, returns({**empty, "model": run.choose("a", "b")}), "choices was empty")


@CHECKED.case(hint="look at finish_reason")
def cut_answer(run: Run) -> None:
    """an answer that is cut is no answer"""
    text = run.choose(*ANSWERS)[: run.rng.randint(5, 12)]
    rejected(run, truncated(text), "finish_reason was length")
    rejected(run, filtered(text), "finish_reason was content_filter")


@CHECKED.case()
def refusal(run: Run) -> None:
    """a refusal is no answer"""
    rejected(run, refuses(), "the model refused: message.refusal has the text")


@CHECKED.case()
def service_error(run: Run) -> None:
    """an error of the service is let out as it is"""
    status = run.choose(401, 404, 503)
    result = run([fails(status)] * 3, run.choose(*QUESTIONS))
    result.raised(openai.APIStatusError, f"the status was {status}")


@CHECKED.case(hidden=True)
def hollow_answers(run: Run) -> None:
    """empty, broken and hollow ones are no answers either"""
    rejected(run, says(run.choose("", " \n")), "the answer was empty")
    rejected(run, returns('{"id": "chatcmpl-1", "choices": [{'), "the JSON was cut")
    rejected(run, returns({"choices": [{"index": 0}]}), "the choice had no message")
