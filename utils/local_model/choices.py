"""Several choices in one answer: read from llama.cpp's stream, with the usage of all of them.

With `n` above 1, llama.cpp's whole answer counts the tokens of the first choice only (measured
with b11549). Its stream has a usage object for each choice. OpenAI charges for "the number of
generated tokens across all of the choices" (docstring of `n`, openai 3.52.0), so a request for
several choices is read as a stream and put together here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class UsageTotal:
    """Adds up the usage objects of a stream: the prompt once, the answers of all choices."""

    def __init__(self) -> None:
        self._usages: list[Json] = []
        self._last: Json = {}

    def take(self, event: Json) -> Json | None:
        """The event without its usage; None if there was nothing else in it.

        Args:
            event: a parsed chunk; its usage is removed.
        """
        usage = event.pop("usage", None)
        if usage:
            self._usages.append(usage)
            self._last = event
        return event if event.get("choices") or not usage else None

    @property
    def usage(self) -> Json | None:
        """The usage of the whole answer; None if no event had any."""
        if not self._usages:
            return None
        prompt = self._usages[0]["prompt_tokens"]
        answers = sum(usage["completion_tokens"] for usage in self._usages)
        counts = {"completion_tokens": answers, "total_tokens": prompt + answers}
        return self._usages[0] | counts

    def event(self) -> Json | None:
        """The last event of a stream that was asked for its usage; None without any usage."""
        return self._last | {"choices": [], "usage": self.usage} if self._usages else None


def merged(events: Sequence[Json]) -> Json | None:
    """The answer that llama.cpp would have given as a whole, but for its usage.

    Args:
        events: all parsed chunks of one stream, chat or legacy completions; they are changed.

    Returns:
        The answer; None if the stream broke off before each of its choices was finished.
    """
    total, found = UsageTotal(), {}
    for event in events:
        total.take(event)
        for part in event["choices"]:
            _add(found.setdefault(part["index"], {"index": part["index"]}), part)
    if not found or not all(choice["finish_reason"] for choice in found.values()):
        return None
    answer = {name: value for name, value in events[0].items() if name != "choices"}
    answer["object"] = answer["object"].removesuffix(".chunk")
    return answer | {"choices": [found[index] for index in sorted(found)], "usage": total.usage}


def _add(choice: Json, part: Json) -> None:
    """Add one part of a stream to its choice."""
    choice["finish_reason"] = part.get("finish_reason")
    if "text" in part:
        choice["text"] = choice.get("text", "") + part["text"]
    if "delta" in part:
        message = choice.setdefault("message", {"role": "assistant", "content": ""})
        message["content"] += part["delta"].get("content") or ""
        for call in part["delta"].get("tool_calls") or ():
            _add_call(message.setdefault("tool_calls", []), call)
    if scored := part.get("logprobs"):
        choice.setdefault("logprobs", {"content": []})["content"] += scored["content"]


def _add_call(calls: list[Json], fragment: Json) -> None:
    """Add a fragment of a tool call: its first one has the id and the name."""
    if fragment["index"] == len(calls):
        calls.append({name: value for name, value in fragment.items() if name != "index"})
    else:
        calls[fragment["index"]]["function"]["arguments"] += fragment["function"]["arguments"]
