"""What was not recorded: which words differ from the nearest recorded request, and what to do."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from .shapes import Request, Response

WIDTH = 88
"""Characters of a value that are shown."""

MOST_LINES = 6
"""Lines that show differences."""

MOST_COMPARED = 2000
"""Recorded requests that are compared with one that was not."""

MOST_WORDS = 600
"""Words of a value, between the first change and the last, that are compared one by one."""

LONG_WORD = 24
"""Characters of a word above which only its changed part counts as changed."""

LONG_DATA = re.compile(r"[A-Za-z0-9+/=_-]{120,}")
"""A picture or a file in base64, in the middle of a request."""


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
        lines += ["  " + line for line in difference(closest, request, MOST_LINES)]
    return "\n".join([*lines, *ways_out("Undo the change to get the recorded answer again.")])


def explain_end(answer: Response, path: Path) -> str:
    """Why a recorded answer does not go on, and what to do.

    Args:
        answer: one that its reader has left early, or whose request was canceled.
        path: the file of the recording.
    """
    if answer.ended is not None and answer.ended.how == "canceled":
        what = f"this request was canceled after {answer.ms} ms"
        cure = "Give it no more time than that."
    else:
        many = len(answer.events or ())
        what = f"this answer was left early, after {many} event{'' if many == 1 else 's'}"
        cure = "Stop reading at the same place."
    told = f"the recording has no more of this answer. When {path.name} was recorded, {what}."
    return "\n".join([told, *ways_out(cure)])


def ways_out(cure: str) -> list[str]:
    """What to do, with what the reader has.

    Args:
        cure: how to get the recorded answer.
    """
    if sys.platform == "emscripten":
        return [
            f"{cure} This page plays recorded answers only.",
            "To get an answer to your own request, run the course on your machine: the home page "
            "says how.",
        ]
    return [
        f"{cure} To get an answer to your own request, set:",
        "  COURSE_MODE=local  a real model on this machine (run `course local` first), or",
        "  COURSE_MODE=live   OpenAI, with your OPENAI_API_KEY. Lesson 00b shows how to switch.",
    ]


def nearest(request: Request, recorded: Sequence[Request]) -> Request | None:
    """The recorded request with the same path that is most like this one."""
    wanted = _values(request)
    wanted_words = _words(wanted)

    def likeness(other: Request) -> tuple[int, int]:
        values = _values(other)
        equal = len(wanted.items() & values.items())
        return 2 * equal - len(values), (wanted_words & _words(values)).total()

    same_path = [other for other in recorded if other.path == request.path]
    return max(same_path[:MOST_COMPARED], key=likeness, default=None)


def difference(recorded: Request, asked: Request, most: int) -> list[str]:
    """What differs, a value a line: `-` recorded and `+` asked, at most `most` lines.

    Of a long value, the words around each change are shown.
    """
    old, new = _values(recorded), _values(asked)
    result: list[str] = []
    for place in dict.fromkeys([*old, *new]):
        before, after = old.get(place), new.get(place)
        if before == after:
            continue
        shown = changed_parts(before or "", after or "", WIDTH)
        for sign, value, part in zip("-+", (before, after), shown, strict=True):
            if value is not None:
                result.append(f"{sign} {place}: {part}")
    if len(result) > most:
        result = [*result[: most - 1], f"  ... and {len(result) - most + 1} more lines"]
    return result


def changed_parts(old: str, new: str, width: int) -> tuple[str, str]:
    """Two texts, each cut to the parts that the other does not have.

    Args:
        old: a text.
        new: another one.
        width: characters that each may have.
    """
    if len(old) <= width and len(new) <= width:
        return old, new
    a, b = re.findall(r"\S+\s*|\s+", old), re.findall(r"\S+\s*|\s+", new)
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    hunks = [(0, len(left), 0, len(right))]
    if max(len(left), len(right)) <= MOST_WORDS:
        matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
        blocks = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
        hunks = _joined(blocks)
    ends_a, ends_b = ([0, *accumulate(map(len, words))] for words in (a, b))
    parts = [
        _trimmed(
            old, (ends_a[start + i], ends_a[start + j]), new, (ends_b[start + k], ends_b[start + m])
        )
        for i, j, k, m in hunks
    ]
    return (
        _windows(old, [part for part, _ in parts], width),
        _windows(new, [part for _, part in parts], width),
    )


Span = tuple[int, int]


def _trimmed(old: str, there: Span, new: str, here: Span) -> tuple[Span, Span]:
    """Two spans without the characters that both begin with: words can be very long."""
    one, other = old[slice(*there)], new[slice(*here)]
    same = _common(one, other)
    if same < LONG_WORD:
        return there, here
    return (there[0] + same, there[1]), (here[0] + same, here[1])


Hunk = tuple[int, int, int, int]
"""Where two lists of words differ: from and to in the first, from and to in the second."""


def _joined(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Hunks with no more than two words between them as one."""
    result: list[Hunk] = []
    for hunk in hunks:
        if result and hunk[0] - result[-1][1] <= 2:
            last = result.pop()
            hunk = (last[0], hunk[1], last[2], hunk[3])
        result.append(hunk)
    return result


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many items two lists have in common from the start."""
    pairs = enumerate(zip(a, b, strict=False))
    return next((at for at, (x, y) in pairs if x != y), min(len(a), len(b)))


def _windows(text: str, spans: Sequence[Span], width: int) -> str:
    """The given parts of a text, each with a little of what is around it."""
    shown = spans[:3]
    room = max(width // max(len(shown), 1), 24)
    parts, until = [], 0
    for first, last in shown:
        around = max(room - (last - first), 16) // 2
        begin = max(first - around, until)
        end = min(last + around, len(text), begin + room)
        if begin < end:
            parts.append(("..." if begin > until else "") + text[begin:end])
            until = end
    more = f" ({len(spans) - len(shown)} more changes)" if len(spans) > len(shown) else ""
    return "".join(parts) + ("..." if until < len(text) else "") + more


def _words(values: dict[str, str]) -> Counter[str]:
    return Counter(" ".join(values.values()).split())


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
            found[place] = LONG_DATA.sub(_data, json.dumps(value, ensure_ascii=False))

    walk("", request.body)
    return found | {f"?{name}": value for name, value in request.query}


def _data(found: re.Match[str]) -> str:
    digest = hashlib.sha256(found[0].encode()).hexdigest()[:8]
    return f"{found[0][:12]}...({len(found[0]):,} characters of data, hash {digest})"
