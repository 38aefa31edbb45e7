"""The course's own endpoint test: what a server that claims OpenAI's API really answers.

One row a feature, asked for with the installed SDK as a lesson would ask. A row says what the
server does, not how well the model writes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
import openai
from openai import OpenAI
from pydantic import BaseModel

from .errors import LocalModelError

Probe = Callable[["Server"], str]

WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "Current weather in a city",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
TIME: dict[str, Any] = WEATHER | {"name": "get_time", "description": "Current time in a city"}
CHAT_TOOLS: list[Any] = [{"type": "function", "function": tool} for tool in (WEATHER, TIME)]
RESPONSE_TOOLS: list[Any] = [
    {"type": "function", "strict": True, **tool} for tool in (WEATHER, TIME)
]
QUESTION = "What is the weather in Paris?"


class Review(BaseModel):
    """A structured answer to ask for."""

    sentiment: Literal["positive", "negative"]
    stars: int


@dataclass(frozen=True, slots=True)
class Server:
    """The server under test.

    Attributes:
        client: the SDK, without retries.
        chat: id of the chat model.
        embed: id of the embedding model.
    """

    client: OpenAI
    chat: str
    embed: str

    def ask(self, text: str = "Say hello.", **more: Any) -> Any:
        """One chat completion of at most 16 tokens, greedy unless told otherwise."""
        given = {"messages": [{"role": "user", "content": text}], "max_completion_tokens": 16}
        given |= {"temperature": 0, **more}
        return self.client.chat.completions.create(model=self.chat, **given)

    def respond(self, asked: Any = "Say hello.", **more: Any) -> Any:
        """One response of at most 32 tokens, greedy unless told otherwise."""
        given = {"input": asked, "max_output_tokens": 32, "temperature": 0} | more
        return self.client.responses.create(model=self.chat, **given)

    def refused(self, call: Callable[[], object], kind: type[openai.APIStatusError]) -> Any:
        """The error of a call that must be refused in OpenAI's shape."""
        try:
            call()
        except kind as error:
            expect(error.request_id is not None, "the error has no x-request-id")
            expect(isinstance(error.body, dict), f"the error's body is {error.body!r}")
            expect(error.type is not None, "the error has no type")
            expect(not isinstance(error.code, int), f"the error's code is the number {error.code}")
            return error
        except openai.OpenAIError as error:
            raise Failed(f"{type(error).__name__} instead of {kind.__name__}: {error}") from error
        raise Failed(f"answered instead of {kind.__name__}")


class Failed(Exception):
    """A feature does not work; the message says how."""


def expect(condition: object, otherwise: str) -> None:
    """Fail with a message unless a condition holds.

    Raises:
        Failed: the condition does not hold.
    """
    if not condition:
        raise Failed(otherwise)


@dataclass(frozen=True, slots=True)
class Row:
    """What was found out about one feature.

    Attributes:
        feature: what was asked.
        works: whether the server did it.
        detail: what it did, or how it failed.
    """

    feature: str
    works: bool
    detail: str


PROBES: list[tuple[str, Probe]] = []


def probe(feature: str) -> Callable[[Probe], Probe]:
    """Enter a function into the table under a name."""

    def enter(function: Probe) -> Probe:
        PROBES.append((feature, function))
        return function

    return enter


def tool_calls(completion: Any) -> list[Any]:
    """The tool calls of a chat completion, their arguments checked to be JSON objects."""
    calls = completion.choices[0].message.tool_calls or []
    for call in calls:
        expect(isinstance(json.loads(call.function.arguments), dict), "arguments are no object")
    return calls


def names(calls: list[Any]) -> str:
    """Calls for the table."""
    return ", ".join(f"{call.function.name}({call.function.arguments})" for call in calls)


# Models


@probe("models.list")
def _models(server: Server) -> str:
    found = [model.id for model in server.client.models.list()]
    expect({server.chat, server.embed} <= set(found), f"lists {found}")
    return ", ".join(found)


@probe("models.retrieve")
def _model(server: Server) -> str:
    return f"owned_by {server.client.models.retrieve(server.chat).owned_by}"


