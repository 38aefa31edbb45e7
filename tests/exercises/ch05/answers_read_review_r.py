"""Answers for 05.9 read_review_r."""

import json
from typing import Any

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Review(BaseModel):
    model_config = ConfigDict(extra="forbid")
    product: str
    stars: int = Field(ge=1, le=5)


FORM = {
    "type": "json_schema",
    "name": "review",
    "strict": True,
    "schema": Review.model_json_schema(),
}


def ask(client, text, form=FORM):
    return client.responses.create(model=CHAT_MODEL, input=text, text={"format": form})


def outcome(status, record=None):
    return {"status": status, "record": record}


def refused(response):
    return any(
        part.type == "refusal"
        for item in response.output
        if item.type == "message"
        for part in item.content
    )


def validated(response):
    try:
        return outcome("ok", Review.model_validate_json(response.output_text).model_dump())
    except ValidationError:
        return outcome("invalid")


@right
def from_the_raw_response(client, text):
    raw = client.responses.with_raw_response.parse(model=CHAT_MODEL, input=text, text_format=Review)
    body: Any = raw.http_response.json()
    if body["status"] == "incomplete":
        reason = body["incomplete_details"]["reason"]
        return outcome({"max_output_tokens": "cut off"}.get(reason, "filtered"))
    try:
        parsed = raw.parse().output_parsed
    except ValidationError:
        return outcome("invalid")
    return outcome("ok", parsed.model_dump()) if parsed else outcome("refused")


@wrong("partly right", "(the reason was max_output_tokens)")
def parse_cannot_tell(client, text):
    try:
        response = client.responses.parse(model=CHAT_MODEL, input=text, text_format=Review)
    except ValidationError:
        return outcome("invalid")
    if response.output_parsed is None:
        return outcome("refused" if refused(response) else "cut off")
    return outcome("ok", response.output_parsed.model_dump())


@wrong("partly right", "It raised ValidationError: 1 validation error for Review")
def waits_for_the_error_of_chat(client, text):
    try:
        response = client.responses.parse(model=CHAT_MODEL, input=text, text_format=Review)
    except openai.LengthFinishReasonError:
        return outcome("cut off")
    except openai.ContentFilterFinishReasonError:
        return outcome("filtered")
    parsed = response.output_parsed
    return outcome("ok", parsed.model_dump()) if parsed else outcome("refused")


@wrong("partly right", "(the reason was content_filter)")
def takes_all_for_cut_off(client, text):
    response = ask(client, text)
    if response.status == "incomplete":
        return outcome("cut off")
    return outcome("refused") if refused(response) else validated(response)


@wrong("partly right", "(the message had a part of type refusal)")
def forgets_the_refusal(client, text):
    response = ask(client, text)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    return validated(response)


@wrong("partly right", "It raised IndexError: list index out of range")
def takes_the_last_part(client, text):
    response = ask(client, text)
    messages = [item for item in response.output if item.type == "message"]
    part = messages[0].content[0]
    if part.type == "refusal":
        return outcome("refused")
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    return validated(response)


@wrong("wrong", "would reject request 1: Missing required parameter: 'text.format.name'")
def nests_as_in_chat(client, text):
    inner = {key: FORM[key] for key in ("name", "strict", "schema")}
    response = ask(client, text, {"type": "json_schema", "json_schema": inner})
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    return outcome("refused") if refused(response) else validated(response)


@wrong("partly right", "Request 1 went to /chat/completions")
def stays_with_chat(client, text):
    try:
        answer = client.chat.completions.parse(
            model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=Review
        )
    except openai.LengthFinishReasonError:
        return outcome("cut off")
    except openai.ContentFilterFinishReasonError:
        return outcome("filtered")
    except ValidationError:
        return outcome("invalid")
    parsed = answer.choices[0].message.parsed
    return outcome("ok", parsed.model_dump()) if parsed else outcome("refused")


@right
def by_the_status_and_the_parts(client, text):
    response = ask(client, text)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    parts = [p for item in response.output if item.type == "message" for p in item.content]
    if any(hasattr(part, "refusal") for part in parts):
        return outcome("refused")
    return validated(response)


@right
def with_a_match_statement(client, text):
    response = ask(client, text).to_dict()
    match response:
        case {"incomplete_details": {"reason": "content_filter"}}:
            return outcome("filtered")
        case {"incomplete_details": {"reason": _}}:
            return outcome("cut off")
    for item in response["output"]:
        match item:
            case {"type": "message", "content": [{"type": "refusal"}, *_]}:
                return outcome("refused")
            case {"type": "message", "content": [{"text": answer}, *_]}:
                try:
                    return outcome("ok", Review.model_validate_json(answer).model_dump())
                except ValidationError:
                    return outcome("invalid")
    return outcome("invalid")


@wrong("partly right", "and 'cut off' was expected (the reason was max_output_tokens)")
def looks_at_the_text_first(client, text):
    response = ask(client, text)
    if response.output_text:
        made = validated(response)
        if made["status"] == "ok":
            return made
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    return outcome("refused") if refused(response) else outcome("invalid")


@wrong("partly right", "(stars was ")
def never_validates(client, text):
    response = ask(client, text)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    if refused(response):
        return outcome("refused")
    try:
        return outcome("ok", json.loads(response.output_text))
    except ValueError:
        return outcome("invalid")


@wrong("partly right", "and 'invalid' was expected (the text was not JSON)")
def takes_all_text_for_refusals(client, text):
    response = ask(client, text)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    made = validated(response)
    return outcome("refused") if not response.output_text.startswith("{") else made


class OpenReview(BaseModel):
    product: str
    stars: int = Field(ge=1, le=5)


@wrong("partly right", "(color is no field of the model)")
def takes_one_key_too_many(client, text):
    response = ask(client, text)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason
        return outcome("filtered" if reason == "content_filter" else "cut off")
    if refused(response):
        return outcome("refused")
    try:
        found = OpenReview.model_validate_json(response.output_text)
    except ValidationError:
        return outcome("invalid")
    return outcome("ok", found.model_dump())
