"""Answers for 01.4 distinct_slogans."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


def ask(client, product, **more):
    messages = [{"role": "user", "content": f"One slogan for {product}."}]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages, **more)
    return [choice.message.content for choice in response.choices]


@right
def with_a_seen_set(client, product, n):
    seen, kept = set(), []
    for text in ask(client, product, n=n):
        key = (text or "").strip().lower()
        if key and key not in seen:
            seen.add(key)
            kept.append(text.strip())
    return kept


@wrong("wrong", "It sent ")
def n_requests(client, product, n):
    kept = []
    for _ in range(n):
        (text,) = ask(client, product)
        if text not in kept:
            kept.append(text)
    return kept


@wrong("partly right", "was expected")
def a_set_loses_the_order(client, product, n):
    return sorted(
        {t.strip().casefold(): t.strip() for t in ask(client, product, n=n) if t}.values()
    )


@wrong("partly right", "and ['")
def exact_duplicates_only(client, product, n):
    return list(dict.fromkeys(t for t in ask(client, product, n=n) if t))


@wrong("partly right", "It returned ['', ")
def keeps_empty_ones(client, product, n):
    found = {}
    for text in ask(client, product, n=n):
        found.setdefault((text or "").strip().casefold(), (text or "").strip())
    return list(found.values())


@wrong("raised", "It raised AttributeError: 'list' object has no attribute 'message'")
def forgets_the_index(client, product, n):
    messages = [{"role": "user", "content": product}]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages, n=n)
    return response.choices.message.content


@right
def parsed_and_sorted_out(client, product, n):
    messages = [
        {"role": "developer", "content": "You write slogans."},
        {"role": "user", "content": product},
    ]
    response = client.chat.completions.parse(model=CHAT_MODEL, messages=messages, n=n)
    texts = [
        choice.message.content.strip() for choice in response.choices if choice.message.content
    ]
    kept = []
    for text in filter(None, texts):
        if text.casefold() not in [other.casefold() for other in kept]:
            kept.append(text)
    return kept


@right
def from_the_raw_body(client, product, n):
    messages = [{"role": "user", "content": [{"type": "text", "text": f"Slogan: {product}"}]}]
    raw = client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=messages, n=n)
    found = {}
    for choice in json.loads(raw.text)["choices"]:
        text = (choice["message"]["content"] or "").strip()
        if text:
            found.setdefault(text.upper(), text)
    return [*found.values()]


@wrong("partly right", "(without the spaces around it)")
def keeps_the_spaces_of_the_first(client, product, n):
    found = {}
    for text in ask(client, product, n=n):
        if text and text.strip():
            found.setdefault(text.strip().casefold(), text)
    return list(found.values())


@wrong("partly right", "was expected")
def keeps_the_last_of_two(client, product, n):
    found = {}
    for text in ask(client, product, n=n):
        if text and text.strip():
            found[text.strip().casefold()] = text.strip()
    return list(found.values())


@wrong("partly right", "It raised AttributeError: 'NoneType' object has no attribute 'strip'")
def expects_text(client, product, n):
    found = {}
    for text in ask(client, product, n=n):
        if text.strip():
            found.setdefault(text.strip().casefold(), text.strip())
    return list(found.values())


@wrong("partly right", "Request 1 lacks the product")
def forgets_the_product(client, product, n):
    return with_a_seen_set(client, "a tent", n)


@wrong("partly right", "Request 1 has n=4, and ")
def always_asks_for_four(client, product, n):
    return with_a_seen_set(client, product, 4)
