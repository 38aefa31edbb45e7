"""Answers for 02.5 chat_bill."""

from decimal import Decimal

from exercise_answers import CHAT_MODEL, right, wrong


def whole(choice):
    return choice.finish_reason == "stop" and not choice.message.refusal


def answers(client, questions, keep=whole):
    messages = []
    for question in questions:
        asked = {"role": "user", "content": question}
        response = client.chat.completions.create(model=CHAT_MODEL, messages=[*messages, asked])
        choice = response.choices[0]
        if keep(choice):
            messages += [asked, {"role": "assistant", "content": choice.message.content}]
        yield response


def usages_of(client, questions, keep=whole):
    return [response.usage for response in answers(client, questions, keep)]


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


def charged(usages, input_price, cached_price, output_price):
    cached = sum(map(cached_of, usages))
    inputs = sum(u.prompt_tokens for u in usages)
    out = sum(u.completion_tokens for u in usages)
    return (inputs - cached) * input_price + cached * cached_price + out * output_price


@right
def price_by_price(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)
    dollars = 0.0
    for usage in usages:
        cached = cached_of(usage)
        dollars += (usage.prompt_tokens - cached) * input_price
        dollars += cached * cached_price + usage.completion_tokens * output_price
    return bill(usages, sum(map(cached_of, usages)), dollars)


@right
def with_message_objects_and_decimals(client, questions, price, cached_price, output_price):
    history, total = [], {"input_tokens": 0, "cached_tokens": 0, "output_tokens": 0}
    for question in questions:
        asked = {"role": "user", "content": question}
        said = client.chat.completions.create(model=CHAT_MODEL, messages=[*history, asked])
        used = said.usage.to_dict()
        total["input_tokens"] += used["prompt_tokens"]
        total["output_tokens"] += used["completion_tokens"]
        total["cached_tokens"] += (used.get("prompt_tokens_details") or {}).get(
            "cached_tokens"
        ) or 0
        if said.choices[0].finish_reason == "stop" and said.choices[0].message.content:
            history += [asked, said.choices[0].message]
    fresh = total["input_tokens"] - total["cached_tokens"]
    amounts = (fresh, total["cached_tokens"], total["output_tokens"])
    prices = (price, cached_price, output_price)
    dollars = sum(n * Decimal(str(p)) for n, p in zip(amounts, prices, strict=True)) / 10**6
    return total | {"dollars": float(dollars)}


@right
def with_the_prices_per_token(client, questions, price, cached_price, output_price):
    usages = usages_of(client, questions, lambda c: c.finish_reason == "stop" and c.message.content)
    cached = sum(map(cached_of, usages))
    into = sum(usage.prompt_tokens for usage in usages)
    out = sum(usage.completion_tokens for usage in usages)
    return {
        "dollars": into * price / 1e6
        - cached * (price - cached_price) / 1e6
        + out * output_price / 1e6,
        "output_tokens": out,
        "cached_tokens": cached,
        "input_tokens": into,
    }


@wrong("partly right", "of the input tokens were cached")
def ignores_the_cache_price(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)
    dollars = charged(usages, input_price, input_price, output_price)
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "of the input tokens were cached")
def counts_cached_tokens_twice(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)
    dollars = sum(
        u.prompt_tokens * input_price
        + cached_of(u) * cached_price
        + u.completion_tokens * output_price
        for u in usages
    )
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "It raised")
def trusts_the_details(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)
    cached = sum(u.prompt_tokens_details.cached_tokens for u in usages)
    return bill(usages, cached, charged(usages, input_price, cached_price, output_price))


@wrong("partly right", "Message 1 of request 2 is user: ")
def asks_each_question_alone(client, questions, input_price, cached_price, output_price):
    usages = [usages_of(client, [question])[0] for question in questions]
    cached = sum(map(cached_of, usages))
    return bill(usages, cached, charged(usages, input_price, cached_price, output_price))


@wrong("partly right", "was expected (the sum over the answers' usage)")
def only_the_last_usage(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)[-1:]
    cached = sum(map(cached_of, usages))
    return bill(usages, cached, charged(usages, input_price, cached_price, output_price))


@wrong("partly right", "not rounded")
def rounds_to_cents(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)
    dollars = round(charged(usages, input_price, cached_price, output_price) / 1e6, 4) * 1e6
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "of the input tokens were cached")
def one_tenth_for_cached_tokens(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions)
    dollars = charged(usages, input_price, input_price / 10, output_price)
    return bill(usages, sum(map(cached_of, usages)), dollars)


@wrong("partly right", "(the second answer was refused)")
def sends_the_unanswered_question_again(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions, lambda choice: True)
    cached = sum(map(cached_of, usages))
    return bill(usages, cached, charged(usages, input_price, cached_price, output_price))


@wrong("partly right", "(the second answer was cut off)")
def builds_on_half_an_answer(client, questions, input_price, cached_price, output_price):
    usages = usages_of(client, questions, lambda choice: choice.message.content)
    cached = sum(map(cached_of, usages))
    return bill(usages, cached, charged(usages, input_price, cached_price, output_price))


@wrong("partly right", "and is paid for")
def counts_complete_answers_only(client, questions, input_price, cached_price, output_price):
    said = [r for r in answers(client, questions) if whole(r.choices[0])]
    usages = [response.usage for response in said]
    cached = sum(map(cached_of, usages))
    return bill(usages, cached, charged(usages, input_price, cached_price, output_price))
