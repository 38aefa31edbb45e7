"""Answers for 04.11 ask_responses."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


def flat(tools):
    return [{"type": "function", **tool["function"]} for tool in tools]


def choice(number, rounds):
    return "none" if number == rounds else "auto"


def calls_of(response):
    return [item for item in response.output if item.type == "function_call"]


def outputs(response, functions, id=lambda call: call.call_id, text=json.dumps):
    return [
        {
            "type": "function_call_output",
            "call_id": id(call),
            "output": text(functions[call.name](**json.loads(call.arguments))),
        }
        for call in calls_of(response)
    ]


def start(question):
    return [{"role": "user", "content": question}]


@right
def with_the_id_of_the_response_before(client, question, tools, functions, rounds):
    given, before = start(question), {}
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            input=given,
            tools=flat(tools),
            tool_choice=choice(number, rounds),
            **before,
        )
        if not calls_of(response):
            return response.output_text
        given, before = outputs(response, functions), {"previous_response_id": response.id}
    return None


@right
def without_storing_anything(client, question, tools, functions, rounds):
    items = start(question)
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            input=items,
            tools=flat(tools),
            tool_choice=choice(number, rounds),
            store=False,
            include=["reasoning.encrypted_content"],
        )
        if not calls_of(response):
            return response.output_text
        items = [*items, *response.output, *outputs(response, functions)]
    return None


def loop(client, question, tools, functions, rounds, *, keep, answer=outputs, **more):
    items = start(question)
    for number in range(1, rounds + 1):
        given = {"tool_choice": choice(number, rounds), **more}
        response = client.responses.create(
            model=CHAT_MODEL, input=items, tools=flat(tools), **given
        )
        if not calls_of(response):
            return response.output_text
        items = [*items, *keep(response), *answer(response, functions)]
    return None


@wrong("partly right", "the call_id of")
def answers_under_the_id_of_the_item(client, question, tools, functions, rounds):
    return loop(
        client,
        question,
        tools,
        functions,
        rounds,
        keep=lambda response: response.output,
        answer=lambda response, functions: outputs(response, functions, lambda call: call.id),
    )


@wrong("partly right", "and does not hold the call itself")
def sends_the_results_alone(client, question, tools, functions, rounds):
    return loop(client, question, tools, functions, rounds, keep=lambda response: [])


@wrong("partly right", "without the reasoning item in front of it")
def drops_the_reasoning(client, question, tools, functions, rounds):
    return loop(client, question, tools, functions, rounds, keep=calls_of)


@wrong("partly right", 'include=["reasoning.encrypted_content"]')
def stores_nothing_and_includes_nothing(client, question, tools, functions, rounds):
    return loop(
        client,
        question,
        tools,
        functions,
        rounds,
        keep=lambda response: response.output,
        store=False,
    )


@wrong("partly right", "which is not JSON")
def sends_a_python_repr(client, question, tools, functions, rounds):
    return loop(
        client,
        question,
        tools,
        functions,
        rounds,
        keep=lambda response: response.output,
        answer=lambda response, functions: outputs(response, functions, text=str),
    )


@wrong("partly right", "it is the last request")
def never_forbids(client, question, tools, functions, rounds):
    return loop(
        client,
        question,
        tools,
        functions,
        rounds,
        keep=lambda response: response.output,
        tool_choice="auto",
    )


@wrong("partly right", "and not as they should be: the first is")
def leaves_the_tools_as_they_are(client, question, tools, functions, rounds):
    items = start(question)
    for number in range(1, rounds + 1):
        given = {"tools": tools, "tool_choice": choice(number, rounds)}
        response = client.responses.create(model=CHAT_MODEL, input=items, **given)
        if not calls_of(response):
            return response.output_text
        items = [*items, *response.output, *outputs(response, functions)]
    return None


@wrong("partly right", "nobody keeps the response")
def continues_what_was_not_stored(client, question, tools, functions, rounds):
    given, before = start(question), {}
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            input=given,
            tools=flat(tools),
            tool_choice=choice(number, rounds),
            store=False,
            **before,
        )
        if not calls_of(response):
            return response.output_text
        given, before = outputs(response, functions), {"previous_response_id": response.id}
    return None


@wrong("partly right", "It returned 'Let me look.'")
def returns_the_first_text(client, question, tools, functions, rounds):
    items = start(question)
    for number in range(1, rounds + 1):
        given = {"tools": flat(tools), "tool_choice": choice(number, rounds)}
        response = client.responses.create(model=CHAT_MODEL, input=items, **given)
        if response.output_text:
            return response.output_text
        items = [*items, *response.output, *outputs(response, functions)]
    return None
