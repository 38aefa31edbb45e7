"""What a server that claims OpenAI's API really answers, in the features that lessons need.

One row for each feature, asked for with the installed SDK as a lesson would ask. A row says what
the server does, not how well the model writes.
"""

from __future__ import annotations

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
"""What every chapter needs, by feature; `tests/local_model/further_probes.py` has the rest."""


def probe(feature: str, table: list[tuple[str, Probe]] = PROBES) -> Callable[[Probe], Probe]:
    """Enter a function into a table under a name."""

    def enter(function: Probe) -> Probe:
        table.append((feature, function))
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


@probe("models.list")
def _models(server: Server) -> str:
    found = [model.id for model in server.client.models.list()]
    expect({server.chat, server.embed} <= set(found), f"lists {found}")
    return ", ".join(found)


@probe("chat plain, with usage")
def _plain(server: Server) -> str:
    answer = server.ask()
    expect(answer.choices[0].message.content, "no content")
    expect(answer.usage.total_tokens > 0, "no usage")
    expect(answer.model == server.chat, f"model is {answer.model}")
    return repr(answer.choices[0].message.content)


@probe("stream, include_usage")
def _stream_usage(server: Server) -> str:
    chunks = list(server.ask(stream=True, stream_options={"include_usage": True}))
    expect(not chunks[-1].choices and chunks[-1].usage, "no usage in the last chunk")
    return f"{chunks[-1].usage.total_tokens} tokens, in the last chunk, whose choices are empty"


@probe("logprobs and top_logprobs")
def _logprobs(server: Server) -> str:
    answer = server.ask(logprobs=True, top_logprobs=3, max_completion_tokens=2)
    tokens = answer.choices[0].logprobs.content
    expect(len(tokens) == 2 and len(tokens[0].top_logprobs) == 3, "wrong number")
    expect(all(token.logprob <= 0 for token in tokens), "a log probability above 0")
    return ", ".join(f"{token.token!r} {token.logprob:.2f}" for token in tokens)


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


@probe("tools, auto")
def _tools_auto(server: Server) -> str:
    answer = server.ask(QUESTION, tools=CHAT_TOOLS, max_completion_tokens=60)
    calls = tool_calls(answer)
    expect(calls and calls[0].function.name == "get_weather", "no call")
    expect(answer.choices[0].finish_reason == "tool_calls", answer.choices[0].finish_reason)
    return names(calls)


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


@probe("responses, plain")
def _responses(server: Server) -> str:
    response = server.respond()
    expect(response.output_text and response.status == "completed", response.status)
    expect(response.usage.total_tokens > 0, "no usage")
    return repr(response.output_text)


@probe("responses, stream")
def _responses_stream(server: Server) -> str:
    events = list(server.respond(stream=True))
    numbers = [event.sequence_number for event in events]
    expect(numbers == list(range(len(events))), "sequence numbers have gaps")
    expect(events[0].type == "response.created", events[0].type)
    expect(events[-1].type == "response.completed", events[-1].type)
    return f"{len(events)} events"


@probe("responses, previous_response_id")
def _responses_previous(server: Server) -> str:
    first = server.respond("My name is Ada.")
    second = server.respond("What is my name?", previous_response_id=first.id)
    expect("Ada" in second.output_text, "forgotten: " + second.output_text)
    return repr(second.output_text)


@probe("embeddings, float")
def _embeddings(server: Server) -> str:
    answer = server.client.embeddings.create(
        model=server.embed, input="a tent", encoding_format="float"
    )
    vector = answer.data[0].embedding
    norm = sum(x * x for x in vector) ** 0.5
    expect(abs(norm - 1) < 1e-3, f"norm {norm}")
    return f"{len(vector)} dimensions, norm {norm:.3f}, {answer.usage.total_tokens} tokens"


@probe("unknown model: 404 model_not_found")
def _unknown_model(server: Server) -> str:
    create = server.client.chat.completions.create
    message: Any = [{"role": "user", "content": "hi"}]
    error = server.refused(
        lambda: create(model="no-such-model", messages=message), openai.NotFoundError
    )
    expect(error.code == "model_not_found", f"code {error.code}")
    return str(error.code)


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
