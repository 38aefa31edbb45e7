"""Answers for 03.10 answer_in_full."""

import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong

BROKEN = (openai.APIError, json.JSONDecodeError)


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


def read(stream, text="", catch=BROKEN):
    """The text of a stream after this text, and its finish_reason, None if it broke."""
    reason = None
    try:
        for chunk in stream:
            for choice in chunk.choices:
                text += choice.delta.content or ""
                reason = choice.finish_reason or reason
    except catch:
        return text, None
    return text, reason


def told(text, reason, number):
    return {"text": text, "complete": reason == "stop", "attempts": number}


@right
def with_a_list_of_texts(client, question, attempts):
    texts = []
    while len(texts) < attempts:
        text, reason = read(send(client, question))
        texts.append(text)
        if reason:
            return told(text, reason, len(texts))
    return told(sorted(texts, key=len)[-1], None, len(texts))


@right
def recursively(client, question, attempts, number=1, longest=""):
    with send(client, question) as stream:
        text, reason = read(stream)
    if reason is not None:
        return {"attempts": number, "complete": reason == "stop", "text": text}
    longest = text if len(text) > len(longest) else longest
    if number == attempts:
        return told(longest, None, number)
    return recursively(client, question, attempts, number + 1, longest)


@right
def with_the_helper(client, question, attempts):
    texts = [""]
    for number in range(1, attempts + 1):
        text, reason = "", None
        messages = [{"role": "user", "content": question}]
        with client.chat.completions.stream(model=CHAT_MODEL, messages=messages) as stream:
            try:
                for event in stream:
                    if event.type == "chunk" and event.chunk.choices:
                        text += event.chunk.choices[0].delta.content or ""
                        reason = event.chunk.choices[0].finish_reason or reason
            except openai.LengthFinishReasonError:
                reason = "length"
            except openai.ContentFilterFinishReasonError:
                reason = "content_filter"
            except (openai.APIError, ValueError):
                reason = None
        if reason:
            return told(text, reason, number)
        texts.append(text)
    return told(max(texts, key=len), None, attempts)


def restarted(client, question, attempts, *, good=lambda reason: reason, catch=BROKEN, best=max):
    """A right answer, but for what is given."""
    texts = []
    for number in range(1, attempts + 1):
        text, reason = read(send(client, question), catch=catch)
        if good(reason):
            return told(text, reason, number)
        texts.append(text)
    return told(best(texts, key=len), None, attempts)


@wrong("partly right", "was expected")
def mixes_two_attempts(client, question, attempts):
    text = ""
    for number in range(1, attempts + 1):
        text, reason = read(send(client, question), text)
        if reason:
            return told(text, reason, number)
    return told(text, None, attempts)


@wrong("partly right", "(no chunk had a finish_reason)")
def trusts_silence(client, question, attempts):
    longest = ""
    for number in range(1, attempts + 1):
        text, reason = "", None
        stream = send(client, question)
        try:
            for chunk in stream:
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                    reason = choice.finish_reason or reason
            return told(text, reason or "stop", number)
        except BROKEN:
            longest = max(longest, text, key=len)
    return told(longest, None, attempts)


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def asks_again_for_length(client, question, attempts):
    return restarted(client, question, attempts, good=lambda reason: reason == "stop")


@wrong("partly right", "'complete' is True, and False was expected (finish_reason was")
def takes_filtered_for_complete(client, question, attempts):
    texts = []
    for number in range(1, attempts + 1):
        text, reason = read(send(client, question))
        if reason:
            return told(text, "length" if reason == "length" else "stop", number)
        texts.append(text)
    return told(max(texts, key=len), None, attempts)


@wrong("partly right", "It raised JSONDecodeError")
def lets_cut_lines_through(client, question, attempts):
    return restarted(client, question, attempts, catch=openai.APIError)


@wrong("partly right", "and openai.AuthenticationError was expected")
def swallows_a_wrong_key(client, question, attempts):
    longest = ""
    for number in range(1, attempts + 1):
        try:
            text, reason = read(send(client, question))
        except openai.APIStatusError:
            return told(longest, None, number)
        longest = max(longest, text, key=len)
        if reason:
            return told(text, reason, number)
    return told(longest, None, attempts)


@wrong("partly right", "and openai.APIConnectionError was expected (no stream had begun)")
def retries_what_never_began(client, question, attempts):
    longest = ""
    for number in range(1, attempts + 1):
        try:
            text, reason = read(send(client, question))
        except openai.APIConnectionError:
            return told(longest, None, number)
        longest = max(longest, text, key=len)
        if reason:
            return told(text, reason, number)
    return told(longest, None, attempts)


@wrong("partly right", "was expected")
def returns_the_last_text(client, question, attempts):
    return restarted(client, question, attempts, best=lambda texts, key: texts[-1])


@wrong("partly right", "was expected")
def returns_the_shortest_text(client, question, attempts):
    return restarted(client, question, attempts, best=min)


@wrong("partly right", "this conversation ends after")
def always_three_attempts(client, question, attempts):
    return restarted(client, question, 3)


@wrong("wrong", "'attempts' is 0, and 1 was expected")
def counts_attempts_from_zero(client, question, attempts):
    made = restarted(client, question, attempts)
    return {**made, "attempts": made["attempts"] - 1}


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question, attempts):
    return restarted(client, "Hello", attempts)
