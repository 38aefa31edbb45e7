"""Copy the lessons to a folder of your own and work there; nothing in it is ever overwritten."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .notebooks.build import edited, learners_from
from .notebooks.files import Course, NotebookError, notebooks_in, open_notebook, written


@dataclass
class Copied:
    """What copying did; paths are relative to the new folder.

    Attributes:
        new: files that were copied.
        same: files that were there and equal the course's.
        kept: files that were there and differ, so they were left alone.
    """

    new: list[Path] = field(default_factory=list)
    same: list[Path] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="where your copy goes; made when it is missing")


def run(args: argparse.Namespace) -> int:
    try:
        copied = copy_lessons(Course(), args.folder.expanduser())
    except NotebookError as error:
        print(f"course start: {error}", file=sys.stderr)
        return 1
    print(f"Copied to {args.folder}: {files(copied.new)}.")
    if copied.same:
        print(f"There already, and the same: {files(copied.same)}.")
    if copied.kept:
        print(f"There already, and left as you have made them: {files(copied.kept)}:")
        print("\n".join(f"  {path}" for path in copied.kept))
    first = args.folder / f"{Course().ids()[0]}.ipynb"
    print(f"Open {first} in JupyterLab. Run this again after an update of the course to get new")
    print("lessons; your own files stay.")
    return 0


def files(paths: list[Path]) -> str:
    """A count for people: 1 file, 2 files."""
    return f"{len(paths)} {'file' if len(paths) == 1 else 'files'}"


def copy_lessons(course: Course, folder: Path) -> Copied:
    """Copy all lessons, pictures and data to a folder, without overwriting a file.

    Raises:
        NotebookError: if there is nothing to copy, or the folder cannot be written to.
    """
    course.agree()
    sources = list(_files(course))
    if not sources:
        raise NotebookError(
            "There is no lesson to copy. Restore them with `git checkout -- chapters`."
        )
    inside = folder.resolve()
    if inside.is_relative_to(course.chapters.resolve()):
        raise NotebookError(f"{folder} is the course's own folder of lessons. Name another one.")
    copied = Copied()
    try:
        for source in sources:
            relative = source.relative_to(course.chapters)
            content = _pristine(course, source)
            if _write_new(folder / relative, content):
                copied.new.append(relative)
            elif (folder / relative).is_file() and (folder / relative).read_bytes() == content:
                copied.same.append(relative)
            else:
                copied.kept.append(relative)
    except OSError as error:
        raise NotebookError(
            f"{error.filename or folder} cannot be written: {error.strerror}. "
            f"{files(copied.new)} copied before that; running this again goes on."
        ) from None
    return copied


def _files(course: Course) -> Iterator[Path]:
    there = notebooks_in(course.chapters)
    yield from (course.lesson(id) for id in course.syllabus.ids if id in there)
    for folder in (course.chapters / "data", course.chapters / "images"):
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
            if path.is_file() and not hidden:
                yield path


def _pristine(course: Course, source: Path) -> bytes:
    """A file as the course ships it: of a lesson that somebody typed into, what was built."""
    if source.suffix != ".ipynb":
        return source.read_bytes()
    try:
        opened = open_notebook(source)
        if not edited(opened.notebook):
            return opened.content
    except NotebookError:  # somebody's editing has damaged it
        pass
    solution = open_notebook(course.solution(course.id_of(source)))
    return written(learners_from(course, solution)[0])


def _write_new(path: Path, content: bytes) -> bool:
    """Write a file unless there is one of this name; False if there was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        out = path.open("xb")
    except FileExistsError:
        return False
    try:
        with out:
            out.write(content)
    except BaseException:  # a part of a lesson must not look like a learner's own
        with suppress(OSError):
            path.unlink()
        raise
    return True
