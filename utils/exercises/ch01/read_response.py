"""A response with every status that it can have."""

from __future__ import annotations

import openai

from ...scripted import fails, filtered, refuses, response_fails, says, tokens, truncated
from ..model import Exercise, Run
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


@READ.case()
def complete(run: Run) -> None:
    """the text of a complete response, and no problem"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned((answer, None))
    result.sent(1)
    result.request(1).went_to("responses")
    result.request(1).contains(question)


@READ.case()
def reasoning_item(run: Run) -> None:
    """a reasoning item before the message doesn't matter"""
    question, answer = question_and_answer(run.rng)
    usage = tokens(40, 120, reasoning=96)
    run([says(answer, reasoning="Look it up.", usage=usage)], question).returned((answer, None))


@READ.case(points=2)
def incomplete(run: Run) -> None:
    """an incomplete response: the text so far, and the reason"""
    answer = run.choose(*ANSWERS)[: run.rng.randint(8, 14)]
    result = run([truncated(answer)], run.choose(*QUESTIONS))
    result.returned((answer, "max_output_tokens"), "status was incomplete")
    result = run([filtered()], run.choose(*QUESTIONS))
    result.returned(("", "content_filter"), "status was incomplete")


@READ.case()
def failed(run: Run) -> None:
    """a failed response: its error message"""
    message = run.choose("The model failed to answer.", "The model is being restarted.")
    result = run([response_fails("server_error", message)], run.choose(*QUESTIONS))
    result.returned(("", message), "status was failed")


@READ.case(hint="look at the type of each part of a message item")
def refused(run: Run) -> None:
    """a refusal: no text, and the text of the refusal"""
    text = run.choose("I'm sorry, I can't help with that.", "I can't share that.")
    result = run([refuses(text)], run.choose(*QUESTIONS))
    result.returned(("", text), "a part had the type refusal")


@READ.case(hidden=True)
def service_error(run: Run) -> None:
    """an exception is raised to the caller"""
    result = run([fails(401)], run.choose(*QUESTIONS))
    result.raised(openai.AuthenticationError)