@probe("models.retrieve, unknown: 404")
def _model_unknown(server: Server) -> str:
    error = server.refused(
        lambda: server.client.models.retrieve("no-such-model"), openai.NotFoundError
    )
    return str(error.code)


# Chat Completions


@probe("chat plain, with usage")
def _plain(server: Server) -> str:
    answer = server.ask()
    expect(answer.choices[0].message.content, "no content")
    expect(answer.usage.total_tokens > 0, "no usage")
    expect(answer.model == server.chat, f"model is {answer.model}")
    return repr(answer.choices[0].message.content)


@probe("developer role")
def _developer(server: Server) -> str:
    messages = [
        {"role": "developer", "content": "Answer in French."},
        {"role": "user", "content": "Good morning!"},
    ]
    answer = server.ask(messages=messages)
    expect("bonjour" in answer.choices[0].message.content.lower(), "ignored")
    return repr(answer.choices[0].message.content)


@probe("stream")
def _stream(server: Server) -> str:
    chunks = list(server.ask(stream=True))
    deltas = [chunk for chunk in chunks if chunk.choices and chunk.choices[0].delta.content]
    expect(len(deltas) > 1, f"{len(deltas)} pieces of text")
    expect(all(chunk.choices for chunk in chunks), "a chunk without choices, unasked")
    return f"{len(chunks)} chunks, finish_reason {chunks[-1].choices[0].finish_reason}"


@probe("stream, include_usage")
def _stream_usage(server: Server) -> str:
    chunks = list(server.ask(stream=True, stream_options={"include_usage": True}))
    expect(not chunks[-1].choices and chunks[-1].usage, "no usage in the last chunk")
    return f"{chunks[-1].usage.total_tokens} tokens, in the last chunk, whose choices are empty"


@probe("chat.completions.stream() helper")
def _stream_helper(server: Server) -> str:
    with server.client.chat.completions.stream(
        model=server.chat, messages=[{"role": "user", "content": "Say hello."}], temperature=0
    ) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_completion()
    expect("content.done" in kinds, f"events {kinds}")
    return repr(final.choices[0].message.content)


@probe("stream helper, cut off: LengthFinishReasonError")
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


@probe("max_tokens and max_completion_tokens")
def _max_tokens(server: Server) -> str:
    answers = [
        server.ask("Count to one hundred.", max_completion_tokens=5),
        server.ask("Count to one hundred.", max_completion_tokens=openai.omit, max_tokens=5),
    ]
    for answer in answers:
        expect(answer.usage.completion_tokens == 5, f"{answer.usage.completion_tokens} tokens")
        expect(answer.choices[0].finish_reason == "length", answer.choices[0].finish_reason)
    return "5 tokens, finish_reason length"


@probe("stop")
def _stop(server: Server) -> str:
    answer = server.ask("Count from 1 to 9, digits only.", stop=["4"], max_completion_tokens=40)
    expect(answer.choices[0].finish_reason == "stop", answer.choices[0].finish_reason)
    expect("4" not in answer.choices[0].message.content, "the stop sequence is in the text")
    return repr(answer.choices[0].message.content)


@probe("logprobs and top_logprobs")
def _logprobs(server: Server) -> str:
    answer = server.ask(logprobs=True, top_logprobs=3, max_completion_tokens=2)
    tokens = answer.choices[0].logprobs.content
    expect(len(tokens) == 2 and len(tokens[0].top_logprobs) == 3, "wrong number")
    expect(all(token.logprob <= 0 for token in tokens), "a log probability above 0")
    return ", ".join(f"{token.token!r} {token.logprob:.2f}" for token in tokens)


@probe("n=3")
def _n(server: Server) -> str:
    answer = server.ask("Name a color.", n=3, temperature=1)
    expect(len(answer.choices) == 3, f"{len(answer.choices)} choices")
    return ", ".join(repr(choice.message.content) for choice in answer.choices)


@probe("n=3, streamed")
def _n_streamed(server: Server) -> str:
    chunks = list(server.ask("Name a color.", n=3, temperature=1, stream=True))
    found = {choice.index for chunk in chunks for choice in chunk.choices}
    expect(found == {0, 1, 2}, f"choices {found}")
    return f"{len(chunks)} chunks for choices 0, 1, 2"


