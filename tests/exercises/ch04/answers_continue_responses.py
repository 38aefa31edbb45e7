"""Answers for 04.11 continue_responses."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


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


@right
def with_recursion(client, instructions, question, tools, functions, rounds):
    def go(given, left, **before):
        response = client.responses.create(
            model=CHAT_MODEL,
            instructions=instructions,
            input=given,
            tools=tools,
            tool_choice="auto" if left > 1 else "none",
            store=True,
            **before,
        )
        if left == 1 or not calls_of(response):
            return response.output_text
        return go(outputs(response, functions), left - 1, previous_response_id=response.id)

    return go([{"role": "user", "content": question}], rounds)


def loop(client, instructions, question, tools, functions, rounds, answer=outputs, **more):
    """A right loop. `more` changes or adds parameters of every request."""
    given, before = question, {}
    for number in range(1, rounds + 1):
        settings = {
            "instructions": instructions,
            "tools": tools,
            "tool_choice": choice(number, rounds),
        }
        response = client.responses.create(
            model=CHAT_MODEL, input=given, **{**settings, **more, **before}
        )
        if not calls_of(response):
            return response.output_text
        given, before = answer(response, functions), {"previous_response_id": response.id}
    return None


@wrong("partly right", "the call_id of")
def answers_under_the_id_of_the_item(client, instructions, question, tools, functions, rounds):
    def answer(response, functions):
        return outputs(response, functions, lambda call: call.id)

    return loop(client, instructions, question, tools, functions, rounds, answer)


@wrong("partly right", "which is not JSON")
def sends_a_python_repr(client, instructions, question, tools, functions, rounds):
    def answer(response, functions):
        return outputs(response, functions, text=str)

    return loop(client, instructions, question, tools, functions, rounds, answer)


@wrong("partly right", "are new: what came before is kept by the service")
def sends_the_calls_again(client, instructions, question, tools, functions, rounds):
    def answer(response, functions):
        return [*calls_of(response), *outputs(response, functions)]

    return loop(client, instructions, question, tools, functions, rounds, answer)


@wrong("partly right", "it is the last request")
def never_forbids(client, instructions, question, tools, functions, rounds):
    return loop(client, instructions, question, tools, functions, rounds, tool_choice="auto")


@wrong("partly right", "nobody keeps the response")
def continues_what_was_not_stored(client, instructions, question, tools, functions, rounds):
    return loop(client, instructions, question, tools, functions, rounds, store=False)


@wrong("partly right", "Request 2 has no instructions")
def gives_the_instructions_once(client, instructions, question, tools, functions, rounds):
    given = [{"role": "user", "content": question}]
    more = {"instructions": instructions}
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            input=given,
            tools=tools,
            tool_choice=choice(number, rounds),
            **more,
        )
        if not calls_of(response):
            return response.output_text
        given, more = outputs(response, functions), {"previous_response_id": response.id}
    return None


@wrong("partly right", "Request 2 has no previous_response_id")
def sends_everything_again(client, instructions, question, tools, functions, rounds):
    items = [{"role": "user", "content": question}]
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            instructions=instructions,
            input=items,
            tools=tools,
            tool_choice=choice(number, rounds),
        )
        if not calls_of(response):
            return response.output_text
        items = [*items, *response.output, *outputs(response, functions)]
    return None


@wrong("partly right", "It returned 'Let me look.'")
def returns_the_first_text(client, instructions, question, tools, functions, rounds):
    given, before = question, {}
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            instructions=instructions,
            input=given,
            tools=tools,
            tool_choice=choice(number, rounds),
            **before,
        )
        if response.output_text:
            return response.output_text
        given, before = outputs(response, functions), {"previous_response_id": response.id}
    return None


@wrong("partly right", "were expected (rounds was")
def counts_one_too_many(client, instructions, question, tools, functions, rounds):
    return loop(client, instructions, question, tools, functions, rounds + 1)


@wrong("partly right", "Request 1 lacks the question")
def forgets_to_ask(client, instructions, question, tools, functions, rounds):
    return loop(client, instructions, "Please help.", tools, functions, rounds)
