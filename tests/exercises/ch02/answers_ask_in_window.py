"""Answers for 02.7 ask_in_window."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


def cost(messages, count):
    return sum(count(message["content"]) + 4 for message in messages)


@right
def from_the_newest(client, history, question, budget, count):
    developer, asked = history[0], {"role": "user", "content": question}
    left = budget - cost([developer, asked], count)
    if left < 0:
        raise ValueError("too long")
    kept = []
    for place in range(len(history) - 2, 0, -2):
        turn = history[place : place + 2]
        left -= cost(turn, count)
        if left < 0:
            break
        kept = turn + kept
    return send(client, [developer, *kept, asked])


@wrong("partly right", "turns have room in the budget")
def never_trims(client, history, question, budget, count):
    asked = {"role": "user", "content": question}
    if cost([history[0], asked], count) > budget:
        raise ValueError("too long")
    return send(client, [*history, asked])


@wrong("partly right", "half a turn")
def drops_single_messages(client, history, question, budget, count):
    developer, *rest = history
    asked = {"role": "user", "content": question}
    while cost([developer, *rest, asked], count) > budget:
        if not rest:
            raise ValueError("too long")
        rest = rest[1:]
    return send(client, [developer, *rest, asked])


@wrong("partly right", "was expected")
def drops_the_instructions(client, history, question, budget, count):
    messages = [*history, {"role": "user", "content": question}]
    while cost(messages, count) > budget:
        if len(messages) < 2:
            raise ValueError("too long")
        messages = messages[1:]
    return send(client, messages)


@wrong("partly right", "tokens, and the budget is")
def forgets_the_question(client, history, question, budget, count):
    developer, *rest = history
    while rest and cost([developer, *rest], count) > budget:
        rest = rest[2:]
    asked = {"role": "user", "content": question}
    if cost([developer, asked], count) > budget:
        raise ValueError("too long")
    return send(client, [developer, *rest, asked])


@wrong("partly right", "ValueError was expected")
def sends_what_does_not_fit(client, history, question, budget, count):
    developer, *rest = history
    asked = {"role": "user", "content": question}
    while rest and cost([developer, *rest, asked], count) > budget:
        rest = rest[2:]
    return send(client, [developer, *rest, asked])
