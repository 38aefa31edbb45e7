"""Answers for 04.2 answer_calls."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


def send(client, messages, tools=None, **more):
    given = {"tools": tools, "reasoning_effort": "none"} if tools else {}
    completion = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, **given, **more
    )
    return completion.choices[0].message


def run(functions, call):
    return functions[call.function.name](**json.loads(call.function.arguments))


def result(call, content):
    return {"role": "tool", "tool_call_id": call.id, "content": content}


def start(question):
    return [{"role": "user", "content": question}]


@right
def with_the_calls_written_out(client, question, tools, functions):
    message = send(client, start(question), tools)
    found = message.tool_calls or []
    if not found:
        return message.content
    assistant = {
        "role": "assistant",
        "content": message.content,
        "tool_calls": [call.model_dump() for call in found],
    }
    results = [result(call, json.dumps(run(functions, call), indent=1)) for call in found]
    return send(client, [*start(question), assistant, *results], tools).content


@wrong("partly right", "Request 2 has, after the calls of round 1, results for [")
def answers_only_the_first_call(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    if not message.tool_calls:
        return message.content
    call = message.tool_calls[0]
    messages += [message, result(call, json.dumps(run(functions, call)))]
    return send(client, messages, tools).content


@wrong("partly right", "which is not JSON")
def sends_a_python_repr(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    if not message.tool_calls:
        return message.content
    messages += [message, *(result(c, str(run(functions, c))) for c in message.tool_calls)]
    return send(client, messages, tools).content


@wrong("partly right", "Request 2 lacks the message in which the model made the call")
def forgets_the_message_with_the_calls(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    if not message.tool_calls:
        return message.content
    messages += [result(c, json.dumps(run(functions, c))) for c in message.tool_calls]
    return send(client, messages, tools).content


@wrong("partly right", "Request 2 has no tools, and check_stock, find_order were expected")
def offers_the_tools_once(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    if not message.tool_calls:
        return message.content
    messages += [message, *(result(c, json.dumps(run(functions, c))) for c in message.tool_calls)]
    return send(client, messages).content


@wrong("partly right", "results for ['check_stock', 'find_order', 'find_order'], and [")
def answers_with_the_name_as_id(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    if not message.tool_calls:
        return message.content
    messages.append(message)
    for call in message.tool_calls:
        content = json.dumps(run(functions, call))
        messages.append({"role": "tool", "tool_call_id": call.function.name, "content": content})
    return send(client, messages, tools).content


@wrong("partly right", "Request 2 has, after the calls of round 1, results for [")
def sends_a_request_for_each_call(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    answer = message.content
    for call in message.tool_calls or []:
        messages += [message, result(call, json.dumps(run(functions, call)))]
        answer = send(client, messages, tools).content
    return answer


@wrong("partly right", "It sent request 2, but this conversation ends after 1")
def always_asks_twice(client, question, tools, functions):
    messages = start(question)
    message = send(client, messages, tools)
    found = message.tool_calls or []
    messages += [message, *(result(c, json.dumps(run(functions, c))) for c in found)]
    return send(client, messages, tools).content


@right
def with_dumps_of_the_sdk(client, question, tools, functions):
    messages = [{"role": "developer", "content": "Use the tools."}, *start(question)]
    message = send(client, messages, tools)
    if message.tool_calls is None:
        return message.content
    messages.append(message.to_dict())
    for call in reversed(message.tool_calls):
        messages.append(result(call, json.dumps(run(functions, call), ensure_ascii=False)))
    return send(client, messages, tools, tool_choice="auto").content


@right
def with_nulls_and_parts(client, question, tools, functions):
    message = send(client, start([{"type": "text", "text": question}]), tools)
    calls = message.tool_calls
    if not calls:
        return message.content
    results = [result(c, [{"type": "text", "text": json.dumps(run(functions, c))}]) for c in calls]
    again = [*start([{"type": "text", "text": question}]), message.model_dump(), *results]
    return send(client, again, tools).content


@wrong("partly right", "The conversation in request 2 begins with assistant: ")
def loses_the_question(client, question, tools, functions):
    message = send(client, start(question), tools)
    if not message.tool_calls:
        return message.content
    results = [result(c, json.dumps(run(functions, c))) for c in message.tool_calls]
    return send(client, [message, *results], tools).content


@wrong("partly right", "The conversation in request 2 begins with user: 'And now?'")
def asks_another_question_the_second_time(client, question, tools, functions):
    message = send(client, start(question), tools)
    if not message.tool_calls:
        return message.content
    results = [result(c, json.dumps(run(functions, c))) for c in message.tool_calls]
    return send(client, [*start("And now?"), message, *results], tools).content


@wrong("wrong", "The conversation in request 1 begins with user: 'Hello'")
def asks_something_else(client, question, tools, functions):
    return with_the_calls_written_out(client, "Hello", tools, functions)


@wrong("partly right", "It sent 1 request, and at least 2 were expected")
def takes_text_for_the_answer(client, question, tools, functions):
    message = send(client, start(question), tools)
    if message.content:
        return message.content
    results = [result(c, json.dumps(run(functions, c))) for c in message.tool_calls or []]
    return send(client, [*start(question), message, *results], tools).content
