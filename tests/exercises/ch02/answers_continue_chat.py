"""Answers for 02.1 continue_chat."""

import copy

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0]


def whole(choice):
    return choice.finish_reason == "stop" and not choice.message.refusal


@right
def with_a_deep_copy(client, history, question):
    messages = copy.deepcopy(history)
    messages.append({"role": "user", "content": question})
    choice = send(client, messages)
    if not whole(choice):
        return messages[:-1]
    messages.append({"role": "assistant", "content": choice.message.content})
    return messages


@right
def message_as_the_sdk_returns_it(client, history, question):
    messages = history.copy()
    messages.append({"role": "user", "content": question})
    choice = send(client, messages)
    if choice.finish_reason in ("length", "content_filter") or choice.message.content is None:
        return history
    messages.append(choice.message)
    return messages


@right
def message_as_a_dictionary(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    choice = send(client, messages)
    return [*messages, choice.message.to_dict()] if whole(choice) else list(history)


@right
def message_as_a_dump_with_nulls(client, history, question):
    asked = {"role": "user", "content": question}
    choice = send(client, [*history, asked])
    return history + ([asked, choice.message.model_dump()] if whole(choice) else [])


@right
def through_responses(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    said = client.responses.create(model=CHAT_MODEL, input=messages, store=False)
    if said.status != "completed" or not said.output_text:
        return history
    return [*messages, {"role": "assistant", "content": said.output_text}]


@wrong("partly right", "Message 1 of request 1 is user: ")
def sends_the_question_alone(client, history, question):
    asked = {"role": "user", "content": question}
    choice = send(client, [asked])
    if not whole(choice):
        return history
    return [*history, asked, {"role": "assistant", "content": choice.message.content}]


@wrong("partly right", "It changed the caller's list, which had 5 items and now has 7")
def changes_the_callers_list(client, history, question):
    history.append({"role": "user", "content": question})
    choice = send(client, history)
    if not whole(choice):
        return history[:-1]
    history.append({"role": "assistant", "content": choice.message.content})
    return history


@wrong("partly right", "and a list was expected")
def returns_the_text(client, history, question):
    return send(client, [*history, {"role": "user", "content": question}]).message.content


@wrong("partly right", "of what it returned is user: ")
def answer_as_a_user(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    choice = send(client, messages)
    if not whole(choice):
        return history
    return [*messages, {"role": "user", "content": choice.message.content}]


@wrong("partly right", "(message.refusal was set)")
def keeps_a_refusal(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    choice = send(client, messages)
    if choice.finish_reason != "stop":
        return history
    return [*messages, {"role": "assistant", "content": choice.message.content}]


@wrong("partly right", "(finish_reason was length)")
def keeps_half_an_answer(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    choice = send(client, messages)
    if not choice.message.content:
        return history
    return [*messages, {"role": "assistant", "content": choice.message.content}]


@wrong("partly right", "(message.refusal was set)")
def keeps_the_unanswered_question(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    choice = send(client, messages)
    if not whole(choice):
        return messages
    return [*messages, {"role": "assistant", "content": choice.message.content}]


@wrong("partly right", "Message 1 of what it returned is assistant: ")
def forgets_the_question(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    choice = send(client, messages)
    said = {"role": "assistant", "content": choice.message.content}
    return [*history[-1:], said] if whole(choice) else history


@wrong("wrong", "It sent no requests, and 1 was expected")
def returns_nothing_at_all(client, history, question):
    return []
