"""Copy the chapters to a folder of your own and work there; nothing in it is ever overwritten."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from .notebooks.files import Course, NotebookError, notebooks_in


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
        copied = copy_chapters(Course(), args.folder.expanduser())
    except NotebookError as error:
        print(f"course start: {error}", file=sys.stderr)
        return 1
    print(f"Copied to {args.folder}: {files(copied.new)}.")
    if copied.same:
        print(f"There already, and the same: {files(copied.same)}.")
    if copied.kept:
        print(f"There already, and left as you have made them: {files(copied.kept)}:")
        print("\n".join(f"  {path}" for path in copied.kept))
    print(f"Open {args.folder / '00_start_here.ipynb'} in JupyterLab. Run this again after an")
    print("update of the course to get new chapters; your own files stay.")
    return 0


def files(paths: list[Path]) -> str:
    """A count for people: 1 file, 2 files."""
    return f"{len(paths)} {'file' if len(paths) == 1 else 'files'}"


def copy_chapters(course: Course, folder: Path) -> Copied:
    """Copy all chapters and chapters/data/ to a folder, without overwriting a file.

    Raises:
        NotebookError: if there is nothing to copy, or the folder cannot be written to.
    """
    sources = list(_files(course))
    if not sources:
        raise NotebookError(
            "There is no chapter to copy. Restore them with `git checkout -- chapters`."
        )
    inside = folder.resolve()
    if inside.is_relative_to(course.chapters.resolve()):
        raise NotebookError(f"{folder} is the course's own folder of chapters. Name another one.")
    copied = Copied()
    try:
        for source in sources:
            relative = source.relative_to(course.chapters)
            content = source.read_bytes()
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
    yield from (course.chapter(name) for name in notebooks_in(course.chapters))
    data = course.chapters / "data"
    for path in sorted(data.rglob("*")):
        hidden = any(part.startswith((".", "__")) for part in path.relative_to(data).parts)
        if path.is_file() and not hidden:
            yield path


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
    except BaseException:  # a part of a chapter must not look like a learner's own
        with suppress(OSError):
            path.unlink()
        raise
    return True
