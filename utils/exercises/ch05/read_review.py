"""Reviews, and answers that keep to the model or break it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from ...scripted import says_json
from ..model import Exercise, Result, Run, hinting, short
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
        "Define class Review(BaseModel) inside the function. Comments in it do not reach the "
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
    """it sends the review and returns the fields as a dictionary"""
    for count in (1, len(TOPICS)):
        result, text, found = reviewed(run, topics=run.rng.sample(TOPICS, count))
        result.returned(found)
        result.sent(1)
        result.request(1).contains(text, "the review")


@READ_REVIEW.case()
def sentiment(run: Run) -> None:
    """product is a text, and sentiment is one of three, in the schema"""
    result, _, _ = reviewed(run)
    result.finished()
    schema = schema_sent(result.request(1))
    schema.has_fields("product", "sentiment", "stars", "topics")
    schema.field("product").is_of("string")
    with hinting('Literal["positive", "mixed", "negative"] lists the values.'):
        schema.field("sentiment").allows_only(SENTIMENTS)
        schema.field("sentiment").is_of("string")


@READ_REVIEW.case()
def stars(run: Run) -> None:
    """stars run from 1 to 5, or are null, in the schema"""
    result, _, _ = reviewed(run)
    result.finished()
    stars = schema_sent(result.request(1)).field("stars")
    with hinting("int | None, and Field(ge=, le=)"):
        stars.is_of("integer", "null")
        stars.ranges(1, 5)


@READ_REVIEW.case()
def topics(run: Run) -> None:
    """topics is a list of four known words, in the schema"""
    result, _, _ = reviewed(run)
    result.finished()
    topics = schema_sent(result.request(1)).field("topics")
    topics.is_of("array")
    with hinting("list[Literal[...]]"):
        topics.entry().allows_only(TOPICS)
        topics.entry().is_of("string")


@READ_REVIEW.case()
def no_stars(run: Run) -> None:
    """a review without stars has None there"""
    result, _, found = reviewed(run, stars=None, topics=[])
    result.returned(found, "the model answered null")


@READ_REVIEW.case(points=2)
def invalid_answer(run: Run) -> None:
    """an answer that breaks the model raises pydantic's ValidationError"""
    broken: list[dict[str, Any]] = [
        {"stars": run.rng.randint(6, 99)},
        {"stars": 0},
        {"sentiment": "meh"},
        {"topics": ["smell"]},
    ]
    with hinting("A server that ignores the schema may answer so. Let pydantic check the answer."):
        for bad in broken:
            result, _, _ = reviewed(run, **bad)
            result.raised(ValidationError, f"the answer had {short(bad)}")


@READ_REVIEW.case(hidden=True)
def more_reviews(run: Run) -> None:
    """other reviews"""
    for stars in (1, 5, None):
        result, _, found = reviewed(run, stars=stars, topics=run.rng.sample(TOPICS, 3))
        result.returned(found)
