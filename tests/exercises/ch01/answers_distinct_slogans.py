"""Answers for 01.4 distinct_slogans."""

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
