"""Answers for 02.5 chat_bill."""

from exercise_answers import CHAT_MODEL, right, wrong


def answers(client, questions):
    messages = []
    for question in questions:
        messages.append({"role": "user", "content": question})
        response = client.chat.completions.create(model=CHAT_MODEL, messages=list(messages))
        messages.append({"role": "assistant", "content": response.choices[0].message.content})
        yield response


def cached_of(usage):
    details = usage.prompt_tokens_details
    return (details.cached_tokens or 0) if details else 0


def bill(usages, cached, dollars):
    return {
        "input_tokens": sum(u.prompt_tokens for u in usages),
        "cached_tokens": cached,
        "output_tokens": sum(u.completion_tokens for u in usages),
        "dollars": dollars / 1e6,
    }


@right
def price_by_price(client, questions, input_price, cached_price, output_price):
    usages = [response.usage for response in answers(client, questions)]
    dollars = 0.0
    for usage in usages:
        cached = cached_of(usage)
        dollars += (usage.prompt_tokens - cached) * input_price
        dollars += cached * cached_price + usage.completion_tokens * output_price
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "of the input tokens were cached")
def ignores_the_cache_price(client, questions, input_price, cached_price, output_price):
    usages = [response.usage for response in answers(client, questions)]
    dollars = sum(
        u.prompt_tokens * input_price + u.completion_tokens * output_price for u in usages
    )
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "of the input tokens were cached")
def counts_cached_tokens_twice(client, questions, input_price, cached_price, output_price):
    usages = [response.usage for response in answers(client, questions)]
    dollars = sum(
        u.prompt_tokens * input_price
        + cached_of(u) * cached_price
        + u.completion_tokens * output_price
        for u in usages
    )
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "It raised")
def trusts_the_details(client, questions, input_price, cached_price, output_price):
    usages = [response.usage for response in answers(client, questions)]
    cached = sum(u.prompt_tokens_details.cached_tokens for u in usages)
    inputs = sum(u.prompt_tokens for u in usages)
    out = sum(u.completion_tokens for u in usages)
    dollars = (inputs - cached) * input_price + cached * cached_price + out * output_price
    return bill(usages, cached, dollars)


@wrong("partly right", "Request 3 has messages with the roles user, and")
def asks_each_question_alone(client, questions, input_price, cached_price, output_price):
    usages = [next(answers(client, [question])).usage for question in questions]
    cached = sum(map(cached_of, usages))
    inputs = sum(u.prompt_tokens for u in usages)
    out = sum(u.completion_tokens for u in usages)
    dollars = (inputs - cached) * input_price + cached * cached_price + out * output_price
    return bill(usages, cached, dollars)


@wrong("partly right", "was expected (the sum over the answers' usage)")
def only_the_last_usage(client, questions, input_price, cached_price, output_price):
    usage = [response.usage for response in answers(client, questions)][-1]
    cached = cached_of(usage)
    dollars = (usage.prompt_tokens - cached) * input_price + cached * cached_price
    return bill([usage], cached, dollars + usage.completion_tokens * output_price)
