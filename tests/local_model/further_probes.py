"""The features of the local server beyond those that `course local --check` tries."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import openai

from utils.local_model.endpoint_check import (
    CHAT_TOOLS,
    QUESTION,
    RESPONSE_TOOLS,
    Failed,
    Probe,
    Review,
    Server,
    expect,
    names,
    probe,
    tool_calls,
)

FURTHER: list[tuple[str, Probe]] = []
"""Probes by feature."""

further = partial(probe, table=FURTHER)


@further("models.retrieve")
def _model(server: Server) -> str:
    return f"owned_by {server.client.models.retrieve(server.chat).owned_by}"


@further("models.retrieve, unknown: 404")
def _model_unknown(server: Server) -> str:
    error = server.refused(
        lambda: server.client.models.retrieve("no-such-model"), openai.NotFoundError
    )
    return str(error.code)


# Chat Completions


@further("developer role")
def _developer(server: Server) -> str:
    messages = [
        {"role": "developer", "content": "Answer in French."},
        {"role": "user", "content": "Good morning!"},
    ]
    answer = server.ask(messages=messages)
    expect("bonjour" in answer.choices[0].message.content.lower(), "ignored")
    return repr(answer.choices[0].message.content)


@further("stream")
def _stream(server: Server) -> str:
    chunks = list(server.ask(stream=True))
    deltas = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    expect(len(deltas) > 1, f"{len(deltas)} pieces of text")
    expect(all(chunk.choices for chunk in chunks), "a chunk without choices, unasked")
    return f"{len(chunks)} chunks, finish_reason {chunks[-1].choices[0].finish_reason}"


@further("chat.completions.stream() helper")
def _stream_helper(server: Server) -> str:
    with server.client.chat.completions.stream(
        model=server.chat, messages=[{"role": "user", "content": "Say hello."}], temperature=0
    ) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    expect("content.done" in kinds, f"events {kinds}")
    return repr(final.choices[0].message.content)


@further("stream helper, cut off: LengthFinishReasonError")
def _stream_helper_length(server: Server) -> str:
    try:
        with server.client.chat.completions.stream(
            model=server.chat,
            messages=[{"role": "user", "content": "Count to one hundred."}],
            max_completion_tokens=2,
        ) as stream:
            stream.get_final_completion()
    except openai.LengthFinishReasonError as error:
        return f"after {error.completion.usage and error.completion.usage.completion_tokens} tokens"
    raise Failed("was not raised")


@further("max_tokens and max_completion_tokens")
def _max_tokens(server: Server) -> str:
    answers = [
        server.ask("Count to one hundred.", max_completion_tokens=5),
        server.ask("Count to one hundred.", max_completion_tokens=openai.omit, max_tokens=5),
    ]
    for answer in answers:
        expect(answer.usage.completion_tokens == 5, f"{answer.usage.completion_tokens} tokens")
        expect(answer.choices[0].finish_reason == "length", answer.choices[0].finish_reason)
    return "5 tokens, finish_reason length"


@further("stop")
def _stop(server: Server) -> str:
    answer = server.ask("Count from 1 to 9, digits only.", stop=["4"], max_completion_tokens=40)
    expect(answer.choices[0].finish_reason == "stop", answer.choices[0].finish_reason)
    expect("4" not in answer.choices[0].message.content, "the stop sequence is in the text")
    return repr(answer.choices[0].message.content)


@further("n=3")
def _n(server: Server) -> str:
    answer = server.ask("Name a color.", n=3, temperature=1)
    expect(len(answer.choices) == 3, f"{len(answer.choices)} choices")
    return ", ".join(repr(choice.message.content) for choice in answer.choices)


@further("n=3, streamed")
def _n_streamed(server: Server) -> str:
    chunks = list(server.ask("Name a color.", n=3, temperature=1, stream=True))
    found = {choice.index for chunk in chunks for choice in chunk.choices}
    expect(found == {0, 1, 2}, f"choices {found}")
    return f"{len(chunks)} chunks for choices 0, 1, 2"


@further("presence_penalty, frequency_penalty, logit_bias")
def _penalties(server: Server) -> str:
    text = "Repeat the word 'tea' ten times."
    plain = server.ask(text, max_completion_tokens=30)
    pressed = server.ask(
        text, max_completion_tokens=30, frequency_penalty=2, presence_penalty=2, logit_bias={"0": 5}
    )
    counts = [a.choices[0].message.content.lower().count("tea") for a in (plain, pressed)]
    expect(counts[1] < counts[0], f"'tea' {counts[0]} and {counts[1]} times")
    return f"'tea' {counts[0]} times without, {counts[1]} times with"


@further("legacy completions")
def _legacy(server: Server) -> str:
    answer = server.client.completions.create(
        model=server.chat, prompt="Once upon a", max_tokens=4, temperature=0
    )
    expect(answer.choices[0].text, "no text")
    return repr(answer.choices[0].text)


@further("temperature 0 twice: the same")
def _greedy(server: Server) -> str:
    texts = {server.ask("Write a haiku.").choices[0].message.content for _ in range(2)}
    expect(len(texts) == 1, "different")
    return "identical"


@further("seed twice, temperature 1: the same")
def _seed(server: Server) -> str:
    ask = lambda seed: server.ask("Invent a name.", seed=seed, temperature=1)  # noqa: E731
    texts = [ask(seed).choices[0].message.content for seed in (7, 7, 8, 7)]
    expect(texts[0] == texts[1] == texts[3], f"different: {texts}")
    return f"identical; another seed gives {texts[2][:30]!r}"


@further("reasoning_effort, store, metadata, verbosity: accepted")
def _accepted(server: Server) -> str:
    server.ask(
        reasoning_effort="none",
        store=True,
        metadata={"lesson": "1"},
        verbosity="low",
        max_completion_tokens=1,
    )
    return "without effect"


# Structured output


@further("response_format json_object")
def _json_object(server: Server) -> str:
    answer = server.ask(
        "Describe a cat as JSON with the keys name and age.",
        response_format={"type": "json_object"},
        max_completion_tokens=60,
    )
    return repr(json.loads(answer.choices[0].message.content))


# Tools


@further("tools, required")
def _tools_required(server: Server) -> str:
    answer = server.ask(
        "Hello!", tools=CHAT_TOOLS, tool_choice="required", max_completion_tokens=60
    )
    expect(tool_calls(answer), "no call")
    return names(tool_calls(answer))


@further("tools, named")
def _tools_named(server: Server) -> str:
    named: Any = {"type": "function", "function": {"name": "get_time"}}
    answer = server.ask(QUESTION, tools=CHAT_TOOLS, tool_choice=named, max_completion_tokens=60)
    calls = tool_calls(answer)
    expect(calls and {call.function.name for call in calls} == {"get_time"}, names(calls))
    return names(calls)


@further("tools, allowed_tools")
def _tools_allowed(server: Server) -> str:
    tools = [{"type": "function", "function": {"name": "get_time"}}]
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": tools}}
    answer = server.ask(QUESTION, tools=CHAT_TOOLS, tool_choice=choice, max_completion_tokens=60)
    calls = tool_calls(answer)
    expect(calls and {call.function.name for call in calls} == {"get_time"}, names(calls))
    return names(calls)


@further("tools, auto, none fits: an answer in text")
def _tools_unfit(server: Server) -> str:
    answer = server.ask("Say hello in French.", tools=CHAT_TOOLS, max_completion_tokens=60)
    expect(not tool_calls(answer), "called all the same: " + names(tool_calls(answer)))
    expect(answer.choices[0].finish_reason == "stop", answer.choices[0].finish_reason)
    stream = server.ask(
        "Say hello in French.", tools=CHAT_TOOLS, max_completion_tokens=60, stream=True
    )
    deltas = [chunk.choices[0].delta for chunk in stream]
    text = "".join(delta.content or "" for delta in deltas)
    expect(text and not any(delta.tool_calls for delta in deltas), "streamed: called all the same")
    return f"{text!r}"


@further("tools, none")
def _tools_none(server: Server) -> str:
    answer = server.ask("Say hello.", tools=CHAT_TOOLS, tool_choice="none")
    expect(not tool_calls(answer), "called all the same")
    expect("```" not in answer.choices[0].message.content, "a call as text")
    return repr(answer.choices[0].message.content)


@further("tools, streamed in fragments")
def _tools_streamed(server: Server) -> str:
    stream = server.ask(QUESTION, tools=CHAT_TOOLS, stream=True, max_completion_tokens=60)
    fragments = [
        call.function.arguments
        for chunk in stream
        for choice in chunk.choices
        for call in choice.delta.tool_calls or ()
        if call.function.arguments
    ]
    expect(len(fragments) > 1, f"{len(fragments)} fragments")
    return f"{len(fragments)} fragments: {json.loads(''.join(fragments))}"


@further("tools, parallel calls by default")
def _tools_parallel(server: Server) -> str:
    answer = server.ask(
        "What is the weather in Seattle and Tokyo?",
        tools=CHAT_TOOLS,
        max_completion_tokens=120,
    )
    expect(len(tool_calls(answer)) == 2, names(tool_calls(answer)))
    return names(tool_calls(answer))


@further("tools, parallel_tool_calls=False")
def _tools_single(server: Server) -> str:
    answer = server.ask(
        "What is the weather in Seattle and Tokyo?",
        tools=CHAT_TOOLS,
        parallel_tool_calls=False,
        max_completion_tokens=120,
    )
    expect(len(tool_calls(answer)) == 1, names(tool_calls(answer)))
    return names(tool_calls(answer))


@further("tools, two steps: find, then act, then text")
def _tools_steps(server: Server) -> str:
    def tool(name: str, description: str, parameter: str) -> dict[str, Any]:
        schema = {"type": "object", "properties": {parameter: {"type": "string"}}}
        function = {"name": name, "description": description}
        return {"type": "function", "function": function | {"parameters": schema}}

    tools = [
        tool("find_order", "Find a customer's latest order by email", "email"),
        tool("refund", "Refund an order", "order_id"),
    ]
    results = {
        "find_order": '{"order_id": "F-1042", "total": 89.0}',
        "refund": '{"refunded": 89.0}',
    }
    text = "Find the latest order of ada@example.com, then refund it."
    messages: list[Any] = [{"role": "user", "content": text}]
    made: list[str] = []
    for _ in range(4):
        answer = server.ask(messages=messages, tools=tools, max_completion_tokens=80)
        message = answer.choices[0].message
        messages.append(message)
        if not message.tool_calls:
            expect(made == ["find_order", "refund"], f"calls {made}")
            return f"find_order, refund, {message.content!r}"
        for call in tool_calls(answer):
            made.append(call.function.name)
            result = results[call.function.name]
            messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    raise Failed(f"no end: {made}")


# Responses


@further("responses, list input and instructions")
def _responses_list(server: Server) -> str:
    items = [{"role": "user", "content": [{"type": "input_text", "text": "Good morning!"}]}]
    response = server.respond(items, instructions="Answer in French.")
    expect("bonjour" in response.output_text.lower(), "ignored: " + response.output_text)
    return repr(response.output_text)


@further("responses.stream() helper")
def _responses_helper(server: Server) -> str:
    with server.client.responses.stream(
        model=server.chat, input="Say hello.", temperature=0
    ) as stream:
        for _ in stream:
            pass
        return repr(stream.get_final_response().output_text)


@further("responses, tools and function_call_output")
def _responses_tools(server: Server) -> str:
    first = server.respond(QUESTION, tools=RESPONSE_TOOLS, max_output_tokens=60)
    calls = [item for item in first.output if item.type == "function_call"]
    expect(calls and calls[0].name == "get_weather", "no call")
    items: list[Any] = [{"role": "user", "content": QUESTION}, *first.output]
    for call in calls:
        result = {"type": "function_call_output", "call_id": call.call_id}
        items.append(result | {"output": '{"celsius": 18, "sky": "cloudy"}'})
    second = server.respond(items, tools=RESPONSE_TOOLS, max_output_tokens=60)
    expect("18" in second.output_text, "the result is not used: " + repr(second.output))
    return repr(second.output_text)


@further("responses, tools streamed")
def _responses_tools_streamed(server: Server) -> str:
    events = list(server.respond(QUESTION, tools=RESPONSE_TOOLS, max_output_tokens=60, stream=True))
    deltas = [e.delta for e in events if e.type == "response.function_call_arguments.delta"]
    expect(len(deltas) > 1, f"{len(deltas)} fragments")
    return f"{len(deltas)} fragments: {json.loads(''.join(deltas))}"


@further("responses.parse (pydantic)")
def _responses_parse(server: Server) -> str:
    response = server.client.responses.parse(
        model=server.chat,
        input="Review: 'Great tent, five stars!'",
        text_format=Review,
        max_output_tokens=60,
        temperature=0,
    )
    expect(response.output_parsed, "nothing parsed")
    return repr(response.output_parsed)


@further("responses, text.format json_object")
def _responses_json(server: Server) -> str:
    response = server.respond(
        "Describe a cat as JSON with the keys name and age.",
        text={"format": {"type": "json_object"}},
        max_output_tokens=60,
    )
    return repr(json.loads(response.output_text))


@further("responses, retrieve, input_items, delete")
def _responses_retrieve(server: Server) -> str:
    responses = server.client.responses
    created = server.respond(max_output_tokens=16)
    expect(responses.retrieve(created.id).output_text == created.output_text, "another text")
    expect(len(list(responses.input_items.list(created.id))) == 1, "not one input item")
    responses.delete(created.id)
    server.refused(lambda: responses.retrieve(created.id), openai.NotFoundError)
    return "found, then 404 after its deletion"


@further("responses, store=False")
def _responses_unstored(server: Server) -> str:
    created = server.respond(store=False, max_output_tokens=16)
    server.refused(lambda: server.client.responses.retrieve(created.id), openai.NotFoundError)
    return "404 on retrieve"


@further("responses, cut off: incomplete")
def _responses_incomplete(server: Server) -> str:
    response = server.respond("Count to one hundred.", max_output_tokens=16)
    expect(response.status == "incomplete", response.status)
    events = list(server.respond("Count to one hundred.", max_output_tokens=16, stream=True))
    expect(events[-1].type == "response.incomplete", "streamed: " + events[-1].type)
    return f"{response.incomplete_details.reason}; streamed too"


@further("responses.input_tokens.count")
def _responses_count(server: Server) -> str:
    counted = server.client.responses.input_tokens.count(model=server.chat, input="Say hello.")
    used = server.respond(max_output_tokens=16).usage.input_tokens
    expect(counted.input_tokens == used, f"{counted.input_tokens}, but {used} were used")
    return f"{used}, as many as were used"


# Embeddings


@further("embeddings, base64 and batch")
def _embeddings_base64(server: Server) -> str:
    texts = ["a tent", "a stove"]
    raw = server.client.embeddings.create(model=server.embed, input=texts, encoding_format="base64")
    size = len(base64.b64decode(str(raw.data[0].embedding)))
    decoded = server.client.embeddings.create(model=server.embed, input=texts)
    expect([entry.index for entry in decoded.data] == [0, 1], "wrong order")
    expect(size == 4 * len(decoded.data[0].embedding), f"{size} bytes")
    return f"{size} bytes each; the SDK decodes them"


@further("embeddings, token ids")
def _embeddings_tokens(server: Server) -> str:
    answer = server.client.embeddings.create(model=server.embed, input=[101, 7592, 102])
    return f"{len(answer.data[0].embedding)} dimensions"


@further("embeddings, dimensions: 400")
def _embeddings_dimensions(server: Server) -> str:
    create = server.client.embeddings.create
    error = server.refused(
        lambda: create(model=server.embed, input="x", dimensions=128), openai.BadRequestError
    )
    return str(error)


@further("embeddings, empty or too long input: 400")
def _embeddings_bad(server: Server) -> str:
    create = server.client.embeddings.create
    for bad in ("", [], ["a", ""]):
        server.refused(
            lambda bad=bad: create(model=server.embed, input=bad), openai.BadRequestError
        )
    error = server.refused(
        lambda: create(model=server.embed, input="word " * 5000), openai.BadRequestError
    )
    expect(error.code == "context_length_exceeded", f"code {error.code}")
    return str(error.code)


# Errors


@further("messages missing, of a wrong type, or with an unknown role: 400")
def _bad_messages(server: Server) -> str:
    bad: list[Any] = [[], "hello", [{"role": "robot", "content": "hi"}]]
    found = [
        server.refused(lambda bad=bad: server.ask(messages=bad), openai.BadRequestError).param
        for bad in bad
    ]
    return ", ".join(map(str, found))


@further("temperature 9: 400")
def _temperature(server: Server) -> str:
    error = server.refused(lambda: server.ask(temperature=9), openai.BadRequestError)
    expect(error.param == "temperature", f"param {error.param}")
    return str(error.code)


@further("n above the server's limit: 400")
def _too_many(server: Server) -> str:
    return str(server.refused(lambda: server.ask(n=100), openai.BadRequestError))


@further("context overflow: 400 context_length_exceeded")
def _overflow(server: Server) -> str:
    text = "word " * 40_000
    error = server.refused(lambda: server.ask(text), openai.BadRequestError)
    expect(error.code == "context_length_exceeded", f"code {error.code}")
    server.refused(lambda: server.ask(text, stream=True), openai.BadRequestError)
    return "streamed too"


@further("tool message without a call: 400")
def _lost_tool(server: Server) -> str:
    messages = [
        {"role": "user", "content": "hi"},
        {"role": "tool", "tool_call_id": "call_1", "content": "18"},
    ]
    return str(server.refused(lambda: server.ask(messages=messages), openai.BadRequestError).param)


@further("x-request-id and openai-processing-ms")
def _headers(server: Server) -> str:
    raw = server.client.chat.completions.with_raw_response.create(
        model=server.chat, messages=[{"role": "user", "content": "hi"}], max_completion_tokens=1
    )
    expect(raw.request_id, "no x-request-id")
    spent = raw.headers.get("openai-processing-ms")
    expect(spent, "no openai-processing-ms")
    return f"{raw.request_id}, {spent} ms"


@further("endpoints it has not: 404 in OpenAI's shape")
def _not_there(server: Server) -> str:
    calls: list[Callable[[], object]] = [
        lambda: server.client.moderations.create(input="hi"),
        lambda: server.client.files.list(),
        lambda: server.client.batches.list(),
        lambda: server.client.images.generate(prompt="a tent"),
    ]
    for call in calls:
        server.refused(call, openai.NotFoundError)
    return "moderations, files, batches, images"
