"""Answers for 02.6 ask_or_shorten."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@right
def by_calling_itself(client, history, question, dropped=0):
    asked = {"role": "user", "content": question}
    try:
        return {"text": send(client, [*history, asked]), "dropped": dropped}
    except openai.APIStatusError as error:
        if error.code == "context_length_exceeded" and len(history) > 2:
            return by_calling_itself(client, [history[0], *history[3:]], question, dropped + 1)
        raise


@wrong("partly right", "It raised openai.BadRequestError")
def does_not_shorten(client, history, question):
    return {"text": send(client, [*history, {"role": "user", "content": question}]), "dropped": 0}


@wrong("partly right", "the code is unknown_parameter, not context_length_exceeded")
def shortens_after_every_400(client, history, question):
    developer, *turns = history
    dropped = 0
    while True:
        try:
            messages = [developer, *turns, {"role": "user", "content": question}]
            return {"text": send(client, messages), "dropped": dropped}
        except openai.BadRequestError:
            if not turns:
                raise
            turns, dropped = turns[2:], dropped + 1


@wrong("partly right", "this conversation ends after")
def never_gives_up(client, history, question):
    developer, *turns = history
    dropped = 0
    while True:
        try:
            messages = [developer, *turns, {"role": "user", "content": question}]
            return {"text": send(client, messages), "dropped": dropped}
        except openai.BadRequestError as error:
            if error.code != "context_length_exceeded":
                raise
            turns, dropped = turns[2:], dropped + 1


@wrong("partly right", "It changed the caller's list, which had 7 items and now has 5")
def deletes_in_the_callers_list(client, history, question):
    dropped = 0
    while True:
        try:
            text = send(client, [*history, {"role": "user", "content": question}])
            return {"text": text, "dropped": dropped}
        except openai.BadRequestError as error:
            if error.code != "context_length_exceeded" or len(history) < 3:
                raise
            del history[1:3]
            dropped += 1


@wrong("partly right", "was expected")
def drops_everything_at_once(client, history, question):
    asked = {"role": "user", "content": question}
    try:
        return {"text": send(client, [*history, asked]), "dropped": 0}
    except openai.BadRequestError as error:
        if error.code != "context_length_exceeded":
            raise
        text = send(client, [history[0], asked])
        return {"text": text, "dropped": len(history) // 2}
