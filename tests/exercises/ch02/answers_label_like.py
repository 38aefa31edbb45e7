"""Answers for 02.2 label_like."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@right
def in_one_expression(client, instructions, examples, mail):
    turns = [
        {"role": role, "content": text}
        for pair in examples
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    first = {"role": "developer", "content": instructions}
    return send(client, [first, *turns, {"role": "user", "content": mail}]).strip()


@wrong("partly right", "Message 1 of request 1 is developer:")
def examples_in_the_instructions(client, instructions, examples, mail):
    text = instructions + "".join(f"\n{mail} -> {label}" for mail, label in examples)
    messages = [{"role": "developer", "content": text}, {"role": "user", "content": mail}]
    return send(client, messages).strip()


@wrong("partly right", "Message 3 of request 1 is user:")
def labels_as_user_messages(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages += [{"role": "user", "content": text}, {"role": "user", "content": label}]
    return send(client, [*messages, {"role": "user", "content": mail}]).strip()


@wrong("partly right", "It returned ' ")
def keeps_the_spaces(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages += [{"role": "user", "content": text}, {"role": "assistant", "content": label}]
    return send(client, [*messages, {"role": "user", "content": mail}])


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def asks_for_each_example(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages.append({"role": "user", "content": text})
        send(client, messages)
        messages.append({"role": "assistant", "content": label})
    return send(client, [*messages, {"role": "user", "content": mail}]).strip()
