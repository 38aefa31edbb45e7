"""Answers for 08.6 checked_answer."""

import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages)


@right
def step_by_step(client, question):
    answer = send(client, question)
    if isinstance(answer, str) or not answer.choices:
        raise ValueError("not a completion")
    choice = answer.choices[0]
    if choice.message is None or choice.finish_reason != "stop":
        raise ValueError("not whole")
    if choice.message.refusal or not (choice.message.content or "").strip():
        raise ValueError("refused or empty")
    return choice.message.content


@right
def with_a_client_that_validates(client, question):
    strict = client.copy(_extra_kwargs={"_strict_response_validation": True})
    try:
        choice = send(strict, question).choices[0]
    except (openai.APIResponseValidationError, IndexError) as error:
        raise ValueError("not a completion") from error
    text = (choice.message.content or "").strip()
    if choice.finish_reason != "stop" or choice.message.refusal or not text:
        raise ValueError("not an answer")
    return choice.message.content


@wrong("partly right", "It raised AttributeError")
def trusts_the_shape(client, question):
    choice = send(client, question).choices[0]
    if choice.finish_reason != "stop" or choice.message.refusal or not choice.message.content:
        raise ValueError("not an answer")
    return choice.message.content


@wrong("partly right", "and ValueError was expected (finish_reason was length)")
def looks_at_the_shape_only(client, question):
    try:
        message = send(client, question).choices[0].message
        if message.refusal or not message.content.strip():
            raise ValueError("not an answer")
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError("not a completion") from error
    return message.content


@wrong("partly right", "and openai.APIStatusError was expected")
def turns_everything_into_value_error(client, question):
    try:
        choice = send(client, question).choices[0]
        if choice.finish_reason == "stop" and choice.message.content.strip():
            return choice.message.content
    except Exception as error:
        raise ValueError("no answer") from error
    raise ValueError("no answer")


@wrong("partly right", "and ValueError was expected (the response was a page of HTML)")
def returns_pages(client, question):
    answer = send(client, question)
    if isinstance(answer, str):
        return answer
    try:
        choice = answer.choices[0]
        if choice.finish_reason == "stop" and choice.message.content.strip():
            return choice.message.content
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError("not a completion") from error
    raise ValueError("not an answer")


@wrong("partly right", "(the model refused: message.refusal has the text)")
def takes_a_refusal_for_an_answer(client, question):
    try:
        choice = send(client, question).choices[0]
        text = choice.message.content or choice.message.refusal
        if choice.finish_reason == "stop" and text.strip():
            return text
    except (AttributeError, IndexError, TypeError) as error:
        raise ValueError("not a completion") from error
    raise ValueError("not an answer")


@right
def from_the_raw_response(client, question):
    messages = [{"role": "user", "content": question}]
    raw = client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=messages)
    try:
        body = json.loads(raw.text)
        [choice, *_] = body["choices"]
        message = choice["message"]
        good = choice["finish_reason"] == "stop" and not message.get("refusal")
        text = (message["content"] or "").strip()
    except (KeyError, TypeError) as error:
        raise ValueError("not a completion") from error
    if good and text:
        return message["content"]
    raise ValueError("not an answer")


def lenient(client, question, keep):
    """The first way, but `keep` says which choices are answers."""
    answer = send(client, question)
    if isinstance(answer, str) or not answer.choices or answer.choices[0].message is None:
        raise ValueError("not a completion")
    if keep(answer.choices[0]):
        return answer.choices[0].message.content
    raise ValueError("not an answer")


@wrong("partly right", "and ValueError was expected (the text was ' \\n')")
def takes_white_space(client, question):
    return lenient(client, question, lambda c: c.finish_reason == "stop" and c.message.content)


@wrong("partly right", "and ValueError was expected (the text was '')")
def takes_an_empty_text(client, question):
    return lenient(
        client, question, lambda c: c.finish_reason == "stop" and c.message.content is not None
    )


@wrong("partly right", "and ValueError was expected (the JSON was cut)")
def hides_broken_json(client, question):
    try:
        return step_by_step(client, question)
    except json.JSONDecodeError:
        return ""


@wrong("partly right", "(the completion had a text, but finish_reason was tool_calls)")
def knows_two_bad_endings(client, question):
    def keep(choice):
        bad = choice.finish_reason in ("length", "content_filter") or choice.message.refusal
        return not bad and (choice.message.content or "").strip()

    return lenient(client, question, keep)


@wrong("partly right", "(the completion had a text, but finish_reason was None)")
def takes_an_answer_without_an_ending(client, question):
    def keep(choice):
        good = choice.finish_reason in ("stop", None) and not choice.message.refusal
        return good and (choice.message.content or "").strip()

    return lenient(client, question, keep)


@wrong("partly right", "(message.refusal was set, beside a text)")
def looks_only_at_the_text(client, question):
    return lenient(
        client,
        question,
        lambda c: c.finish_reason == "stop" and (c.message.content or "").strip(),
    )
