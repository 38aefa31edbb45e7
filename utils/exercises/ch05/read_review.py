"""Reviews, and answers that keep to the model or break it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ...scripted import says_json
from ..model import Exercise, Result, Run, short
from .extraction import review_of, schema_sent, strictly

SENTIMENTS = ("positive", "mixed", "negative")
TOPICS = ("quality", "fit", "price", "delivery")

READ_REVIEW = Exercise(
    id="05.3",
    function="read_review",
    title="describe an answer with a pydantic model",
    difficulty="easy",
    covers=["D1"],
    hints=[
        "class Review(BaseModel) may stand inside the function. Comments in it do not reach the "
        "model; types do.",
        'Literal["positive", "mixed", "negative"] for one of three texts, list[Literal[...]] for '
        "some of them.",
        "stars: int | None = Field(ge=1, le=5)",
        "client.chat.completions.parse(..., response_format=Review), then "
        "choices[0].message.parsed.model_dump().",
    ],
)


def reviewed(run: Run, **changed: Any) -> tuple[Result, str, dict[str, Any]]:
    """Play a review; result, text, and what the model found, with these changes."""
    text, product = review_of(run.rng)
    found = {
        "product": product,
        "sentiment": run.choose(*SENTIMENTS),
        "stars": run.choose(1, 2, 3, 4, 5),
        "topics": run.rng.sample(TOPICS, 2),
        **changed,
    }
    return run([strictly(says_json(found))], text), text, found


@READ_REVIEW.case()
def returns_fields(run: Run) -> None:
    """it returns the fields as a dictionary"""
    result, text, found = reviewed(run)
    result.returned(found)
    result.sent(1)
    result.request(1).contains(text, "the review")


@READ_REVIEW.case(hint="Literal")
def sentiment(run: Run) -> None:
    """sentiment is one of three, in the schema"""
    result, _, _ = reviewed(run)
    result.finished()
    schema = schema_sent(result.request(1))
    schema.field("product").is_of("string")
    schema.field("sentiment").allows_only(SENTIMENTS)


@READ_REVIEW.case(hint="int | None, and Field(ge=, le=)")
def stars(run: Run) -> None:
    """stars run from 1 to 5, or are null"""
    result, _, _ = reviewed(run)
    result.finished()
    stars = schema_sent(result.request(1)).field("stars")
    stars.is_of("integer", "null")
    stars.ranges(1, 5)


@READ_REVIEW.case()
def topics(run: Run) -> None:
    """topics is a list of four known words"""
    result, _, _ = reviewed(run)
    result.finished()
    schema_sent(result.request(1)).field("topics").entry().allows_only(TOPICS)


@READ_REVIEW.case()
def no_stars(run: Run) -> None:
    """a review without stars has None there"""
    result, _, found = reviewed(run, stars=None, topics=[])
    result.returned(found, "the model answered null")


@READ_REVIEW.case(
    points=2, hint="a server that ignores the schema may answer so; pydantic checks it again"
)
def invalid_answer(run: Run) -> None:
    """an answer that breaks the model raises ValidationError"""
    bad = run.choose({"stars": run.rng.randint(6, 99)}, {"sentiment": "meh"}, {"topics": ["smell"]})
    result, _, _ = reviewed(run, **bad)
    result.raised(ValidationError, f"the answer had {short(bad)}")
