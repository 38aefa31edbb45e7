"""Answers for 02.7 ask_in_window."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    choice = client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]
    whole = choice.finish_reason == "stop" and not choice.message.refusal
    return choice.message.content if whole else None


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


@right
def from_the_oldest(client, history, question, budget, count):
    asked = {"role": "user", "content": question}
    for first in range(1, len(history) + 1, 2):
        messages = [history[0], *history[first:], asked]
        if cost(messages, count) <= budget:
            return send(client, messages)
    raise ValueError("too long")


@right
def with_running_sums(client, history, question, budget, count):
    import itertools

    texts = [question, history[0]["content"], *(m["content"] for m in reversed(history[1:]))]
    sums = list(itertools.accumulate(count(text=text) + 4 for text in texts))[1::2]
    if sums[0] > budget:
        raise ValueError("too long")
    kept = sum(total <= budget for total in sums) - 1
    first = len(history) - 2 * kept
    return send(client, [history[0], *history[first:], {"role": "user", "content": question}])


def trimmed(history, question, budget, count, dropped=2):
    developer, *rest = history
    asked = {"role": "user", "content": question}
    if cost([developer, asked], count) > budget:
        raise ValueError("too long")
    while rest and cost([developer, *rest, asked], count) > budget:
        rest = rest[dropped:]
    return [developer, *rest, asked]


@wrong("partly right", "room in the budget")
def never_trims(client, history, question, budget, count):
    asked = {"role": "user", "content": question}
    if cost([history[0], asked], count) > budget:
        raise ValueError("too long")
    return send(client, [*history, asked])


@wrong("partly right", "half a turn")
def drops_single_messages(client, history, question, budget, count):
    return send(client, trimmed(history, question, budget, count, dropped=1))


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


@wrong("partly right", "room in the budget")
def leaves_one_token_unused(client, history, question, budget, count):
    developer, *rest = history
    asked = {"role": "user", "content": question}
    while rest and cost([developer, *rest, asked], count) >= budget:
        rest = rest[2:]
    if cost([developer, asked], count) > budget:
        raise ValueError("too long")
    return send(client, [developer, *rest, asked])


@wrong("partly right", "It raised ValueError: too long")
def wants_room_for_one_more(client, history, question, budget, count):
    if cost([history[0], {"role": "user", "content": question}], count) >= budget:
        raise ValueError("too long")
    return send(client, trimmed(history, question, budget, count))


@wrong("partly right", "the second turn is long and doesn't fit")
def leaves_a_gap(client, history, question, budget, count):
    asked = {"role": "user", "content": question}
    left = budget - cost([history[0], asked], count)
    if left < 0:
        raise ValueError("too long")
    kept = []
    for place in range(len(history) - 2, 0, -2):
        turn = history[place : place + 2]
        if cost(turn, count) <= left:
            left -= cost(turn, count)
            kept = turn + kept
    return send(client, [history[0], *kept, asked])


@wrong("partly right", "was expected")
def ignores_the_overhead(client, history, question, budget, count):
    developer, *rest = history
    asked = {"role": "user", "content": question}

    def texts(messages):
        return sum(count(m["content"]) for m in messages)

    if texts([developer, asked]) > budget:
        raise ValueError("too long")
    while rest and texts([developer, *rest, asked]) > budget:
        rest = rest[2:]
    return send(client, [developer, *rest, asked])


@wrong("partly right", "was expected")
def guesses_four_characters_a_token(client, history, question, budget, count):
    return send(client, trimmed(history, question, budget, lambda text: len(text) // 4))


@wrong("partly right", "(finish_reason was length)")
def takes_half_an_answer(client, history, question, budget, count):
    messages = trimmed(history, question, budget, count)
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content
