"""Every status that the SDK knows, billing, and connections that break."""

from __future__ import annotations

from ...scripted import BILLING_CODES, Step, drops, fails, says, times_out
from ..model import Exercise, Run, hinting
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
        "Not every status has its own class. error.status_code has the number: 408, 409, 429 "
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
    """an answer is answered, and takes one request"""
    triaged(run, says(run.choose(*ANSWERS)), "answered", "the service answered")


@TRIAGE.case(points=2)
def may_clear(run: Run) -> None:
    """statuses that the SDK repeats are wait"""
    with hinting("Not every status has a class; all have a status_code."):
        for status in (*CURABLE, 507, 520, 529):
            triaged(run, fails(status), "wait", f"the status was {status}")
        words = "Your quota of requests for this minute is used up. Please try again later."
        triaged(run, fails(429, words), "wait", "a 429 for the rate, which has the word quota")


@TRIAGE.case()
def no_response(run: Run) -> None:
    """no response at all is wait"""
    for step in (drops("connecting"), drops("answering"), times_out()):
        triaged(run, step, "wait", "no response came")


@TRIAGE.case()
def unpaid_bill(run: Run) -> None:
    """a bill that isn't paid is pay"""
    with hinting("It is a 429, too. Look at the error's type and code."):
        for code in sorted(BILLING_CODES):
            for words in (None, "Please check your plan and the details of your account."):
                step = fails(429, words, code=code)
                triaged(run, step, "pay", f"a 429 with the code {code}")


@TRIAGE.case(points=2)
def wrong_request(run: Run) -> None:
    """a request, a key or a right that is wrong is fix"""
    for status in (*INCURABLE, 402, 410, 451):
        triaged(run, fails(status), "fix", f"the status was {status}")


@TRIAGE.case(hidden=True)
def other_statuses(run: Run) -> None:
    """other statuses"""
    triaged(run, fails(run.choose(405, 415, 418)), "fix", "the status was below 500")
    triaged(run, fails(run.choose(505, 522, 530)), "wait", "the status was above 500")
