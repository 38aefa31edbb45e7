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
    for chunk in stream:
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(key(part), {"id": None, "name": "", "arguments": ""})
                call["id"] = part.id or call["id"]
                call["name"] += part.function.name or ""
                call["arguments"] += part.function.arguments or ""
    return list(calls.values()), reason


def parsed(calls):
    return [call | {"arguments": json.loads(call["arguments"])} for call in calls]


@right
def with_the_stream_state(client, question, tools):
    state = ChatCompletionStreamState()
    reason = None
    for chunk in send(client, question, tools):
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
        state.handle_chunk(chunk)
    if reason not in ("stop", "tool_calls"):
        raise ValueError(f"finish_reason {reason}")
    message = state.current_completion_snapshot.choices[0].message
    return [
        {"id": c.id, "name": c.function.name, "arguments": json.loads(c.function.arguments)}
        for c in message.tool_calls or []
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


@wrong("partly right", "was expected")
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
