"""Answers for 03.3 keep_what_arrived."""

import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


def text_of(chunk):
    return "".join(choice.delta.content or "" for choice in chunk.choices)


@right
def from_the_last_chunk(client, question):
    stream = send(client, question)
    chunks = []
    try:
        chunks.extend(iter_into(chunks, stream))
    except (openai.OpenAIError, ValueError):
        return {"text": "".join(map(text_of, chunks)), "ending": "broken"}
    reasons = [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason]
    ending = "broken"
    if reasons:
        ending = "length" if reasons[-1] == "length" else "complete"
    return {"text": "".join(map(text_of, chunks)), "ending": ending}


def iter_into(chunks, stream):
    for chunk in stream:
        chunks.append(chunk)
    return []


@wrong("partly right", "(no chunk had a finish_reason)")
def trusts_silence(client, question):
    stream, text, reason = send(client, question), "", None
    try:
        for chunk in stream:
            text += text_of(chunk)
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
    except (openai.APIError, json.JSONDecodeError):
        return {"text": text, "ending": "broken"}
    return {"text": text, "ending": "length" if reason == "length" else "complete"}


@wrong("partly right", "(the connection broke)")
def loses_the_text(client, question):
    stream = send(client, question)
    try:
        chunks = list(stream)
    except (openai.APIError, json.JSONDecodeError):
        return {"text": "", "ending": "broken"}
    reasons = [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason]
    endings = {"stop": "complete", "length": "length"}
    return {
        "text": "".join(map(text_of, chunks)),
        "ending": endings[reasons[-1]] if reasons else "broken",
    }


@wrong("partly right", "It raised openai.APIError: The server had an error")
def only_connections(client, question):
    text, reason = "", None
    try:
        for chunk in send(client, question):
            text += text_of(chunk)
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
    except openai.APIConnectionError:
        reason = None
    endings = {"stop": "complete", "length": "length"}
    return {"text": text, "ending": endings.get(reason or "", "broken")}


@wrong("partly right", "and openai.AuthenticationError was expected")
def swallows_everything(client, question):
    text, reason = "", None
    try:
        for chunk in send(client, question):
            text += text_of(chunk)
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
    except Exception:
        reason = None
    endings = {"stop": "complete", "length": "length"}
    return {"text": text, "ending": endings.get(reason or "", "broken")}
