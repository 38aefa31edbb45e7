"""Answers for 05.8 act_or_answer."""

import json
from typing import Any

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from pydantic import BaseModel


class OpenReturn(BaseModel):
    order: str
    reason: str


class Reply(BaseModel):
    reply: str
    needs_human: bool


TOOL = openai.pydantic_function_tool(OpenReturn, name="open_return")


def ask(client, mail, **changed):
    options = {
        "tools": [TOOL],
        "response_format": Reply,
        "parallel_tool_calls": False,
        "reasoning_effort": "none",
        **changed,
    }
    options = {name: value for name, value in options.items() if value is not None}
    return client.chat.completions.parse(
        model=CHAT_MODEL, messages=[{"role": "user", "content": mail}], **options
    ).choices[0]


def outcome(message):
    if message.tool_calls:
        function = message.tool_calls[0].function
        return {"tool": function.name, "arguments": json.loads(function.arguments)}
    return {"answer": message.parsed.model_dump() if message.parsed else None}


@right
def with_create(client, mail):
    parts = [{"type": "string"}, {"type": "boolean"}]
    schema = {
        "type": "object",
        "properties": dict(zip(("reply", "needs_human"), parts, strict=True)),
        "required": ["reply", "needs_human"],
        "additionalProperties": False,
    }
    form = {"name": "Reply", "strict": True, "schema": schema}
    choice = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": mail}],
        tools=[TOOL],
        tool_choice="auto",
        parallel_tool_calls=False,
        reasoning_effort="none",
        response_format={"type": "json_schema", "json_schema": form},
    ).choices[0]
    if choice.finish_reason == "tool_calls":
        function = choice.message.tool_calls[0].function
        arguments = OpenReturn.model_validate_json(function.arguments)
        return {"tool": function.name, "arguments": arguments.model_dump()}
    return {"answer": json.loads(choice.message.content or "null")}


@wrong("partly right", "It raised AttributeError: 'NoneType' object has no attribute 'model_dump'")
def expects_an_answer(client, mail):
    return {"answer": ask(client, mail).message.parsed.model_dump()}


@wrong("partly right", "It raised TypeError: 'NoneType' object is not subscriptable")
def expects_a_call(client, mail):
    function = ask(client, mail).message.tool_calls[0].function
    return {"tool": function.name, "arguments": json.loads(function.arguments)}


@wrong("wrong", "Function tools with reasoning_effort are not supported for")
def lets_it_reason(client, mail):
    return outcome(ask(client, mail, reasoning_effort=None).message)


@wrong("partly right", "Request 1 has no parallel_tool_calls, and False was expected")
def allows_many_calls(client, mail):
    return outcome(ask(client, mail, parallel_tool_calls=None).message)


@wrong("partly right", "and one of type json_schema was expected")
def answers_in_prose(client, mail):
    message = ask(client, mail, response_format=None).message
    if message.tool_calls:
        return outcome(message)
    return {"answer": json.loads(message.content or "null")}


@wrong("partly right", "No tool is called open_return, only OpenReturn")
def keeps_the_name_of_the_class(client, mail):
    return outcome(ask(client, mail, tools=[openai.pydantic_function_tool(OpenReturn)]).message)


@wrong("partly right", "was expected")
def leaves_the_arguments_as_text(client, mail):
    message = ask(client, mail).message
    if message.tool_calls:
        function = message.tool_calls[0].function
        return {"tool": function.name, "arguments": function.arguments}
    return outcome(message)


@right
def on_the_responses_api(client, mail):
    response = client.responses.parse(
        model=CHAT_MODEL,
        input=mail,
        text_format=Reply,
        tools=[openai.pydantic_function_tool(OpenReturn, name="open_return")["function"] | FLAT],
        parallel_tool_calls=False,
    )
    for item in response.output:
        if item.type == "function_call":
            return {"tool": item.name, "arguments": json.loads(item.arguments)}
    parsed = response.output_parsed
    return {"answer": parsed and parsed.model_dump()}


FLAT: Any = {"type": "function"}


@right
def with_the_parsed_arguments(client, mail):
    choice = ask(client, mail, tool_choice="auto")
    for call in choice.message.tool_calls or []:
        arguments = call.function.parsed_arguments
        return {"tool": call.function.name, "arguments": arguments.model_dump()}
    if choice.message.refusal:
        return {"answer": None}
    return {"answer": dict(choice.message.parsed)}


@wrong("partly right", "(the model has to be free to answer instead)")
def requires_a_call(client, mail):
    return outcome(ask(client, mail, tool_choice="required").message)


@wrong("partly right", "(the model refused)")
def returns_the_refusal(client, mail):
    message = ask(client, mail).message
    return {"answer": message.refusal} if message.refusal else outcome(message)


@wrong("wrong", "Request 1 lacks the mail")
def forgets_the_mail(client, mail):
    return outcome(ask(client, "A mail.").message)
