"""Answers for 05.10 extract_all."""

from collections import Counter
from typing import Literal

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Request(BaseModel):
    model_config = ConfigDict(extra="forbid")
    intent: Literal["return", "exchange", "repair", "delivery", "cancel", "question"]
    order: str | None = Field(pattern=r"^FO-\d{5}$")
    quantity: int = Field(ge=1, le=9)


SCHEMA = {"name": "Request", "strict": True, "schema": Request.model_json_schema()}
FORM = {"type": "json_schema", "json_schema": SCHEMA}


class NoAnswer(Exception):
    pass


def ask(client, messages, report):
    done = client.chat.completions.create(model=CHAT_MODEL, messages=messages, response_format=FORM)
    report["tokens"] += done.usage.total_tokens
    return answer_of(done.choices[0])


def answer_of(choice):
    if choice.message.refusal:
        raise NoAnswer("refused")
    failures = {"length": "cut off", "content_filter": "filtered"}
    if choice.finish_reason in failures:
        raise NoAnswer(failures[choice.finish_reason])
    return choice.message.content


def new_report():
    return {"records": {}, "repaired": [], "failed": {}, "problems": Counter(), "tokens": 0}


def count(report, error):
    for entry in error.errors():
        report["problems"][str((*entry["loc"], "JSON")[0])] += 1


def repair(answer, error):
    return [{"role": "assistant", "content": answer}, {"role": "user", "content": str(error)}]


def read(client, mail, report, ask=ask, count=count, repair=repair, rounds=2):
    messages = [{"role": "user", "content": mail["text"]}]
    for number in range(rounds):
        answer = ask(client, messages, report)
        try:
            report["records"][mail["id"]] = Request.model_validate_json(answer).model_dump()
        except ValidationError as error:
            count(report, error)
            messages += repair(answer, error)
        else:
            if number:
                report["repaired"].append(mail["id"])
            return
    raise NoAnswer("invalid")


def batch(client, mails, read=read, let_out=(openai.AuthenticationError,), **options):
    report = new_report()
    for mail in mails:
        try:
            read(client, mail, report, **options)
        except NoAnswer as reason:
            report["failed"][mail["id"]] = str(reason)
        except let_out:
            raise
        except openai.APIError:
            report["failed"][mail["id"]] = "error"
    return report


@right
def with_an_exception_for_no_answer(client, mails):
    return batch(client, mails)


@wrong("partly right", "It raised openai.")
def stops_at_the_first_error(client, mails):
    return batch(client, mails, let_out=(openai.APIError,))


@wrong("partly right", "and openai.AuthenticationError was expected (it would hit every mail)")
def swallows_a_wrong_key(client, mails):
    return batch(client, mails, let_out=())


def count_late(client, messages, report):
    done = client.chat.completions.create(model=CHAT_MODEL, messages=messages, response_format=FORM)
    answer = answer_of(done.choices[0])
    report["tokens"] += done.usage.total_tokens
    return answer


@wrong("partly right", "'tokens' is")
def forgets_tokens_of_bad_answers(client, mails):
    return batch(client, mails, ask=count_late)


def count_fields_only(report, error):
    report["problems"].update(str(entry["loc"][0]) for entry in error.errors())


@wrong("partly right", "It raised IndexError: tuple index out of range")
def expects_a_field_in_every_error(client, mails):
    return batch(client, mails, count=count_fields_only)


@wrong("partly right", "'problems' has no 'JSON', only 'invalid'")
def counts_errors_not_fields(client, mails):
    return batch(client, mails, count=lambda report, error: report["problems"].update(["invalid"]))


@wrong("partly right", "'records' has no 'M")
def does_not_repair(client, mails):
    return batch(client, mails, rounds=1)


@wrong("partly right", "is not among the messages of request 2 as an assistant message")
def repairs_without_the_answer(client, mails):
    return batch(
        client, mails, repair=lambda answer, error: [{"role": "user", "content": str(error)}]
    )


@wrong("partly right", "but this conversation ends after")
def tries_three_times(client, mails):
    return batch(client, mails, rounds=3)


