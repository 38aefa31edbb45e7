"""Answers and errors, some of which quote the question or the key."""

from __future__ import annotations

import random
from typing import Any

import openai

from ...scripted import Step, drops, fails, says, times_out
from ..model import Exercise, Result, Run, Spy, Value, expect, short
from ..world import QUESTIONS, question_and_answer
from .failures import Headed, asked


def request_id(rng: random.Random) -> str:
    """An id as the service gives one to every request."""
    return f"req_simulated_{rng.getrandbits(48):012x}"


KEY = "key-4f1b93c07de5a8062b"

LOG = Exercise(
    id="08.10",
    function="ask_and_log",
    title="log the request id but no secrets",
    difficulty="easy",
    covers=["F4", "F1"],
    client={"max_retries": 0, "api_key": KEY},
    hints=[
        "A completion has its id in answer._request_id, an APIStatusError in error.request_id. "
        "An APIConnectionError has neither id nor status: getattr(error, 'status_code', None).",
        "The error's class name is type(error).__name__, its text str(error).",
        "text.replace(question, '[question]').replace(client.api_key, '[key]') takes out both. "
        "After log(entry) a bare raise raises the error to the caller.",
    ],
)


def logged(run: Run, step: Step, question: str) -> tuple[Result, Value]:
    """Play a question that is answered so; the result, and its one entry in the log."""
    result = run([step], question, Spy("log", lambda _: None))
    failure = result.outcome.failure
    if result.outcome.stopped or (failure and not failure.is_a(openai.APIError)):
        result.finished()
    [call] = result.called("log", 1)
    result.sent(1)
    asked(result, question)
    given = call.values
    expect(
        len(given) == 1 and isinstance(given[0], dict),
        f"it called log with {short(list(given))}, and one dictionary was expected",
    )
    return result, Value(given[0], "the log entry")


def says_that(entry: Value, **want: Any) -> None:
    """The entry has these values."""
    for name, value in want.items():
        entry.field(name).equals(value)


def piece(secret: str, text: str, length: int) -> str | None:
    """The first piece of a secret, of so many characters, that is in the text."""
    pieces = (secret[at : at + length] for at in range(len(secret) - length + 1))
    return next((piece for piece in pieces if piece in text), None)


def clean(entry: Value, question: str) -> None:
    """Neither the key nor the question is in the entry, nor a long piece of one of them."""
    text, message = repr(entry.value), short(entry.value.get("message"))
    expect(KEY not in text, f"the key is in the log: {message}")
    expect(question not in text, f"the question is in the log: {message}")
    for secret, name, length in ((KEY, "key", 8), (question, "question", 14)):
        left = piece(secret, text, length)
        expect(left is None, f"a piece of the {name}, {left!r}, is in the log: {message}")


@LOG.case()
def success(run: Run) -> None:
    """an answer is returned, and logged with its request id"""
    for _ in range(2):
        question, answer = question_and_answer(run.rng)
        id = request_id(run.rng)
        result, entry = logged(run, Headed(says(answer), {"x-request-id": id}), question)
        result.returned(answer)
        says_that(entry, outcome="ok", status=200, request_id=id, message="")
        clean(entry, question)


NAMES = {
    400: "BadRequestError",
    401: "AuthenticationError",
    404: "NotFoundError",
    429: "RateLimitError",
    500: "InternalServerError",
}


@LOG.case(points=2)
def failure(run: Run) -> None:
    """an error is logged with its name, status, request id, and text, and propagates"""
    for status, name in NAMES.items():
        question, id = run.choose(*QUESTIONS), request_id(run.rng)
        text = f"Something is wrong with number {run.rng.randint(100, 999)} (simulated)."
        step = Headed(fails(status, text), {"x-request-id": id})
        result, entry = logged(run, step, question)
        says_that(entry, outcome=name, status=status, request_id=id)
        result.raised(openai.APIStatusError, "the caller has to know")
        entry.field("message").contains(text, "the service said that")


@LOG.case()
def no_response(run: Run) -> None:
    """if no response came, status and request id are None"""
    for step, name in (
        (drops("connecting"), "APIConnectionError"),
        (drops("waiting"), "APIConnectionError"),
        (times_out(), "APITimeoutError"),
    ):
        result, entry = logged(run, step, run.choose(*QUESTIONS))
        says_that(entry, outcome=name, status=None, request_id=None)
        entry.field("message").text()
        result.raised(openai.APIConnectionError, "the caller has to know")


@LOG.case(points=2)
def quoted_question(run: Run) -> None:
    """the question isn't in the log, though the error quotes it, and the rest of the text is"""
    question = f"{run.choose(*QUESTIONS)} My name is {run.choose('Ines', 'Tom', 'Aoife')} Hartley."
    step = fails(400, f"Invalid prompt: '{question}' was rejected by the gateway (simulated)")
    result, entry = logged(run, step, question)
    clean(entry, question)
    for part in ("Invalid prompt: ", "was rejected by the gateway"):
        entry.field("message").contains(part, "what isn't a secret should stay in it")
    result.raised(openai.BadRequestError, "the caller has to know")


@LOG.case()
def quoted_key(run: Run) -> None:
    """the key isn't in the log, though the error quotes it, and the rest of the text is"""
    question = run.choose(*QUESTIONS)
    step = fails(401, f"Incorrect API key provided: {KEY}, again {KEY} (simulated)")
    result, entry = logged(run, step, question)
    clean(entry, question)
    entry.field("message").contains("Incorrect API key provided", "that isn't a secret")
    result.raised(openai.AuthenticationError, "the caller has to know")


@LOG.case(hidden=True)
def both_quoted(run: Run) -> None:
    """another error, which quotes both"""
    question = run.choose(*QUESTIONS)
    step = fails(403, f"{KEY} may not ask {question} of this model (simulated)")
    result, entry = logged(run, step, question)
    says_that(entry, outcome="PermissionDeniedError", status=403)
    clean(entry, question)
    result.raised(openai.PermissionDeniedError)
