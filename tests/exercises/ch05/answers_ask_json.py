"""Answers for 05.1 ask_json."""

import json

from exercise_answers import CHAT_MODEL, right, wrong

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
