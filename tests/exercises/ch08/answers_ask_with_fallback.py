"""Answers for 08.7 ask_with_fallback."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question, model):
    messages = [{"role": "user", "content": question}]
    answer = client.chat.completions.create(model=model, messages=messages)
    return {"text": answer.choices[0].message.content, "model": model}


@right
def by_status(client, question, models):
    first, *others = models
    try:
        return send(client, question, first)
    except openai.APIError as error:
        status = getattr(error, "status_code", 503)
        billing = error.type == "insufficient_quota"
        if billing or not others or not (status in (404, 429) or status >= 500):
            raise
        return by_status(client, question, others)


@right
def with_the_last_error_kept(client, question, models):
    last = Exception()
    for model in models:
        try:
            answer = client.responses.create(model=model, input=question)
            return {"text": answer.output_text, "model": model}
        except (openai.NotFoundError, openai.InternalServerError) as error:
            last = error
        except openai.APIConnectionError as error:
            last = error
        except openai.RateLimitError as error:
            if error.type == "insufficient_quota":
                raise
            last = error
    raise last


@wrong("partly right", "(the status was")
def goes_on_after_everything(client, question, models):
    for model in models:
        try:
            return send(client, question, model)
        except openai.APIError as error:
            if error.type == "insufficient_quota" or model == models[-1]:
                raise
    return None


@wrong("partly right", "It asked 3 models although the bill isn't paid")
def goes_on_after_an_unpaid_bill(client, question, models):
    for model in models:
        try:
            return send(client, question, model)
        except (
            openai.NotFoundError,
            openai.RateLimitError,
            openai.APIConnectionError,
            openai.InternalServerError,
        ):
            if model == models[-1]:
                raise
    return None


@wrong(
    "partly right", "was expected (that was the error of the last model)"
)
def raises_an_error_of_its_own(client, question, models):
    for model in models:
        try:
            return send(client, question, model)
        except (
            openai.NotFoundError,
            openai.APIConnectionError,
            openai.InternalServerError,
        ):
            pass
        except openai.RateLimitError as error:
            if error.type == "insufficient_quota":
                raise
    raise RuntimeError("no model answers")


@wrong("partly right", "It raised openai.APIConnectionError")
def knows_only_responses(client, question, models):
    for model in models:
        try:
            return send(client, question, model)
        except openai.APIStatusError as error:
            wrong_here = error.status_code in (404, 429) or error.status_code >= 500
            if not wrong_here or error.type == "insufficient_quota" or model == models[-1]:
                raise
    return None


@wrong("partly right", "was expected (the first model")
def takes_the_sdks_repeat_away(client, question, models):
    once = client.with_options(max_retries=0)
    for model in models * 2:
        try:
            return send(once, question, model)
        except (openai.APIConnectionError, openai.APIStatusError) as error:
            status = getattr(error, "status_code", 503)
            if error.type == "insufficient_quota" or status in (400, 401, 403, 422):
                raise
            if status == 404 and model == models[-1]:
                raise
    return None


@wrong("partly right", "Request 1 has model='simulated-model', and")
def asks_a_model_of_its_own(client, question, models):
    return {"text": send(client, question, CHAT_MODEL)["text"], "model": models[0]}


@right
def with_one_handler_and_an_iterator(client, question, models):
    rest = iter(models)
    model = next(rest)
    while True:
        try:
            return send(client, question, model)
        except openai.APIError as error:
            gone = isinstance(error, openai.NotFoundError | openai.APIConnectionError)
            busy = isinstance(error, openai.InternalServerError | openai.RateLimitError)
            if error.type == "insufficient_quota" or not (gone or busy):
                raise
            following = next(rest, None)
            if following is None:
                raise
            model = following


@wrong("partly right", "'model' is '")
def believes_the_name_in_the_answer(client, question, models):
    made = with_the_last_error_kept(client, question, models)
    return made | {"model": made["model"] + "-2026-08-01"}


@wrong("partly right", "although the bill isn't paid (credit_balance_exhausted)")
def knows_one_code(client, question, models):
    for model in models:
        try:
            return send(client, question, model)
        except openai.APIError as error:
            status = getattr(error, "status_code", 503)
            other = status in (404, 429) or status >= 500
            if error.code == "insufficient_quota" or not other or model == models[-1]:
                raise
    return None


@wrong("partly right", "It raised openai.")
def tries_two_models(client, question, models):
    return by_status(client, question, models[:2])
