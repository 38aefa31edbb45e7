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


@right
def with_a_frozen_set(client, messages, tools, functions, effects, confirm, done):
    def act(name, arguments):
        key = repr((name, sorted(arguments.items())))
        if key not in done:
            if not confirm(name=name, arguments=arguments):
                return NO
            done[key] = json.dumps(functions[name](**arguments))
        return json.loads(done[key])

    return [
        result(call, act(name, given) if name in effects else functions[name](**given))
        for call, name, given in found(client, messages, tools)
    ]


@right
def with_a_dictionary_for_each_tool(client, messages, tools, functions, effects, confirm, done):
    results = []
    for call, name, arguments in found(client, messages, tools):
        if name not in effects:
            results.append(result(call, functions[name](**arguments)))
            continue
        mine = done.setdefault(name, [])
        before = [value for given, value in mine if given == arguments]
        if not before and confirm(name, arguments):
            before = [functions[name](**arguments)]
            mine.append((arguments, before[0]))
        results.append(result(call, before[0] if before else NO))
    return results


def consented(client, messages, tools, functions, effects, confirm, done, key, again=None):
    """A right answer, but for what is given."""
    results = []
    for call, name, arguments in found(client, messages, tools):
        if name not in effects:
            results.append(result(call, functions[name](**arguments)))
            continue
        k = key(name, arguments)
        if k in done and again:
            results.append(result(call, again))
            continue
        if k not in done and confirm(name, arguments):
            done[k] = functions[name](**arguments)
        results.append(result(call, done.get(k, NO)))
    return results


def sorted_key(name, arguments):
    return name + json.dumps(arguments, sort_keys=True)


@wrong("partly right", "and not the same")
def answers_the_second_call_with_a_note(client, messages, tools, functions, effects, confirm, done):
    note = {"error": "this was done already", "receipt": 0}
    given = (client, messages, tools, functions, effects, confirm, done)
    return consented(*given, sorted_key, note)


@wrong("partly right", "were expected")
def one_effect_for_each_tool(client, messages, tools, functions, effects, confirm, done):
    given = (client, messages, tools, functions, effects, confirm, done)
    return consented(*given, lambda name, arguments: name)


@wrong("partly right", "It called ")
def one_effect_for_each_order(client, messages, tools, functions, effects, confirm, done):
    given = (client, messages, tools, functions, effects, confirm, done)
    return consented(*given, lambda name, arguments: name + arguments["order"])


@wrong("partly right", "(only cancel_order is in effects)")
def knows_the_effects_itself(client, messages, tools, functions, effects, confirm, done):
    given = (client, messages, tools, functions, ["cancel_order", "refund"], confirm, done)
    return consented(*given, sorted_key)


@wrong("partly right", "isn't that of the second reading")
def reads_twice_and_tells_the_first(client, messages, tools, functions, effects, confirm, done):
    first = {}

    def once(name):
        def call(**arguments):
            value = functions[name](**arguments)
            return (
                first.setdefault(sorted_key(name, arguments), value)
                if name not in effects
                else value
            )

        return call

    tools_once = {name: once(name) for name in functions}
    given = (client, messages, tools, tools_once, effects, confirm, done)
    return consented(*given, sorted_key)


@wrong("wrong", "Message 1 of request 1 is user: ")
def sends_the_question_only(client, messages, tools, functions, effects, confirm, done):
    given = (client, messages[-1:], tools, functions, effects, confirm, done)
    return consented(*given, sorted_key)
