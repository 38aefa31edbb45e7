"""The chapters and lessons of the course, in order, read from `syllabus.toml`.

Nothing else knows the order: the builder, the recorder, the map in lesson 00a, the links to the
next lesson, the README, the site's navigation and the totals all ask here.

A lesson's id names its files: `solutions/<id>.ipynb`, `chapters/<id>.ipynb`, `recordings/<id>.json`
and `connect("<id>")`. A chapter that is not divided into lessons yet is `flat`: one notebook, whose
id is the chapter's.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from .settings import ROOT

FILE = "syllabus.toml"
CHAPTER_ID = re.compile(r"\d\d(?:_[a-z0-9]+)+")
"""A chapter's id, such as 01_requests."""
LESSON_NAME = re.compile(r"[a-e]_[a-z0-9_]+")
"""A lesson's name inside its chapter, such as a_first_request; the letter gives the order."""
NOTEBOOK_ID = re.compile(rf"{CHAPTER_ID.pattern}(?:/{LESSON_NAME.pattern})?")
"""The id of a notebook: 01_requests/a_first_request, or 02_conversations for a flat chapter."""

_CHAPTER_KEYS = {"id", "title", "summary", "coverage", "flat", "lesson"}
_LESSON_KEYS = {"id", "title", "summary", "coverage"}


class SyllabusError(Exception):
    """The syllabus cannot be used, or does not hold what was asked for. The message says why."""


@dataclass(frozen=True)
class Lesson:
    """One notebook of the course.

    Attributes:
        id: names its files, such as "01_requests/a_first_request".
        title: as in its first heading.
        summary: its aim, one sentence.
        coverage: ids of the subjects that its cells show.
        flat: whether it is a chapter that is not divided into lessons yet.
    """

    id: str
    title: str
    summary: str
    coverage: tuple[str, ...] = ()
    flat: bool = False

    @property
    def chapter(self) -> str:
        """The chapter's id, such as "01_requests"."""
        return self.id.partition("/")[0]

    @property
    def number(self) -> str:
        """Its place in the course: "01a", or "02" for a flat chapter."""
        return self.id[:2] + self.id.partition("/")[2][:1]


@dataclass(frozen=True)
class Chapter:
    """A chapter: its lessons in order, none while it is still to come."""

    id: str
    title: str
    summary: str
    lessons: tuple[Lesson, ...] = ()

    @property
    def number(self) -> str:
        """Two digits."""
        return self.id[:2]

    @property
    def flat(self) -> bool:
        """Whether it is one notebook, not divided into lessons yet."""
        return any(lesson.flat for lesson in self.lessons)


