"""Answers for 03.1 read_stream."""

import json
from typing import Any

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


@right
def with_the_helper(client, question):
    messages = [{"role": "user", "content": question}]
    text = ""
    with client.chat.completions.stream(model=CHAT_MODEL, messages=messages) as stream:
        for event in stream:
            if event.type == "content.delta":
                text += event.delta
    return text


@right
def with_a_guard(client, question):
    pieces = []
    for chunk in send(client, question):
        if not chunk.choices:
            continue
        if chunk.choices[0].delta.content is not None:
            pieces.append(chunk.choices[0].delta.content)
    return "".join(pieces)


@wrong("partly right", "It raised IndexError: list index out of range")
def takes_the_first_choice(client, question):
    return "".join(chunk.choices[0].delta.content or "" for chunk in send(client, question))


@wrong("raised", "It raised TypeError")
def adds_none(client, question):
    text = ""
    for chunk in send(client, question):
        for choice in chunk.choices:
            text += choice.delta.content
    return text


@wrong("wrong", "Request 1 has no stream, and True was expected")
def does_not_stream(client, question):
    messages = [{"role": "user", "content": question}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    if isinstance(answer, str):
        found = ""
        for line in answer.splitlines():
            if line.startswith("data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    found += choice["delta"].get("content") or ""
        return found
    return answer.choices[0].message.content


@wrong("wrong", "was expected")
def puts_spaces_between(client, question):
    pieces = [c.delta.content or "" for chunk in send(client, question) for c in chunk.choices]
    return " ".join(pieces)


@right
def from_raw_events(client, question):
    with client.chat.completions.with_streaming_response.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": question}], stream=True
    ) as reply:
        text = ""
        for line in reply.iter_lines():
            if line.startswith("data: {"):
                for choice in json.loads(line[6:])["choices"]:
                    text += choice["delta"].get("content") or ""
        return text


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question):
    return with_a_guard(client, "Hello")


@wrong("partly right", "It raised AttributeError: 'NoneType' object has no attribute 'strip'")
def expects_some_text(client, question):
    text: Any = None
    for chunk in send(client, question):
        for choice in chunk.choices:
            if choice.delta.content:
                text = (text or "") + choice.delta.content
    return text.strip() and text


@wrong("partly right", "was expected")
def ends_at_the_first_gap(client, question):
    text = ""
    for chunk in send(client, question):
        if text and not (chunk.choices and chunk.choices[0].delta.content):
            break
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
    return text
