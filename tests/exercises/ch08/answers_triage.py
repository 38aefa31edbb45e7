"""Answers for 08.1 triage."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    return client.responses.create(model=CHAT_MODEL, input=question)


@right
def by_classes_and_codes(client, question):
    try:
        send(client, question)
    except openai.RateLimitError as error:
        codes = ("insufficient", "exhausted", "spend_limit", "usage_limit")
        return "pay" if any(word in (error.code or "") for word in codes) else "wait"
    except (openai.APIConnectionError, openai.InternalServerError, openai.ConflictError):
        return "wait"
    except openai.APIStatusError as error:
        return "wait" if error.status_code == 408 else "fix"
    return "answered"


@wrong("partly right", "It returned 'wait', and 'pay' was expected (a 429 with the code")
def waits_for_the_bill(client, question):
    try:
        send(client, question)
    except openai.APIConnectionError:
        return "wait"
    except openai.APIStatusError as error:
        again = error.status_code in (408, 409, 429) or error.status_code >= 500
        return "wait" if again else "fix"
    return "answered"


@wrong("partly right", "It returned 'fix', and 'wait' was expected (the status was 408)")
def knows_only_classes(client, question):
    try:
        send(client, question)
    except openai.RateLimitError as error:
        return "pay" if error.type == "insufficient_quota" else "wait"
    except (openai.APIConnectionError, openai.InternalServerError, openai.ConflictError):
        return "wait"
    except openai.APIError:
        return "fix"
    return "answered"


@wrong("partly right", "It raised openai.APITimeoutError")
def forgets_that_there_may_be_no_response(client, question):
    try:
        send(client, question)
    except openai.APIStatusError as error:
        if error.type == "insufficient_quota":
            return "pay"
        again = error.status_code in (408, 409, 429) or error.status_code >= 500
        return "wait" if again else "fix"
    except openai.APITimeoutError:
        raise
    except openai.APIConnectionError:
        return "wait"
    return "answered"


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def repeats_by_itself(client, question):
    try:
        send(client.with_options(max_retries=2), question)
    except openai.APIConnectionError:
        return "wait"
    except openai.APIStatusError as error:
        return "pay" if error.type == "insufficient_quota" else "fix"
    return "answered"


@wrong("partly right", "It returned 'wait', and 'fix' was expected")
def hopes_for_the_best(client, question):
    try:
        send(client, question)
    except openai.APIError as error:
        return "pay" if error.type == "insufficient_quota" else "wait"
    return "answered"


@right
def with_a_match_on_the_status(client, question):
    try:
        send(client, question)
    except openai.APIError as error:
        match getattr(error, "status_code", None):
            case None | 408 | 409:
                return "wait"
            case 429:
                return "pay" if error.type == "insufficient_quota" else "wait"
            case status:
                return "wait" if status >= 500 else "fix"
    return "answered"


@right
def as_the_sdk_decides(client, question):
    try:
        send(client, question)
    except openai.APIConnectionError:
        return "wait"
    except openai.APIStatusError as error:
        billing = isinstance(error.body, dict) and error.body.get("type") == "insufficient_quota"
        return "pay" if billing else "wait" if client._should_retry(error.response) else "fix"
    return "answered"


@wrong("partly right", "It returned 'fix', and 'wait' was expected (the status was 507)")
def knows_some_statuses(client, question):
    try:
        send(client, question)
    except openai.APIConnectionError:
        return "wait"
    except openai.APIStatusError as error:
        if error.type == "insufficient_quota":
            return "pay"
        return "wait" if error.status_code in (408, 409, 429, 500, 502, 503, 504) else "fix"
    return "answered"


@wrong("partly right", "It returned 'wait', and 'pay' was expected (a 429 with the code")
def knows_one_code(client, question):
    try:
        send(client, question)
    except openai.APIConnectionError:
        return "wait"
    except openai.APIStatusError as error:
        if error.code == "insufficient_quota":
            return "pay"
        again = error.status_code in (408, 409, 429) or error.status_code >= 500
        return "wait" if again else "fix"
    return "answered"


def by_words(client, question, *words):
    """What to do, with a bill recognized by words of the message."""
    try:
        send(client, question)
    except openai.APIConnectionError:
        return "wait"
    except openai.APIStatusError as error:
        if error.status_code == 429 and any(word in error.message for word in words):
            return "pay"
        again = error.status_code in (408, 409, 429) or error.status_code >= 500
        return "wait" if again else "fix"
    return "answered"


@wrong("partly right", "(a 429 for the rate, which has the word quota)")
def reads_the_word_quota(client, question):
    return by_words(client, question, "quota")


@wrong("partly right", "It returned 'wait', and 'pay' was expected (a 429 with the code")
def reads_the_word_billing(client, question):
    return by_words(client, question, "billing")
