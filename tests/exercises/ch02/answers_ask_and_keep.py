"""Answers for 02.3 ask_and_keep."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]


def text(choice):
    whole = choice.finish_reason == "stop" and not choice.message.refusal
    return choice.message.content if whole else None


@right
def takes_it_back(client, history, question):
    history.append({"role": "user", "content": question})
    answer = None
    try:
        answer = text(send(client, list(history)))
    finally:
        if answer is None:
            history.pop()
    if answer is not None:
        history.append({"role": "assistant", "content": answer})
    return answer


@right
def keeps_the_message_object(client, history, question):
    asked = {"role": "user", "content": question}
    choice = send(client, [*history, asked])
    if choice.finish_reason != "stop" or choice.message.content is None:
        return None
    history.extend((asked, choice.message))
    return choice.message.content


@right
def restores_a_copy(client, history, question):
    before = history[:]
    history += [{"role": "user", "content": question}]
    try:
        choice = send(client, history)
    except openai.OpenAIError:
        history[:] = before
        raise
    if text(choice) is None:
        history[:] = before
        return None
    history.append(choice.message.model_dump(exclude_none=True))
    return choice.message.content


@wrong("partly right", "(the question has no answer)")
def appends_first(client, history, question):
    history.append({"role": "user", "content": question})
    answer = text(send(client, history))
    if not answer:
        history.pop()
        return None
    history.append({"role": "assistant", "content": answer})
    return answer


@wrong("partly right", "(message.refusal was set)")
def keeps_a_refusal(client, history, question):
    asked = {"role": "user", "content": question}
    choice = send(client, [*history, asked])
    if choice.finish_reason != "stop":
        return None
    history += [asked, {"role": "assistant", "content": choice.message.content}]
    return choice.message.content


@wrong("partly right", "(finish_reason was length)")
def keeps_half_an_answer(client, history, question):
    asked = {"role": "user", "content": question}
    answer = send(client, [*history, asked]).message.content
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "The history has 3 messages, and 5 were expected")
def makes_a_new_list(client, history, question):
    asked = {"role": "user", "content": question}
    answer = text(send(client, [*history, asked]))
    if answer:
        history = [*history, asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "openai.APIError was expected")
def swallows_the_error(client, history, question):
    asked = {"role": "user", "content": question}
    try:
        answer = text(send(client, [*history, asked]))
    except openai.APIError:
        return None
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "openai.APIError was expected")
def wraps_the_error(client, history, question):
    asked = {"role": "user", "content": question}
    try:
        answer = text(send(client, [*history, asked]))
    except openai.APIError as error:
        raise RuntimeError("no answer") from error
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "(the caller decides about another try)")
def tries_again(client, history, question):
    asked = {"role": "user", "content": question}
    try:
        answer = text(send(client, [*history, asked]))
    except openai.APIError:
        answer = text(send(client, [*history, asked]))
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "(the caller decides about another try)")
def asks_again_after_a_refusal(client, history, question):
    asked = {"role": "user", "content": question}
    answer = text(send(client, [*history, asked])) or text(send(client, [*history, asked]))
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "openai.APIError was expected")
def swallows_only_server_errors(client, history, question):
    asked = {"role": "user", "content": question}
    try:
        answer = text(send(client, [*history, asked]))
    except openai.InternalServerError:
        return None
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer
