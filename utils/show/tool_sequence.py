"""What crosses the wire while a question is answered with tools: steps, and a drawing of them.

The steps are read from the recorded requests and answers, so the drawing shows what was sent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .. import recordings, settings
from ..recordings import RecordingMissing

PROGRAM, MODEL, FUNCTIONS = "your program", "the model", "your functions"
LONGEST = 42
"""Characters of a label; longer ones are cut."""


@dataclass(frozen=True)
class SequenceStep:
    """One arrow.

    Attributes:
        sender, receiver: two of `PROGRAM`, `MODEL` and `FUNCTIONS`.
        text: what is sent, in short.
        tokens: of the request that the arrow stands for; None for other arrows.
    """

    sender: str
    receiver: str
    text: str
    tokens: int | None = None


def recorded_steps(chapter: str, question: str) -> list[SequenceStep]:
    """The steps of the first conversation in a recording that answers `question` with tools.

    Args:
        chapter: name of the recording, such as "04_tools".
        question: the text of the user's message.

    Raises:
        RecordingMissing: if nobody asked this with tools.
        RecordingError: if the recording is damaged.
    """
    path = settings.load().recordings / f"{chapter}.json"
    exchanges: list[tuple[Any, Any]] = []
    for one in recordings.read(path).interactions:
        body: Any = one.request.body
        whole = one.request.path == "/chat/completions" and one.response.json_body
        if not whole or not _asks(body, question):
            continue
        if exchanges and len(body["messages"]) <= len(exchanges[-1][0]["messages"]):
            break  # the same question once more
        exchanges.append((body, whole))
    if not exchanges:
        raise RecordingMissing(f"{path.name} has no request with tools that asks {question!r}")
    return steps_of(exchanges)


def _asks(body: Any, question: str) -> bool:
    if not isinstance(body, dict) or not body.get("tools"):
        return False
    asked = [m.get("content") for m in body["messages"] if m.get("role") == "user"]
    return asked == [question]


def steps_of(exchanges: Sequence[tuple[Any, Any]]) -> list[SequenceStep]:
    """The arrows of a conversation.

    Args:
        exchanges: body of each request and of its answer (a chat completion), in order.
    """
    steps: list[SequenceStep] = []
    for number, (body, answer) in enumerate(exchanges):
        messages, tools = body["messages"], body["tools"]
        sent = f"{_count(len(messages), 'message')}, {_count(len(tools), 'tool')}"
        tokens = (answer.get("usage") or {}).get("prompt_tokens")
        steps.append(SequenceStep(PROGRAM, MODEL, sent, tokens))
        message = answer["choices"][0]["message"]
        calls = message.get("tool_calls") or []
        said = _count(len(calls), "tool call") if calls else message.get("content") or ""
        steps.append(SequenceStep(MODEL, PROGRAM, _short(said)))
        later = exchanges[number + 1][0]["messages"] if number + 1 < len(exchanges) else []
        results = {m["tool_call_id"]: m["content"] for m in later if m.get("role") == "tool"}
        for call in calls:
            steps.append(SequenceStep(PROGRAM, FUNCTIONS, _short(_call(call["function"]))))
            if call["id"] in results:
                steps.append(SequenceStep(FUNCTIONS, PROGRAM, _short(results[call["id"]])))
    return steps


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _call(function: Any) -> str:
    try:
        arguments = json.loads(function["arguments"])
        given = ", ".join(json.dumps(value, ensure_ascii=False) for value in arguments.values())
    except (ValueError, AttributeError):
        given = function["arguments"]
    return f"{function['name']}({given})"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"
