"""Answers for 03.6 show_while_streaming."""

import time

from exercise_answers import CHAT_MODEL, right, wrong


def pieces(client, question):
    messages = [{"role": "user", "content": question}]
    stream = client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)
    for chunk in stream:
        for choice in chunk.choices:
            if choice.delta.content:
                yield choice.delta.content


@right
def with_the_next_time(client, question, show, per_second):
    text, due, pending = "", time.perf_counter(), False
    for piece in pieces(client, question):
        text, pending = text + piece, True
        now = time.perf_counter()
        if now >= due:
            show(text)
            due, pending = now + 1 / per_second, False
    if pending:
        time.sleep(max(0.0, due - time.perf_counter()))
        show(text)
    return text


@wrong("partly right", "It called show")
def shows_every_piece(client, question, show, per_second):
    text = ""
    for piece in pieces(client, question):
        text += piece
        show(text)
    return text


@wrong("partly right", "The last text shown is")
def forgets_the_last(client, question, show, per_second):
    text, last = "", float("-inf")
    for piece in pieces(client, question):
        text += piece
        if time.monotonic() - last >= 1 / per_second:
            show(text)
            last = time.monotonic()
    return text


@wrong("partly right", "It called show")
def hurries_at_the_end(client, question, show, per_second):
    text, last = "", float("-inf")
    for piece in pieces(client, question):
        text += piece
        if time.monotonic() - last >= 1 / per_second:
            show(text)
            last = time.monotonic()
    show(text)
    return text


@wrong("partly right", "It never showed")
def counts_pieces_instead_of_time(client, question, show, per_second):
    text, shown, last = "", "", 0.0
    for number, piece in enumerate(pieces(client, question)):
        text += piece
        if number % 100 == 0:
            show(text)
            shown, last = text, time.monotonic()
    if text != shown:
        time.sleep(max(0.0, last + 1 / per_second - time.monotonic()))
        show(text)
    return text


@wrong("partly right", "The first text shown is")
def shows_only_the_end(client, question, show, per_second):
    text = "".join(pieces(client, question))
    show(text)
    return text
