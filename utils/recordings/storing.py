"""The file of a recording: where it is, how it is read and checked, and how it is written."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from .. import atomic
from ..syllabus import suggestion
from .journal import Entry, home, in_use, journals_of, merged, read_take
from .missing import RecordingMissing
from .shapes import FORMAT, Interaction, Origin, RecordingFile, fingerprint, plain, seal

LINE_WIDTH = 100
DEEPEST = 60
"""Levels of JSON that get lines of their own."""


class RecordingError(Exception):
    """A recording that cannot be read or written. The message names the file, and what to do."""


def layout(value: Any, indent: int = 0, room: int = LINE_WIDTH) -> str:
    """JSON for reading and comparing: what fits on a line stands on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(flat) + indent <= room or not isinstance(value, dict | list) or not value:
        return flat
    if indent > DEEPEST:
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
    """Read and check a recording: its file, and what journals beside it hold.

    Raises:
        RecordingMissing: if there is no such recording.
        RecordingError: if it cannot be opened, is truncated, not JSON, of a newer format, of the
            wrong shape, or was changed after it was recorded.
    """
    takes = [take for each in journals_of(path) if (take := read_take(each)) and take.interactions]
    try:
        file = read_file(path)
    except RecordingMissing:
        if not takes:
            raise
        file = RecordingFile(
            format=FORMAT, lesson=lesson_of(path), origin=takes[0].origin, interactions=[]
        )
    for take in takes:
        entries = merged(entries_of(file.interactions), entries_of(take.interactions), take.before)
        found = [entry.content for entry in entries]
        file = file.model_copy(update={"origin": take.origin, "interactions": found})
    return file


def entries_of(interactions: Sequence[Interaction]) -> list[Entry[Interaction]]:
    """Interactions with what they are compared by."""
    return [Entry(each.request.key, each.sha256, each) for each in interactions]


def recover(path: Path) -> None:
    """Fold journals that a killed process has left into the file, and remove them.

    Raises:
        RecordingError: as `read`, or if the file cannot be written.
    """
    left = [journal for journal in journals_of(path) if not in_use(journal)]
    if not left:
        return
    try:
        with locked(path):
            with suppress(RecordingMissing):  # journals without an answer
                write(path, read(path))
            for journal in left:
                journal.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path, error) from None


def discard(path: Path) -> None:
    """Delete a recording, and the journals that killed processes have left beside it."""
    path.unlink(missing_ok=True)
    for journal in journals_of(path):
        if not in_use(journal):
            journal.unlink(missing_ok=True)


def read_file(path: Path) -> RecordingFile:
    """As `read`, without what journals hold."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise RecordingMissing(_no_file(path)) from None
    except UnicodeDecodeError as error:
        raise RecordingError(
            _damaged(path, f"byte {error.start}", "it is not UTF-8 text")
        ) from None
    except OSError as error:
        raise RecordingError(
            f"{label(path)} cannot be read: {error.strerror or error}. "
            "It has to be a file that you are allowed to read."
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
    if file.format > 1 and file.sha256 != seal(
        raw["origin"], [i.sha256 for i in file.interactions]
    ):
        why = "it does not match the origin and the order of the interactions, so something was"
        raise RecordingError(_damaged(path, "sha256", f"{why} changed after recording"))
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
    """Seal a recording and replace its file in one step, as `atomic.write` does."""
    body = [
        layout({"request": plain(i.request), "response": plain(i.response), "sha256": i.sha256}, 2)
        for i in file.interactions
    ]
    hashes = [i.sha256 for i in file.interactions]
    atomic.write(path, document(file.lesson, plain(file.origin), body, hashes))


def document(lesson: str, origin: dict[str, Any], body: list[str], hashes: list[str]) -> str:
    """The text of a file.

    Args:
        lesson: its id.
        origin: what answered.
        body: the interactions as `layout` writes them.
        hashes: the `sha256` of each.
    """
    head = {"format": FORMAT, "lesson": lesson, "origin": origin}
    top = "".join(f' "{name}": {layout(value, 1)},\n' for name, value in head.items())
    return (
        "{\n" + top + ' "interactions": [\n  ' + ",\n  ".join(body) + "\n ],\n"
        f' "sha256": "{seal(origin, hashes)}"\n}}\n'
    )


def locked(path: Path) -> AbstractContextManager[object]:
    """Keep other processes from writing `path`; without filelock (in a browser) there are none.

    Raises:
        OSError: if the lock cannot be had.
    """
    try:
        from filelock import FileLock
    except ModuleNotFoundError:
        return nullcontext()
    folder, name = home(path)
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(folder / f".{name}.lock", timeout=30)


def unwritable(path: Path, error: OSError) -> RecordingError:
    """What to raise when a recording cannot be written."""
    return RecordingError(
        f"{label(path)} cannot be written: {error.strerror or error}. "
        "Make room or allow yourself to write there, or set COURSE_RECORDINGS_DIR to a folder "
        "where you can."
    )


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


def label(path: Path) -> str:
    """What messages call a recording."""
    return f"recordings/{lesson_of(path)}.json"


def _place(location: Sequence[int | str]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return re.sub(r"^\.", "", text) or "the top level"


def _damaged(path: Path, place: str, why: str) -> str:
    return (
        f"{label(path)} cannot be read, at {place}: {why}. "
        f"Restore it with `git checkout -- {label(path)}`, or record it again with "
        f"`course record {lesson_of(path)}`."
    )


def _no_file(path: Path) -> str:
    lesson = lesson_of(path)
    if path.is_symlink():
        return f"{label(path)} is a link to {path.readlink()}, and there is no such file."
    folder = path.parent.parent if "/" in lesson else path.parent
    known = names(folder)
    if not known:
        return f"there is no recording named {lesson!r}; {folder.name}/ has none."
    return f"there is no recording named {lesson!r}. {suggestion(lesson, known)}"