@probe("presence_penalty, frequency_penalty, logit_bias")
def _penalties(server: Server) -> str:
    text = "Repeat the word 'tea' ten times."
    plain = server.ask(text, max_completion_tokens=30)
    pressed = server.ask(
        text, max_completion_tokens=30, frequency_penalty=2, presence_penalty=2, logit_bias={"0": 5}
    )
    counts = [a.choices[0].message.content.lower().count("tea") for a in (plain, pressed)]
    expect(counts[1] < counts[0], f"'tea' {counts[0]} and {counts[1]} times")
    return f"'tea' {counts[0]} times without, {counts[1]} times with"


@probe("legacy completions")
def _legacy(server: Server) -> str:
    answer = server.client.completions.create(
        model=server.chat, prompt="Once upon a", max_tokens=4, temperature=0
    )
    expect(answer.choices[0].text, "no text")
    return repr(answer.choices[0].text)


@probe("temperature 0 twice: the same")
def _greedy(server: Server) -> str:
    texts = {server.ask("Write a haiku.").choices[0].message.content for _ in range(2)}
    expect(len(texts) == 1, "different")
    return "identical"


@probe("seed twice, temperature 1: the same")
def _seed(server: Server) -> str:
    ask = lambda seed: server.ask("Invent a name.", seed=seed, temperature=1)  # noqa: E731
    texts = [ask(seed).choices[0].message.content for seed in (7, 7, 8, 7)]
    expect(texts[0] == texts[1] == texts[3], f"different: {texts}")
    return f"identical; another seed gives {texts[2][:30]!r}"


@probe("reasoning_effort, store, metadata, verbosity: accepted")
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


@probe("chat.completions.parse (pydantic)")
def _parse(server: Server) -> str:
    answer = server.client.chat.completions.parse(
        model=server.chat,
        messages=[{"role": "user", "content": "Review: 'Great tent, five stars!'"}],
        response_format=Review,
        max_completion_tokens=60,
        temperature=0,
    )
    expect(answer.choices[0].message.parsed, "nothing parsed")
    return repr(answer.choices[0].message.parsed)


@probe("response_format json_object")
def _json_object(server: Server) -> str:
    answer = server.ask(
        "Describe a cat as JSON with the keys name and age.",
        response_format={"type": "json_object"},
        max_completion_tokens=60,
    )
    return repr(json.loads(answer.choices[0].message.content))


# Tools


@probe("tools, auto")
def _tools_auto(server: Server) -> str:
    answer = server.ask(QUESTION, tools=CHAT_TOOLS, max_completion_tokens=60)
    calls = tool_calls(answer)
    expect(calls and calls[0].function.name == "get_weather", "no call")
    expect(answer.choices[0].finish_reason == "tool_calls", answer.choices[0].finish_reason)
    return names(calls)


@probe("tools, required")
def _tools_required(server: Server) -> str:
    answer = server.ask(
        "Hello!", tools=CHAT_TOOLS, tool_choice="required", max_completion_tokens=60
    )
    expect(tool_calls(answer), "no call")
    return names(tool_calls(answer))


@probe("tools, named")
def _tools_named(server: Server) -> str:
    named: Any = {"type": "function", "function": {"name": "get_time"}}
    answer = server.ask(QUESTION, tools=CHAT_TOOLS, tool_choice=named, max_completion_tokens=60)
    calls = tool_calls(answer)
    expect(calls and {call.function.name for call in calls} == {"get_time"}, names(calls))
    return names(calls)


