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


@right
def with_time_in_nanoseconds(client, question):
    start, times = time.monotonic_ns(), []
    with send(client, question) as stream:
        for chunk in stream:
            if has_text(chunk):
                times.append(time.monotonic_ns() - start)
    total = time.monotonic_ns() - start
    gaps = [(b - a) / 1e9 for a, b in itertools.pairwise(times)]
    first = times[0] / 1e9 if times else None
    return {"first": first, "total": total / 1e9, "longest_gap": max([0.0, *gaps])}


@right
def with_the_helper(client, question):
    messages = [{"role": "user", "content": question}]
    marks = [time.perf_counter()]
    with client.chat.completions.stream(model=CHAT_MODEL, messages=messages) as stream:
        marks += [time.perf_counter() for e in stream if e.type == "content.delta" and e.delta]
    steps = [after - before for before, after in itertools.pairwise(marks)]
    return {
        "total": time.perf_counter() - marks[0],
        "first": steps[0] if steps else None,
        "longest_gap": max(steps[1:], default=0),
    }


def timed(client, question, started=None, zero=0.0, gap=max, text=has_text):
    """A right answer, but for what is given."""
    start = time.monotonic() if started is None else started
    times = [time.monotonic() - start for chunk in send(client, question) if text(chunk)]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    return {
        "first": times[0] if times else zero or None,
        "total": time.monotonic() - start,
        "longest_gap": gap(gaps, default=0),
    }


@wrong("partly right", "'first' is")
def never_starts_the_clock(client, question):
    return timed(client, question, started=0.0)


@wrong("partly right", "'longest_gap' is")
def takes_the_shortest_gap(client, question):
    return timed(client, question, gap=min)


@wrong("partly right", "'longest_gap' is")
def counts_empty_pieces(client, question):
    def text(chunk):
        return any(
            "content" in c.delta.model_fields_set and not c.delta.role for c in chunk.choices
        )

    return timed(client, question, text=text)


@wrong("partly right", "and None was expected (no text came)")
def no_text_is_zero(client, question):
    made = timed(client, question)
    return {**made, "first": made["first"] or 0.0}


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question):
    return timed(client, "Hello")
