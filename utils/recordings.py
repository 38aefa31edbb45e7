"""Recordings: one JSON file a lesson, with what was asked and what was answered.

A file looks like this (bodies keep the order of their keys, the rest is fixed):

    {"format": 1, "lesson": "01_requests/a_first_request",
     "origin": {"provider": "local", "chat_model": "...", "recorded": "2026-11-21T04:00:00Z", ...},
     "interactions": [
       {"request": {"method": "POST", "path": "/chat/completions", "body": {...}},
        "response": {"status": 200, "headers": {...}, "ms": 812, "json": {...}},
        "sha256": "..."}]}

A response has one of `json`, `text`, `base64`, or `events`: server-sent events as [ms, text], ms
counted from the moment the request was sent. `ended` says how the connection ended if it did not
end well. `sha256` is taken over request and response, so that an edited answer is noticed.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from . import atomic
from .syllabus import suggestion

FORMAT = 1
LINE_WIDTH = 100


class RecordingError(Exception):
    """A recording that cannot be read. The message names the file and the place in it."""


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


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class Request(Strict):
    """A request as it is compared: no host, no `/v1`, no headers.

    `body` is parsed JSON; other bodies are {"$text": ...} or {"$base64": ...}.
    """

    method: str
    path: str
    query: list[Annotated[list[str], Field(min_length=2, max_length=2)]] = []
    body: Any = None

    @property
    def key(self) -> str:
        """What two equal requests have in common."""
        return canonical([self.method, self.path, self.query, self.body])


class Ended(Strict):
    """How a connection ended that did not end well."""

    how: Literal["error", "closed by reader"]
    error: str | None = None
    """Name of the httpx2 exception."""
    message: str | None = None


Milliseconds = Annotated[int, Field(ge=0, strict=True)]
Event = Annotated[tuple[Milliseconds, Annotated[str, Field(strict=True)]], Field(strict=False)]
"""A server-sent event and when it came, counted from sending the request."""


class Response(Strict):
    """An answer; `status` is None when the connection failed before there was one."""

    status: int | None
    headers: dict[str, str] = {}
    ms: Milliseconds = 0
    """Milliseconds from sending the request to the end of the answer."""
    json_body: Any = Field(default=None, alias="json")
    text: str | None = None
    base64: str | None = None
    events: list[Event] | None = None
    ended: Ended | None = None


class Origin(BaseModel):
    """Where the answers of a file come from."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    provider: str
    chat_model: str
    embed_model: str | None = None
    recorded: str
    """UTC, ISO 8601."""
    note: str | None = None


class Interaction(Strict):
    request: Request
    response: Response
    sha256: str


class RecordingFile(Strict):
    format: int
    lesson: str
    origin: Origin
    interactions: list[Interaction]


def canonical(value: Any) -> str:
    """JSON in which equal values have equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as the dictionary that stands in the file; fields at their default are left out."""
    return model.model_dump(by_alias=True, exclude_defaults=True)


def fingerprint(request: dict[str, Any], response: dict[str, Any]) -> str:
    """SHA-256 of an interaction as it stands in the file."""
    return hashlib.sha256(canonical([request, response]).encode()).hexdigest()


