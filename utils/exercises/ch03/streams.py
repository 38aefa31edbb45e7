"""What the exercises on streams have in common: questions, texts in pieces, and raw streams."""

from __future__ import annotations

import json
import random
from typing import Any

from ...scripted import Step, returns
from ..model import RequestView, Result
from ..playing import SpyCall

QUESTIONS = (
    "How do I wash a down jacket?",
    "Which stove works at minus ten degrees?",
    "How do I fold the Skarn 2 tent?",
    "What do I do with a wet sleeping bag?",
    "How long do hiking boots last?",
)
SENTENCES = (
    "Close every zip and turn the jacket inside out.",
    "Wash it cold, with a soap that is made for down.",
    "Let it drip, then dry it slowly with two tennis balls.",
    "Air it for a day before you put it away.",
    "Keep it loose in a large bag, never pressed together.",
    "Look at the seams once a year.",
)


def pieces_of(rng: random.Random, sentences: int = 2) -> list[str]:
    """Some sentences as a model streams them: words with the space in front."""
    words = " ".join(rng.sample(SENTENCES, sentences)).split(" ")
    return [words[0], *(" " + word for word in words[1:])]


def sse(*events: Any, end: str = "data: [DONE]\n\n") -> Step:
    """A stream of exactly these events."""
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + end
    return returns(body, content_type="text/event-stream")


def chunk(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A chunk of a chat completion with these choices, if any."""
    base = {"id": "chatcmpl-simulated", "object": "chat.completion.chunk", "created": 1}
    return {**base, "model": "simulated", "choices": list(choices), **more}


def choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    """The only choice of a chunk."""
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def streamed(result: Result, number: int = 1) -> RequestView:
    """The request asks the question (the first argument) of Chat Completions, for a stream."""
    request = result.request(number)
    request.went_to("chat")
    request.has("stream", True)
    request.contains(result.call.args[0], role="user")
    return request


def passed(call: SpyCall, *names: str) -> list[Any]:
    """The arguments of a call of a spy, whether they were given by place or by these names."""
    return [*call.args, *(call.kwargs[name] for name in names if name in call.kwargs)]
