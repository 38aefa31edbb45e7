"""Answers for 04.12 announce_calls."""

import json

import openai
from exercise_answers import CHAT_MODEL, right, wrong


def streamed(client, messages, tools):
    return client.chat.completions.create(
        model=CHAT_MODEL,
        messages=messages,
        tools=tools,
        stream=True,
        reasoning_effort="none",
    )


def read(stream, announce):
    """Names and arguments of the calls, and the finish reason."""
    calls, reason = {}, None
    for chunk in stream:
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                if part.index not in calls:
                    calls[part.index] = [part.function.name, ""]
                    announce(part.function.name)
                calls[part.index][1] += part.function.arguments or ""
    return list(calls.values()), reason


def run(functions, calls):
    return [functions[name](**json.loads(arguments)) for name, arguments in calls]


@right
def with_the_helper(client, messages, tools, functions, announce):
    seen = set()
    try:
        with client.chat.completions.stream(
            model=CHAT_MODEL, messages=messages, tools=tools, reasoning_effort="none"
        ) as stream:
            for event in stream:
                if event.type != "chunk" or not event.snapshot.choices:
                    continue
                for number, call in enumerate(event.snapshot.choices[0].message.tool_calls or []):
                    if number not in seen:
                        seen.add(number)
                        announce(call.function.name)
            choice = stream.current_completion_snapshot.choices[0]
    except openai.LengthFinishReasonError as error:
        raise RuntimeError("the answer hit the cap") from error
    if choice.finish_reason not in ("stop", "tool_calls"):
        raise RuntimeError("incomplete")
    made = choice.message.tool_calls or []
    return run(functions, [(call.function.name, call.function.arguments) for call in made])


@wrong("partly right", "and the name arrived after")
def announces_at_the_end(client, messages, tools, functions, announce):
    calls, reason = read(streamed(client, messages, tools), lambda name: None)
    if reason not in ("stop", "tool_calls"):
        raise RuntimeError("incomplete")
    for name, _ in calls:
        announce(name)
    return run(functions, calls)


@wrong("partly right", "(the stream had no finish_reason)")
def trusts_what_looks_complete(client, messages, tools, functions, announce):
    calls, reason = read(streamed(client, messages, tools), announce)
    if reason == "length":
        raise RuntimeError("length")
    return run(functions, calls)


@wrong("partly right", "(finish_reason was length)")
def does_not_mind_the_cap(client, messages, tools, functions, announce):
    calls, reason = read(streamed(client, messages, tools), announce)
    if reason is None:
        raise RuntimeError("cut")
    return run(functions, calls)


@wrong("partly right", "list of names that it announced")
def announces_every_fragment(client, messages, tools, functions, announce):
    calls, reason = {}, None
    for chunk in streamed(client, messages, tools):
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                call = calls.setdefault(part.index, [part.function.name, ""])
                announce(call[0])
                call[1] += part.function.arguments or ""
    if reason not in ("stop", "tool_calls"):
        raise RuntimeError("incomplete")
    return run(functions, list(calls.values()))


@wrong("partly right", "It raised JSONDecodeError")
def makes_one_call_of_all_fragments(client, messages, tools, functions, announce):
    name, arguments, reason = None, "", None
    for chunk in streamed(client, messages, tools):
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                if part.function.name:
                    name = part.function.name
                    announce(name)
                arguments += part.function.arguments or ""
    if reason not in ("stop", "tool_calls"):
        raise RuntimeError("incomplete")
    return run(functions, [(name, arguments)] if name else [])


@wrong("partly right", "It raised RuntimeError")
def expects_a_call(client, messages, tools, functions, announce):
    calls, reason = read(streamed(client, messages, tools), announce)
    if reason != "tool_calls":
        raise RuntimeError("no calls")
    return run(functions, calls)


@wrong("partly right", "and openai.APIConnectionError was expected (the connection broke)")
def turns_a_broken_stream_into_no_calls(client, messages, tools, functions, announce):
    try:
        calls, reason = read(streamed(client, messages, tools), announce)
    except Exception:
        return []
    if reason not in ("stop", "tool_calls"):
        raise RuntimeError("incomplete")
    return run(functions, calls)


@wrong("wrong", "Request 1 has no stream")
def does_not_stream(client, messages, tools, functions, announce):
    completion = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, tools=tools, reasoning_effort="none"
    )
    made = completion.choices[0].message.tool_calls or []
    for call in made:
        announce(call.function.name)
    calls = [(call.function.name, call.function.arguments) for call in made]
    if completion.choices[0].finish_reason == "length":
        raise RuntimeError("length")
    return run(functions, calls)
