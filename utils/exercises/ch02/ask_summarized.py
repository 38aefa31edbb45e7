"""A long history, and a summary of its older part that may fail."""

from __future__ import annotations

import openai

from ...scripted import Step, says
from ..model import Exercise, Run
from .conversations import (
    NEVER,
    QUESTIONS,
    REPLIES,
    Chat,
    chat,
    failures,
    incomplete,
    message,
)

SUMMARY = Exercise(
    id="02.8",
    function="ask_summarized",
    title="summarize the older turns",
    difficulty="stretch",
    covers=["A4"],
    client={"max_retries": 0},
    hints=[
        "Split the messages after the developer message into an old part and the last 2 * keep. If "
        "there is no old part, ask without a summary.",
        "The first request holds the text of the old part and asks for a summary. The second one "
        "holds the developer message, a developer message with the summary, the recent turns and "
        "the question.",
        "Wrap only the first request in try, except openai.APIError. Use no summary whose "
        "finish_reason is not stop: half a summary is worse than none.",
    ],
)

SUMMARIES = (
    "Ingrid owns a Skarn 2 and hikes with her dog.",
    "The customer wants delivery to Voss and can spend 180 euros.",
    "Boots in size 43, wide; a broken tent pole.",
)


def recent(history: Chat, keep: int) -> Chat:
    """The last turns."""
    return history[len(history) - 2 * keep :]


@SUMMARY.case()
def short_conversation(run: Run) -> None:
    """with no older turns there is one request, without a summary"""
    for keep, number in ((2, 2), (3, 1), (1, 0)):
        history, question = chat(run.rng, number), run.choose(*QUESTIONS)
        answer = run.choose(*REPLIES)
        result = run([says(answer), NEVER], history, question, keep)
        result.sent(1, f"{number or 'no'} turn{'' if number == 1 else 's'}, and keep is {keep}")
        result.returned(answer)
        result.request(1).has_messages([*history, message("user", question)])


@SUMMARY.case(points=2)
def summarizes_old_turns(run: Run) -> None:
    """the first request has the older turns, and only those, to be summarized"""
    for keep in (2, 1, 3):
        history, question = chat(run.rng, keep + run.rng.randint(1, 2)), run.choose(*QUESTIONS)
        script = [says(run.choose(*SUMMARIES)), says(run.choose(*REPLIES))]
        result = run(script, history, question, keep)
        result.ended_as_expected()
        request, kept = result.request(1), recent(history, keep)
        for old in history[1 : len(history) - len(kept)]:
            request.contains(old["content"], f"a message that is older than the last {keep} turns")
        for new in kept:
            request.omits(new["content"], "that is sent in full anyway")
        request.omits(question, "the question comes in the second request")


@SUMMARY.case(points=2)
def uses_summary(run: Run) -> None:
    """the second request has the summary in a developer message, then the recent turns"""
    for keep in (1, 3):
        history, question = chat(run.rng, 5), run.choose(*QUESTIONS)
        summary, answer = run.choose(*SUMMARIES), run.choose(*REPLIES)
        result = run([says(summary), says(answer)], history, question, keep)
        result.returned(answer)
        request = result.request(2)
        request.contains(history[0]["content"], "the instructions of the history", role="developer")
        request.contains(summary, "the summary", role="developer")
        want = [*recent(history, keep), message("user", question)]
        because = f"the last {keep} turns, then the question"
        request.has_messages(want, because, besides="developer")
        first = request.messages[0]
        if history[0]["content"] not in first.text:
            request.has_messages([history[0], *want], "the instructions come first")


def without_summary(run: Run, step: Step, because: str) -> None:
    """Play a summary that is answered with `step`, and expect the question without one."""
    history, keep, question = chat(run.rng, 4), run.rng.randint(1, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    result = run([step, says(answer)], history, question, keep)
    result.returned(answer)
    want = [history[0], *recent(history, keep), message("user", question)]
    result.request(2).has_messages(want, because)


@SUMMARY.case(points=2)
def summary_fails(run: Run) -> None:
    """if the request for the summary fails, the question is asked without one"""
    for step in failures():
        without_summary(run, step, "there is no summary")


@SUMMARY.case(points=2)
def summary_not_complete(run: Run) -> None:
    """a summary that is empty, refused, filtered, or cut off isn't used"""
    without_summary(run, says(""), "there is no usable summary: it was empty")
    for step, because in incomplete(run):
        without_summary(run, step, f"there is no usable summary: {because}")


@SUMMARY.case()
def question_fails(run: Run) -> None:
    """if the question itself fails, the error is raised to the caller"""
    for step in failures():
        result = run([says(run.choose(*SUMMARIES)), step, NEVER], chat(run.rng, 3), QUESTIONS[0], 1)
        result.sent(2, "the caller decides about another try")
        result.raised(openai.APIError)


@SUMMARY.case()
def no_complete_answer(run: Run) -> None:
    """without a complete answer to the question, it returns None"""
    for step, because in incomplete(run):
        history, question = chat(run.rng, 3), run.choose(*QUESTIONS)
        result = run([says(run.choose(*SUMMARIES)), step], history, question, 1)
        result.returned(None, because)
        result.request(2).contains(question)
