"""Answers for 02.4 resume."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages)
    return response.choices[0].message.content


@right
def with_match(client, saved, question):
    match json.loads(saved):
        case {"version": 1, "messages": [*messages, {"role": "user"}]}:
            pass
        case {"version": 1, "messages": messages}:
            pass
        case _:
            raise ValueError("not version 1")
    messages = [*messages, {"role": "user", "content": question}]
    turn = {"role": "assistant", "content": send(client, messages)}
    return json.dumps({"messages": [*messages, turn], "version": 1}, indent=2)


@wrong("partly right", "ValueError was expected")
def ignores_the_version(client, saved, question):
    data = json.loads(saved)
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": send(client, messages)})
    return json.dumps(data)


@wrong("partly right", "the app had crashed")
def keeps_the_dangling_question(client, saved, question):
    data = json.loads(saved)
    if data["version"] != 1:
        raise ValueError("not version 1")
    data["messages"].append({"role": "user", "content": question})
    answer = send(client, data["messages"])
    data["messages"].append({"role": "assistant", "content": answer})
    return json.dumps(data)


@wrong("partly right", "the app had crashed")
def drops_the_last_turn_instead(client, saved, question):
    data = json.loads(saved)
    if data["version"] != 1:
        raise ValueError("not version 1")
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        del messages[-3:]
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": send(client, messages)})
    return json.dumps(data)


@wrong("partly right", "and text was expected")
def returns_the_dictionary(client, saved, question):
    data = json.loads(saved)
    if data["version"] != 1:
        raise ValueError("not version 1")
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": send(client, messages)})
    return data


@wrong("partly right", "which is not JSON")
def writes_python_instead_of_json(client, saved, question):
    data = json.loads(saved)
    if data["version"] != 1:
        raise ValueError("not version 1")
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": send(client, messages)})
    return str(data)
