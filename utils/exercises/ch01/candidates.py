"""Chat completions whose content may be null, which a scripted answer in words never has."""

from __future__ import annotations

from ...scripted import Step, returns


def chat_reply(*contents: str | None, finish_reason: str = "stop") -> Step:
    """A chat completion with one choice for each of these contents."""
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": content, "refusal": None},
            "finish_reason": finish_reason,
            "logprobs": None,
        }
        for index, content in enumerate(contents)
    ]
    usage = {"prompt_tokens": 20, "completion_tokens": 12, "total_tokens": 32}
    return returns(
        {
            "id": "chatcmpl-simulated",
            "object": "chat.completion",
            "created": 1,
            "model": "simulated",
            "choices": choices,
            "usage": usage,
        }
    )
