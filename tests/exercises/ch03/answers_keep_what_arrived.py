"""Answers for 03.3 keep_what_arrived."""

import json
from typing import Any

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


ENDINGS: dict[Any, str] = {"stop": "complete", "length": "length", "content_filter": "filtered"}


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
    endings = {"length": "length", "content_filter": "filtered", "stop": "complete"}
    ending = endings[reasons[-1]] if reasons else "broken"
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
    return {"text": text, "ending": ENDINGS.get(reason, "complete")}


@wrong("partly right", "(the connection broke)")
def loses_the_text(client, question):
    stream = send(client, question)
    try:
        chunks = list(stream)
    except (openai.APIError, json.JSONDecodeError):
        return {"text": "", "ending": "broken"}
    reasons = [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason]
    return {
        "text": "".join(map(text_of, chunks)),
        "ending": ENDINGS[reasons[-1]] if reasons else "broken",
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
    return {"text": text, "ending": ENDINGS.get(reason, "broken")}


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
    return {"text": text, "ending": ENDINGS.get(reason, "broken")}


@right
def with_a_flag(client, question):
    text, ending = "", "broken"
    with send(client, question) as stream:
        try:
            for chunk in stream:
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                    ending = ENDINGS.get(choice.finish_reason or "", ending)
        except Exception:
            ending = "broken"
    return {"ending": ending, "text": text}


@right
def in_two_functions(client, question):
    parts = []

    def read(stream):
        reason = None
        for chunk in stream:
            parts.append(text_of(chunk))
            reason = next((c.finish_reason for c in chunk.choices if c.finish_reason), reason)
        return reason

    stream = send(client, question)
    try:
        ending = ENDINGS.get(read(stream), "broken")
    except (openai.APIError, ValueError):
        ending = "broken"
    finally:
        stream.close()
    return dict(zip(("text", "ending"), ("".join(parts), ending), strict=True))


def kept(client, question, catch=(openai.APIError, json.JSONDecodeError), endings=ENDINGS):
    """A right answer, but for what is given."""
    stream, text, reason = send(client, question), "", None
    try:
        for chunk in stream:
            text += text_of(chunk)
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
    except catch:
        reason = None
    return {"text": text, "ending": endings.get(reason, "broken")}


@wrong("partly right", "It raised JSONDecodeError")
def forgets_cut_lines(client, question):
    return kept(client, question, openai.APIError)


@wrong("partly right", "(finish_reason was content_filter)")
def takes_filtered_for_complete(client, question):
    return kept(client, question, endings={**ENDINGS, "content_filter": "complete"})


@wrong("partly right", "'ending' is 'stop', and 'complete' was expected")
def passes_the_reason_on(client, question):
    return kept(client, question, endings={**ENDINGS, "stop": "stop"})


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question):
    return kept(client, "Hello")
