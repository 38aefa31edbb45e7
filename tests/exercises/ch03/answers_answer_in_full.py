"""Answers for 03.10 answer_in_full."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


def attempt(client, question, text=""):
    reason = None
    try:
        for chunk in send(client, question):
            for choice in chunk.choices:
                text += choice.delta.content or ""
                reason = choice.finish_reason or reason
    except openai.APIStatusError:
        raise
    except openai.APIError:
        return text, None
    return text, reason


def told(text, reason, number):
    return {"text": text, "complete": reason == "stop", "attempts": number}


@right
def with_a_list_of_texts(client, question, attempts):
    texts = []
    while len(texts) < attempts:
        text, reason = attempt(client, question)
        texts.append(text)
        if reason:
            return told(text, reason, len(texts))
    return told(sorted(texts, key=len)[-1], None, len(texts))


@wrong("partly right", "was expected")
def mixes_two_attempts(client, question, attempts):
    text = ""
    for number in range(1, attempts + 1):
        text, reason = attempt(client, question, text)
        if reason:
            return told(text, reason, number)
    return told(text, None, attempts)


@wrong("partly right", "was expected")
def trusts_silence(client, question, attempts):
    longest = ""
    for number in range(1, attempts + 1):
        text, reason = "", None
        try:
            for chunk in send(client, question):
                for choice in chunk.choices:
                    text += choice.delta.content or ""
                    reason = choice.finish_reason or reason
            return told(text, reason or "stop", number)
        except openai.APIStatusError:
            raise
        except openai.APIError:
            longest = max(longest, text, key=len)
    return told(longest, None, attempts)


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def asks_again_for_length(client, question, attempts):
    longest = ""
    for number in range(1, attempts + 1):
        text, reason = attempt(client, question)
        longest = max(longest, text, key=len)
        if reason == "stop":
            return told(text, reason, number)
    return told(longest, None, attempts)


@wrong("partly right", "and openai.AuthenticationError was expected")
def swallows_a_wrong_key(client, question, attempts):
    longest = ""
    for number in range(1, attempts + 1):
        try:
            text, reason = attempt(client, question)
        except openai.APIStatusError:
            return told(longest, None, number)
        longest = max(longest, text, key=len)
        if reason:
            return told(text, reason, number)
    return told(longest, None, attempts)


@wrong("partly right", "was expected")
def returns_the_last_text(client, question, attempts):
    text = ""
    for number in range(1, attempts + 1):
        text, reason = attempt(client, question)
        if reason:
            return told(text, reason, number)
    return told(text, None, attempts)
