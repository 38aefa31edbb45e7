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
    except (openai.LengthFinishReasonError, openai.ContentFilterFinishReasonError) as error:
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


@wrong("partly right", "and Exception was expected (the connection broke)")
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


@right
def with_lists(client, messages, tools, functions, announce):
    names, texts, reasons = [], [], []
    with streamed(client, messages, tools) as stream:
        try:
            for chunk in stream:
                for choice in chunk.to_dict()["choices"]:
                    reasons.append(choice.get("finish_reason"))
                    for part in choice["delta"].get("tool_calls", ()):
                        while len(names) <= part["index"]:
                            names.append(part["function"]["name"])
                            texts.append([])
                            announce(name=names[-1])
                        texts[part["index"]].append(part["function"].get("arguments") or "")
        except (openai.APIError, ValueError) as error:
            raise RuntimeError("the stream broke") from error
    if not {"stop", "tool_calls"} & set(reasons):
        raise RuntimeError("the calls are incomplete")
    return tuple(run(functions, [(n, "".join(t)) for n, t in zip(names, texts, strict=True)]))


@right
def with_a_generator(client, messages, tools, functions, announce):
    def parts():
        reason = None
        for chunk in streamed(client, messages, tools):
            for choice in chunk.choices:
                reason = choice.finish_reason or reason
                yield from choice.delta.tool_calls or []
        if reason not in {"tool_calls", "stop"}:
            raise RuntimeError(reason)

    made = {}
    for part in parts():
        if part.function.name:
            announce(part.function.name)
            made[part.index] = (functions[part.function.name], [])
        made[part.index][1].append(part.function.arguments or "")
    return [function(**json.loads("".join(texts))) for function, texts in made.values()]


def announced(client, messages, tools, functions, announce, good):
    """A right answer, but for the reasons that are good."""
    calls, reason = read(streamed(client, messages, tools), announce)
    if reason not in good:
        raise RuntimeError(f"finish_reason {reason}")
    return run(functions, calls)


@wrong("partly right", "(finish_reason was content_filter)")
def takes_what_the_filter_left(client, messages, tools, functions, announce):
    good = ("stop", "tool_calls", "content_filter")
    return announced(client, messages, tools, functions, announce, good)


@wrong("partly right", "and nothing was called")
def calls_while_it_streams(client, messages, tools, functions, announce):
    calls, values, reason = {}, {}, None
    for chunk in streamed(client, messages, tools):
        for choice in chunk.choices:
            reason = choice.finish_reason or reason
            for part in choice.delta.tool_calls or []:
                if part.index not in calls:
                    calls[part.index] = [part.function.name, ""]
                    announce(part.function.name)
                calls[part.index][1] += part.function.arguments or ""
                name, text = calls[part.index]
                if text.endswith("}") and part.index not in values:
                    values[part.index] = functions[name](**json.loads(text))
    if reason not in ("stop", "tool_calls"):
        raise RuntimeError("incomplete")
    return list(values.values())


@wrong("wrong", "Message 1 of request 1 is user: ")
def sends_the_question_only(client, messages, tools, functions, announce):
    good = ("stop", "tool_calls")
    return announced(client, messages[-1:], tools, functions, announce, good)


@wrong("raised", "It raised RuntimeError: never")
def always_raises(client, messages, tools, functions, announce):
    list(streamed(client, messages, tools))
    raise RuntimeError("never")
