"""Answers for 02.6 ask_or_shorten."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong

CODE = "context_length_exceeded"


def send(client, messages):
    choice = client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]
    whole = choice.finish_reason == "stop" and not choice.message.refusal
    return choice.message.content if whole else None


@right
def by_calling_itself(client, history, question, dropped=0):
    asked = {"role": "user", "content": question}
    try:
        return {"text": send(client, [*history, asked]), "dropped": dropped}
    except openai.APIStatusError as error:
        if error.code == CODE and len(history) > 2:
            return by_calling_itself(client, [history[0], *history[3:]], question, dropped + 1)
        raise


@right
def with_a_for_loop(client, history, question):
    turns = (len(history) - 1) // 2
    for dropped in range(turns + 1):
        messages = [history[0], *history[1 + 2 * dropped :], {"role": "user", "content": question}]
        try:
            return {"dropped": dropped, "text": send(client, messages)}
        except openai.BadRequestError as error:
            if error.code != CODE or dropped == turns:
                raise
    return None


@right
def with_a_copy(client, history, question):
    left = list(history)
    while True:
        try:
            text = send(client, [*left, {"role": "user", "content": question}])
        except openai.BadRequestError as error:
            if f"'code': '{CODE}'" not in str(error.body):
                raise
            if len(left) == 1:
                raise
            del left[1:3]
        else:
            return {"text": text, "dropped": (len(history) - len(left)) // 2}


@wrong("partly right", "It raised openai.BadRequestError")
def does_not_shorten(client, history, question):
    return {"text": send(client, [*history, {"role": "user", "content": question}]), "dropped": 0}


def shortens(
    client, history, question, cured, kind: type[openai.APIError] = openai.BadRequestError, ask=send
):
    developer, *turns = history
    dropped = 0
    while True:
        try:
            messages = [developer, *turns, {"role": "user", "content": question}]
            return {"text": ask(client, messages), "dropped": dropped}
        except kind as error:
            if not cured(error) or not turns:
                raise
            turns, dropped = turns[2:], dropped + 1


@wrong("partly right", "the error of the second request was another one")
def shortens_after_every_400(client, history, question):
    return shortens(client, history, question, lambda error: True)


@wrong("partly right", "the error of the second request was another one")
def shortens_after_every_error(client, history, question):
    return shortens(client, history, question, lambda error: True, openai.APIError)


@wrong("partly right", "the error of the second request was another one")
def reads_the_message(client, history, question):
    return shortens(client, history, question, lambda error: "context length" in str(error))


@wrong("partly right", "(the question alone is too long)")
def never_gives_up(client, history, question):
    developer, *turns = history
    dropped = 0
    while True:
        try:
            messages = [developer, *turns, {"role": "user", "content": question}]
            return {"text": send(client, messages), "dropped": dropped}
        except openai.BadRequestError as error:
            if error.code != CODE:
                raise
            turns, dropped = turns[2:], dropped + 1


@wrong("partly right", "openai.BadRequestError was expected")
def returns_none_when_nothing_is_left(client, history, question):
    try:
        return shortens(client, history, question, lambda error: error.code == CODE)
    except openai.BadRequestError as error:
        if error.code == CODE:
            return None
        raise


@wrong("partly right", "It changed the caller's list, which had 7 items and now has 3")
def deletes_in_the_callers_list(client, history, question):
    dropped = 0
    while True:
        try:
            text = send(client, [*history, {"role": "user", "content": question}])
            return {"text": text, "dropped": dropped}
        except openai.BadRequestError as error:
            if error.code != CODE or len(history) < 3:
                raise
            del history[1:3]
            dropped += 1


@wrong("partly right", "was expected")
def drops_everything_at_once(client, history, question):
    asked = {"role": "user", "content": question}
    try:
        return {"text": send(client, [*history, asked]), "dropped": 0}
    except openai.BadRequestError as error:
        if error.code != CODE:
            raise
        text = send(client, [history[0], asked])
        return {"text": text, "dropped": len(history) // 2}


@wrong("partly right", "was expected")
def drops_the_newest_turn(client, history, question):
    asked, left = {"role": "user", "content": question}, list(history)
    while True:
        try:
            text = send(client, [*left, asked])
            return {"text": text, "dropped": (len(history) - len(left)) // 2}
        except openai.BadRequestError as error:
            if error.code != CODE or len(left) < 3:
                raise
            del left[-2:]


@wrong("partly right", "(finish_reason was length)")
def takes_half_an_answer(client, history, question):
    def ask(client, messages):
        response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
        return response.choices[0].message.content

    return shortens(client, history, question, lambda error: error.code == CODE, ask=ask)


@wrong("partly right", "(a turn for each of")
def counts_messages(client, history, question):
    found = shortens(client, history, question, lambda error: error.code == CODE)
    return {**found, "dropped": 2 * found["dropped"]}
