"""Find, read and save the notebooks of the course."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .. import atomic, recordings, syllabus
from ..settings import ROOT
from ..syllabus import Syllabus, SyllabusError


class NotebookError(Exception):
    """Something is wrong with a notebook. The message says which one, where, and what to do."""


@dataclass(frozen=True)
class Course:
    """The files of the course; a lesson is named by its id, such as "01_requests/a_first_request".

    Attributes:
        root: the folder that holds syllabus.toml, chapters/, solutions/ and recordings/.
    """

    root: Path = ROOT

    @property
    def chapters(self) -> Path:
        return self.root / "chapters"

    @property
    def solutions(self) -> Path:
        return self.root / "solutions"

    @property
    def recordings(self) -> Path:
        return self.root / "recordings"

    @property
    def syllabus(self) -> Syllabus:
        """The order of the course. Raises NotebookError if syllabus.toml cannot be used."""
        try:
            return syllabus.load(self.root)
        except SyllabusError as error:
            raise NotebookError(str(error)) from None

    def lesson(self, id: str) -> Path:
        """The learner's notebook of a lesson."""
        return self.chapters / f"{id}.ipynb"

    def solution(self, id: str) -> Path:
        """The notebook that a lesson is built from."""
        return self.solutions / f"{id}.ipynb"

    def recording(self, id: str) -> Path:
        """The recorded answers of a lesson."""
        return recordings.path_of(self.recordings, id)

    def id_of(self, path: Path) -> str:
        """The lesson that a notebook belongs to, by its place in chapters/ or solutions/."""
        folder = self.solutions if path.is_relative_to(self.solutions) else self.chapters
        return path.relative_to(folder).with_suffix("").as_posix()

    def ids(self) -> list[str]:
        """All lessons in course order.

        Raises:
            NotebookError: if the syllabus and the notebooks in solutions/ do not agree.
        """
        self.agree()
        return list(self.syllabus.ids)

    def agree(self) -> None:
        """Make sure that the syllabus and solutions/ name the same lessons.

        Raises:
            NotebookError: for a lesson without a notebook, and a notebook without a lesson.
        """
        named, there = self.syllabus.ids, notebooks_in(self.solutions)
        for id in named:
            if id not in there:
                raise NotebookError(
                    f"{syllabus.FILE} names the lesson {id}, but there is no solutions/{id}.ipynb. "
                    f"Write it (`course new lesson {id}` begins one), or remove it from the "
                    "syllabus."
                )
        for id in there:
            if id not in named:
                raise NotebookError(
                    f"solutions/{id}.ipynb is not in {syllabus.FILE}. Add a [[chapter.lesson]] "
                    "table for it where it belongs, or remove the notebook."
                )

    def select(self, wanted: Sequence[str]) -> list[str]:
        """Ids of lessons from what somebody typed: ids, numbers or paths; all for nothing.

        Raises:
            NotebookError: for a lesson that does not exist, and if there is none at all.
        """
        if not self.ids():
            raise NotebookError(f"There is no lesson in {syllabus.FILE} yet.")
        try:
            return self.syllabus.select(wanted)
        except SyllabusError as error:
            raise NotebookError(str(error)) from None

    def strays(self) -> list[Path]:
        """Notebooks in chapters/ that somebody kept from before their chapter was divided."""
        ids = self.syllabus.ids
        return [
            path
            for path in sorted(self.chapters.glob("*.ipynb"))
            if (name := path.name.partition(".")[0]) not in ids
            and syllabus.CHAPTER_ID.fullmatch(name)
        ]


def notebooks_in(folder: Path) -> list[str]:
    """Ids of the lessons in a folder, sorted, without copies that the builder kept."""
    found = [*folder.glob("*.ipynb"), *folder.glob("*/*.ipynb")]
    ids = (path.relative_to(folder).with_suffix("").as_posix() for path in found)
    return sorted(id for id in ids if syllabus.NOTEBOOK_ID.fullmatch(id))


@dataclass(frozen=True)
class Opened:
    """A notebook as it was read, with the bytes that it was read from."""

    path: Path
    notebook: NotebookNode
    content: bytes


def label(path: Path) -> str:
    """How messages name a file of a lesson: as a path from the root of the course."""
    chapter = path.parent.name
    if syllabus.CHAPTER_ID.fullmatch(chapter):
        return f"{path.parent.parent.name}/{chapter}/{path.name}"
    return f"{chapter}/{path.name}"


def open_notebook(path: Path) -> Opened:
    """Read a notebook.

    Raises:
        NotebookError: if it is missing, not JSON, or not a notebook of format 4.5.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotebookError(f"{label(path)} cannot be read: {error.strerror}.") from None
    try:
        raw = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise NotebookError(_damaged(path, f"byte {error.start} is not UTF-8 text")) from None
    except json.JSONDecodeError as error:
        why = f"it is not JSON, at line {error.lineno}, column {error.colno} ({error.msg})"
        raise NotebookError(_damaged(path, why)) from None
    except RecursionError:
        raise NotebookError(_damaged(path, "it is nested too deeply")) from None
    if not isinstance(raw, dict) or raw.get("nbformat") != 4:
        raise NotebookError(_damaged(path, "it is JSON, but not a notebook of format 4"))
    if raw.get("nbformat_minor", 0) < 5:
        raise NotebookError(
            f"{label(path)} has format 4.{raw.get('nbformat_minor')}, in which cells have no ids. "
            "Open it in JupyterLab 4 and save it."
        )
    ids = [cell.get("id") for cell in raw.get("cells", []) if isinstance(cell, dict)]
    if twice := [id_ for id_ in ids if ids.count(id_) > 1]:  # nbformat would invent a new id
        raise NotebookError(_damaged(path, f"two of its cells have the id {twice[0]!r}"))
    try:
        nbformat.validate(raw)
        notebook = nbformat.reads(json.dumps(raw), as_version=4)
    except nbformat.ValidationError as error:
        reason = str(error).splitlines()[0]
        raise NotebookError(_damaged(path, f"it is not a valid notebook: {reason}")) from None
    return Opened(path, notebook, content)


def _damaged(path: Path, why: str) -> str:
    return (
        f"{label(path)} cannot be used: {why}. "
        f"Restore it with `git checkout -- {label(path)}`, or repair it."
    )


def save(path: Path, notebook: NotebookNode, was: bytes | None) -> None:
    """Replace a notebook in one step, if it still is what was read.

    Args:
        path: the file.
        notebook: its new content.
        was: the bytes that the file had when it was read, None if there was no file.

    Raises:
        NotebookError: if the file has changed meanwhile; nothing is written then.
    """
    nbformat.validate(notebook)
    replace(path, written(notebook), was)


def written(notebook: NotebookNode) -> bytes:
    """A notebook as it is stored."""
    return (nbformat.writes(notebook).rstrip("\n") + "\n").encode()


def replace(path: Path, content: bytes, was: bytes | None) -> None:
    """As `save`, for any content."""
    if content == was:
        refuse_changed(path, was)
    else:
        atomic.write(path, content, just_before=lambda: refuse_changed(path, was))


def refuse_changed(path: Path, was: bytes | None) -> None:
    """Make sure that a file still is what was read.

    Raises:
        NotebookError: if it is not.
    """
    if (path.read_bytes() if path.exists() else None) != was:
        raise NotebookError(
            f"{label(path)} was changed while it ran, so it was left as it is now. "
            "Save it, close it, and try again."
        )
