"""Answers for 04.11 continue_responses."""

import json
from typing import Any

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


@wrong("partly right", "should be there, the new results")
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


@wrong("partly right", "should be there, the new results")
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


@wrong("partly right", "was expected (rounds was")
def counts_one_too_many(client, instructions, question, tools, functions, rounds):
    return loop(client, instructions, question, tools, functions, rounds + 1)


@wrong("wrong", "No user message of request 1 has the question")
def forgets_to_ask(client, instructions, question, tools, functions, rounds):
    return loop(client, instructions, "Please help.", tools, functions, rounds)


@right
def with_a_while_loop(client, instructions, question, tools, functions, rounds):
    settings = {"model": CHAT_MODEL, "instructions": instructions, "tools": tools}
    message = {"role": "user", "content": [{"type": "input_text", "text": question}]}
    given, sent = [message], 0
    last: Any = None
    while sent < rounds:
        sent += 1
        more = {"tool_choice": "none"} if sent == rounds else {}
        if last is not None:
            more["previous_response_id"] = last.id
        last = client.responses.create(**settings, **more, input=given)
        given = outputs(last, functions)
        if not given:
            break
    return last.output_text


@right
def from_dictionaries(client, instructions, question, tools, functions, rounds):
    before, given = {}, question
    for left in reversed(range(rounds)):
        response = client.responses.create(
            model=CHAT_MODEL,
            input=given,
            instructions=instructions,
            tools=list(tools),
            tool_choice="auto" if left else "none",
            parallel_tool_calls=True,
            **before,
        ).to_dict()
        items = [item for item in response["output"] if item["type"] == "function_call"]
        if not items:
            texts = [i["content"] for i in response["output"] if i["type"] == "message"]
            return "".join(part["text"] for parts in texts for part in parts)
        before = {"previous_response_id": response["id"]}
        given = [
            {
                "type": "function_call_output",
                "call_id": item["call_id"],
                "output": json.dumps(functions[item["name"]](**json.loads(item["arguments"]))),
            }
            for item in items
        ]
    return None


@wrong("partly right", "(only the last of 4 requests forbids it to call)")
def insists_on_calls(client, instructions, question, tools, functions, rounds):
    given, before = question, {}
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            instructions=instructions,
            input=given,
            tools=tools,
            tool_choice="none" if number == rounds else "required",
            **before,
        )
        if not calls_of(response):
            return response.output_text
        given, before = outputs(response, functions), {"previous_response_id": response.id}
    return None


@wrong("partly right", "Request 1 has instructions=")
def has_instructions_of_its_own(client, instructions, question, tools, functions, rounds):
    return loop(client, "Be brief.", question, tools, functions, rounds)


@wrong("partly right", "Request 3 has previous_response_id='resp_simulated_1'")
def continues_the_first_response(client, instructions, question, tools, functions, rounds):
    given, first = question, {}
    for number in range(1, rounds + 1):
        response = client.responses.create(
            model=CHAT_MODEL,
            instructions=instructions,
            input=given,
            tools=tools,
            tool_choice=choice(number, rounds),
            **first,
        )
        if not calls_of(response):
            return response.output_text
        first = first or {"previous_response_id": response.id}
        given = outputs(response, functions)
    return None
