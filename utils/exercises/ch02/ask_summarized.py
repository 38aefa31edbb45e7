"""A long history, and a summary of its older part that may fail."""

from __future__ import annotations

import openai

from ...scripted import Step, fails, says, truncated
from ..model import Exercise, Run
from .conversations import QUESTIONS, REPLIES, Chat, chat, message

SUMMARY = Exercise(
    id="02.8",
    function="ask_summarized",
    title="summarize the older turns",
    difficulty="stretch",
    covers=["A4"],
    client={"max_retries": 0},
    hints=[
        "Split the messages after the developer message into an old part and the last 2 * keep. If "
        "there is no old part, ask as always.",
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
    """a short conversation is one request, without a summary"""
    keep = run.rng.randint(2, 3)
    history, question, answer = chat(run.rng, keep), run.choose(*QUESTIONS), run.choose(*REPLIES)
    result = run([says(answer)], history, question, keep)
    result.returned(answer)
    result.sent(1)
    result.request(1).has_messages([*history, message("user", question)])


@SUMMARY.case(points=2)
def summarizes_old_turns(run: Run) -> None:
    """the first request gives the old turns, and only those, to be summarized"""
    history, keep = chat(run.rng, 5), run.rng.randint(1, 3)
    script = [says(run.choose(*SUMMARIES)), says(run.choose(*REPLIES))]
    result = run(script, history, run.choose(*QUESTIONS), keep)
    request, kept = result.request(1), recent(history, keep)
    for old in history[1 : len(history) - len(kept)]:
        request.contains(old["content"], f"what is older than the last {keep} turns")
    for new in kept:
        request.omits(new["content"], "that is sent in full anyway")


@SUMMARY.case()
def uses_summary(run: Run) -> None:
    """the second request has the summary in a developer message, then the recent turns"""
    history, keep, question = chat(run.rng, 5), run.rng.randint(1, 3), run.choose(*QUESTIONS)
    summary, answer = run.choose(*SUMMARIES), run.choose(*REPLIES)
    result = run([says(summary), says(answer)], history, question, keep)
    result.returned(answer)
    request = result.request(2)
    request.contains(history[0]["content"], "the instructions of the history", role="developer")
    request.contains(summary, "the summary", role="developer")
    want = [*recent(history, keep), message("user", question)]
    because = f"the last {keep} turns, then the question"
    request.has_messages(want, because, besides="developer")


def without_summary(run: Run, first: Step) -> None:
    """Play a summary that is answered with `first`, and expect the question without one."""
    history, keep, question = chat(run.rng, 4), run.rng.randint(1, 2), run.choose(*QUESTIONS)
    answer = run.choose(*REPLIES)
    result = run([first, says(answer)], history, question, keep)
    result.returned(answer)
    want = [history[0], *recent(history, keep), message("user", question)]
    result.request(2).has_messages(want, "there is no usable summary")


@SUMMARY.case(points=2)
def summary_fails(run: Run) -> None:
    """if the summary fails, the question is asked without it"""
    without_summary(run, fails(run.choose(429, 500, 503)))


@SUMMARY.case(points=2)
def summary_cut_off(run: Run) -> None:
    """a summary that was cut off is not used"""
    without_summary(run, truncated("Ingrid owns a"))


@SUMMARY.case(hidden=True)
def question_fails(run: Run) -> None:
    """a failure of the question itself gets out"""
    script = [says(run.choose(*SUMMARIES)), fails(500), says("Never said.")]
    result = run(script, chat(run.rng, 3), run.choose(*QUESTIONS), 1)
    result.raised(openai.InternalServerError)
    result.sent(2)
