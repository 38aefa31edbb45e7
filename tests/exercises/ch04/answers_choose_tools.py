"""Answers for 04.7 choose_tools."""

from typing import Any

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def send(client, question, tools, choice: Any = openai.omit):
    completion = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        tools=tools,
        tool_choice=choice,
        reasoning_effort="none",
    )
    return [call.function.name for call in completion.choices[0].message.tool_calls or []]


def named(name):
    return {"type": "function", "function": {"name": name}}


def allowed(names, mode="required"):
    tools = [named(name) for name in names]
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}}


def check(tools, names):
    known = {tool["function"]["name"] for tool in tools}
    for name in names or []:
        if name not in known:
            raise ValueError(name)


@right
def with_one_case_after_the_other(client, question, tools, names):
    if names is None:
        return send(client, question, tools)
    check(tools, names)
    if not names:
        return send(client, question, tools, "none")
    if len(names) == 1:
        return send(client, question, tools, named(names[0]))
    return send(client, question, tools, allowed(sorted(names)))


@wrong("partly right", "the model has to know all its tools in every request")
def offers_fewer_tools(client, question, tools, names):
    check(tools, names)
    if names is None:
        return send(client, question, tools)
    if not names:
        return send(client, question, tools, "none")
    if len(names) == 1:
        return send(client, question, tools, named(names[0]))
    some = [tool for tool in tools if tool["function"]["name"] in names]
    return send(client, question, some, "required")


@wrong("partly right", "is 'auto', and 'required' was expected")
def allows_but_does_not_insist(client, question, tools, names):
    check(tools, names)
    if names is None:
        return send(client, question, tools)
    if not names:
        return send(client, question, tools, "none")
    if len(names) == 1:
        return send(client, question, tools, named(names[0]))
    return send(client, question, tools, allowed(names, "auto"))


@wrong("partly right", "and 'none' was expected")
def takes_an_empty_list_for_none(client, question, tools, names):
    check(tools, names)
    if not names:
        return send(client, question, tools)
    return send(client, question, tools, named(names[0]) if len(names) == 1 else allowed(names))


@wrong("partly right", "were expected")
def uses_the_flat_form_of_responses(client, question, tools, names):
    check(tools, names)
    if names is None:
        return send(client, question, tools)
    if not names:
        return send(client, question, tools, "none")
    if len(names) == 1:
        return send(client, question, tools, {"type": "function", "name": names[0]})
    flat = [{"type": "function", "name": name} for name in names]
    choice = {"type": "allowed_tools", "mode": "required", "tools": flat}
    return send(client, question, tools, choice)


@wrong("partly right", "and ValueError was expected (there is no tool")
def does_not_look_at_the_names(client, question, tools, names):
    if names is None:
        return send(client, question, tools)
    if not names:
        return send(client, question, tools, "none")
    return send(client, question, tools, named(names[0]) if len(names) == 1 else allowed(names))


@wrong("partly right", "Request 1 has tool_choice='required', and 'auto' was expected")
def insists_always(client, question, tools, names):
    check(tools, names)
    if names is None:
        return send(client, question, tools, "required")
    if not names:
        return send(client, question, tools, "none")
    return send(client, question, tools, named(names[0]) if len(names) == 1 else allowed(names))


@right
def with_match(client, question, tools, names):
    known = {given["function"]["name"] for given in tools}
    match names:
        case None:
            choice = "auto"
        case []:
            choice = "none"
        case _ if not set(names) <= known:
            raise ValueError(f"unknown tools: {set(names) - known}")
        case [name]:
            choice = named(name)
        case _:
            choice = allowed(tuple(names))
    return tuple(send(client, question, tools, choice))


@right
def allowing_one_tool_as_several(client, question, tools, names):
    check(tools, names)
    choice = openai.omit if names is None else allowed(names) if names else "none"
    return send(client, question, tools, choice)


@wrong("wrong", "The conversation in request 1 begins with user: 'Hello'")
def asks_something_else(client, question, tools, names):
    return allowing_one_tool_as_several(client, "Hello", tools, names)


@wrong("partly right", "It sent 1 request, and none was expected")
def looks_at_the_names_too_late(client, question, tools, names):
    made = send(
        client, question, tools, allowed(names) if names else "none" if names == [] else openai.omit
    )
    check(tools, names)
    return made


@wrong("partly right", "and ValueError was expected (there is no tool")
def looks_at_the_first_name_only(client, question, tools, names):
    check(tools, (names or [])[:1])
    choice = openai.omit if names is None else allowed(names) if names else "none"
    return send(client, question, tools, choice)


@wrong("partly right", "was expected")
def allows_instead_of_requiring_one(client, question, tools, names):
    check(tools, names)
    mode = "auto" if names and len(names) == 1 else "required"
    choice = openai.omit if names is None else allowed(names, mode) if names else "none"
    return send(client, question, tools, choice)
