"""Answers for 08.3 ask_within."""

import time

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question, **more):
    messages = [{"role": "user", "content": question}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages, **more)
    return answer.choices[0].message.content


def pause_after(error):
    """Seconds until the next attempt; None if there should be none."""
    if not isinstance(error, openai.APIStatusError):
        return 1
    if error.status_code < 500 and error.status_code not in (408, 409, 429):
        return None
    return max(1, float(error.response.headers.get("retry-after", 1)))


@right
def with_a_loop_for_ever(client, question, seconds):
    once = client.with_options(max_retries=0)
    end = time.perf_counter() + seconds
    while True:
        try:
            return send(once, question, timeout=end - time.perf_counter())
        except openai.APIError as error:
            pause = pause_after(error)
            if pause is None:
                raise
            if time.perf_counter() + pause >= end:
                raise TimeoutError("no answer in time") from error
            time.sleep(pause)


@right
def with_recursion(client, question, seconds):
    start = time.time()
    try:
        return send(client.with_options(max_retries=0, timeout=seconds), question)
    except openai.APIError as error:
        pause = pause_after(error)
        if pause is None:
            raise
        left = seconds - (time.time() - start) - pause
        if left <= 1e-3:
            raise TimeoutError from error
    time.sleep(pause)
    return with_recursion(client, question, left)


@wrong("partly right", "a read timeout of")
def gives_each_attempt_the_whole_time(client, question, seconds):
    once = client.with_options(max_retries=0, timeout=seconds)
    end = time.monotonic() + seconds
    while True:
        try:
            return send(once, question)
        except openai.APIError as error:
            pause = pause_after(error)
            if pause is None:
                raise
            if time.monotonic() + pause >= end:
                raise TimeoutError from error
            time.sleep(pause)


@wrong("partly right", "a read timeout of")
def lets_the_sdk_repeat_with_the_same_timeout(client, question, seconds):
    try:
        return send(client.with_options(max_retries=5), question, timeout=seconds)
    except openai.APITimeoutError as error:
        raise TimeoutError from error


@wrong("partly right", "and TimeoutError was expected")
def lets_the_sdks_error_out(client, question, seconds):
    once = client.with_options(max_retries=0)
    end = time.monotonic() + seconds
    while True:
        try:
            return send(once, question, timeout=end - time.monotonic())
        except openai.APIError as error:
            pause = pause_after(error)
            if pause is None or time.monotonic() + pause >= end:
                raise
            time.sleep(pause)


@wrong("partly right", "s were enough (the deadline)")
def pauses_beyond_the_end(client, question, seconds):
    once = client.with_options(max_retries=0)
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            return send(once, question, timeout=left)
        except openai.APIError as error:
            pause = pause_after(error)
            if pause is None:
                raise
            time.sleep(pause)
    raise TimeoutError


@wrong("partly right", "and openai.APIStatusError was expected (the status was")
def repeats_everything(client, question, seconds):
    once = client.with_options(max_retries=0)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            return send(once, question, timeout=end - time.monotonic())
        except openai.APIError as error:
            pause = pause_after(error) or 1
            if time.monotonic() + pause >= end:
                break
            time.sleep(pause)
    raise TimeoutError
