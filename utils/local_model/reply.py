"""Let the model decline its tools: one more function, whose argument is the answer in text.

Qwen2.5-Coder at 1.5B and 0.5B parameters calls a function whenever it sees one, whatever it is
told: asked to say hello in French with a weather function at hand, it invents a function `greet`,
and llama.cpp's grammar turns that into a call of the weather function. Given a function `reply` as
well, it chooses well between the two, before and after results. So with `tool_choice` auto the
gateway adds that function, and turns a call of it back into the message's content. The text is
the model's own, word for word; only its wrapping is taken off. Its tokens, some ten, stay in the
usage.
"""

from __future__ import annotations

import json
import re
from typing import Any

Json = dict[str, Any]

NAMES = ("reply", "reply_to_user", "reply_in_text")
"""The first that is no name of the learner's own functions is used."""

DESCRIPTION = "Answer the user in plain text, when no other function is about what the user asks"
_START = re.compile(r'\s*\{\s*"text"\s*:\s*"')
_PIECE = re.compile(r'(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*')


def offer(up: Json) -> str | None:
    """Add the function to a request for llama.cpp that leaves the choice to the model.

    Not where the shape of the answer is asked for (`response_format`, `logprobs`): there the
    wrapping would show.

    Args:
        up: the request; its tools are replaced.

    Returns:
        The function's name, None when it was not added.
    """
    if not up.get("tools") or up.get("tool_choice") != "auto" or up.get("logprobs"):
        return None
    if up.get("response_format", {}).get("type", "text") != "text":
        return None
    taken = {tool["function"]["name"] for tool in up["tools"]}
    name = next((name for name in NAMES if name not in taken), None)
    if name is None:
        return None
    text = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    function = {"name": name, "description": DESCRIPTION, "parameters": text}
    up["tools"] = [*up["tools"], {"type": "function", "function": function}]
    return name


class Text:
    """The text in a call's arguments, while they arrive in fragments."""

    def __init__(self) -> None:
        self._arguments = ""
        self._given = 0

    def add(self, fragment: str) -> str:
        """The text that a further fragment completes; a cut escape sequence waits for its rest.

        Args:
            fragment: the next part of the arguments' JSON.
        """
        self._arguments += fragment
        start = _START.match(self._arguments)
        if start is None:
            return ""
        piece = _PIECE.match(self._arguments, start.end())
        assert piece is not None  # the pattern matches the empty string
        text: str = json.loads(f'"{piece[0]}"', strict=False)
        if text and "\ud800" <= text[-1] <= "\udbff":  # half of a pair: the other half is to come
            text = text[:-1]
        new, self._given = text[self._given :], len(text)
        return new


def unwrap(completion: Json, name: str | None, single: bool) -> Json:
    """A chat completion with calls of the function turned into content.

    Args:
        completion: llama.cpp's answer.
        name: what `offer` returned, None when the function was not added.
        single: keep only the first call, which llama.cpp does not enforce.
    """
    for choice in completion.get("choices", ()):
        message = choice.get("message", {})
        calls = message.get("tool_calls") or []
        texts = [
            Text().add(call["function"]["arguments"])
            for call in calls
            if call["function"]["name"] == name
        ]
        others = [call for call in calls if call["function"]["name"] != name]
        if texts:
            message["content"] = "\n".join([*filter(None, [message.get("content")]), *texts])
        if others:
            message["tool_calls"] = others[:1] if single else others
        elif texts:
            del message["tool_calls"]
            if choice.get("finish_reason") == "tool_calls":
                choice["finish_reason"] = "stop"
    return completion


class Unwrapper:
    """The same for a stream, chunk by chunk.

    Args:
        name: what `offer` returned, None when the function was not added.
        single: keep only the first call, which llama.cpp does not enforce.
    """

    def __init__(self, name: str | None, single: bool) -> None:
        self.name, self.single = name, single
        self._texts: dict[tuple[int, int], Text] = {}
        self._numbers: dict[tuple[int, int], int] = {}

    def chunk(self, event: Json) -> Json:
        """One chunk with fragments of the function's calls turned into content."""
        for choice in event.get("choices", ()):
            delta = choice.get("delta") or {}
            if "tool_calls" in delta:
                self._delta(choice["index"], delta)
            called = any(index == choice["index"] for index, _ in self._numbers)
            if choice.get("finish_reason") == "tool_calls" and not called:
                choice["finish_reason"] = "stop"
        return event

    def _delta(self, choice: int, delta: Json) -> None:
        others = []
        for call in delta.pop("tool_calls"):
            place = (choice, call.get("index", 0))
            function = call.get("function") or {}
            if self.name is not None and function.get("name") == self.name:
                self._texts[place] = Text()
            if place in self._texts:
                text = self._texts[place].add(function.get("arguments") or "")
                if text:
                    delta["content"] = (delta.get("content") or "") + text
                continue
            if place not in self._numbers:
                earlier = [index for index, _ in self._numbers if index == choice]
                self._numbers[place] = len(earlier)
            if self._numbers[place] == 0 or not self.single:
                others.append(call | {"index": self._numbers[place]})
        if others:
            delta["tool_calls"] = others
