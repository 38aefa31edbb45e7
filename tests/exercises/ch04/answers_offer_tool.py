"""Answers for 04.1 offer_tool."""

import json
from typing import Any

import openai
import pydantic
from exercise_answers import CHAT_MODEL, right, wrong

KINDS: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}


def send(client, question, tools, **more):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        tools=tools,
        **{"reasoning_effort": "none", **more},
    )
    return completion.choices[0].message.tool_calls or []


def schema_of(parameters, required=None, **more):
    properties = {
        key: {"type": [kind[:-1], "null"] if kind.endswith("?") else kind}
        for key, kind in parameters.items()
    }
    names = list(parameters) if required is None else required
    schema = {"type": "object", "properties": properties, "required": names}
    return {**schema, "additionalProperties": False, **more}


def tool(name, description, schema, **more):
    function = {"name": name, "description": description, "parameters": schema, "strict": True}
    return {"type": "function", "function": {**function, **more}}


def arguments(found):
    return [json.loads(call.function.arguments) for call in found]


@right
def with_a_model_made_at_run_time(client, question, name, description, parameters):
    fields: dict[str, Any] = {
        key: (KINDS[kind.rstrip("?")] | None if kind.endswith("?") else KINDS[kind], ...)
        for key, kind in parameters.items()
    }
    model = pydantic.create_model("Arguments", **fields)
    made = openai.pydantic_function_tool(model, name=name, description=description)
    return arguments(send(client, question, [made]))


@right
def with_any_of(client, question, name, description, parameters):
    schema = schema_of(parameters)
    for key, kind in parameters.items():
        if kind.endswith("?"):
            schema["properties"][key] = {"anyOf": [{"type": kind[:-1]}, {"type": "null"}]}
    return arguments(send(client, question, [tool(name, description, schema)]))


@wrong("wrong", "(strict wants all parameters)")
def leaves_optional_ones_out_of_required(client, question, name, description, parameters):
    required = [key for key, kind in parameters.items() if not kind.endswith("?")]
    schema = schema_of(parameters, required)
    return arguments(send(client, question, [tool(name, description, schema)]))


@wrong("partly right", "The tool has no 'strict', only 'name'")
def forgets_strict(client, question, name, description, parameters):
    made = tool(name, description, schema_of(parameters))
    del made["function"]["strict"]
    return arguments(send(client, question, [made]))


@wrong("partly right", " or null")
def forgets_null(client, question, name, description, parameters):
    plain = {key: kind.rstrip("?") for key, kind in parameters.items()}
    return arguments(send(client, question, [tool(name, description, schema_of(plain))]))


@wrong("partly right", "(the model made two calls)")
def takes_the_first_call(client, question, name, description, parameters):
    found = send(client, question, [tool(name, description, schema_of(parameters))])
    return arguments(found[:1])


@wrong("wrong", "belong inside it)")
def is_flat_as_in_responses(client, question, name, description, parameters):
    made = tool(name, description, schema_of(parameters))
    found = send(client, question, [{"type": "function", **made["function"]}])
    return arguments(found)[:0]


@wrong("wrong", "Function tools with reasoning_effort are not supported for")
def leaves_out_the_effort(client, question, name, description, parameters):
    made = tool(name, description, schema_of(parameters))
    return arguments(send(client, question, [made], reasoning_effort=openai.omit))


@wrong("wrong", "'parameters' in the tool has no 'additionalProperties'")
def allows_more(client, question, name, description, parameters):
    schema = schema_of(parameters)
    del schema["additionalProperties"]
    return arguments(send(client, question, [tool(name, description, schema)]))


@wrong("partly right", "(the model made two calls)")
def leaves_arguments_as_text(client, question, name, description, parameters):
    found = send(client, question, [tool(name, description, schema_of(parameters))])
    return [call.function.arguments for call in found]


@right
def with_parse(client, question, name, description, parameters):
    made = tool(name, description, schema_of(dict(parameters.items())))
    completion = client.chat.completions.parse(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": [{"type": "text", "text": question}]}],
        tools=[made],
        tool_choice="auto",
        reasoning_effort="none",
    )
    found = completion.choices[0].message.to_dict().get("tool_calls") or []
    return tuple(json.loads(call["function"]["arguments"]) for call in found)


@wrong("partly right", "tool_choice='required', and 'auto' was expected (the tool is only offered)")
def insists_on_a_call(client, question, name, description, parameters):
    made = tool(name, description, schema_of(parameters))
    return arguments(send(client, question, [made], tool_choice="required"))


@wrong("partly right", "The conversation in request 1 begins with user: 'Hello', and the question")
def asks_something_else(client, question, name, description, parameters):
    return arguments(send(client, "Hello", [tool(name, description, schema_of(parameters))]))


@wrong("partly right", "It raised TypeError: 'NoneType' object is not iterable")
def expects_a_call(client, question, name, description, parameters):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        tools=[tool(name, description, schema_of(parameters))],
        reasoning_effort="none",
    )
    return arguments(completion.choices[0].message.tool_calls)


@wrong("partly right", "'description' in the tool is")
def describes_it_by_its_name(client, question, name, description, parameters):
    return arguments(send(client, question, [tool(name, name, schema_of(parameters))]))
