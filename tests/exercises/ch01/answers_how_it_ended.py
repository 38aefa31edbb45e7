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


@right
def from_a_dictionary(client, messages, tools):
    raw = client.chat.completions.with_raw_response.create(
        model=CHAT_MODEL, messages=list(messages), tools=tools, reasoning_effort="none"
    )
    choice = raw.parse().model_dump()["choices"][0]
    message, reason = choice["message"], choice["finish_reason"]
    if message["refusal"]:
        return ["refused", message["refusal"]]
    if message["tool_calls"]:
        return ["tool call", message["tool_calls"][0]["function"]["name"]]
    words = {"stop": "complete", "length": "cut off", "content_filter": "filtered"}
    return [words[reason], message["content"] or ""]


@right
def with_early_returns(client, messages, tools):
    choice = ask(client, messages, tools, max_completion_tokens=400, parallel_tool_calls=False)
    message = choice.message
    if choice.finish_reason == "stop":
        if message.refusal is not None:
            return "refused", message.refusal
        return "complete", message.content
    if choice.finish_reason == "tool_calls":
        return "tool call", next(call.function.name for call in message.tool_calls)
    text = message.content if message.content else ""
    return ("cut off" if choice.finish_reason == "length" else "filtered"), text


@wrong("wrong", "of request 1 is user: ")
def asks_something_else(client, messages, tools):
    return with_match(client, [{"role": "user", "content": "Hello"}], tools)


@wrong("wrong", "request 1 is user: ")
def sends_the_last_message_only(client, messages, tools):
    return with_match(client, messages[-1:], tools)


@wrong("partly right", "and ('filtered', '') was expected")
def expects_text_from_the_filter(client, messages, tools):
    choice = ask(client, messages, tools)
    if choice.finish_reason == "content_filter":
        return "filtered", choice.message.content
    return with_match_of(choice)


@wrong("partly right", "It returned ('filtered', ''), and ('filtered', '")
def loses_what_the_filter_left(client, messages, tools):
    choice = ask(client, messages, tools)
    if choice.finish_reason == "content_filter":
        return "filtered", ""
    return with_match_of(choice)


@wrong("partly right", ", and ('tool call', '")
def shows_text_before_calls(client, messages, tools):
    choice = ask(client, messages, tools)
    if choice.message.content and choice.finish_reason == "tool_calls":
        return "complete", choice.message.content
    return with_match_of(choice)


@wrong("wrong", "Request 1 has no tools")
def forgets_to_send_the_tools(client, messages, tools):
    choice = client.chat.completions.create(model=CHAT_MODEL, messages=messages).choices[0]
    return with_match_of(choice)


def with_match_of(choice):
    """A right answer for a choice that has arrived."""
    message = choice.message
    match choice.finish_reason:
        case "length":
            return "cut off", message.content
        case "content_filter":
            return "filtered", message.content or ""
        case "tool_calls":
            return "tool call", message.tool_calls[0].function.name
    return ("refused", message.refusal) if message.refusal else ("complete", message.content)