def layout(value: Any, indent: int = 0, room: int = LINE_WIDTH) -> str:
    """JSON for reading and comparing: what fits on a line stands on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= room or not isinstance(value, dict | list) or not value:
        return flat
    pad, end = "\n" + " " * (indent + 1), "\n" + " " * indent
    if isinstance(value, dict):
        parts = (
            f"{json.dumps(k, ensure_ascii=False)}: {layout(v, indent + 1, room)}"
            for k, v in value.items()
        )
        return "{" + pad + ("," + pad).join(parts) + end + "}"
    if len(value) == 2 and isinstance(value[0], int) and isinstance(value[1], str):
        return flat  # one event a line, however long
    return "[" + pad + ("," + pad).join(layout(v, indent + 1, room) for v in value) + end + "]"


def read(path: Path) -> RecordingFile:
    """Read and check a recording.

    Raises:
        RecordingMissing: if there is no such file.
        RecordingError: if it is truncated, not JSON, of a newer format, of the wrong shape, or was
            changed after it was recorded.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise RecordingMissing(_no_file(path)) from None
    except UnicodeDecodeError as error:
        raise RecordingError(
            _damaged(path, f"byte {error.start}", "it is not UTF-8 text")
        ) from None
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        why = getattr(error, "msg", "it is nested too deeply")
        truncated = not text.rstrip().endswith("}")
        raise RecordingError(
            _damaged(path, f"line {line}", "the file is truncated" if truncated else why)
        ) from None
    found = raw.get("format") if isinstance(raw, dict) else None
    if isinstance(found, int) and found > FORMAT:
        raise RecordingError(
            f"{path.name} has format {found}; this course reads format {FORMAT}. "
            "Update the course (git pull) to read it."
        )
    try:
        file = RecordingFile.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise RecordingError(_damaged(path, _place(first["loc"]), first["msg"])) from None
    for number, interaction in enumerate(raw["interactions"]):
        if interaction["sha256"] != fingerprint(interaction["request"], interaction["response"]):
            raise RecordingError(
                _damaged(
                    path,
                    f"interactions[{number}]",
                    "its content does not match its sha256, so it was changed after recording",
                )
            )
    return file


def read_origin(path: Path) -> Origin:
    """Where the answers of a file come from, without reading the answers.

    Raises:
        RecordingMissing, RecordingError: as `read`.
    """
    end = ' "interactions": [\n'
    try:
        with path.open(encoding="utf-8") as lines:
            head = "".join(iter(lambda: next(lines, end), end))
        return Origin.model_validate(json.loads(head.rstrip().rstrip(",") + "}")["origin"])
    except (OSError, ValueError, KeyError, TypeError, UnicodeDecodeError):
        return read(path).origin


def write(path: Path, file: RecordingFile) -> None:
    """Replace a recording in one step, as `atomic.write` does."""
    head = plain(file) | {"format": file.format, "interactions": []}
    body = (
        layout({"request": plain(i.request), "response": plain(i.response), "sha256": i.sha256}, 2)
        for i in file.interactions
    )
    order = ("format", "lesson", "origin")
    top = "".join(f' "{name}": {layout(head[name], 1)},\n' for name in order)
    text = "{\n" + top + ' "interactions": [\n  ' + ",\n  ".join(body) + "\n ]\n}\n"
    atomic.write(path, text)


class Recording:
    """A recording that answers requests. Safe to use from several threads.

    Args:
        path: the file, for messages.
        file: its content.
    """

    def __init__(self, path: Path, file: RecordingFile) -> None:
        self.path = path
        self.origin = file.origin
        self.interactions = file.interactions
        self._index: defaultdict[str, list[int]] = defaultdict(list)
        for number, interaction in enumerate(file.interactions):
            self._index[interaction.request.key].append(number)
        self._turn: Counter[str] = Counter()
        self._lock = threading.Lock()

    @classmethod
    def load(cls, path: Path) -> Recording:
        """Read a file; raises what `read` raises."""
        return cls(path, read(path))

    def __len__(self) -> int:
        return len(self.interactions)

    def answer(self, request: Request) -> Response:
        """The answer to a request: the n-th equal request gets the n-th answer, then they go round.

        Requests count in the order of the calls of this method (see `ReplayTransport`).

        Raises:
            RecordingMissing: if no such request was recorded.
        """
        key = request.key
        numbers = self._index.get(key)
        if numbers is None:
            raise RecordingMissing(self.explain(request))
        with self._lock:
            turn = self._turn[key]
            self._turn[key] += 1
        return self.interactions[numbers[turn % len(numbers)]].response

    def explain(self, request: Request) -> str:
        """Why there is no answer, the difference from the nearest recorded request, what to do."""
        many = "1 answer" if len(self) == 1 else f"{len(self)} answers"
        lines = [
            f"no recorded answer to {request.method} {request.path} ({many} in {self.path.name})."
        ]
        nearest = self.nearest(request)
        if nearest is None:
            lines.append("Nothing like it was recorded.")
        else:
            lines.append("Replay repeats what was recorded. Your request differs from the nearest:")
            lines += ["  " + line for line in difference(nearest, request, most=6)]
        return "\n".join([*lines, *WAYS_OUT])

    def nearest(self, request: Request) -> Request | None:
        """The recorded request with the same path that is most like this one."""
        wanted = _values(request)

        def likeness(other: Request) -> tuple[int, int]:
            values = _values(other)
            equal = len(wanted.items() & values.items())
            words = Counter(" ".join(wanted.values()).split())
            shared = (words & Counter(" ".join(values.values()).split())).total()
            return 2 * equal - len(values), shared

        same_path = [i.request for i in self.interactions if i.request.path == request.path]
        return max(same_path[:2000], key=likeness, default=None)


