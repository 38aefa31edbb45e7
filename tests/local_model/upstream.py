"""A llama.cpp in memory: answers in the shapes that llama.cpp b11549 was seen to answer in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import httpx2

CHAT, EMBED = "tiny-chat", "tiny-minilm"
CHAT_URL, EMBED_URL = "http://chat.test", "http://embed.test"

Json = dict[str, Any]
USAGE = {
    "completion_tokens": 2,
    "prompt_tokens": 30,
    "total_tokens": 32,
    "prompt_tokens_details": {"cached_tokens": 0},
}
TIMINGS = {"predicted_per_second": 25.0}
COMMON = {"created": 1, "id": "chatcmpl-x", "model": "/models/a.gguf", "system_fingerprint": "b0"}


def call(name: str, arguments: str, identity: str = "abc") -> Json:
    return {
        "type": "function",
        "function": {"name": name, "arguments": arguments},
        "id": identity,
    }


def completion(content: str = "Hello.", calls: list[Json] | None = None, finish: str = "stop"):
    message: Json = {"role": "assistant", "content": content}
    if calls:
        message["tool_calls"], finish = calls, "tool_calls"
    choice = {"finish_reason": finish, "index": 0, "message": message}
    body = {"object": "chat.completion", "choices": [choice], "usage": USAGE, "timings": TIMINGS}
    return COMMON | body


def chunk(delta: Json, finish: str | None = None) -> Json:
    choice = {"finish_reason": finish, "index": 0, "delta": delta}
    return COMMON | {"object": "chat.completion.chunk", "choices": [choice]}


def chunks(*deltas: Json, finish: str = "stop") -> list[Json]:
    last = COMMON | {"object": "chat.completion.chunk", "choices": [], "usage": USAGE}
    first = chunk({"role": "assistant", "content": None})
    return [first, *map(chunk, deltas), chunk({}, finish), last | {"timings": TIMINGS}]


class Stream(httpx2.AsyncByteStream):
    """Events that are sent when they are asked for; keeps how many were, and whether it was closed.

    Args:
        events: what to send.
        forever: go on sending the last event, slowly, until closed.
        breaks: end with a broken connection.
    """

    def __init__(self, events: list[Json], forever: bool = False, breaks: bool = False) -> None:
        self.events, self.forever, self.breaks = events, forever, breaks
        self.sent = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for event in self.events:
            self.sent += 1
            yield b"data: " + json.dumps(event).encode() + b"\n\n"
        while self.forever:
            await anyio.sleep(0.01)
            self.sent += 1
            yield b"data: " + json.dumps(self.events[-1]).encode() + b"\n\n"
        if self.breaks:
            raise httpx2.ReadError("gone")
        yield b"data: [DONE]\n\n"

    async def aclose(self) -> None:
        self.closed = True


class Upstream:
    """Both servers; what they were asked is in `asked`, the last body in `body`."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Json]] = []
        self.answer: Callable[[Json], httpx2.Response] = lambda _: json_response(completion())
        self.cancelled = False

    @property
    def body(self) -> Json:
        return self.asked[-1][1]

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._handle))

    async def _handle(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content or b"{}")
        self.asked.append((str(request.url), body))
        if request.url.path == "/health":
            return json_response({"status": "ok"})
        answer = self.answer(body)
        if answer.status_code == 599:  # an answer that never comes
            try:
                await anyio.sleep(60)
            except anyio.get_cancelled_exc_class():
                self.cancelled = True
                raise
        return answer


def json_response(body: object, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, json=body)


def streamed(stream: Stream) -> httpx2.Response:
    return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)
