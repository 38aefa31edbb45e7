"""Answers for 08.2 ask_patiently."""

import random
import threading
import time

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return answer.choices[0].message.content


def curable(error):
    status = getattr(error, "status_code", 500)
    return status >= 500 or status in (408, 409, 429)


def after(error):
    response = getattr(error, "response", None)
    return float(response.headers.get("retry-after", 0)) if response is not None else 0.0


@right
def lets_the_sdk_do_it(client, question, attempts):
    return send(client.with_options(max_retries=attempts - 1), question)


@right
def with_a_loop_and_equal_jitter(client, question, attempts):
    once = client.with_options(max_retries=0)
    most, made = 0.5, 0
    while True:
        made += 1
        try:
            return send(once, question)
        except openai.APIError as error:
            if made == attempts or not curable(error) or after(error) > 120:
                raise
            time.sleep(after(error) or most / 2 + random.random() * most / 2)
            most = min(8, 2 * most)


@wrong("partly right", "times the SDK's own three")
def a_loop_around_the_sdk(client, question, attempts):
    for n in range(attempts):
        try:
            return send(client, question)
        except openai.APIError as error:
            if n == attempts - 1 or not curable(error) or after(error) > 120:
                raise
            time.sleep(after(error) or random.uniform(0, min(8, 0.5 * 2**n)))
    return None


@wrong("partly right", "requests, and")
def counts_the_first_request_as_no_attempt(client, question, attempts):
    return send(client.with_options(max_retries=attempts), question)


@wrong("partly right", "It waited exactly as long in two runs")
def without_jitter(client, question, attempts):
    once = client.with_options(max_retries=0)
    for n in range(attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            if n == attempts - 1 or not curable(error) or after(error) > 120:
                raise
            time.sleep(after(error) or min(8, 0.5 * 2**n))
    return None


@wrong("partly right", "(after the last attempt there is nothing to wait for)")
def sleeps_after_the_last_attempt(client, question, attempts):
    once, last = client.with_options(max_retries=0), Exception()
    for n in range(attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            if not curable(error) or after(error) > 120:
                raise
            last = error
            time.sleep(after(error) or random.uniform(0.1, min(8, 0.5 * 2**n)))
    raise last


@wrong("partly right", "The service said retry-after:")
def ignores_retry_after(client, question, attempts):
    once = client.with_options(max_retries=0)
    for n in range(attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            if n == attempts - 1 or not curable(error):
                raise
            time.sleep(random.uniform(0, min(8, 0.5 * 2**n)))
    return None


@wrong("partly right", "and it will be so again")
def repeats_everything(client, question, attempts):
    once = client.with_options(max_retries=0)
    for n in range(attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            if n == attempts - 1 or after(error) > 120:
                raise
            time.sleep(after(error) or random.uniform(0, min(8, 0.5 * 2**n)))
    return None


@wrong("partly right", "s is the limit there")
def waits_without_a_cap(client, question, attempts):
    once = client.with_options(max_retries=0)
    for n in range(attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            if n == attempts - 1 or not curable(error) or after(error) > 120:
                raise
            time.sleep(after(error) or random.uniform(0.9, 1) * 0.6 * 2**n)
    return None


@right
def pausing_with_an_event(client, question, attempts):
    once = client.with_options(max_retries=0)
    for n in range(1, attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            if not curable(error) or after(error) > 120:
                raise
            wait = after(error) or random.triangular(0, min(8, 0.25 * 2**n))
            threading.Event().wait(wait)
    return send(once, question)


def patient(client, question, attempts, *, statuses=(), longest=120, most=8.0, connections=True):
    """The loop of the wrong answers, with one thing wrong."""
    once = client.with_options(max_retries=0)
    for n in range(attempts):
        try:
            return send(once, question)
        except openai.APIError as error:
            lost = isinstance(error, openai.APIConnectionError) and not connections
            never = lost or getattr(error, "status_code", 0) in statuses or not curable(error)
            if n == attempts - 1 or never or after(error) > longest:
                raise
            time.sleep(after(error) or random.uniform(0, min(most, 0.5 * 2**n)))
    return None


@wrong("partly right", "It raised openai.APIStatusError")
def does_not_repeat_408(client, question, attempts):
    return patient(client, question, attempts, statuses=(408,))


@wrong("partly right", "It raised openai.ConflictError")
def does_not_repeat_409(client, question, attempts):
    return patient(client, question, attempts, statuses=(409,))


@wrong("partly right", "It raised openai.API")
def does_not_repeat_connections(client, question, attempts):
    return patient(client, question, attempts, connections=False)


@wrong("partly right", "requests, and 1 was expected (the service said retry-after: 121)")
def waits_for_ever(client, question, attempts):
    return patient(client, question, attempts, longest=10**6)


@wrong("partly right", "It raised openai.InternalServerError")
def takes_120_for_too_long(client, question, attempts):
    return patient(client, question, attempts, longest=119)


@wrong("partly right", "draw them from the whole range")
def waits_never_grow(client, question, attempts):
    return patient(client, question, attempts, most=0.5)
