"""Answers for 05.5 read_or_say_why."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, Field, ValidationError


class Rating(BaseModel):
    product: str
    stars: int = Field(ge=1, le=5)


def parse(client, text):
    return client.chat.completions.parse(
        model=CHAT_MODEL, messages=[{"role": "user", "content": text}], response_format=Rating
    )


def outcome(status, completion, record=None):
    used = completion.usage.total_tokens if completion else 0
    return {"status": status, "record": record, "tokens": used}


@right
def with_create(client, text):
    schema = Rating.model_json_schema() | {"additionalProperties": False}
    done = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": text}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "Rating", "strict": True, "schema": schema},
        },
    )
    choice = done.choices[0]
    failures = {"length": "cut off", "content_filter": "filtered"}
    if choice.finish_reason in failures:
        return outcome(failures[choice.finish_reason], done)
    if choice.message.refusal:
        return outcome("refused", done)
    return outcome("ok", done, Rating.model_validate_json(choice.message.content).model_dump())


@wrong("partly right", "It raised AttributeError: 'NoneType' object has no attribute 'model_dump'")
def forgets_the_refusal(client, text):
    try:
        done = parse(client, text)
        return outcome("ok", done, done.choices[0].message.parsed.model_dump())
    except openai.LengthFinishReasonError as error:
        return outcome("cut off", error.completion)
    except openai.ContentFilterFinishReasonError as error:
        return outcome("filtered", error.completion)


@wrong("partly right", "'tokens' is 0, and")
def forgets_the_bill(client, text):
    try:
        done = parse(client, text)
    except openai.LengthFinishReasonError:
        return outcome("cut off", None)
    except openai.ContentFilterFinishReasonError:
        return outcome("filtered", None)
    rating = done.choices[0].message.parsed
    if rating is None:
        return outcome("refused", done)
    return outcome("ok", done, rating.model_dump())


@wrong("partly right", "It raised openai.LengthFinishReasonError")
def waits_for_a_validation_error(client, text):
    try:
        done = parse(client, text)
    except ValidationError:
        return outcome("cut off", None)
    except openai.ContentFilterFinishReasonError as error:
        return outcome("filtered", error.completion)
    rating = done.choices[0].message.parsed
    return outcome("ok", done, rating.model_dump()) if rating else outcome("refused", done)


@wrong("partly right", "(finish_reason was content_filter)")
def takes_all_for_cut_off(client, text):
    try:
        done = parse(client, text)
    except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as error:
        return outcome("cut off", error.completion)
    rating = done.choices[0].message.parsed
    return outcome("ok", done, rating.model_dump()) if rating else outcome("refused", done)


@wrong("partly right", "'record' is '{")
def keeps_the_text(client, text):
    try:
        done = parse(client, text)
    except openai.LengthFinishReasonError as error:
        return outcome("cut off", error.completion)
    except openai.ContentFilterFinishReasonError as error:
        return outcome("filtered", error.completion)
    message = done.choices[0].message
    return outcome("refused", done) if message.refusal else outcome("ok", done, message.content)


SCHEMA = Rating.model_json_schema() | {"additionalProperties": False}
FORM = {"type": "json_schema", "json_schema": {"name": "r", "strict": True, "schema": SCHEMA}}


def created(client, text):
    messages = [{"role": "user", "content": text}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages, response_format=FORM)


@right
def with_create_and_the_finish_reason(client, text):
    done = created(client, text)
    [choice] = done.choices
    why = {"length": "cut off", "content_filter": "filtered"}.get(choice.finish_reason)
    if why is None and choice.message.refusal is not None:
        why = "refused"
    if why:
        return outcome(why, done)
    return outcome("ok", done, Rating.model_validate_json(choice.message.content).model_dump())


@right
def with_one_handler_for_both(client, text):
    try:
        done = parse(client, text)
    except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as error:
        cut = isinstance(error, openai.LengthFinishReasonError)
        return outcome("cut off" if cut else "filtered", error.completion)
    message = done.choices[0].message
    if message.refusal:
        return outcome("refused", done)
    return outcome("ok", done, message.parsed.model_dump())


@wrong("partly right", "'status' is 'ok', and 'cut off' was expected (finish_reason was length)")
def looks_at_the_text_first(client, text):
    done = created(client, text)
    choice = done.choices[0]
    try:
        return outcome("ok", done, Rating.model_validate_json(choice.message.content).model_dump())
    except ValidationError:
        if choice.message.refusal:
            return outcome("refused", done)
        return outcome("cut off" if choice.finish_reason == "length" else "filtered", done)


@wrong("wrong", "(the tokens of the prompt and of the answer)")
def counts_the_answer_only(client, text):
    made = with_one_handler_for_both(client, text)
    return made | {"tokens": made["tokens"] // 10}
