"""Answers for 02.2 label_like."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    choice = client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]
    if choice.finish_reason != "stop" or choice.message.content is None:
        return None
    return choice.message.content


def turns(examples):
    for text, label in examples:
        yield {"role": "user", "content": text}
        yield {"role": "assistant", "content": label}


@right
def in_one_expression(client, instructions, examples, mail):
    messages = [
        {"role": role, "content": text}
        for pair in examples
        for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    first = {"role": "developer", "content": instructions}
    label = send(client, [first, *messages, {"role": "user", "content": mail}])
    return label and label.strip()


@right
def with_a_generator(client, instructions, examples, mail):
    first = {"role": "developer", "content": instructions}
    asked = {"role": "user", "content": mail}
    said = client.chat.completions.create(
        model=CHAT_MODEL, messages=(first, *turns(examples), asked), max_completion_tokens=20
    )
    match said.choices[0]:
        case choice if choice.finish_reason == "stop" and choice.message.refusal is None:
            return choice.message.content.strip()
    return None


@right
def through_responses(client, instructions, examples, mail):
    response = client.responses.create(
        model=CHAT_MODEL,
        instructions=instructions,
        input=[*turns(examples), {"role": "user", "content": mail}],
        store=False,
    )
    return (response.output_text.strip() or None) if response.status == "completed" else None


@wrong("partly right", "Message 1 of request 1 is developer:")
def examples_in_the_instructions(client, instructions, examples, mail):
    text = instructions + "".join(f"\n{mail} -> {label}" for mail, label in examples)
    label = send(
        client, [{"role": "developer", "content": text}, {"role": "user", "content": mail}]
    )
    return label and label.strip()


@wrong("partly right", "Message 3 of request 1 is user:")
def labels_as_user_messages(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages += [{"role": "user", "content": text}, {"role": "user", "content": label}]
    label = send(client, [*messages, {"role": "user", "content": mail}])
    return label and label.strip()


@wrong("partly right", "It returned ' ")
def keeps_the_spaces(client, instructions, examples, mail):
    first = {"role": "developer", "content": instructions}
    return send(client, [first, *turns(examples), {"role": "user", "content": mail}])


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def asks_for_each_example(client, instructions, examples, mail):
    messages = [{"role": "developer", "content": instructions}]
    for text, label in examples:
        messages.append({"role": "user", "content": text})
        send(client, messages)
        messages.append({"role": "assistant", "content": label})
    label = send(client, [*messages, {"role": "user", "content": mail}])
    return label and label.strip()


@wrong("partly right", "(finish_reason was length)")
def takes_half_a_label(client, instructions, examples, mail):
    first = {"role": "developer", "content": instructions}
    response = client.chat.completions.create(
        model=CHAT_MODEL, messages=[first, *turns(examples), {"role": "user", "content": mail}]
    )
    label = response.choices[0].message.content
    return label.strip() if label else None


@wrong("partly right", "was expected")
def always_the_same_mail(client, instructions, examples, mail):
    first = {"role": "developer", "content": instructions}
    asked = {"role": "user", "content": "Where is my order? I need it today!"}
    label = send(client, [first, *turns(examples), asked])
    return label and label.strip()


@wrong("partly right", "Message 1 of request 1 is developer: ")
def own_instructions(client, instructions, examples, mail):
    first = {"role": "developer", "content": "Label the mail with a topic and an urgency."}
    label = send(client, [first, *turns(examples), {"role": "user", "content": mail}])
    return label and label.strip()
