"""Answers for 05.1 ask_json."""

import json

from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, ValidationError

TASK = "Reply in JSON with the keys product and quantity."


def send(client, text, task=TASK, **more):
    more = more or {"response_format": {"type": "json_object"}}
    messages = [{"role": "developer", "content": task}, {"role": "user", "content": text}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, **more).choices[0]


def complete(found):
    return isinstance(found, dict) and {"product", "quantity"} <= found.keys()


@right
def with_early_returns(client, text):
    choice = send(client, text)
    if choice.finish_reason != "stop" or choice.message.content is None:
        return None
    try:
        found = json.loads(choice.message.content)
        return {key: found[key] for key in ("product", "quantity")}
    except (ValueError, KeyError, TypeError):
        return None


@wrong("partly right", "and None was expected (the object was")
def trusts_the_keys(client, text):
    choice = send(client, text)
    if choice.finish_reason != "stop" or not choice.message.content:
        return None
    try:
        found = json.loads(choice.message.content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@wrong("partly right", "It raised JSONDecodeError: ")
def loads_what_was_cut(client, text):
    found = json.loads(send(client, text).message.content or "null")
    return found if complete(found) else None


@wrong("partly right", "It raised TypeError: the JSON object must be str")
def forgets_that_content_may_be_none(client, text):
    choice = send(client, text)
    if choice.finish_reason == "length":
        return None
    found = json.loads(choice.message.content)
    return found if complete(found) else None


@wrong("wrong", "'messages' must contain the word 'json' in some form")
def never_says_it(client, text):
    choice = send(client, text, task="Give me an object with the keys product and quantity.")
    try:
        found = json.loads(choice.message.content or "null")
    except ValueError:
        return None
    return found if complete(found) else None


@wrong("partly right", "Request 1 has no response_format")
def asks_nicely(client, text):
    choice = send(client, text, temperature=0, reasoning_effort="none")
    try:
        found = json.loads(choice.message.content or "null")
    except ValueError:
        return None
    return found if complete(found) else None


class OrderedPair(BaseModel):
    product: str
    quantity: int


@right
def with_a_pydantic_model(client, text):
    choice = send(client, text)
    if choice.finish_reason != "stop" or choice.message.refusal:
        return None
    try:
        return OrderedPair.model_validate_json(choice.message.content or "").model_dump()
    except ValidationError:
        return None


@right
def on_the_responses_api(client, text):
    response = client.responses.create(
        model=CHAT_MODEL,
        input=[{"role": "developer", "content": TASK}, {"role": "user", "content": text}],
        text={"format": {"type": "json_object"}},
    )
    try:
        found = json.loads(response.output_text)
    except json.JSONDecodeError:
        return None
    return found if response.status == "completed" and complete(found) else None


@wrong("partly right", "and None was expected (finish_reason was length)")
def trusts_what_looks_whole(client, text):
    try:
        found = json.loads(send(client, text).message.content or "")
    except ValueError:
        return None
    return found if complete(found) else None


@wrong("partly right", "and None was expected (the object was {'quantity'")
def looks_for_one_key(client, text):
    choice = send(client, text)
    try:
        found = json.loads(choice.message.content or "")
    except ValueError:
        return None
    whole = choice.finish_reason == "stop" and isinstance(found, dict) and "quantity" in found
    return found if whole else None


@wrong("partly right", "and None was expected (the answer was '[")
def takes_a_list_for_an_object(client, text):
    choice = send(client, text)
    try:
        found = json.loads(choice.message.content or "")
    except ValueError:
        return None
    if choice.finish_reason != "stop" or not found or found is True:
        return None
    return found if {"product", "quantity"} <= set(found) else None


@wrong("partly right", "does not say that the object should have the key product")
def names_no_keys(client, text):
    choice = send(client, text, task="Reply in JSON.")
    try:
        found = json.loads(choice.message.content or "")
    except ValueError:
        return None
    return found if choice.finish_reason == "stop" and complete(found) else None


@wrong("wrong", "Request 1 lacks the mail")
def forgets_the_mail(client, text):
    return with_a_pydantic_model(client, "An order.")
