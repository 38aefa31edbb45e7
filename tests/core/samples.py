"""Requests, answers and recordings for tests; their texts are made up and say so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from utils.recordings import (
    FORMAT,
    Origin,
    RecordingFile,
    Request,
    Response,
    interaction,
    write,
)

ORIGIN = Origin(
    provider="test", chat_model="test-model", recorded="2026-11-21T00:00:00Z", note="made up"
)


def ask(text: str, **more: Any) -> dict[str, Any]:
    """The arguments of a chat request."""
    return {"model": "test-model", "messages": [{"role": "user", "content": text}], **more}


def request(text: str, **more: Any) -> Request:
    body = ask(text, **more)
    return Request(
        method="POST",
        path="/chat/completions",
        body={"messages": body.pop("messages"), **body},
    )


def completion(text: str, tokens: int = 3) -> dict[str, Any]:
    """The body of a chat completion."""
    return {
        "id": "chatcmpl-test",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": text},
            }
        ],
        "usage": {"prompt_tokens": 5, "completion_tokens": tokens, "total_tokens": 5 + tokens},
    }


JSON = {"content-type": "application/json"}
SSE = {"content-type": "text/event-stream"}


def answers(text: str) -> Response:
    return Response(status=200, headers=JSON, ms=7, json=completion(text))


def fails(status: int, **headers: str) -> Response:
    body = {"error": {"message": "made up", "type": "test", "param": None, "code": None}}
    return Response(status=status, headers=JSON | headers, json=body)


def chunk(text: str) -> str:
    body = {
        "id": "chatcmpl-test",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
    }
    return f"data: {json.dumps(body)}\n\n"


def streams(*texts: str, every: int = 20, done: bool = True, **more: Any) -> Response:
    """A stream of `texts`, one every `every` milliseconds."""
    events = [(every * (n + 1), chunk(text)) for n, text in enumerate(texts)]
    if done:
        events.append((every * (len(texts) + 1), "data: [DONE]\n\n"))
    return Response(status=200, headers=SSE, ms=events[-1][0], events=events, **more)


def file_of(*pairs: tuple[Request, Response], lesson: str = "01_test") -> RecordingFile:
    return RecordingFile(
        format=FORMAT,
        lesson=lesson,
        origin=ORIGIN,
        interactions=[interaction(*pair) for pair in pairs],
    )


def store(folder: Path, *pairs: tuple[Request, Response], lesson: str = "01_test") -> Path:
    """Write a recording and return its path."""
    path = folder / f"{lesson}.json"
    write(path, file_of(*pairs, lesson=lesson))
    return path
