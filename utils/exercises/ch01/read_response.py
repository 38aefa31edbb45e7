"""A response with every status that it can have."""

from __future__ import annotations

import openai

from ...scripted import drops, fails, filtered, refuses, response_fails, says, tokens, truncated
from ..model import Exercise, Result, Run
from ..world import ANSWERS, QUESTIONS, question_and_answer

READ = Exercise(
    id="01.9",
    function="read_response",
    title="read the text and the status of a response",
    difficulty="medium",
    covers=["A7", "A3"],
    hints=[
        "output is a list of items, and the first may be of type reasoning. output_text collects "
        "the text of all message items.",
        "status is completed, incomplete or failed; none of them raises an exception.",
        "The reason is in incomplete_details.reason or in error.message, and each of the two is "
        "None when it doesn't apply.",
        "A refusal has the status completed. Its text is in a part of the type refusal, in the "
        "content of a message item.",
    ],
)


def complete_one(run: Run, question: str = QUESTIONS[0]) -> Result:
    """Play a response that is complete."""
    answer = run.choose(*ANSWERS)
    result = run([says(answer)], question)
    result.returned((answer, None), "the response was complete")
    return result


@READ.case()
def complete(run: Run) -> None:
    """the text of a complete response, and no problem"""
    for question in run.rng.sample(QUESTIONS, 2):
        result = complete_one(run, question)
        result.sent(1)
        result.request(1).went_to("responses")
        result.request(1).contains(question, role="user")


@READ.case()
def reasoning_item(run: Run) -> None:
    """a reasoning item before the message doesn't matter"""
    question, answer = question_and_answer(run.rng)
    usage = tokens(40, 120, reasoning=96)
    run([says(answer, reasoning="Look it up.", usage=usage)], question).returned((answer, None))


@READ.case(points=2)
def incomplete(run: Run) -> None:
    """an incomplete response: the text so far, and the reason"""
    text = run.choose(*ANSWERS)[: run.rng.randint(8, 14)]
    for step, reason in ((truncated, "max_output_tokens"), (filtered, "content_filter")):
        for left in (text, ""):
            result = run([step(left)], run.choose(*QUESTIONS))
            result.returned((left, reason), "status was incomplete")


@READ.case()
def failed(run: Run) -> None:
    """a failed response: its error message"""
    message = f"The model failed to answer (case {run.rng.randint(1000, 9999)})."
    result = run([response_fails("server_error", message)], run.choose(*QUESTIONS))
    result.returned(("", message), "status was failed")


@READ.case(hint="Look at the type of each part of a message item.")
def refused(run: Run) -> None:
    """a refusal: no text, and the text of the refusal"""
    text = f"I'm sorry, I can't open order FO-{run.rng.randint(10_001, 12_400)}."
    result = run([refuses(text)], run.choose(*QUESTIONS))
    result.returned(("", text), "a part had the type refusal")


@READ.case()
def service_error(run: Run) -> None:
    """an exception is raised to the caller"""
    complete_one(run)
    for script, kind in (
        ([fails(401)], openai.AuthenticationError),
        ([fails(400)], openai.BadRequestError),
        ([drops()] * 3, openai.APIConnectionError),
    ):
        run(script, run.choose(*QUESTIONS)).raised(kind, "don't catch exceptions")


@READ.case(hidden=True)
def another_problem(run: Run) -> None:
    """each problem again, with other texts"""
    text = f"{run.choose(*ANSWERS)} ({run.rng.randint(100, 999)})"
    for step, want in (
        (says(text, reasoning="Let me see."), (text, None)),
        (truncated(text[:9], reasoning="Let me see."), (text[:9], "max_output_tokens")),
        (response_fails("server_error", text), ("", text)),
        (refuses(text), ("", text)),
    ):
        run([step], run.choose(*QUESTIONS)).returned(want)