def one_conversation(client, mails):
    report, messages = new_report(), []
    for mail in mails:
        messages.append({"role": "user", "content": mail["text"]})
        try:
            answer = ask(client, messages, report)
            messages.append({"role": "assistant", "content": answer})
            report["records"][mail["id"]] = Request.model_validate_json(answer).model_dump()
        except (NoAnswer, ValidationError, openai.BadRequestError):
            report["failed"][mail["id"]] = "invalid"
    return report


@wrong("raised", "in it, and each mail is a conversation of its own")
def keeps_one_conversation(client, mails):
    return one_conversation(client, mails)


def ask_for_text(client, messages, report):
    done = client.chat.completions.create(model=CHAT_MODEL, messages=messages, response_format=FORM)
    report["tokens"] += done.usage.total_tokens
    return done.choices[0].message.content or ""


@wrong("partly right", "but this conversation ends after")
def repairs_what_was_cut_off(client, mails):
    return batch(
        client,
        mails,
        ask=ask_for_text,
        count=lambda report, error: report["problems"].update(
            str(e["loc"][0]) for e in error.errors() if e["loc"]
        ),
    )


def responses_answer(client, messages, report):
    """One request to the Responses API."""
    form = {"type": "json_schema", **SCHEMA}
    done = client.responses.create(model=CHAT_MODEL, input=messages, text={"format": form})
    report["tokens"] += done.usage.total_tokens
    if done.incomplete_details:
        cut = done.incomplete_details.reason == "max_output_tokens"
        raise NoAnswer("cut off" if cut else "filtered")
    if not done.output_text:
        raise NoAnswer("refused")
    return done.output_text


@right
def on_the_responses_api(client, mails):
    return batch(client, mails, ask=responses_answer)


@right
def with_one_long_function(client, mails):
    records, repaired, failed, problems, tokens = {}, [], {}, Counter(), 0
    for mail in mails:
        chat = [{"role": "user", "content": f"Extract: {mail['text']}"}]
        answer, status = "", "invalid"
        while len(chat) <= 3:
            try:
                done = client.chat.completions.create(
                    model=CHAT_MODEL, messages=chat, response_format=FORM
                )
            except openai.AuthenticationError:
                raise
            except openai.OpenAIError:
                status = "error"
                break
            tokens += done.usage.total_tokens
            choice = done.choices[0]
            status = {"length": "cut off", "content_filter": "filtered"}.get(choice.finish_reason)
            status = "refused" if choice.message.refusal else status
            if status:
                break
            answer = choice.message.content
            try:
                records[mail["id"]] = Request.model_validate_json(answer).model_dump()
            except ValidationError as error:
                problems.update(str(e["loc"][0]) if e["loc"] else "JSON" for e in error.errors())
                chat += repair(answer, error)
                status = "invalid"
                continue
            if len(chat) > 1:
                repaired.append(mail["id"])
            break
        if status:
            failed[mail["id"]] = status
    names = ("records", "repaired", "failed", "problems", "tokens")
    return dict(zip(names, (records, repaired, failed, problems, tokens), strict=True))


@wrong("partly right", "(the repair did not help)")
def notes_a_repair_before_it_helps(client, mails):
    report = batch(client, mails)
    report["repaired"] += [id for id, why in report["failed"].items() if why == "invalid"]
    return report


def read_text_first(client, messages, report):
    done = client.chat.completions.create(model=CHAT_MODEL, messages=messages, response_format=FORM)
    report["tokens"] += done.usage.total_tokens
    text = done.choices[0].message.content or ""
    try:
        Request.model_validate_json(text)
    except ValidationError:
        return answer_of(done.choices[0])
    return text


@wrong("partly right", "'failed' has no 'M")
def takes_what_looks_whole(client, mails):
    return batch(client, mails, ask=read_text_first)


@wrong("partly right", "It raised openai.API")
def expects_a_response_always(client, mails):
    return batch(client, mails, let_out=(openai.AuthenticationError, openai.APIConnectionError))


def count_first(report, error):
    entry = error.errors()[0]
    report["problems"][str((*entry["loc"], "JSON")[0])] += 1


@wrong("partly right", "(each answer that was not valid counts)")
def counts_the_first_problem_only(client, mails):
    return batch(client, mails, count=count_first)


@wrong("partly right", "It raised openai.PermissionDeniedError")
def stops_at_a_403_too(client, mails):
    return batch(client, mails, let_out=(openai.AuthenticationError, openai.PermissionDeniedError))
