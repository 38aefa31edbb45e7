"""Every status that the SDK knows, billing, and connections that break."""

from __future__ import annotations

from ...scripted import BILLING_CODES, Step, drops, fails, says, times_out
from ..model import Exercise, Run
from ..world import ANSWERS, QUESTIONS
from .failures import CURABLE, INCURABLE, asked

TRIAGE = Exercise(
    id="08.1",
    function="triage",
    title="decide what to do about an error",
    difficulty="easy",
    covers=["F1"],
    client={"max_retries": 0},
    hints=[
        "Two families are enough: openai.APIConnectionError (no response, timeouts included) and "
        "openai.APIStatusError (a response that says error).",
        "Not every status has a class of its own. error.status_code has the number: 408, 409, 429 "
        "and everything from 500 may clear by itself.",
        'A 429 comes in two kinds: error.type == "insufficient_quota" never clears until somebody '
        "pays. Look for it before you look at the status.",
    ],
)


def triaged(run: Run, step: Step, want: str, because: str) -> None:
    """Play one request that is answered so, and expect this word."""
    question = run.choose(*QUESTIONS)
    result = run([step], question)
    result.returned(want, because)
    result.sent(1)
    asked(result, question)


@TRIAGE.case()
def answered(run: Run) -> None:
    """an answer is answered"""
    triaged(run, says(run.choose(*ANSWERS)), "answered", "the service answered")


@TRIAGE.case(points=2, hint="not every status has a class; all have a status_code")
def may_clear(run: Run) -> None:
    """statuses that may clear by themselves are wait"""
    for status in run.rng.sample(CURABLE, len(CURABLE)):
        triaged(run, fails(status), "wait", f"the status was {status}")


@TRIAGE.case()
def no_response(run: Run) -> None:
    """no response at all is wait"""
    for step in (drops("connecting"), drops("answering"), times_out()):
        triaged(run, step, "wait", "no response came")


@TRIAGE.case(hint="it is a 429, too: look at type and code")
def unpaid_bill(run: Run) -> None:
    """a bill that is not paid is pay"""
    for code in run.rng.sample(sorted(BILLING_CODES), 3):
        triaged(run, fails(429, code=code), "pay", f"a 429 with the code {code}")


@TRIAGE.case(points=2)
def wrong_request(run: Run) -> None:
    """a request, a key or a right that is wrong is fix"""
    for status in run.rng.sample(INCURABLE, len(INCURABLE)):
        triaged(run, fails(status), "fix", f"the status was {status}")


@TRIAGE.case(hidden=True)
def statuses_without_class(run: Run) -> None:
    """statuses without a class of their own are sorted, too"""
    triaged(run, fails(run.choose(402, 410, 418, 451)), "fix", "the status was below 500")
    triaged(run, fails(run.choose(507, 520, 529)), "wait", "the status was above 500")
