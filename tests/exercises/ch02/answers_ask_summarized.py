"""Answers for 02.8 ask_summarized."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]


def parts(history, keep):
    place = max(1, len(history) - 2 * keep)
    return history[0], history[1:place], history[place:]


def summarized(client, older):
    wish = {"role": "user", "content": "Summarize this chat in notes."}
    return send(client, [*older, wish])


@right
def summary_in_the_first_message(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    told = developer["content"]
    if older:
        try:
            choice = summarized(client, older)
            if choice.finish_reason == "stop" and choice.message.content:
                told += f"\n\nEarlier: {choice.message.content}"
        except openai.OpenAIError:
            pass
    asked = {"role": "user", "content": question}
    first = {"role": "developer", "content": told}
    return send(client, [first, *newer, asked]).message.content


def carelessly(client, history, question, keep, role="developer", whole=False):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        choice = summarized(client, history[1:] if whole else older)
        context.append({"role": role, "content": choice.message.content})
    asked = {"role": "user", "content": question}
    return send(client, [*context, *newer, asked]).message.content


@wrong("partly right", "It raised openai.")
def lets_the_summary_fail(client, history, question, keep):
    return carelessly(client, history, question, keep)


@wrong("partly right", "in it: that is sent in full anyway")
def summarizes_everything(client, history, question, keep):
    return carelessly(client, history, question, keep, whole=True)


@wrong("partly right", "No developer message of request 2 has the summary")
def summary_as_an_answer(client, history, question, keep):
    return carelessly(client, history, question, keep, role="assistant")


@wrong("partly right", "there is no usable summary")
def uses_half_a_summary(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    if older:
        try:
            text = summarized(client, older).message.content
            context.append({"role": "developer", "content": text})
        except openai.APIError:
            pass
    asked = {"role": "user", "content": question}
    return send(client, [*context, *newer, asked]).message.content


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def summarizes_nothing_too(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    try:
        choice = summarized(client, older)
        if choice.finish_reason == "stop":
            context.append({"role": "developer", "content": choice.message.content})
    except openai.APIError:
        pass
    asked = {"role": "user", "content": question}
    return send(client, [*context, *newer, asked]).message.content


@wrong("partly right", "openai.InternalServerError was expected")
def swallows_every_failure(client, history, question, keep):
    developer, older, newer = parts(history, keep)
    context = [developer]
    try:
        if older:
            choice = summarized(client, older)
            if choice.finish_reason == "stop":
                context.append({"role": "developer", "content": choice.message.content})
    except openai.APIError:
        pass
    asked = {"role": "user", "content": question}
    try:
        return send(client, [*context, *newer, asked]).message.content
    except openai.APIError:
        return send(client, [developer, asked]).message.content
