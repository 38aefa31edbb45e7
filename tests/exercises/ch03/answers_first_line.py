"""Answers for 03.5 first_line."""

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


@wrong("partly right", "The connection was still open when it returned")
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
