"""Answers for 01.6 how_it_ended."""

from exercise_answers import CHAT_MODEL, right, wrong


def ask(client, messages, tools, **more):
    more = {"reasoning_effort": "none", **more}
    return client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, tools=tools, **more
    ).choices[0]


@right
def with_match(client, messages, tools):
    choice = ask(client, messages, tools)
    message = choice.message
    match choice.finish_reason:
        case "length":
            return "cut off", message.content
        case "content_filter":
            return "filtered", message.content or ""
        case "tool_calls":
            return "tool call", message.tool_calls[0].function.name
    return ("refused", message.refusal) if message.refusal else ("complete", message.content)


@wrong("partly right", "and ('refused', ")
def misses_the_refusal(client, messages, tools):
    choice = ask(client, messages, tools)
    if choice.finish_reason == "tool_calls":
        return "tool call", choice.message.tool_calls[0].function.name
    names = {"stop": "complete", "length": "cut off", "content_filter": "filtered"}
    return names[choice.finish_reason], choice.message.content


@wrong("partly right", "It returned ('filtered', None), and ('filtered', '') was expected")
def none_is_no_text(client, messages, tools):
    choice = ask(client, messages, tools)
    if choice.message.refusal:
        return "refused", choice.message.refusal
    if choice.finish_reason == "tool_calls":
        return "tool call", choice.message.tool_calls[0].function.name
    names = {"stop": "complete", "length": "cut off", "content_filter": "filtered"}
    return names[choice.finish_reason], choice.message.content or None


@wrong("partly right", "It raised KeyError: 'tool_calls'")
def forgets_the_tools(client, messages, tools):
    choice = ask(client, messages, tools)
    if choice.message.refusal:
        return "refused", choice.message.refusal
    names = {"stop": "complete", "length": "cut off", "content_filter": "filtered"}
    return names[choice.finish_reason], choice.message.content


@wrong("wrong", "Function tools with reasoning_effort are not supported for")
def tools_with_reasoning(client, messages, tools):
    return with_match_and_effort(client, messages, tools, "low")


def with_match_and_effort(client, messages, tools, effort):
    choice = ask(client, messages, tools, reasoning_effort=effort)
    if choice.message.refusal:
        return "refused", choice.message.refusal
    if choice.finish_reason == "tool_calls":
        return "tool call", choice.message.tool_calls[0].function.name
    names = {"stop": "complete", "length": "cut off", "content_filter": "filtered"}
    return names[choice.finish_reason], choice.message.content or ""


@wrong("wrong", "It returned 'stop', and ('complete', ")
def the_bare_reason(client, messages, tools):
    return ask(client, messages, tools).finish_reason