class Recorder:
    """Collects interactions and saves them after each one.

    Two recorders of one file, in two kernels, do not destroy each other's work: each replaces only
    the requests that it has recorded itself.

    Args:
        path: the file to write.
        origin: what answers.
    """

    def __init__(self, path: Path, origin: Origin) -> None:
        self.path, self.origin = path, origin
        self._slots: list[tuple[Request, Response | None]] = []
        self._lock = threading.Lock()
        if path.exists():
            read(path)  # a damaged file is reported now, not after an hour of recording

    def __len__(self) -> int:
        return len(self._slots)

    def reserve(self, request: Request) -> int:
        """Keep a place for an answer, so that concurrent requests stay in the order of sending."""
        with self._lock:
            self._slots.append((request, None))
            return len(self._slots) - 1

    def finish(self, slot: int, response: Response) -> None:
        """Put an answer into its place and save the file."""
        with self._lock:
            self._slots[slot] = (self._slots[slot][0], response)
            self._save()

    def _save(self) -> None:
        own = [interaction(request, answer) for request, answer in self._slots if answer]
        mine = {i.request.key for i in own}
        with locked(self.path):
            try:
                others = [i for i in read(self.path).interactions if i.request.key not in mine]
            except RecordingMissing:
                others = []
            write(
                self.path,
                RecordingFile(
                    format=FORMAT,
                    lesson=lesson_of(self.path),
                    origin=self.origin,
                    interactions=[*others, *own],
                ),
            )


def interaction(request: Request, response: Response) -> Interaction:
    """Seal a request and its answer with their hash."""
    return Interaction(
        request=request, response=response, sha256=fingerprint(plain(request), plain(response))
    )


def locked(path: Path) -> AbstractContextManager[object]:
    """Keep other processes from writing `path`; without filelock (in a browser) there are none."""
    try:
        from filelock import FileLock
    except ModuleNotFoundError:
        return nullcontext()
    path.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(path.parent / f".{path.name}.lock", timeout=30)


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


def names(folder: Path) -> list[str]:
    """The lessons that have a recording, sorted."""
    found = [*folder.glob("[0-9]*.json"), *folder.glob("[0-9]*/*.json")]
    return sorted(lesson_of(path) for path in found if not path.name.startswith("."))


def path_of(folder: Path, lesson: str) -> Path:
    """Where the recording of a lesson is, in a folder of recordings."""
    return folder / f"{lesson}.json"


def lesson_of(path: Path) -> str:
    """The lesson that a recording belongs to, by its place: the reverse of `path_of`."""
    chapter = path.parent.name
    return f"{chapter}/{path.stem}" if re.match(r"\d\d_", chapter) else path.stem


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


def _place(location: Sequence[int | str]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return re.sub(r"^\.", "", text) or "the top level"


def _damaged(path: Path, place: str, why: str) -> str:
    lesson = lesson_of(path)
    return (
        f"recordings/{lesson}.json cannot be read, at {place}: {why}. "
        f"Restore it with `git checkout -- recordings/{lesson}.json`, or record it again with "
        f"`course record {lesson}`."
    )


def _no_file(path: Path) -> str:
    lesson = lesson_of(path)
    folder = path.parent.parent if "/" in lesson else path.parent
    known = names(folder)
    if not known:
        return f"there is no recording named {lesson!r}; {folder.name}/ has none."
    return f"there is no recording named {lesson!r}. {suggestion(lesson, known)}"
