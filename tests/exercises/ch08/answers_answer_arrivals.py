"""Answers for 08.8 answer_arrivals."""

import threading
import time

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question):
    messages = [{"role": "user", "content": question}]
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return answer.choices[0].message.content


def ill(error):
    return getattr(error, "status_code", 500) >= 500


class Breaker:
    def __init__(self, threshold, cool_down):
        self.threshold, self.cool_down = threshold, cool_down
        self.failures, self.state, self.opened = 0, "closed", 0.0

    def lets_through(self):
        if self.state == "open" and time.monotonic() - self.opened >= self.cool_down:
            self.state = "half-open"
        return self.state != "open"

    def succeeded(self):
        self.failures, self.state = 0, "closed"

    def failed(self):
        self.failures += 1
        if self.state == "half-open" or self.failures >= self.threshold:
            self.state, self.opened = "open", time.monotonic()


@right
def with_a_class_and_states(client, arrivals, threshold, cool_down):
    breaker, start, results = Breaker(threshold, cool_down), time.monotonic(), []
    for second, question in arrivals:
        time.sleep(start + second - time.monotonic())
        if not breaker.lets_through():
            results.append("skipped")
            continue
        try:
            results.append(send(client, question))
            breaker.succeeded()
        except (openai.APIConnectionError, openai.InternalServerError):
            results.append("failed")
            breaker.failed()
        except openai.APIStatusError:
            results.append("failed")
    return results


def played(
    client, arrivals, threshold, cool_down, *, counts=ill, reset=True, again=None, other=None
):
    """The loop of the wrong answers, with one thing wrong.

    `again` is the count when it is half-open, and `other` the count after a status below 500.
    """
    start, failures, until, results = time.monotonic(), 0, 0.0, []
    for second, question in arrivals:
        time.sleep(max(0, start + second - time.monotonic()))
        if failures >= threshold and time.monotonic() < until:
            results.append("skipped")
            continue
        if failures >= threshold and again is not None:
            failures = again
        try:
            results.append(send(client, question))
            failures = 0 if reset else failures
        except openai.APIError as error:
            results.append("failed")
            if counts(error):
                failures, until = failures + 1, time.monotonic() + cool_down
            elif other is not None:
                failures = other
    return results


@wrong("partly right", "; the service failed")
def without_a_breaker(client, arrivals, threshold, cool_down):
    return played(client, arrivals, 10**6, cool_down)


@wrong("partly right", "a success starts the count again")
def counts_all_failures(client, arrivals, threshold, cool_down):
    return played(client, arrivals, threshold, cool_down, reset=False)


@wrong("partly right", "open for")
def half_open_is_closed(client, arrivals, threshold, cool_down):
    return played(client, arrivals, threshold, cool_down, again=0)


@wrong("partly right", "the service is well")
def every_error_is_the_services(client, arrivals, threshold, cool_down):
    return played(client, arrivals, threshold, cool_down, counts=lambda _: True)


@wrong("partly right", "it opened at")
def stays_open_for_ever(client, arrivals, threshold, cool_down):
    return played(client, arrivals, threshold, 10**4)


@wrong("wrong", "and was sent at")
def does_not_wait_for_arrivals(client, arrivals, threshold, cool_down):
    return played(client, [(0, question) for _, question in arrivals], threshold, cool_down)


@right
def with_the_second_at_which_it_opens(client, arrivals, threshold, cool_down):
    begin, failed_at, results = time.perf_counter(), [], []
    for second, question in arrivals:
        threading.Event().wait(begin + second - time.perf_counter())
        recent = failed_at and time.perf_counter() < failed_at[-1] + cool_down
        if len(failed_at) >= threshold and recent:
            results.append("skipped")
            continue
        try:
            results.append(client.responses.create(model=CHAT_MODEL, input=question).output_text)
            failed_at.clear()
        except openai.APIStatusError as error:
            results.append("failed")
            if error.status_code >= 500:
                failed_at.append(time.perf_counter())
        except openai.APIConnectionError:
            results.append("failed")
            failed_at.append(time.perf_counter())
    return results


@wrong("partly right", "threshold is")
def allows_one_failure_too_many_after_a_success(client, arrivals, threshold, cool_down):
    start, failures, until, results = time.monotonic(), 0, 0.0, []
    for second, question in arrivals:
        time.sleep(max(0, start + second - time.monotonic()))
        if failures >= threshold and time.monotonic() < until:
            results.append("skipped")
            continue
        try:
            results.append(send(client, question))
            failures = -1
        except openai.APIError as error:
            results.append("failed")
            if ill(error):
                failures, until = failures + 1, time.monotonic() + cool_down
    return results


@wrong("partly right", "and the failure came at")
def counts_from_the_arrival(client, arrivals, threshold, cool_down):
    start, failures, until, results = time.monotonic(), 0, 0.0, []
    for second, question in arrivals:
        time.sleep(max(0, start + second - time.monotonic()))
        if failures >= threshold and second < until:
            results.append("skipped")
            continue
        try:
            results.append(send(client, question))
            failures = 0
        except openai.APIError as error:
            results.append("failed")
            if ill(error):
                failures, until = failures + 1, second + cool_down
    return results


@wrong("partly right", "the statuses between the two failures were below 500")
def starts_again_after_any_response(client, arrivals, threshold, cool_down):
    return played(client, arrivals, threshold, cool_down, other=0)


@wrong("partly right", "every status was below 500: the service is well")
def counts_the_rate_limit(client, arrivals, threshold, cool_down):
    def counts(error):
        return ill(error) or error.status_code == 429

    return played(client, arrivals, threshold, cool_down, counts=counts)


def half_opened(client, arrivals, threshold, cool_down, *, closed=0, other):
    """A breaker that is half-open while `opened` is set.

    After a success then, the count is `closed`; `other` gets the count and the second at which it
    opened, and returns both after a status below 500.
    """
    start, failures, opened, results = time.monotonic(), 0, None, []
    for second, question in arrivals:
        time.sleep(max(0, start + second - time.monotonic()))
        if opened is not None and time.monotonic() < opened + cool_down:
            results.append("skipped")
            continue
        try:
            results.append(send(client, question))
            failures, opened = (0 if opened is None else closed), None
        except openai.APIError as error:
            results.append("failed")
            if not ill(error):
                failures, opened = other(failures, opened)
                continue
            failures += 1
            if opened is not None or failures >= threshold:
                opened = time.monotonic()
    return results


@wrong("partly right", "it opened at")
def keeps_the_count_when_it_closes(client, arrivals, threshold, cool_down):
    return half_opened(
        client, arrivals, threshold, cool_down, closed=threshold - 1, other=lambda *state: state
    )


@wrong("partly right", "leaves the breaker as it was, half-open")
def opens_again_after_any_error(client, arrivals, threshold, cool_down):
    def other(failures, opened):
        return failures, None if opened is None else time.monotonic()

    return half_opened(client, arrivals, threshold, cool_down, other=other)


@wrong("partly right", "leaves the breaker as it was, half-open")
def closes_after_any_response(client, arrivals, threshold, cool_down):
    def other(failures, opened):
        return (failures, None) if opened is None else (0, None)

    return half_opened(client, arrivals, threshold, cool_down, other=other)
