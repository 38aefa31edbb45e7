"""Answers for 04.6 ask_with_tools."""

import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages, tools, **more):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=messages,
        tools=tools,
        **{"reasoning_effort": "none", **more},
    )
    return completion.choices[0].message


def results(message, functions):
    made = []
    for call in message.tool_calls or []:
        value = functions[call.function.name](**json.loads(call.function.arguments))
        made.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(value)})
    return made


def start(question):
    return [{"role": "user", "content": question}]


@right
def with_a_while_and_a_last_request(client, question, tools, functions, rounds):
    messages = start(question)
    left = rounds
    while left > 1:
        message = send(client, messages, tools)
        if not message.tool_calls:
            return message.content
        messages = [*messages, message, *results(message, functions)]
        left -= 1
    return send(client, messages, tools, tool_choice="none").content


@wrong("partly right", "it is the last request")
def leaves_the_last_request_free(client, question, tools, functions, rounds):
    messages = start(question)
    for _ in range(rounds):
        message = send(client, messages, tools)
        if not message.tool_calls:
            return message.content
        messages += [message, *results(message, functions)]
    return None


@wrong("partly right", "and this model called a tool whenever it could")
def sends_one_more(client, question, tools, functions, rounds):
    messages = start(question)
    for _ in range(rounds):
        message = send(client, messages, tools)
        if not message.tool_calls:
            return message.content
        messages += [message, *results(message, functions)]
    return send(client, messages, tools, tool_choice="none").content


@wrong("partly right", "was expected (rounds was")
def has_no_bound(client, question, tools, functions, rounds):
    messages = start(question)
    while True:
        message = send(client, messages, tools)
        if not message.tool_calls:
            return message.content
        messages += [message, *results(message, functions)]


@wrong("partly right", "(only the last of 4 requests forbids it to call)")
def insists_on_a_call(client, question, tools, functions, rounds):
    messages = start(question)
    for number in range(1, rounds + 1):
        choice = "none" if number == rounds else "required"
        message = send(client, messages, tools, tool_choice=choice)
        if not message.tool_calls:
            return message.content
        messages += [message, *results(message, functions)]
    return None


@wrong("partly right", "Request 2 has no tools, and check_stock, find_order were expected")
def takes_the_tools_away(client, question, tools, functions, rounds):
    messages = start(question)
    message = send(client, messages, tools, tool_choice="none" if rounds == 1 else "auto")
    for _ in range(rounds - 1):
        if not message.tool_calls:
            break
        messages += [message, *results(message, functions)]
        message = send(client, messages, openai.omit)
    return message.content


@wrong("partly right", "Request 3 lacks the message in which the model made the call")
def keeps_the_last_round_only(client, question, tools, functions, rounds):
    messages = start(question)
    for number in range(1, rounds + 1):
        choice = "none" if number == rounds else "auto"
        message = send(client, messages, tools, tool_choice=choice)
        if not message.tool_calls:
            return message.content
        messages = [*start(question), message, *results(message, functions)]
    return None


@wrong("raised", "It raised TypeError")
def expects_a_call(client, question, tools, functions, rounds):
    messages = start(question)
    for number in range(1, rounds + 1):
        message = send(client, messages, tools, tool_choice="none" if number == rounds else "auto")
        if not list(message.tool_calls):
            return message.content
        messages += [message, *results(message, functions)]
    return None


@right
def recursively(client, question, tools, functions, rounds, so_far=()):
    messages = [*start(question), *so_far]
    message = send(client, messages, tools, tool_choice="none" if rounds == 1 else openai.omit)
    if rounds == 1 or not message.tool_calls:
        return message.content
    more = [message.to_dict(), *results(message, functions)]
    return recursively(client, question, tools, functions, rounds - 1, [*so_far, *more])


@right
def with_dumps_of_the_sdk(client, question, tools, functions, rounds):
    messages = [{"role": "developer", "content": "Use the tools."}, *start(question)]
    for left in reversed(range(rounds)):
        choice = "auto" if left else "none"
        message = send(client, messages, tools, tool_choice=choice)
        if message.tool_calls is None:
            return message.content
        messages.append(message.model_dump(exclude_none=bool(left % 2)))
        messages.extend(results(message, functions)[::-1])
    return None


@wrong("partly right", "The conversation in request 2 begins with assistant: ")
def loses_the_question(client, question, tools, functions, rounds):
    messages = start(question)
    for number in range(1, rounds + 1):
        choice = "none" if number == rounds else "auto"
        message = send(client, messages, tools, tool_choice=choice)
        if not message.tool_calls:
            return message.content
        before = messages if number > 1 else []
        messages = [*before, message, *results(message, functions)]
    return None


@wrong("partly right", "It returned 'Let me look.'")
def takes_text_for_the_answer(client, question, tools, functions, rounds):
    messages = start(question)
    for number in range(1, rounds + 1):
        choice = "none" if number == rounds else "auto"
        message = send(client, messages, tools, tool_choice=choice)
        if message.content:
            return message.content
        messages += [message, *results(message, functions)]
    return None


@wrong("partly right", "The conversation in request 1 begins with user: 'Hello'")
def asks_something_else(client, question, tools, functions, rounds):
    return recursively(client, "Hello", tools, functions, rounds)
