"""An answer with a usage and a request id that nobody can guess."""

from __future__ import annotations

from ...scripted import says, tokens
from ..model import Exercise, Result, Run
from ..world import question_and_answer

RECEIPT = Exercise(
    id="01.2",
    function="answer_with_receipt",
    title="return usage and request id with the answer",
    difficulty="easy",
    covers=["A1"],
    hints=[
        "Print the response once, and look at what it holds besides choices.",
        "usage has prompt_tokens and completion_tokens.",
        "The id of the request isn't in the body: the SDK copies the header x-request-id to "
        "response._request_id. (response.id is the id of the completion.)",
    ],
)


def answered(run: Run) -> tuple[Result, str, int, int]:
    """Play one question; the result, the answer, and the tokens of prompt and completion."""
    question, answer = question_and_answer(run.rng)
    prompt, completion = run.rng.randint(20, 900), run.rng.randint(5, 300)
    result = run([says(answer, usage=tokens(prompt, completion))], question)
    return result, answer, prompt, completion


@RECEIPT.case()
def text(run: Run) -> None:
    """text is the answer"""
    result, answer, _, _ = answered(run)
    result.field("text").equals(answer)


@RECEIPT.case()
def usage(run: Run) -> None:
    """prompt_tokens and completion_tokens come from the usage of the answer"""
    result, _, prompt, completion = answered(run)
    result.field("prompt_tokens").equals(prompt, "from the usage")
    result.field("completion_tokens").equals(completion, "from the usage")


@RECEIPT.case()
def request_id(run: Run) -> None:
    """request_id is the id that OpenAI's support asks for"""
    result, *_ = answered(run)
    result.field("request_id").equals("req_simulated_1", "from the header x-request-id")


@RECEIPT.case(hidden=True)
def one_request(run: Run) -> None:
    """one question costs one request"""
    result, *_ = answered(run)
    result.finished()
    result.sent(1)
