"""Answers for 03.4 measure."""

import itertools
import time
from time import perf_counter

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, stream=True)


def has_text(chunk):
    return any(choice.delta.content for choice in chunk.choices)


@right
def in_one_pass(client, question):
    start = perf_counter()
    first, before = None, 0.0
    longest = 0.0
    for chunk in send(client, question):
        now = perf_counter()
        if not has_text(chunk):
            continue
        if first is None:
            first = now - start
        else:
            longest = max(longest, now - before)
        before = now
    return {"first": first, "total": perf_counter() - start, "longest_gap": longest}


@wrong("partly right", "'first' is")
def takes_the_first_chunk(client, question):
    start = time.monotonic()
    times = [time.monotonic() - start for chunk in send(client, question)]
    texts = [b - a for a, b in itertools.pairwise(times)]
    return {
        "first": times[0],
        "total": times[-1],
        "longest_gap": max(texts, default=0),
    }


@wrong("partly right", "'first' is")
def starts_the_clock_late(client, question):
    stream = send(client, question)
    start = time.monotonic()
    times = [time.monotonic() - start for chunk in stream if has_text(chunk)]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    return {
        "first": times[0] if times else None,
        "total": time.monotonic() - start,
        "longest_gap": max(gaps, default=0),
    }


@wrong("partly right", "'total' is")
def stops_at_the_last_piece(client, question):
    start = time.monotonic()
    times = [time.monotonic() - start for chunk in send(client, question) if has_text(chunk)]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    return {
        "first": times[0] if times else None,
        "total": times[-1] if times else 0,
        "longest_gap": max(gaps, default=0),
    }


@wrong("partly right", "It raised ValueError")
def needs_two_pieces(client, question):
    start = time.monotonic()
    times = [time.monotonic() - start for chunk in send(client, question) if has_text(chunk)]
    return {
        "first": times[0],
        "total": time.monotonic() - start,
        "longest_gap": max(b - a for a, b in itertools.pairwise(times)),
    }
