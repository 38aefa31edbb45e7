"""Answers for 03.5 first_line."""

import contextlib

from exercise_answers import CHAT_MODEL, right, wrong

OPEN = []


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


def text_of(chunk):
    return "".join(choice.delta.content or "" for choice in chunk.choices)


@right
def closes_by_hand(client, question):
    stream = send(client, question)
    text = ""
    try:
        for chunk in stream:
            head, newline, _ = text_of(chunk).partition("\n")
            text += head
            if newline:
                return text
        return text
    finally:
        stream.close()


@wrong("partly right", "and the line break came in event")
def reads_everything(client, question):
    text = "".join(map(text_of, send(client, question)))
    return text.partition("\n")[0]


@wrong("partly right", "Your code didn't close the stream before it returned")
def leaves_it_open(client, question):
    stream = send(client, question)
    OPEN.append(stream)
    text = ""
    for chunk in stream:
        text += text_of(chunk)
        if "\n" in text:
            break
    return text.split("\n")[0]


@wrong("partly right", "was expected")
def looks_for_a_piece_that_is_a_line_break(client, question):
    text = ""
    with send(client, question) as stream:
        for chunk in stream:
            if text_of(chunk) == "\n":
                break
            text += text_of(chunk)
    return text


@wrong("wrong", "It sent request 2, but this conversation ends after 1")
def asks_for_one_line(client, question):
    text = ""
    with send(client, question) as stream:
        for chunk in stream:
            text += text_of(chunk)
    send(client, "Say only this: " + text.partition("\n")[0])
    return text.partition("\n")[0]


@right
def with_an_exit_stack(client, question):
    text = ""
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(send(client, question))
        chunks = iter(stream)
        while "\n" not in text and (chunk := next(chunks, None)) is not None:
            text += text_of(chunk)
    return text.split("\n", 1)[0]


@right
def with_the_helper(client, question):
    text = ""
    messages = [{"role": "user", "content": question}]
    with client.chat.completions.stream(model=CHAT_MODEL, messages=messages) as stream:
        for event in stream:
            if event.type == "content.delta":
                text = event.snapshot
                if "\n" in text:
                    return text[: text.index("\n")]
    return text


@wrong("partly right", "Your code didn't close the stream before it returned")
def leaves_it_to_the_garbage_collector(client, question):
    text = ""
    for chunk in send(client, question):
        text += text_of(chunk)
        if "\n" in text:
            break
    return text.partition("\n")[0]


@wrong("partly right", "was expected")
def looks_only_at_the_end_of_a_piece(client, question):
    text = ""
    with send(client, question) as stream:
        for chunk in stream:
            text += text_of(chunk)
            if text.endswith("\n"):
                break
    return text.rstrip("\n")


@wrong("partly right", "No user message of request 1 has the question")
def asks_something_else(client, question):
    return closes_by_hand(client, "Hello")
