"""Answers for 08.10 ask_and_log."""

from typing import Any

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages)


def failure(client, question, error, message=None):
    if message is None:
        message = error.message
        for secret, word in ((client.api_key, "***"), (question, "<prompt>")):
            message = message.replace(secret, word)
    return {
        "outcome": type(error).__name__,
        "status": getattr(error, "status_code", None),
        "request_id": getattr(error, "request_id", None),
        "message": message,
    }


def success(answer):
    return {"outcome": "ok", "status": 200, "request_id": answer._request_id, "message": ""}


@right
def with_finally(client, question, log):
    entry = {}
    try:
        answer = send(client, question)
        entry = success(answer)
        return answer.choices[0].message.content
    except openai.APIError as error:
        entry = failure(client, question, error)
        raise
    finally:
        log(entry)


@right
def with_the_raw_response(client, question, log):
    raw = client.chat.completions.with_raw_response
    messages = [{"role": "user", "content": question}]
    try:
        answer = raw.create(model=CHAT_MODEL, messages=messages)
    except openai.APIStatusError as error:
        body: dict = error.body if isinstance(error.body, dict) else {}
        message = body["message"]
        message = message.replace(question, "").replace(client.api_key, "")
        log(failure(client, question, error, message))
        raise
    except openai.APIConnectionError as error:
        log(failure(client, question, error))
        raise
    id = answer.headers["x-request-id"]
    log({"outcome": "ok", "status": answer.status_code, "request_id": id, "message": ""})
    return answer.parse().choices[0].message.content


@wrong("partly right", "The question is in the log")
def forgets_the_question(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(failure(client, question, error, str(error).replace(client.api_key, "[key]")))
        raise
    log(success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "The key is in the log")
def forgets_the_key(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(failure(client, question, error, str(error).replace(question, "[question]")))
        raise
    log(success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "and openai.APIStatusError was expected (the caller has to know)")
def swallows_the_error(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(failure(client, question, error))
        return ""
    log(success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "It never called log, and 1 call was expected")
def logs_failures_only(client, question, log):
    try:
        return send(client, question).choices[0].message.content
    except openai.APIError as error:
        log(failure(client, question, error))
        raise


@wrong("partly right", "'request_id' in the log entry is 'chatcmpl")
def takes_the_id_of_the_answer(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(failure(client, question, error))
        raise
    log(success(answer) | {"request_id": answer.id})
    return answer.choices[0].message.content


@wrong("partly right", "It raised AttributeError")
def expects_a_response_always(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        known: Any = error
        log({"status": known.status_code, **failure(client, question, error)})
        raise
    log(success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "(what isn't a secret should stay in it)")
def logs_no_message_at_all(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        text = str(error)
        secret = question in text or client.api_key in text
        log(failure(client, question, error, "[redacted]" if secret else text))
        raise
    log(success(answer))
    return answer.choices[0].message.content


@right
def with_the_entry_by_name(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(entry=failure(client, question, error))
        raise
    log(entry=success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "It called log 2 times, and 1 call was expected")
def logs_twice(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(failure(client, question, error))
        log(failure(client, question, error))
        raise
    log(success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "'outcome' in the log entry is 'APIError'")
def names_one_error_for_all(client, question, log):
    try:
        answer = send(client, question)
    except openai.APIError as error:
        log(failure(client, question, error) | {"outcome": "APIError"})
        raise
    log(success(answer))
    return answer.choices[0].message.content


def replacing(client, question, log, *secrets):
    """Log with each of these texts replaced."""
    try:
        answer = send(client, question)
    except openai.APIError as error:
        message = str(error)
        for secret, word in secrets:
            message = message.replace(secret, word)
        log(failure(client, question, error, message))
        raise
    log(success(answer))
    return answer.choices[0].message.content


@wrong("partly right", "A piece of the question, ")
def replaces_the_beginning_of_the_question(client, question, log):
    key = client.api_key
    return replacing(client, question, log, (question[:10], "[question]"), (key, "[key]"))


@wrong("partly right", "A piece of the key, 'key-4f1b', is in the log")
def leaves_the_beginning_of_the_key(client, question, log):
    key = client.api_key
    return replacing(client, question, log, (question, "[question]"), (key, key[:8] + "..."))
