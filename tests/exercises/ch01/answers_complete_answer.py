"""Answers for 01.7 complete_answer."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]


GO_ON = {"role": "user", "content": "Continue."}


@right
def one_growing_assistant_message(client, question, max_parts=3):
    asked, text = {"role": "user", "content": question}, ""
    for number in range(max_parts):
        more = [{"role": "assistant", "content": text}, GO_ON] if number else []
        choice = send(client, [asked, *more])
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.finish_reason == "stop" and choice.message.refusal is None
    return text, False


@wrong("partly right", "(message.refusal was set)")
def takes_a_refusal_for_an_answer(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.finish_reason == "stop"
        messages += [{"role": "assistant", "content": choice.message.content}, GO_ON]
    return text, False


@wrong("partly right", "(finish_reason was content_filter)")
def takes_what_is_left_for_an_answer(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content or ""
        if choice.finish_reason != "length":
            return text, choice.message.refusal is None
        messages += [{"role": "assistant", "content": choice.message.content}, GO_ON]
    return text, False


@wrong("partly right", "It sent 1 request, and at least 2 were expected")
def takes_what_it_gets(client, question, max_parts=3):
    choice = send(client, [{"role": "user", "content": question}])
    return choice.message.content, choice.finish_reason == "stop"


@wrong("partly right", "The text of the assistant messages in request 2 is '', and")
def asks_the_same_again(client, question, max_parts=3):
    text = ""
    for _ in range(max_parts):
        choice = send(client, [{"role": "user", "content": question}])
        text += choice.message.content
        if choice.finish_reason != "length":
            return text, True
    return text, False


@wrong("partly right", "the parts, with nothing between them")
def joins_with_a_space(client, question, max_parts=3):
    messages, parts = [{"role": "user", "content": question}], []
    for _ in range(max_parts):
        choice = send(client, messages)
        parts.append(choice.message.content)
        if choice.finish_reason != "length":
            return " ".join(parts), True
        messages += [{"role": "assistant", "content": parts[-1]}, GO_ON]
    return " ".join(parts), False


@wrong("partly right", "but this conversation ends after")
def for_ever(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    while True:
        choice = send(client, messages)
        text += choice.message.content
        if choice.finish_reason != "length":
            return text, True
        messages += [{"role": "assistant", "content": choice.message.content}, GO_ON]


@wrong("partly right", "has the role assistant, and user was expected")
def ends_with_the_assistant(client, question, max_parts=3):
    messages, text = [{"role": "user", "content": question}], ""
    for _ in range(max_parts):
        choice = send(client, messages)
        text += choice.message.content
        if choice.finish_reason != "length":
            return text, True
        messages += [{"role": "assistant", "content": choice.message.content}]
    return text, False


@wrong("too slow", ", and was stopped (an endless loop?)")
def never_ends(client, question, max_parts=3):
    number = 0
    while number < max_parts:
        pass
