"""Answers for 02.4 resume."""

import contextlib
import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages):
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]


def turn(question, choice):
    if choice.finish_reason != "stop" or choice.message.refusal:
        return []
    said = {"role": "assistant", "content": choice.message.content}
    return [{"role": "user", "content": question}, said]


def loaded(saved):
    data = json.loads(saved)
    if data.get("version") != 1:
        raise ValueError("not version 1")
    return data


def dumped(messages):
    return json.dumps({"version": 1, "messages": messages})


@right
def with_match(client, saved, question):
    match json.loads(saved):
        case {"version": 1, "messages": [*messages, {"role": "user"}]}:
            pass
        case {"version": 1, "messages": messages}:
            pass
        case _:
            raise ValueError("not version 1")
    choice = send(client, [*messages, {"role": "user", "content": question}])
    return json.dumps({"messages": [*messages, *turn(question, choice)], "version": 1}, indent=2)


@right
def with_the_dump_of_the_message(client, saved, question):
    data = loaded(saved)
    messages = data["messages"]
    while messages and messages[-1]["role"] == "user":
        del messages[-1]
    asked = {"role": "user", "content": question}
    choice = send(client, [*messages, asked])
    if choice.finish_reason == "stop" and choice.message.content is not None:
        messages += [asked, choice.message.model_dump()]
    return json.dumps(data, ensure_ascii=False)


@right
def with_a_dictionary_of_the_sdk(client, saved, question):
    try:
        data = json.loads(saved)
        if data["version"] != 1:
            raise ValueError(f"version {data['version']}")
    except KeyError as error:
        raise ValueError("no version") from error
    history = [m for n, m in enumerate(data["messages"])]
    if history[-1]["role"] == "user":
        history = history[:-1]
    asked = {"role": "user", "content": question}
    choice = send(client, [*history, asked])
    done = choice.finish_reason == "stop" and not choice.message.refusal
    return dumped([*history, asked, choice.message.to_dict()] if done else history)


@wrong("partly right", "ValueError was expected")
def ignores_the_version(client, saved, question):
    data = json.loads(saved)
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return dumped(messages)


@wrong("partly right", "ValueError was expected (there is no version)")
def stumbles_without_a_version(client, saved, question):
    data = json.loads(saved)
    if data["version"] != 1:
        raise ValueError("not version 1")
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return dumped(messages)


@wrong("partly right", "ValueError was expected (the version is 0)")
def refuses_newer_versions_only(client, saved, question):
    data = json.loads(saved)
    if data.get("version", 2) > 1:
        raise ValueError("not version 1")
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return dumped(messages)


@wrong("partly right", "the app had crashed")
def keeps_the_dangling_question(client, saved, question):
    messages = loaded(saved)["messages"]
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return dumped(messages)


@wrong("partly right", "the app had crashed")
def drops_the_last_turn_instead(client, saved, question):
    messages = loaded(saved)["messages"]
    if messages[-1]["role"] == "user":
        del messages[-3:]
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return dumped(messages)


@wrong("partly right", "the app had crashed")
def sends_clean_and_saves_dirty(client, saved, question):
    messages = loaded(saved)["messages"]
    clean = messages[:-1] if messages[-1]["role"] == "user" else messages
    choice = send(client, [*clean, {"role": "user", "content": question}])
    return dumped([*messages, *turn(question, choice)])


@wrong("partly right", "and text was expected")
def returns_the_dictionary(client, saved, question):
    data = loaded(saved)
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return data


@wrong("partly right", "which is not JSON")
def writes_python_instead_of_json(client, saved, question):
    data = loaded(saved)
    messages = data["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return str(data)


@wrong("partly right", "(message.refusal was set)")
def saves_every_answer(client, saved, question):
    messages = loaded(saved)["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": send(client, messages).message.content})
    return dumped(messages)


@wrong("partly right", "openai.APIError was expected")
def swallows_a_failed_call(client, saved, question):
    messages = loaded(saved)["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    with contextlib.suppress(openai.APIError):
        messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return dumped(messages)


@wrong("partly right", "has the keys")
def forgets_the_version(client, saved, question):
    messages = loaded(saved)["messages"]
    if messages[-1]["role"] == "user":
        messages.pop()
    messages += turn(question, send(client, [*messages, {"role": "user", "content": question}]))
    return json.dumps({"messages": messages})
