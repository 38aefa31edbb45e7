"""Answers for 08.3 ask_within."""

import time
from datetime import datetime, timedelta

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


@right
def by_the_date(client, question, seconds):
    once = client.with_options(max_retries=0)
    end = datetime.now() + timedelta(seconds=seconds)
    while True:
        try:
            return send(once, question, timeout=(end - datetime.now()).total_seconds())
        except openai.APIError as error:
            pause = pause_after(error)
            if pause is None:
                raise
            if datetime.now() + timedelta(seconds=pause) >= end:
                raise TimeoutError("no answer in time") from error
        time.sleep(pause)


def within(client, question, seconds, pause_of=pause_after, *, late=False, margin=0):
    """The loop of the wrong answers."""
    once = client.with_options(max_retries=0)
    end = time.monotonic() + seconds
    while True:
        try:
            return send(once, question, timeout=end - time.monotonic())
        except openai.APIError as error:
            pause = pause_of(error)
            if pause is None:
                raise
            if time.monotonic() + pause + margin >= end:
                if late:
                    time.sleep(max(0, end - time.monotonic()))
                raise TimeoutError from error
            time.sleep(pause)


@wrong("partly right", "It raised openai.ConflictError")
def does_not_repeat_409(client, question, seconds):
    return within(
        client,
        question,
        seconds,
        lambda e: None if isinstance(e, openai.ConflictError) else pause_after(e),
    )


@wrong("partly right", "comes a pause of 1 s")
def does_not_pause_after_a_lost_connection(client, question, seconds):
    return within(
        client,
        question,
        seconds,
        lambda e: pause_after(e) if isinstance(e, openai.APIStatusError) else 0,
    )


@wrong("partly right", "The service said retry-after:")
def ignores_retry_after(client, question, seconds):
    return within(client, question, seconds, lambda e: pause_after(e) and 1)


@wrong("partly right", "after that, the next pause is too long")
def sleeps_to_the_end(client, question, seconds):
    return within(client, question, seconds, late=True)


@wrong("partly right", "and TimeoutError was expected")
def raises_the_last_status(client, question, seconds):
    try:
        return within(client, question, seconds)
    except TimeoutError as error:
        if isinstance(error.__cause__, openai.APIStatusError):
            raise error.__cause__ from None
        raise


@wrong("partly right", "A pause that ends 0.25 s before the deadline ends in time.")
def gives_up_a_second_early(client, question, seconds):
    return within(client, question, seconds, margin=1)
