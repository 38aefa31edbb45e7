"""An answer with a usage and a request id that nobody can guess."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...scripted import Reply, SentRequest, Step, says, tokens
from ...scripted.answers import Ids
from ..model import Exercise, Result, Run
from ..world import ANSWERS, QUESTIONS

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


@dataclass(frozen=True)
class Stamped(Step):
    """A step whose reply has this request id."""

    step: Step
    id: str

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.step.reply(sent, ids)
        return replace(made, headers=(*made.headers, ("x-request-id", self.id)))


@dataclass(frozen=True)
class Receipt:
    """A question that was asked, and what should be on its receipt."""

    result: Result
    text: str
    prompt: int
    completion: int
    request_id: str


def answered(run: Run, question: str = QUESTIONS[0]) -> Receipt:
    """Play one question."""
    answer = run.choose(*ANSWERS)
    prompt, completion = run.rng.randint(20, 900), run.rng.randint(5, 300)
    id = f"req_{run.rng.randrange(16**12):012x}"
    cached, reasoning = run.rng.randint(1, prompt - 1), run.rng.randint(1, completion - 1)
    usage = tokens(prompt, completion, cached=cached, reasoning=reasoning)
    step = says(answer, usage=usage)
    return Receipt(run([Stamped(step, id)], question), answer, prompt, completion, id)


@RECEIPT.case()
def one_request(run: Run) -> None:
    """it sends the question as a user message, in one Chat Completions request"""
    for question in run.rng.sample(QUESTIONS, 2):
        result = answered(run, question).result
        result.sent(1)
        request = result.request(1)
        request.went_to("chat")
        request.contains(question, role="user")


@RECEIPT.case()
def text(run: Run) -> None:
    """text is the answer"""
    receipt = answered(run)
    receipt.result.field("text").equals(receipt.text)


@RECEIPT.case()
def usage(run: Run) -> None:
    """prompt_tokens and completion_tokens come from the usage of the answer"""
    receipt = answered(run)
    receipt.result.field("prompt_tokens").equals(receipt.prompt, "from the usage")
    receipt.result.field("completion_tokens").equals(receipt.completion, "from the usage")


@RECEIPT.case()
def request_id(run: Run) -> None:
    """request_id is the id that OpenAI's support asks for"""
    receipt = answered(run)
    receipt.result.field("request_id").equals(receipt.request_id, "from the header x-request-id")


@RECEIPT.case(hidden=True)
def another_receipt(run: Run) -> None:
    """all four values fit another answer, too"""
    receipt = answered(run)
    receipt.result.field("text").equals(receipt.text)
    receipt.result.field("prompt_tokens").equals(receipt.prompt, "from the usage")
    receipt.result.field("completion_tokens").equals(receipt.completion, "from the usage")
    receipt.result.field("request_id").equals(receipt.request_id, "from the header x-request-id")
