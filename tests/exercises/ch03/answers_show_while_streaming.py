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


@right
def with_a_last_paint_at_once(client, question, show, per_second):
    text, shown, last = "", "", float("-inf")
    for piece in pieces(client, question):
        text += piece
        if time.monotonic() - last >= 1 / per_second:
            show(text=text)
            shown, last = text, time.monotonic()
    if shown != text:
        show(text=text)
    return text


class Throttle:
    """The one of the chapter."""

    def __init__(self, per_second, clock=time.monotonic):
        self.pause = 1 / per_second
        self.clock = clock
        self.last = float("-inf")

    def ready(self):
        now = self.clock()
        if now - self.last < self.pause:
            return False
        self.last = now
        return True


@right
def with_the_throttle_of_the_chapter(client, question, show, per_second):
    throttle = Throttle(per_second)
    text = shown = ""
    for piece in pieces(client, question):
        text += piece
        if throttle.ready():
            show(text)
            shown = text
    if text != shown:
        show(text)
    return text


@wrong("partly right", "It showed the same text twice")
def always_shows_the_end_again(client, question, show, per_second):
    text, last = "", float("-inf")
    for piece in pieces(client, question):
        text += piece
        if time.monotonic() - last >= 1 / per_second:
            show(text)
            last = time.monotonic()
    show(text)
    return text


@wrong("partly right", "(the stream takes ")
def sleeps_after_every_piece(client, question, show, per_second):
    text = ""
    for piece in pieces(client, question):
        text += piece
        show(text)
        time.sleep(1 / per_second)
    return text


@wrong("partly right", "though new text had come")
def shows_half_as_often(client, question, show, per_second):
    text, shown, last = "", "", float("-inf")
    for piece in pieces(client, question):
        text += piece
        if time.monotonic() - last >= 2 / per_second:
            show(text)
            shown, last = text, time.monotonic()
    if shown != text:
        show(text)
    return text


@wrong("partly right", "The first text shown is")
def waits_before_the_first(client, question, show, per_second):
    text, shown, last = "", "", time.monotonic()
    for piece in pieces(client, question):
        text += piece
        if time.monotonic() - last >= 1 / per_second:
            show(text)
            shown, last = text, time.monotonic()
    if shown != text:
        show(text)
    return text


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question, show, per_second):
    return with_the_next_time(client, "Hello", show, per_second)


@wrong("partly right", "It called show 0.0")
def shows_ten_times_a_second(client, question, show, per_second):
    return with_the_next_time(client, question, show, 20)


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
