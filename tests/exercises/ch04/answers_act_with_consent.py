"""Answers for 04.8 act_with_consent."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


def found(client, messages, tools):
    completion = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, tools=tools, reasoning_effort="none"
    )
    made = completion.choices[0].message.tool_calls or []
    return [(call, call.function.name, json.loads(call.function.arguments)) for call in made]


def result(call, value):
    return {"role": "tool", "tool_call_id": call.id, "content": json.dumps(value)}


NO = {"error": "The customer did not agree. Do not try it again."}


@right
def with_a_key_of_a_tuple(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        if name not in effects:
            results.append(result(call, functions[name](**arguments)))
            continue
        key = (name, *sorted((k, repr(v)) for k, v in arguments.items()))
        if key in done:
            results.append(result(call, done[key]))
        elif confirm(name, arguments):
            done[key] = functions[name](**arguments)
            results.append(result(call, done[key]))
        else:
            results.append(result(call, NO))
    return results


@wrong("partly right", "(find_order has no effect)")
def asks_about_everything(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        key = name + json.dumps(arguments, sort_keys=True)
        if name not in effects:
            confirm(name, arguments)
            done[key] = functions[name](**arguments)
        elif key not in done and confirm(name, arguments):
            done[key] = functions[name](**arguments)
        results.append(result(call, done.get(key, NO)))
    return results


@wrong("partly right", "has no tool message for the call")
def is_silent_about_a_no(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        key = name + json.dumps(arguments, sort_keys=True)
        if name not in effects or (key not in done and confirm(name, arguments)):
            done[key] = functions[name](**arguments)
        if key in done:
            results.append(result(call, done[key]))
    return results


@wrong("partly right", "(the second call is the same call)")
def remembers_by_the_text_of_the_arguments(
    client, messages, tools, functions, effects, confirm, done
):
    results = []
    for call, name, arguments in found(client, messages, tools):
        key = name + call.function.arguments
        if name not in effects or (key not in done and confirm(name, arguments)):
            done[key] = functions[name](**arguments)
        results.append(result(call, done.get(key, NO)))
    return results


@wrong("partly right", "(the second call is the same call)")
def remembers_by_id(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        if name not in effects or (call.id not in done and confirm(name, arguments)):
            done[call.id] = functions[name](**arguments)
        results.append(result(call, done.get(call.id, NO)))
    return results


@wrong("partly right", "dictionary done is still empty after a refund")
def remembers_in_a_dictionary_of_its_own(
    client, messages, tools, functions, effects, confirm, done
):
    mine, results = {}, []
    for call, name, arguments in found(client, messages, tools):
        key = name + json.dumps(arguments, sort_keys=True)
        if name not in effects or (key not in mine and confirm(name, arguments)):
            mine[key] = functions[name](**arguments)
        results.append(result(call, mine.get(key, NO)))
    return results


@wrong("partly right", "(the person said no)")
def acts_before_it_asks(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        key = name + json.dumps(arguments, sort_keys=True)
        if name not in effects or key not in done:
            done[key] = functions[name](**arguments)
            if name in effects and not confirm(name, arguments):
                results.append(result(call, NO))
                continue
        results.append(result(call, done[key]))
    return results


@wrong("partly right", "and find_order(")
def never_reads_twice(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        key = name + json.dumps(arguments, sort_keys=True)
        if key not in done and (name not in effects or confirm(name, arguments)):
            done[key] = functions[name](**arguments)
        results.append(result(call, done.get(key, NO)))
    return results


@wrong("partly right", "It called confirm('refund', '{")
def shows_the_text_of_the_arguments(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        key = name + json.dumps(arguments, sort_keys=True)
        if name not in effects or (key not in done and confirm(name, call.function.arguments)):
            done[key] = functions[name](**arguments)
        results.append(result(call, done.get(key, NO)))
    return results
