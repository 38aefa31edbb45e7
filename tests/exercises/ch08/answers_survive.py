"""Answers for 08.11 survive."""

import math
import random
import time

import openai
from exercise_answers import CHAT_MODEL, right, wrong


class Desk:
    """One way to do it, with a switch for each mistake."""

    def __init__(self, client, models, seconds, send, **mistakes):
        self.client, self.send = client, send
        self.models, self.seconds, self.mistakes = list(models), seconds, mistakes

    def get(self, name, usual):
        return self.mistakes.get(name, usual)

    def work(self, mail):
        report = {"id": mail["id"], "outcome": "sent", "request_id": None}
        try:
            text = self.reply(mail["text"], report)
            for left in (2, 1, 0):
                try:
                    self.send(self.get("key", str)(mail["id"]), text)
                    break
                except TimeoutError:
                    if not left:
                        raise
        except Exception as error:
            if not isinstance(error, openai.APIError | ValueError | TimeoutError):
                raise
            name = "ValueError" if isinstance(error, ValueError) else type(error).__name__
            report["outcome"] = name
        return report

    def reply(self, text, report):
        end = time.monotonic() + self.seconds
        for attempt in (1, 2, 3, 4):
            left = end - time.monotonic()
            try:
                return self.ask(text, report, self.get("timeout", left))
            except openai.NotFoundError:
                if attempt == 4 or len(self.models) == 1:
                    raise
                if self.get("remember", True):
                    del self.models[0]
                else:
                    spare = self.models[1:]
                    self.models, kept = spare, self.models
                    try:
                        return self.ask(text, report, left)
                    finally:
                        self.models = kept
            except openai.APIError as error:
                wait = self.get("wait", self.wait)(error)
                if attempt == 4 or time.monotonic() + wait >= end:
                    raise
                time.sleep(wait)
        return None

    def wait(self, error):
        status = getattr(error, "status_code", 503)
        if status < 500 and status not in (408, 409, 429):
            return math.inf
        if error.type == "insufficient_quota":
            return math.inf
        response = getattr(error, "response", None)
        headers = {} if response is None else response.headers
        return float(headers.get("retry-after") or random.random())

    def ask(self, text, report, timeout):
        client = self.client.with_options(max_retries=self.get("max_retries", 0))
        try:
            raw = client.responses.with_raw_response.create(
                model=self.models[0], input=text, timeout=timeout
            )
        except openai.APIStatusError as error:
            report["request_id"] = error.request_id
            raise
        if self.get("id_of_answers", True):
            report["request_id"] = raw.headers["x-request-id"]
        return self.get("checked", checked)(raw)


def checked(raw):
    answer = raw.parse()
    if isinstance(answer, str) or answer.status != "completed" or not answer.output_text:
        raise ValueError("not a whole answer")
    return answer.output_text


def unchecked(raw):
    try:
        return raw.parse().output_text
    except (TypeError, AttributeError):
        return str(raw.parse())


def played(client, mails, models, seconds, send, **mistakes):
    desk = Desk(client, models, seconds, send, **mistakes)
    return [desk.work(mail) for mail in mails]


@right
def with_responses_and_one_method_for_attempts(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send)


@wrong("partly right", "requests for mail-")
def with_the_sdks_repeats_underneath(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send, max_retries=2)


@wrong("partly right", "The list of replies to mail-")
def sends_what_is_no_answer(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send, checked=unchecked)


@wrong("partly right", "a read timeout of")
def the_same_timeout_for_each_attempt(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send, timeout=seconds)


@wrong("partly right", "which is no mail's id")
def a_key_of_its_own(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send, key=lambda id: f"{id}-{random.random()}")


@wrong("partly right", "after a 404 had said that it is gone")
def forgets_that_a_model_is_gone(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send, remember=False)


@wrong("partly right", "'request_id' in the report of mail-")
def no_id_of_a_page(client, mails, models, seconds, send):
    return played(client, mails, models, seconds, send, id_of_answers=False)


@wrong("partly right", "It asked again for mail-")
def ignores_retry_after(client, mails, models, seconds, send):
    def wait(error):
        status = getattr(error, "status_code", 503)
        waits = status < 500 and status not in (408, 409, 429)
        return math.inf if waits or error.type == "insufficient_quota" else 0.5

    return played(client, mails, models, seconds, send, wait=wait)


@wrong("raised", "It raised ")
def lets_the_first_failure_out(client, mails, models, seconds, send):
    reports = []
    for mail in mails:
        answer = client.chat.completions.create(
            model=CHAT_MODEL, messages=[{"role": "user", "content": mail["text"]}]
        )
        send(mail["id"], answer.choices[0].message.content)
        id = answer._request_id
        reports.append({"id": mail["id"], "outcome": "sent", "request_id": id})
    return reports


def checked_chat(raw):
    """The text of a whole answer of Chat Completions."""
    try:
        [choice] = raw.parse().choices
        text = choice.message.content if choice.finish_reason == "stop" else None
    except (AttributeError, TypeError) as error:
        raise ValueError("not a completion") from error
    if not text:
        raise ValueError("not a whole answer")
    return text


class ChatDesk(Desk):
    """The same on Chat Completions, with the wait of the SDK."""

    def ask(self, text, report, timeout):
        client = self.client.with_options(max_retries=0, timeout=timeout)
        messages = [{"role": "user", "content": text}]
        try:
            raw = client.chat.completions.with_raw_response.create(
                model=self.models[0], messages=messages
            )
        except openai.APIStatusError as error:
            report["request_id"] = error.response.headers["x-request-id"]
            raise
        report["request_id"] = raw.request_id
        return checked_chat(raw)


@right
def on_chat_completions(client, mails, models, seconds, send):
    desk = ChatDesk(client, models, seconds, lambda key, text: send(text=text, key=key))
    return [desk.work(mail) for mail in mails]


@right
def with_a_pause_of_a_second(client, mails, models, seconds, send):
    def wait(error):
        status = getattr(error, "status_code", 503)
        if error.type == "insufficient_quota" or not (status in (408, 409, 429) or status >= 500):
            return math.inf
        headers = error.response.headers if isinstance(error, openai.APIStatusError) else {}
        return float(headers.get("retry-after", 1.0))

    return played(client, mails, models, seconds, send, wait=wait)


@wrong(
    "partly right", "(the mail met an answer, and three sends that time out)"
)
def sends_twice_at_most(client, mails, models, seconds, send):
    tries = {}

    def once_less(key, text):
        tries[key] = tries.get(key, 0) + 1
        if tries[key] == 3:
            raise TimeoutError
        return send(key, text)

    return played(client, mails, models, seconds, once_less)


@wrong("partly right", "and another model can be asked at once")
def waits_before_the_next_model(client, mails, models, seconds, send):
    class Slow(Desk):
        def reply(self, text, report):
            before = len(self.models)
            real = self.ask

            def ask(*args):
                if len(self.models) < before:
                    time.sleep(1)
                return real(*args)

            self.ask = ask
            try:
                return super().reply(text, report)
            finally:
                self.ask = real

    desk = Slow(client, models, seconds, send)
    return [desk.work(mail) for mail in mails]
