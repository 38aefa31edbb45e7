"""Answers for 03.8 collect_calls."""

import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong
from openai.lib.streaming.chat import ChatCompletionStreamState


def send(client, question, tools, **more):
    return client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": question}],
        tools=tools,
        stream=True,
        **{"reasoning_effort": "none", **more},
    )


def collect(stream, key=lambda part: part.index):
    calls, reason = {}, None
    try:
        for chunk in stream:
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
                for part in choice.delta.tool_calls or []:
                    call = calls.setdefault(key(part), {"id": None, "name": "", "arguments": ""})
                    call["id"] = part.id or call["id"]
                    call["name"] += part.function.name or ""
                    call["arguments"] += part.function.arguments or ""
    except openai.APIError as error:
        raise ValueError("the stream broke") from error
    return [calls[index] for index in sorted(calls)], reason


def parsed(calls):
    return [call | {"arguments": json.loads(call["arguments"])} for call in calls]


@wrong("partly right", "It raised IndexError: list index out of range")
def with_the_stream_state(client, question, tools):
    state = ChatCompletionStreamState()
    reason = None
    try:
        for chunk in send(client, question, tools):
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
            state.handle_chunk(chunk)
    except openai.OpenAIError as error:
        raise ValueError("incomplete") from error
    if reason not in ("stop", "tool_calls"):
        raise ValueError(f"finish_reason {reason}")
    message = state.current_completion_snapshot.choices[0].message
    calls = message.tool_calls or []
    return [
        {"id": c.id, "name": c.function.name, "arguments": json.loads(c.function.arguments)}
        for c in calls
    ]


@wrong("partly right", "and ValueError was expected (finish_reason was length)")
def runs_what_the_cap_left(client, question, tools):
    calls, reason = collect(send(client, question, tools))
    if reason is None:
        raise ValueError("cut")
    return parsed(calls)


@wrong("partly right", "It raised JSONDecodeError")
def takes_the_latest_call(client, question, tools):
    calls, reason = [], None
    for chunk in send(client, question, tools):
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                if part.id:
                    calls.append({"id": part.id, "name": part.function.name, "arguments": ""})
                calls[-1]["arguments"] += part.function.arguments or ""
    if reason not in ("stop", "tool_calls"):
        raise ValueError("incomplete")
    return parsed(calls)


@wrong("wrong", "The service would reject request 1")
def leaves_out_the_effort(client, question, tools):
    calls, reason = collect(send(client, question, tools, reasoning_effort=openai.omit))
    if reason not in ("stop", "tool_calls"):
        raise ValueError("incomplete")
    return parsed(calls)


@wrong("wrong", "was expected")
def leaves_arguments_as_text(client, question, tools):
    calls, reason = collect(send(client, question, tools))
    if reason not in ("stop", "tool_calls"):
        raise ValueError("incomplete")
    return calls


@wrong("partly right", "and ValueError was expected (no chunk had a finish_reason)")
def returns_what_there_is(client, question, tools):
    calls, reason = collect(send(client, question, tools))
    if reason == "length":
        raise ValueError("length")
    return parsed(calls)


def checked(calls, reason, good=("stop", "tool_calls")):
    if reason not in good:
        raise ValueError(f"finish_reason {reason}")
    return parsed(calls)


@right
def with_lists(client, question, tools):
    heads, texts, reasons = {}, {}, []
    with send(client, question, tools) as stream:
        try:
            for chunk in stream:
                for choice in chunk.model_dump()["choices"]:
                    reasons.append(choice["finish_reason"])
                    for part in choice["delta"].get("tool_calls") or []:
                        if part["id"]:
                            heads[part["index"]] = part["id"], part["function"]["name"]
                        text = part["function"]["arguments"] or ""
                        texts.setdefault(part["index"], []).append(text)
        except Exception as error:
            raise ValueError("the stream broke") from error
    if not {"stop", "tool_calls"} & set(reasons):
        raise ValueError("the stream stopped early")
    return [
        {"id": id, "name": name, "arguments": json.loads("".join(texts[index]))}
        for index, (id, name) in sorted(heads.items())
    ]


@right
def from_raw_lines(client, question, tools):
    calls, reason = {}, None
    try:
        with client.chat.completions.with_streaming_response.create(
            model=CHAT_MODEL,
            messages=[{"role": "user", "content": question}],
            tools=tools,
            stream=True,
            reasoning_effort="none",
        ) as reply:
            for line in reply.iter_lines():
                if not line.startswith("data: {"):
                    continue
                event = json.loads(line[6:])
                if "error" in event:
                    raise ValueError(event["error"]["message"])
                for choice in event["choices"]:
                    reason = choice["finish_reason"] or reason
                    for part in choice["delta"].get("tool_calls") or []:
                        call = calls.setdefault(part["index"], {**part, "text": ""})
                        call["text"] += part["function"].get("arguments") or ""
    except ValueError:
        raise
    except Exception as error:
        raise ValueError("the stream broke") from error
    made = [
        {"id": c["id"], "name": c["function"]["name"], "arguments": c["text"]}
        for _, c in sorted(calls.items())
    ]
    return checked(made, reason)


@wrong("partly right", "(the last of the calls began first)")
def in_the_order_of_arrival(client, question, tools):
    order = []

    def key(part):
        if part.index not in order:
            order.append(part.index)
        return part.index

    calls, reason = collect(send(client, question, tools), key)
    return checked([calls[index] for index in order], reason)


@wrong("partly right", "It raised ValueError: finish_reason stop")
def expects_tool_calls_as_the_reason(client, question, tools):
    calls, reason = collect(send(client, question, tools))
    return checked(calls, reason, ("tool_calls",) if calls else ("stop",))


@wrong("partly right", "and ValueError was expected (finish_reason was content_filter)")
def takes_what_the_filter_left(client, question, tools):
    calls, reason = collect(send(client, question, tools))
    return checked(calls, reason, ("stop", "tool_calls", "content_filter"))


@wrong("partly right", "and ValueError was expected")
def lets_broken_streams_through(client, question, tools):
    calls, reason = {}, None
    for chunk in send(client, question, tools):
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(part.index, {"id": part.id, "name": "", "arguments": ""})
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
    return checked([call for _, call in sorted(calls.items())], reason)


@wrong("raised", "It raised ValueError: never")
def always_raises(client, question, tools):
    send(client, question, tools)
    raise ValueError("never")


@wrong("wrong", "No user message of request 1 has the question")
def asks_something_else(client, question, tools):
    return checked(*collect(send(client, "Hello", tools)))


@right
def with_a_sorted_snapshot(client, question, tools):
    calls = []

    def at(index):
        while len(calls) <= index:
            calls.append({"id": "", "name": "", "arguments": ""})
        return calls[index]

    with send(client, question, tools) as stream:
        try:
            choices = [choice for chunk in stream for choice in chunk.choices]
        except (openai.APIError, json.JSONDecodeError) as error:
            raise ValueError("the stream broke") from error
    for choice in choices:
        for part in choice.delta.tool_calls or ():
            call = at(part.index)
            call["id"] += part.id or ""
            call["name"] += part.function.name or ""
            call["arguments"] += part.function.arguments or ""
    return checked(calls, choices[-1].finish_reason if choices else None)
