"""Answers that are whole, refused, cut off or filtered, each with its usage."""

from __future__ import annotations

from ...scripted import Step, Usage, filtered, refuses, says_json, truncated
from ..model import Exercise, Run
from ..world import PRODUCTS
from .extraction import review_of, schema_sent, total, usage_of

WHY = Exercise(
    id="05.5",
    function="read_or_say_why",
    title="report why no object came back",
    difficulty="medium",
    covers=["D1", "F1"],
    hints=[
        "parse() has three ways to bring no object. Two of them are exceptions.",
        "openai.LengthFinishReasonError and openai.ContentFilterFinishReasonError both have the "
        "completion they are about, with its usage, in .completion.",
        "A refusal is no exception: message.parsed is None, and message.refusal has a text.",
    ],
)


def without_record(run: Run, step: Step, status: str, used: Usage, because: str) -> None:
    """Play an answer without an object, and expect this status and the tokens."""
    text, _ = review_of(run.rng)
    result = run([step], text)
    result.returned({"status": status, "record": None, "tokens": total(used)}, because)


@WHY.case()
def record(run: Run) -> None:
    """a record is ok"""
    used, stars = usage_of(run.rng), run.rng.randint(1, 5)
    text, product = review_of(run.rng)
    found = {"product": product, "stars": stars}
    result = run([says_json(found, usage=used)], text)
    result.returned({"status": "ok", "record": found, "tokens": total(used)})
    result.sent(1)
    result.request(1).contains(text, "the review")
    schema_sent(result.request(1)).field("stars").ranges(1, 5)


@WHY.case(points=2, hint="message.refusal")
def refusal(run: Run) -> None:
    """a refusal is refused"""
    used = usage_of(run.rng)
    without_record(run, refuses(usage=used), "refused", used, "the model refused")


@WHY.case(points=2)
def cut_off(run: Run) -> None:
    """an answer at the cap is cut off, and its tokens count"""
    used, text = usage_of(run.rng), f'{{"product": "{run.choose(*PRODUCTS)[:5]}'
    step = truncated(text, usage=used)
    without_record(run, step, "cut off", used, "finish_reason was length")


@WHY.case()
def content_filter(run: Run) -> None:
    """an answer that was filtered is filtered, and its tokens count"""
    used = usage_of(run.rng)
    because = "finish_reason was content_filter"
    without_record(run, filtered(usage=used), "filtered", used, because)


@WHY.case(hidden=True)
def cut_before_start(run: Run) -> None:
    """a cap that was eaten up before the first brace is cut off, too"""
    used = usage_of(run.rng)
    step = truncated("", usage=used)
    without_record(run, step, "cut off", used, "finish_reason was length")
