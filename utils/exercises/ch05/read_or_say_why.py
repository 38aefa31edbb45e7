"""Answers that are whole, refused, cut off or filtered, each with its usage."""

from __future__ import annotations

from ...scripted import Step, filtered, refuses, says_json, truncated
from ..model import Exercise, Result, Run
from ..world import PRODUCTS
from .extraction import asks_with, review_of, schema_sent, total, usage_of

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


def _why(run: Run, step: Step) -> tuple[Result, str]:
    text, _ = review_of(run.rng)
    return run([step], text), text


@WHY.case()
def record(run: Run) -> None:
    """a record is ok"""
    used, stars = usage_of(run.rng), run.rng.randint(1, 5)
    text, product = review_of(run.rng)
    record = {"product": product, "stars": stars}
    result = run([says_json(record, usage=used)], text)
    result.returned({"status": "ok", "record": record, "tokens": total(used)})
    result.sent(1)
    asks_with(result, text)
    schema_sent(result.request(1)).field("stars").ranges(1, 5)


@WHY.case(points=2, hint="message.refusal")
def refusal(run: Run) -> None:
    """a refusal is refused"""
    used = usage_of(run.rng)
    result, _ = _why(run, refuses(usage=used))
    result.returned(
        {"status": "refused", "record": None, "tokens": total(used)}, "the model refused"
    )


def _cut(run: Run, text: str) -> None:
    used = usage_of(run.rng)
    result, _ = _why(run, truncated(text, usage=used))
    result.returned(
        {"status": "cut off", "record": None, "tokens": total(used)}, "finish_reason was length"
    )


@WHY.case(points=2)
def cut_off(run: Run) -> None:
    """an answer at the cap is cut off, and its tokens count"""
    _cut(run, f'{{"product": "{run.choose(*PRODUCTS)[:5]}')


@WHY.case()
def content_filter(run: Run) -> None:
    """an answer that was filtered is filtered, and its tokens count"""
    used = usage_of(run.rng)
    result, _ = _why(run, filtered(usage=used))
    result.returned(
        {"status": "filtered", "record": None, "tokens": total(used)},
        "finish_reason was content_filter",
    )


@WHY.case(hidden=True)
def cut_before_start(run: Run) -> None:
    """a cap that was eaten up before the first brace is cut off, too"""
    _cut(run, "")