@probe("tools, allowed_tools")
def _tools_allowed(server: Server) -> str:
    tools = [{"type": "function", "function": {"name": "get_time"}}]
    choice = {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": tools}}
    answer = server.ask(QUESTION, tools=CHAT_TOOLS, tool_choice=choice, max_completion_tokens=60)
    calls = tool_calls(answer)
    expect(calls and {call.function.name for call in calls} == {"get_time"}, names(calls))
    return names(calls)


@probe("tools, auto, none fits: an answer in text")
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


@probe("tools, none")
def _tools_none(server: Server) -> str:
    answer = server.ask("Say hello.", tools=CHAT_TOOLS, tool_choice="none")
    expect(not tool_calls(answer), "called all the same")
    expect("```" not in answer.choices[0].message.content, "a call as text")
    return repr(answer.choices[0].message.content)


@probe("tools, streamed in fragments")
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


@probe("tools, parallel calls by default")
def _tools_parallel(server: Server) -> str:
    answer = server.ask(
        "What is the weather in Seattle and Tokyo?",
        tools=CHAT_TOOLS,
        max_completion_tokens=120,
    )
    expect(len(tool_calls(answer)) == 2, names(tool_calls(answer)))
    return names(tool_calls(answer))


@probe("tools, parallel_tool_calls=False")
def _tools_single(server: Server) -> str:
    answer = server.ask(
        "What is the weather in Seattle and Tokyo?",
        tools=CHAT_TOOLS,
        parallel_tool_calls=False,
        max_completion_tokens=120,
    )
    expect(len(tool_calls(answer)) == 1, names(tool_calls(answer)))
    return names(tool_calls(answer))


@probe("tools, second turn: an answer in text")
def _tools_second(server: Server) -> str:
    messages: list[Any] = [{"role": "user", "content": QUESTION}]
    first = server.ask(messages=messages, tools=CHAT_TOOLS, max_completion_tokens=60)
    messages.append(first.choices[0].message)
    for call in tool_calls(first):
        result = '{"celsius": 18, "sky": "cloudy"}'
        messages.append({"role": "tool", "tool_call_id": call.id, "content": result})
    second = server.ask(messages=messages, tools=CHAT_TOOLS, max_completion_tokens=60)
    expect(not tool_calls(second), "called again: " + names(tool_calls(second)))
    expect("18" in second.choices[0].message.content, "the result is not used")
    return repr(second.choices[0].message.content)


@probe("tools, two steps: find, then act, then text")
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


@probe("responses, plain")
def _responses(server: Server) -> str:
    response = server.respond()
    expect(response.output_text and response.status == "completed", response.status)
    expect(response.usage.total_tokens > 0, "no usage")
    return repr(response.output_text)


@probe("responses, list input and instructions")
def _responses_list(server: Server) -> str:
    items = [{"role": "user", "content": [{"type": "input_text", "text": "Good morning!"}]}]
    response = server.respond(items, instructions="Answer in French.")
    expect("bonjour" in response.output_text.lower(), "ignored: " + response.output_text)
    return repr(response.output_text)


@probe("responses, stream")
def _responses_stream(server: Server) -> str:
    events = list(server.respond(stream=True))
    numbers = [event.sequence_number for event in events]
    expect(numbers == list(range(len(events))), "sequence numbers have gaps")
    expect(events[0].type == "response.created", events[0].type)
    expect(events[-1].type == "response.completed", events[-1].type)
    return f"{len(events)} events"


@probe("responses.stream() helper")
def _responses_helper(server: Server) -> str:
    with server.client.responses.stream(
        model=server.chat, input="Say hello.", temperature=0
    ) as stream:
        for _ in stream:
            pass
        return repr(stream.get_final_response().output_text)


@probe("responses, tools and function_call_output")
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


@probe("responses, tools streamed")
def _responses_tools_streamed(server: Server) -> str:
    events = list(server.respond(QUESTION, tools=RESPONSE_TOOLS, max_output_tokens=60, stream=True))
    deltas = [e.delta for e in events if e.type == "response.function_call_arguments.delta"]
    expect(len(deltas) > 1, f"{len(deltas)} fragments")
    return f"{len(deltas)} fragments: {json.loads(''.join(deltas))}"


@probe("responses.parse (pydantic)")
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


@probe("responses, text.format json_object")
def _responses_json(server: Server) -> str:
    response = server.respond(
        "Describe a cat as JSON with the keys name and age.",
        text={"format": {"type": "json_object"}},
        max_output_tokens=60,
    )
    return repr(json.loads(response.output_text))


@probe("responses, previous_response_id")
def _responses_previous(server: Server) -> str:
    first = server.respond("My name is Ada.")
    second = server.respond("What is my name?", previous_response_id=first.id)
    expect("Ada" in second.output_text, "forgotten: " + second.output_text)
    return repr(second.output_text)


@probe("responses, retrieve, input_items, delete")
def _responses_retrieve(server: Server) -> str:
    responses = server.client.responses
    created = server.respond(max_output_tokens=16)
    expect(responses.retrieve(created.id).output_text == created.output_text, "another text")
    expect(len(list(responses.input_items.list(created.id))) == 1, "not one input item")
    responses.delete(created.id)
    server.refused(lambda: responses.retrieve(created.id), openai.NotFoundError)
    return "found, then 404 after its deletion"


@probe("responses, store=False")
def _responses_unstored(server: Server) -> str:
    created = server.respond(store=False, max_output_tokens=16)
    server.refused(lambda: server.client.responses.retrieve(created.id), openai.NotFoundError)
    return "404 on retrieve"


@probe("responses, cut off: incomplete")
def _responses_incomplete(server: Server) -> str:
    response = server.respond("Count to one hundred.", max_output_tokens=16)
    expect(response.status == "incomplete", response.status)
    events = list(server.respond("Count to one hundred.", max_output_tokens=16, stream=True))
    expect(events[-1].type == "response.incomplete", "streamed: " + events[-1].type)
    return f"{response.incomplete_details.reason}; streamed too"


@probe("responses.input_tokens.count")
def _responses_count(server: Server) -> str:
    counted = server.client.responses.input_tokens.count(model=server.chat, input="Say hello.")
    used = server.respond(max_output_tokens=16).usage.input_tokens
    expect(counted.input_tokens == used, f"{counted.input_tokens}, but {used} were used")
    return f"{used}, as many as were used"


# Embeddings


@probe("embeddings, float")
def _embeddings(server: Server) -> str:
    answer = server.client.embeddings.create(
        model=server.embed, input="a tent", encoding_format="float"
    )
    vector = answer.data[0].embedding
    norm = sum(x * x for x in vector) ** 0.5
    expect(abs(norm - 1) < 1e-3, f"norm {norm}")
    return f"{len(vector)} dimensions, norm {norm:.3f}, {answer.usage.total_tokens} tokens"


@probe("embeddings, base64 and batch")
def _embeddings_base64(server: Server) -> str:
    texts = ["a tent", "a stove"]
    raw = server.client.embeddings.create(model=server.embed, input=texts, encoding_format="base64")
    size = len(base64.b64decode(str(raw.data[0].embedding)))
    decoded = server.client.embeddings.create(model=server.embed, input=texts)
    expect([entry.index for entry in decoded.data] == [0, 1], "wrong order")
    expect(size == 4 * len(decoded.data[0].embedding), f"{size} bytes")
    return f"{size} bytes each; the SDK decodes them"


@probe("embeddings, token ids")
def _embeddings_tokens(server: Server) -> str:
    answer = server.client.embeddings.create(model=server.embed, input=[101, 7592, 102])
    return f"{len(answer.data[0].embedding)} dimensions"


@probe("embeddings, dimensions: 400")
def _embeddings_dimensions(server: Server) -> str:
    create = server.client.embeddings.create
    error = server.refused(
        lambda: create(model=server.embed, input="x", dimensions=128), openai.BadRequestError
    )
    return str(error)


@probe("embeddings, empty or too long input: 400")
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


@probe("unknown model: 404 model_not_found")
def _unknown_model(server: Server) -> str:
    create = server.client.chat.completions.create
    message: Any = [{"role": "user", "content": "hi"}]
    error = server.refused(
        lambda: create(model="no-such-model", messages=message), openai.NotFoundError
    )
    expect(error.code == "model_not_found", f"code {error.code}")
    return str(error.code)


@probe("messages missing, of a wrong type, or with an unknown role: 400")
def _bad_messages(server: Server) -> str:
    bad: list[Any] = [[], "hello", [{"role": "robot", "content": "hi"}]]
    found = [
        server.refused(lambda bad=bad: server.ask(messages=bad), openai.BadRequestError).param
        for bad in bad
    ]
    return ", ".join(map(str, found))


@probe("temperature 9: 400")
def _temperature(server: Server) -> str:
    error = server.refused(lambda: server.ask(temperature=9), openai.BadRequestError)
    expect(error.param == "temperature", f"param {error.param}")
    return str(error.code)


@probe("n above the server's limit: 400")
def _too_many(server: Server) -> str:
    return str(server.refused(lambda: server.ask(n=100), openai.BadRequestError))


@probe("context overflow: 400 context_length_exceeded")
def _overflow(server: Server) -> str:
    text = "word " * 40_000
    error = server.refused(lambda: server.ask(text), openai.BadRequestError)
    expect(error.code == "context_length_exceeded", f"code {error.code}")
    server.refused(lambda: server.ask(text, stream=True), openai.BadRequestError)
    return "streamed too"


@probe("tool message without a call: 400")
def _lost_tool(server: Server) -> str:
    messages = [
        {"role": "user", "content": "hi"},
        {"role": "tool", "tool_call_id": "call_1", "content": "18"},
    ]
    return str(server.refused(lambda: server.ask(messages=messages), openai.BadRequestError).param)


@probe("x-request-id and openai-processing-ms")
def _headers(server: Server) -> str:
    raw = server.client.chat.completions.with_raw_response.create(
        model=server.chat, messages=[{"role": "user", "content": "hi"}], max_completion_tokens=1
    )
    expect(raw.request_id, "no x-request-id")
    spent = raw.headers.get("openai-processing-ms")
    expect(spent, "no openai-processing-ms")
    return f"{raw.request_id}, {spent} ms"


@probe("endpoints it has not: 404 in OpenAI's shape")
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


def rows(server: Server) -> Iterator[Row]:
    """Try every feature, one row each, as they are tried."""
    for feature, function in PROBES:
        try:
            detail = function(server)
        except Failed as failure:
            yield Row(feature, False, str(failure))
        except openai.OpenAIError as error:
            yield Row(feature, False, f"{type(error).__name__}: {error}")
        except Exception as error:  # a shape that the SDK or the probe stumbles over
            yield Row(feature, False, f"{type(error).__name__}: {error}")
        else:
            yield Row(feature, True, detail)


def connect(base_url: str, api_key: str | None = None) -> Server:
    """The server at an address, with the models that it says it has.

    Args:
        base_url: with `/v1`.
        api_key: None sends a placeholder.

    Raises:
        LocalModelError: nothing answers there, or not as this course's server does.
    """
    client = OpenAI(
        base_url=base_url,
        api_key=api_key or "local",
        max_retries=0,
        timeout=600,
        http_client=httpx2.Client(trust_env=False, timeout=600),
    )
    try:
        found = [model.id for model in client.models.list()]
    except openai.APIConnectionError as error:
        raise LocalModelError(
            f"Nothing answers at {base_url}. Start the server in another terminal:  course local"
        ) from error
    except openai.APIStatusError as error:
        raise LocalModelError(f"{base_url} answered {error.status_code}: {error}") from error
    embed = [name for name in found if "embed" in name or "minilm" in name]
    chat = [name for name in found if name not in embed]
    if not chat or not embed:
        raise LocalModelError(f"{base_url} has {found}: a chat and an embedding model are needed.")
    return Server(client, chat[0], embed[0])


def check_and_report(base_url: str, api_key: str | None, say: Callable[[str], None]) -> int:
    """Test a running server and show the table.

    Args:
        base_url: with `/v1`.
        api_key: the key that the server wants, or None.
        say: shows one line.

    Returns:
        0 when every feature works, 1 otherwise.

    Raises:
        LocalModelError: nothing answers there.
    """
    server = connect(base_url, api_key)
    width = max(len(feature) for feature, _ in PROBES)
    failed = 0
    for row in rows(server):
        failed += not row.works
        detail = row.detail.replace("\n", " ")
        say(f"{'yes' if row.works else 'NO ':3}  {row.feature:{width}}  {detail[:110]}")
    say(f"{len(PROBES) - failed} of {len(PROBES)} features work with {server.chat} at {base_url}.")
    return 1 if failed else 0
