"""Answers for 02.3 ask_and_keep."""

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@right
def takes_it_back(client, history, question):
    history.append({"role": "user", "content": question})
    try:
        answer = send(client, list(history))
    except BaseException:
        history.pop()
        raise
    if answer is None:
        history.pop()
        return None
    history.append({"role": "assistant", "content": answer})
    return answer


@wrong("partly right", "is too many (the question has no answer)")
def appends_first(client, history, question):
    history.append({"role": "user", "content": question})
    answer = send(client, history)
    if not answer:
        history.pop()
        return None
    history.append({"role": "assistant", "content": answer})
    return answer


@wrong("partly right", "is too many (a refusal isn't an answer)")
def keeps_a_refusal(client, history, question):
    asked = {"role": "user", "content": question}
    answer = send(client, [*history, asked])
    history += [asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "The history has 3 items, and 5 were expected")
def makes_a_new_list(client, history, question):
    asked = {"role": "user", "content": question}
    answer = send(client, [*history, asked])
    if answer:
        history = [*history, asked, {"role": "assistant", "content": answer}]
    return answer


@wrong("partly right", "openai.InternalServerError was expected")
def swallows_the_error(client, history, question):
    import openai

    asked = {"role": "user", "content": question}
    try:
        answer = send(client, [*history, asked])
    except openai.APIError:
        return None
    if answer:
        history += [asked, {"role": "assistant", "content": answer}]
    return answer