@dataclass(frozen=True)
class Syllabus:
    """All chapters in order, also those that are still to come."""

    chapters: tuple[Chapter, ...]

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """Every lesson that is written, in course order."""
        return tuple(lesson for chapter in self.chapters for lesson in chapter.lessons)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all lessons, in course order."""
        return tuple(lesson.id for lesson in self.lessons)

    def chapter(self, id: str) -> Chapter:
        """The chapter with this id, or to which a lesson with this id belongs.

        Raises:
            SyllabusError: if there is none.
        """
        wanted = id.partition("/")[0]
        for chapter in self.chapters:
            if chapter.id == wanted:
                return chapter
        raise SyllabusError(f"{FILE} has no chapter {wanted!r}.")

    def lesson(self, id: str) -> Lesson:
        """The lesson with this id.

        Raises:
            SyllabusError: if there is none; the message suggests what was meant.
        """
        for lesson in self.lessons:
            if lesson.id == id:
                return lesson
        raise SyllabusError(f"There is no lesson {id!r}. {suggestion(id, self.ids)}")

    def after(self, id: str) -> Lesson | None:
        """The next lesson, None after the last. Raises SyllabusError for an unknown id."""
        here = self.lessons.index(self.lesson(id))
        return self.lessons[here + 1] if here + 1 < len(self.lessons) else None

    def select(self, wanted: Sequence[str]) -> list[str]:
        """Ids of lessons from what somebody typed, in course order; all ids for nothing.

        Args:
            wanted: ids of lessons or chapters, numbers ("1", "01", "01a"), or paths of notebooks
                and recordings.

        Raises:
            SyllabusError: if a text matches nothing.
        """
        found = {id for text in wanted for id in self._matching(text)}
        return [id for id in self.ids if id in found or not wanted]

    def _matching(self, text: str) -> list[str]:
        name = re.sub(r"\.(ipynb|json)$", "", text.replace("\\", "/").rstrip("/"))
        name = re.sub(r"^(?:.*/)?(?=\d\d_)", "", name)
        number = re.fullmatch(r"(\d{1,2})([a-e]?)", name)
        if number:
            place = number[1].zfill(2) + number[2]
            hits = [one.id for one in self.lessons if one.number.startswith(place)]
        else:
            hits = [one.id for one in self.lessons if name in (one.id, one.chapter)]
        if not hits:
            raise SyllabusError(f"There is no lesson {text!r}. {suggestion(name, self.ids)}")
        return hits


def suggestion(id: str, known: Sequence[str]) -> str:
    """A sentence that helps after a wrong id: the lessons of its chapter, or the closest id.

    Args:
        id: what was asked for.
        known: the ids that there are.
    """
    inside = [other for other in known if other.startswith(f"{id}/")]
    if inside:
        return f"The chapter is divided into lessons: {', '.join(inside)}."
    close = difflib.get_close_matches(id, known, 1, 0.4)
    return (f"Did you mean {close[0]!r}? " if close else "") + f"There are: {', '.join(known)}."


def load(root: Path = ROOT) -> Syllabus:
    """Read the syllabus of the course in a folder.

    Raises:
        SyllabusError: if the file is missing or something in it cannot be used; the message names
            the entry.
    """
    path = root / FILE
    try:
        stamp = path.stat()
        return _read(path, stamp.st_mtime_ns, stamp.st_size)
    except OSError as error:
        raise SyllabusError(
            f"{FILE} cannot be read: {error.strerror}. Restore it with `git checkout -- {FILE}`."
        ) from None


@lru_cache(maxsize=8)
def _read(path: Path, modified: int, size: int) -> Syllabus:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SyllabusError(f"{FILE} is not valid TOML: {error}.") from None
    return parse(content)


def parse(content: Mapping[str, Any]) -> Syllabus:
    """Make a syllabus from the content of the file.

    Raises:
        SyllabusError: naming the entry that cannot be used, and what to do.
    """
    entries = content.get("chapter", [])
    if not isinstance(entries, list) or set(content) - {"chapter"}:
        raise SyllabusError(f"{FILE} consists of [[chapter]] tables; found: {', '.join(content)}.")
    chapters = tuple(_chapter(entry, number) for number, entry in enumerate(entries, 1))
    ids = [chapter.id for chapter in chapters]
    if twice := [id for id in ids if ids.count(id) > 1]:
        raise SyllabusError(f"{FILE} has the chapter {twice[0]!r} twice. Remove one of them.")
    numbers = [chapter.number for chapter in chapters]
    for before, after in pairwise(numbers):
        if after <= before:
            raise SyllabusError(
                f"{FILE}: chapter {after} follows chapter {before}. Put the chapters in order; "
                "each has a number of its own."
            )
    return Syllabus(chapters)


def _chapter(entry: Any, number: int) -> Chapter:
    where = f"{FILE}, chapter {number}"
    id = _text(entry, "id", where)
    where = f"{where} ({id})"
    if not CHAPTER_ID.fullmatch(id):
        raise SyllabusError(f"{where}: {id!r} is not an id like 01_requests.")
    _known(entry, _CHAPTER_KEYS, where)
    title, summary = _text(entry, "title", where), _text(entry, "summary", where)
    inside = entry.get("lesson", [])
    if entry.get("flat", False) is True:
        if inside:
            raise SyllabusError(f"{where} is flat and has lessons. Remove `flat`.")
        return Chapter(id, title, summary, (Lesson(id, title, summary, _ids(entry, where), True),))
    if "coverage" in entry or "flat" in entry:
        raise SyllabusError(f"{where}: `coverage` and `flat = true` belong to a flat chapter.")
    lessons = tuple(_lesson(one, id, f"{where}, lesson {n}") for n, one in enumerate(inside, 1))
    letters = [lesson.number[2:] for lesson in lessons]
    if letters != list("abcde"[: len(letters)]):
        raise SyllabusError(
            f"{where}: its lessons begin with {', '.join(letters)}. The first begins with a_, the "
            "next with b_, and so on; a chapter has at most five."
        )
    return Chapter(id, title, summary, lessons)


def _lesson(entry: Any, chapter: str, where: str) -> Lesson:
    name = _text(entry, "id", where)
    where = f"{where} ({name})"
    if not LESSON_NAME.fullmatch(name):
        raise SyllabusError(f"{where}: {name!r} is not an id like a_first_request.")
    _known(entry, _LESSON_KEYS, where)
    title, summary = _text(entry, "title", where), _text(entry, "summary", where)
    return Lesson(f"{chapter}/{name}", title, summary, _ids(entry, where))


def _known(entry: Mapping[str, Any], keys: set[str], where: str) -> None:
    if unknown := sorted(set(entry) - keys):
        raise SyllabusError(
            f"{where} has an unknown key {unknown[0]!r}. Known are: {', '.join(sorted(keys))}."
        )


def _text(entry: Any, key: str, where: str) -> str:
    value = entry.get(key) if isinstance(entry, Mapping) else None
    if not isinstance(value, str) or not value.strip():
        raise SyllabusError(f'{where} has no {key}. Write {key} = "...".')
    return value.strip()


def _ids(entry: Mapping[str, Any], where: str) -> tuple[str, ...]:
    value = entry.get("coverage", [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SyllabusError(f'{where}: `coverage` is a list of ids, such as ["A1", "A7"].')
    return tuple(value)
