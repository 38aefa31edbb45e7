"""Answers for 01.8 sort_mail."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@right
def one_expression(client, instructions, examples, mail):
    turns = [
        message
        for text, label in examples
        for message in ({"role": "user", "content": text}, {"role": "assistant", "content": label})
    ]
    first, last = {"role": "developer", "content": instructions}, {"role": "user", "content": mail}
    return send(client, [first, *turns, last]).strip()


@wrong(
    "partly right", "has messages with the roles developer, user, and developer, user, assistant"
)
def examples_in_the_instructions(client, instructions, examples, mail):
    shown = "\n".join(f"{text} -> {label}" for text, label in examples)
    messages = [
        {"role": "developer", "content": f"{instructions}\n{shown}"},
        {"role": "user", "content": mail},
    ]
    return send(client, messages).strip()


@wrong("partly right", "No developer message of request 1 has the instructions")
def instructions_of_its_own(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": "Sort the email."}]
    for text, label in examples:
        messages.append({"role": "user", "content": text})
        messages.append({"role": "assistant", "content": label})
    messages.append({"role": "user", "content": mail})
    return send(client, messages).strip()


@wrong("partly right", "Example 1 went out as ")
def label_first(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages.append({"role": "user", "content": label})
        messages.append({"role": "assistant", "content": text})
    messages.append({"role": "user", "content": mail})
    return send(client, messages).strip()


@wrong("partly right", "the roles developer, user, user, user, user")
def all_by_the_user(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages += [{"role": "user", "content": text}, {"role": "user", "content": label}]
    messages.append({"role": "user", "content": mail})
    return send(client, messages).strip()


@wrong("partly right", "\\n'")
def keeps_the_line_break(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages.append({"role": "user", "content": text})
        messages.append({"role": "assistant", "content": label})
    messages.append({"role": "user", "content": mail})
    return send(client, messages)


@wrong("partly right", "It raised IndexError: list index out of range")
def needs_an_example(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    messages.append({"role": "user", "content": examples[0][0]})
    messages.append({"role": "assistant", "content": examples[0][1]})
    for text, label in examples[1:]:
        messages.append({"role": "user", "content": text})
        messages.append({"role": "assistant", "content": label})
    messages.append({"role": "user", "content": mail})
    return send(client, messages).strip()


@right
def with_named_messages(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": [{"type": "text", "text": instructions}]}]
    for number, (text, label) in enumerate(examples):
        messages.append({"role": "user", "content": f"Email {number}:\n{text}"})
        messages.append({"role": "assistant", "content": [{"type": "text", "text": label}]})
    messages.append({"role": "user", "content": f"Email:\n{mail}"})
    return send(client, messages).strip(" \n\t")


@right
def with_reduce(client, instructions, examples, mail):
    pairs = [
        message for pair in examples for message in zip(("user", "assistant"), pair, strict=True)
    ]
    turns = [("developer", instructions), *pairs, ("user", mail)]
    answer = send(client, [{"role": role, "content": text} for role, text in turns])
    return " ".join(answer.split())


def shown(client, instructions, examples, mail, order=lambda turns, mail: [*turns, mail]):
    turns = [
        {"role": role, "content": text}
        for pair in examples
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    first, last = {"role": "developer", "content": instructions}, {"role": "user", "content": mail}
    return send(client, [first, *order(turns, last)]).strip()


@wrong("partly right", "the roles developer, user, user, assistant")
def mail_first(client, instructions, examples, mail):
    return shown(client, instructions, examples, mail, lambda turns, last: [last, *turns])


@wrong("partly right", "Example 1 went out as ")
def last_example_first(client, instructions, examples, mail):
    return shown(client, instructions, examples[::-1], mail)


@wrong("partly right", ", not the mail to sort")
def sorts_an_example(client, instructions, examples, mail):
    return shown(client, instructions, examples, "An email.")
