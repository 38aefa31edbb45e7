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


@wrong("partly right", "and it should not (")
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
