"""Answers for 02.1 continue_chat."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message


@right
def with_a_deep_copy(client, history, question):
    import copy

    messages = copy.deepcopy(history)
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": send(client, messages).content})
    return messages


@right
def message_as_a_dictionary(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    said = send(client, messages)
    return [*messages, {"role": said.role, "content": said.content}]


@wrong("partly right", "Message 1 of request 1 is user: ")
def sends_the_question_alone(client, history, question):
    asked = {"role": "user", "content": question}
    answer = {"role": "assistant", "content": send(client, [asked]).content}
    return [*history, asked, answer]


@wrong("partly right", "It changed the caller's list, which had 5 items and now has 7")
def changes_the_callers_list(client, history, question):
    history.append({"role": "user", "content": question})
    history.append({"role": "assistant", "content": send(client, history).content})
    return history


@wrong("partly right", "was expected")
def returns_the_text(client, history, question):
    return send(client, [*history, {"role": "user", "content": question}]).content


@wrong("partly right", "['role'] of the result is 'user', and 'assistant' was expected")
def answer_as_a_user(client, history, question):
    messages = [*history, {"role": "user", "content": question}]
    return [*messages, {"role": "user", "content": send(client, messages).content}]
