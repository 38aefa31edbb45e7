"""Answers for 05.3 read_review."""

import json
from enum import StrEnum
from typing import Literal

from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, Field


class Feeling(StrEnum):
    positive = "positive"
    mixed = "mixed"
    negative = "negative"


class Topic(StrEnum):
    quality = "quality"
    fit = "fit"
    price = "price"
    delivery = "delivery"


class Review(BaseModel):
    product: str
    sentiment: Feeling
    stars: Literal[1, 2, 3, 4, 5] | None
    topics: list[Topic]


class Loose(BaseModel):
    product: str
    sentiment: str  # positive, mixed or negative
    stars: int | None = Field(ge=1, le=5)
    topics: list[Topic]


class NoRange(BaseModel):
    product: str
    sentiment: Feeling
    stars: int | None  # 1 to 5
    topics: list[Topic]


class NeverNull(BaseModel):
    product: str
    sentiment: Feeling
    stars: int = Field(ge=1, le=5)
    topics: list[Topic]


class WithDefault(BaseModel):
    product: str
    sentiment: Feeling = Feeling.mixed
    stars: int | None = Field(None, ge=1, le=5)
    topics: list[Topic]


def ask(client, text, model):
    answer = client.chat.completions.parse(
        model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=model
    )
    return answer.choices[0].message


@right
def with_enumerations(client, text):
    return ask(client, text, Review).parsed.model_dump(mode="json")


@wrong("partly right", "The field sentiment may be any string in the schema")
def says_it_in_a_comment(client, text):
    return ask(client, text, Loose).parsed.model_dump(mode="json")


@wrong("partly right", "The field stars has no range from 1 to 5 in the schema")
def has_no_range(client, text):
    return ask(client, text, NoRange).parsed.model_dump(mode="json")


@wrong("partly right", "The field stars is integer in the schema, and integer or null was expected")
def cannot_say_none(client, text):
    return ask(client, text, NeverNull).parsed.model_dump(mode="json")


@wrong("raised", "'default' is not permitted")
def has_a_default(client, text):
    return ask(client, text, WithDefault).parsed.model_dump(mode="json")


@wrong("partly right", "and pydantic_core._pydantic_core.ValidationError was expected")
def does_not_validate(client, text):
    schema = Review.model_json_schema()
    schema["additionalProperties"] = False
    form = {"name": "review", "strict": True, "schema": schema}
    answer = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": text}],
        response_format={"type": "json_schema", "json_schema": form},
    )
    return json.loads(answer.choices[0].message.content)


@wrong("partly right", "It returned a Review object")
def returns_the_object(client, text):
    return ask(client, text, Review).parsed


class FreeTopics(BaseModel):
    product: str
    sentiment: Feeling
    stars: int | None = Field(ge=1, le=5)
    topics: list[str]


@wrong("partly right", "An entry of the field topics may be any string in the schema")
def takes_any_topic(client, text):
    return ask(client, text, FreeTopics).parsed.model_dump(mode="json")


class Exclusive(BaseModel):
    product: str
    sentiment: Literal["positive", "mixed", "negative"]
    stars: int | None = Field(gt=0, lt=6)
    topics: list[Literal["quality", "fit", "price", "delivery"]]


@right
def with_create_and_a_check(client, text):
    schema = Exclusive.model_json_schema() | {"additionalProperties": False}
    form = {"name": "review", "strict": True, "schema": schema}
    answer = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": text}],
        response_format={"type": "json_schema", "json_schema": form},
    )
    return vars(Exclusive.model_validate_json(answer.choices[0].message.content))


@right
def on_the_responses_api(client, text):
    response = client.responses.parse(model=CHAT_MODEL, input=text, text_format=Exclusive)
    return response.output_parsed.model_dump()


@wrong("partly right", "and pydantic_core._pydantic_core.ValidationError was expected")
def checks_the_stars_only(client, text):
    found = does_not_validate(client, text)
    if found["stars"] is not None and not 1 <= found["stars"] <= 5:
        Exclusive.model_validate(found)
    return found


class NoTopics(Exclusive):
    topics: list[Literal["quality", "fit", "price", "delivery"]] | None  # pyright: ignore[reportIncompatibleVariableOverride]


@wrong("partly right", "The field topics is array or null in the schema, and array was expected")
def lets_the_topics_be_null(client, text):
    return ask(client, text, NoTopics).parsed.model_dump()


@wrong("partly right", "and pydantic_core._pydantic_core.ValidationError was expected")
def hides_an_invalid_answer(client, text):
    try:
        return ask(client, text, Exclusive).parsed.model_dump()
    except ValueError:
        return {}
