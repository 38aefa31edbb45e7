"""What recording a chapter again has changed, for the person who did it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from .. import recordings, sse
from ..recordings import RecordingFile, Response


@dataclass(frozen=True)
class Change:
    """What recording a chapter again has changed; sizes are bytes."""

    name: str
    old: RecordingFile | None
    new: RecordingFile | None
    old_size: int
    new_size: int

    def __str__(self) -> str:
        before, after = _answers(self.old), _answers(self.new)
        same = 0
        lines: list[str] = []
        for key, (title, answers) in after.items():
            had = before.get(key, (title, []))[1]
            for turn, text in enumerate(answers):
                if turn >= len(had):
                    lines.append(f"  + {title}")
                elif had[turn] == text:
                    same += 1
                else:
                    lines += [f"  ~ {title}", f"      was {_short(had[turn], text)}"]
                    lines += [f"      is  {_short(text, had[turn])}"]
        for key, (title, answers) in before.items():
            gone = len(answers) - len(after.get(key, (title, []))[1])
            lines += [f"  - {title}"] * max(gone, 0)
        count = len(self.new.interactions) if self.new else 0
        head = (
            f"{self.name}: {count} {'answer' if count == 1 else 'answers'} recorded, of which "
            f"{same} as before; "
            f"{self.old_size:,} bytes before, {self.new_size:,} now"
        )
        return "\n".join([head, *lines])


def _answers(file: RecordingFile | None) -> dict[str, tuple[str, list[str]]]:
    """By request: a title for it, and what was answered, in order."""
    found: defaultdict[str, tuple[str, list[str]]] = defaultdict(lambda: ("", []))
    for interaction in file.interactions if file else ():
        request = interaction.request
        title = f"{request.method} {request.path} {_asked(request.body)}".rstrip()
        answers = found[request.key][1]
        found[request.key] = (title, [*answers, answer_text(interaction.response)])
    return dict(found)


def _asked(body: Any) -> str:
    """The last thing that a request says, and the other arguments, on one line."""
    if not isinstance(body, dict):
        return ""
    said = body.get("messages") or body.get("input") or ""
    last = said[-1] if isinstance(said, list) and said else said
    text = last.get("content") if isinstance(last, dict) else last
    quoted = _crop(text if isinstance(text, str) else json.dumps(text, ensure_ascii=False))
    left = {k: v for k, v in body.items() if k not in ("messages", "input", "model")}
    options = ", ".join(f"{k}={json.dumps(v, ensure_ascii=False)}" for k, v in left.items())
    return f'"{quoted}" {_crop(options, 80)}'.rstrip()


def answer_text(response: Response) -> str:
    """What an answer says, without ids and times: text, tool calls, an error, the vectors."""
    if response.status is None:
        return f"connection failed: {response.ended.error if response.ended else ''}"
    bodies = [response.json_body]
    if response.events is not None:
        bodies = sse.bodies(sse.parse("".join(text for _, text in response.events)))
    said = "".join(_said(body) for body in bodies if isinstance(body, dict))
    status = "" if response.status == 200 else f"status {response.status} "
    ended = f" (then {response.ended.error})" if response.ended else ""
    return status + (said or response.text or "") + ended


def _said(body: dict[str, Any]) -> str:
    """What one JSON body or event says."""
    if isinstance(error := body.get("error"), dict):
        return str(error.get("message", ""))
    if str(body.get("type", "")).endswith(".delta"):
        return str(body.get("delta", ""))
    if body.get("object") == "list":
        return _said_list(body.get("data") or [])
    parts = []
    for choice in body.get("choices") or []:
        message = choice.get("message") or choice.get("delta") or {}
        parts += [message.get("content") or "", message.get("refusal") or ""]
        for call in message.get("tool_calls") or []:
            function = call.get("function") or {}
            parts += [function.get("name") or "", function.get("arguments") or ""]
        parts.append(f" [{choice['finish_reason']}] " if choice.get("finish_reason") else "")
    for item in body.get("output") or []:
        parts += [str(item.get("name") or ""), str(item.get("arguments") or "")]
        parts += [str(part.get("text") or "") for part in item.get("content") or []]
    return "".join(parts)


def _said_list(data: list[Any]) -> str:
    vectors = [entry for entry in data if isinstance(entry, dict) and "embedding" in entry]
    if vectors:
        digest = recordings.fingerprint({}, {"data": vectors})[:8]
        return f"{len(vectors)} vectors ({digest})"
    return ", ".join(str(entry.get("id", "")) for entry in data if isinstance(entry, dict))


def _short(text: str, other: str, width: int = 90) -> str:
    """The part of a text around where it differs from another, quoted."""
    pairs = enumerate(zip(text, other, strict=False))
    start = next((at for at, (x, y) in pairs if x != y), min(len(text), len(other)))
    left = max(0, min(start - 30, len(text) - width))
    cut = ("..." if left else "") + _crop(text[left:], width)
    return json.dumps(cut, ensure_ascii=False)


def _crop(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[:width] + "..."
