"""Find, read and save the notebooks of the course."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .. import atomic
from ..settings import ROOT

CHAPTER = re.compile(r"\d\d_[a-z0-9_]+")
"""A chapter's name, such as 01_requests."""


class NotebookError(Exception):
    """Something is wrong with a notebook. The message says which one, where, and what to do."""


@dataclass(frozen=True)
class Course:
    """The folders of the course.

    Attributes:
        root: the folder that holds chapters/, solutions/ and recordings/.
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

    def chapter(self, name: str) -> Path:
        """The learner's notebook of a chapter."""
        return self.chapters / f"{name}.ipynb"

    def solution(self, name: str) -> Path:
        """The notebook that a chapter is built from."""
        return self.solutions / f"{name}.ipynb"

    def recording(self, name: str) -> Path:
        """The recorded answers of a chapter."""
        return self.recordings / f"{name}.json"

    def names(self) -> list[str]:
        """All chapters that have a solution notebook, in order."""
        return notebooks_in(self.solutions)

    def select(self, wanted: Sequence[str]) -> list[str]:
        """Names of chapters from what somebody typed: a name, a number, or a path; all for nothing.

        Raises:
            NotebookError: for a chapter that does not exist, and if there is none at all.
        """
        known = self.names()
        if not known:
            raise NotebookError(
                f"There is no notebook in {self.solutions.name}/. Notebooks are named like "
                "01_requests.ipynb."
            )
        found = [_matching(text, known) for text in wanted]
        return [name for name in known if name in found] if wanted else known


def notebooks_in(folder: Path) -> list[str]:
    """Names of the chapters in a folder, in order, without copies that the builder kept."""
    return sorted(path.stem for path in folder.glob("*.ipynb") if CHAPTER.fullmatch(path.stem))


def _matching(text: str, known: list[str]) -> str:
    stem = Path(text).name.removesuffix(".ipynb").removesuffix(".json")
    hits = [name for name in known if name == stem or name.split("_")[0] == stem.zfill(2)]
    if len(hits) == 1:
        return hits[0]
    close = difflib.get_close_matches(stem, known, 1, 0.4)
    hint = f" Did you mean {close[0]!r}?" if close else ""
    raise NotebookError(f"There is no chapter {text!r}.{hint} There are: {', '.join(known)}.")


@dataclass(frozen=True)
class Opened:
    """A notebook as it was read, with the bytes that it was read from."""

    path: Path
    notebook: NotebookNode
    content: bytes


def label(path: Path) -> str:
    """How messages name a notebook: folder and file."""
    return f"{path.parent.name}/{path.name}"


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
    content = (nbformat.writes(notebook).rstrip("\n") + "\n").encode()
    replace(path, content, was)


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
