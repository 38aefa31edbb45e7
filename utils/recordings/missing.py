"""A request without a recorded answer: what differs from the nearest one, and what to do."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .shapes import Request


class RecordingMissing(Exception):
    """A request that has no recorded answer.

    It derives neither from `openai.OpenAIError`, which a lesson's `except` would catch, nor from
    `httpx2.RequestError`, which the SDK would wrap and retry.
    """

    def _render_traceback_(self) -> list[str]:
        """IPython shows this instead of a traceback through the SDK."""
        return [
            f"{type(self).__name__}: {line}" if not i else line
            for i, line in enumerate(str(self).splitlines())
        ]


def explain(request: Request, recorded: Sequence[Request], path: Path) -> str:
    """Why there is no answer, the difference from the nearest recorded request, what to do.

    Args:
        request: what was asked.
        recorded: the requests of the recording.
        path: its file.
    """
    many = "1 answer" if len(recorded) == 1 else f"{len(recorded)} answers"
    lines = [f"no recorded answer to {request.method} {request.path} ({many} in {path.name})."]
    closest = nearest(request, recorded)
    if closest is None:
        lines.append("Nothing like it was recorded.")
    else:
        lines.append("Replay repeats what was recorded. Your request differs from the nearest:")
        lines += ["  " + line for line in difference(closest, request, most=6)]
    return "\n".join([*lines, *WAYS_OUT])


def nearest(request: Request, recorded: Sequence[Request]) -> Request | None:
    """The recorded request with the same path that is most like this one."""
    wanted = _values(request)

    def likeness(other: Request) -> tuple[int, int]:
        values = _values(other)
        equal = len(wanted.items() & values.items())
        words = Counter(" ".join(wanted.values()).split())
        shared = (words & Counter(" ".join(values.values()).split())).total()
        return 2 * equal - len(values), shared

    same_path = [other for other in recorded if other.path == request.path]
    return max(same_path[:2000], key=likeness, default=None)


WAYS_OUT = (
    "Undo the change to get the recorded answer again. To get an answer to your own request, set:",
    "  COURSE_MODE=local  a real model on this machine (run `course local` first), or",
    "  COURSE_MODE=live   OpenAI, with your OPENAI_API_KEY. Lesson 00b shows how to switch.",
)


def difference(recorded: Request, asked: Request, most: int) -> list[str]:
    """What differs, a value a line: `-` recorded and `+` asked, cropped, at most `most` lines."""
    old, new = _values(recorded), _values(asked)
    result: list[str] = []
    for place in dict.fromkeys([*old, *new]):
        before, after = old.get(place), new.get(place)
        if before == after:
            continue
        pairs = enumerate(zip(before or "", after or "", strict=False))
        start = next((at for at, (x, y) in pairs if x != y), 0)
        for sign, value in (("-", before), ("+", after)):
            if value is not None:
                result.append(f"{sign} {place}: {_crop(value, start)}")
    if len(result) > most:
        result = [*result[: most - 1], f"  ... and {len(result) - most + 1} more lines"]
    return result


def _values(request: Request) -> dict[str, str]:
    """Every value of a request as JSON, by its place: {"messages[0].role": '"user"', ...}."""
    found: dict[str, str] = {}

    def walk(place: str, value: Any) -> None:
        if isinstance(value, dict) and value:
            for name, inner in value.items():
                walk(f"{place}.{name}" if place else name, inner)
        elif isinstance(value, list) and value:
            for number, inner in enumerate(value):
                walk(f"{place}[{number}]", inner)
        else:
            found[place] = json.dumps(value, ensure_ascii=False)

    walk("", request.body)
    return found | {f"?{name}": value for name, value in request.query}


def _crop(line: str, start: int, width: int = 88) -> str:
    """Cut a long line to the part around `start`."""
    if len(line) <= width:
        return line
    left = max(0, min(start - 24, len(line) - width))
    return (
        ("..." if left else "")
        + line[left : left + width]
        + ("..." if left + width < len(line) else "")
    )
