"""Answers for 04.3 check_calls."""

import json
from typing import Literal

from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel, Field, ValidationError


class CheckStock(BaseModel):
    product: str
    store: Literal["Brixham", "Bristol"]
    pieces: int = Field(ge=1)


def found(client, messages, tools, **more):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=messages,
        tools=tools,
        **{"reasoning_effort": "none", **more},
    )
    return completion.choices[0].message.tool_calls or []


def result(call, value):
    return {"role": "tool", "tool_call_id": call.id, "content": json.dumps(value)}


@right
def step_by_step(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        name = call.function.name
        if name not in functions:
            text = f"unknown tool {name!r}; there is {', '.join(functions)}"
            results.append(result(call, {"error": text}))
            continue
        try:
            given = json.loads(call.function.arguments)
        except json.JSONDecodeError as error:
            results.append(result(call, {"error": f"the arguments are no JSON: {error}"}))
            continue
        try:
            checked = CheckStock.model_validate(given)
        except ValidationError as error:
            problems = [f"{p['loc']}: {p['msg']}" for p in error.errors(include_url=False)]
            results.append(result(call, {"error": "; ".join(problems)}))
            continue
        results.append(result(call, functions[name](**checked.model_dump())))
    return results


@wrong("partly right", "It raised KeyError")
def does_not_expect_other_names(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        tool = functions[call.function.name]
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
            results.append(result(call, tool(**checked.model_dump())))
        except ValidationError as error:
            results.append(result(call, {"error": str(error)}))
    return results


@wrong("partly right", "It called check_stock(pieces='4'")
def parses_and_hopes(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        name = call.function.name
        try:
            value = functions[name](**json.loads(call.function.arguments))
        except (KeyError, TypeError, ValueError) as error:
            value = {"error": f"{name}: {error!r}; tools: {', '.join(functions)}"}
        results.append(result(call, value))
    return results


@wrong("partly right", "(there is no such tool)")
def says_only_that_something_is_wrong(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
            value = functions[call.function.name](**checked.model_dump())
        except (KeyError, ValidationError):
            value = {"error": "invalid call"}
        results.append(result(call, value))
    return results


@wrong("partly right", "has no tool message for the call")
def skips_bad_calls(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
            results.append(result(call, functions[call.function.name](**checked.model_dump())))
        except (KeyError, ValidationError):
            continue
    return results


@wrong("partly right", "It raised ValidationError")
def lets_the_error_out(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        checked = CheckStock.model_validate_json(call.function.arguments)
        name = call.function.name
        known = name in functions
        value = {"error": f"no {name}, only {', '.join(functions)}"}
        results.append(result(call, functions[name](**checked.model_dump()) if known else value))
    return results


@wrong("partly right", '{"error": "..."} was expected')
def sends_plain_sentences(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        name = call.function.name
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
            value = functions[name](**checked.model_dump())
        except (KeyError, ValidationError) as error:
            value = f"{name}: {error}; tools: {', '.join(functions)}"
        results.append(result(call, value))
    return results


@wrong("partly right", "and check_stock(pieces=")
def passes_the_model_itself(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        name = call.function.name
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
            value = functions[name](*checked.model_dump().values())
        except (KeyError, ValidationError) as error:
            value = {"error": f"{name}: {error}; tools: {', '.join(functions)}"}
        results.append(result(call, value))
    return results


@right
def with_a_table_of_errors(client, messages, tools, functions):
    def answered(call):
        name = call.function.name
        if functions.get(name) is None:
            return {"error": repr({"known": list(functions), "called": name})}
        try:
            checked = CheckStock(**json.loads(call.function.arguments))
        except (TypeError, ValueError) as error:
            return {"error": " ".join(str(error).split())}
        return functions[name](product=checked.product, store=checked.store, pieces=checked.pieces)

    return [result(call, answered(call)) for call in found(client, messages, tools)]


@right
def in_two_passes(client, messages, tools, functions):
    calls = found(client, messages, tools)
    problems, checked = {}, {}
    for call in calls:
        if call.function.name not in functions:
            problems[call.id] = f"{call.function.name}? I have {' and '.join(functions)}."
            continue
        try:
            checked[call.id] = CheckStock.model_validate_json(call.function.arguments).model_dump()
        except ValidationError as error:
            problems[call.id] = error.json(include_url=False)
    results = []
    for call in calls:
        if call.id in problems:
            results.append(result(call, {"error": problems[call.id]}))
        else:
            results.append(result(call, functions[call.function.name](**checked[call.id])))
    return results


def validated(client, messages, tools, functions, describe, arguments=None):
    """A right answer, but for what is given."""
    results = []
    for call in found(client, messages, tools):
        name = call.function.name
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
        except ValidationError as error:
            known = name in functions
            text = describe(error) if known else f"no {name}, only {', '.join(functions)}"
            results.append(result(call, {"error": text}))
            continue
        if name in functions:
            given = arguments(call) if arguments else checked.model_dump()
            results.append(result(call, functions[name](**given)))
        else:
            results.append(result(call, {"error": f"no {name}, only {', '.join(functions)}"}))
    return results


@wrong("partly right", "(the model sent {")
def validates_and_passes_the_raw_arguments(client, messages, tools, functions):
    def raw(call):
        return json.loads(call.function.arguments)

    return validated(client, messages, tools, functions, str, raw)


@wrong("partly right", "The error for {'pieces': 0} is the one for {'pieces': 'a few'}")
def says_the_same_about_every_mistake(client, messages, tools, functions):
    def fixed(error):
        return "bad call: check_stock wants product, store, pieces"

    return validated(client, messages, tools, functions, fixed)


@wrong("partly right", "without 'pieces'")
def does_not_name_the_field(client, messages, tools, functions):
    def only_messages(error):
        return "; ".join(p["msg"] for p in error.errors())

    return validated(client, messages, tools, functions, only_messages)


@wrong("partly right", "and KeyError was expected (the function raised it)")
def tells_the_model_about_errors_of_the_tool(client, messages, tools, functions):
    results = []
    for call in found(client, messages, tools):
        try:
            checked = CheckStock.model_validate_json(call.function.arguments)
            value = functions[call.function.name](**checked.model_dump())
        except (KeyError, ValidationError) as error:
            value = {"error": f"{call.function.name}: {error} (tools: {', '.join(functions)})"}
        results.append(result(call, value))
    return results


@wrong("wrong", "Message 1 of request 1 is user: ")
def sends_the_question_only(client, messages, tools, functions):
    return validated(client, messages[-1:], tools, functions, str)
