"""Finding and reading submissions: notebooks and Python files that anyone may have made.

A file in the folder is a submission; a folder in it is one, too, with all its notebooks and Python
files. Nothing is followed outside the folder, nothing but regular files is opened, nothing larger
than `MOST_BYTES` is read. What cannot be read is still a submission, with a problem to show.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .player import Problem, SubmissionPart

MOST_BYTES = 25 << 20
"""Of one notebook or Python file. A notebook that is larger holds pictures, not code."""

MOST_CODE = 2_000_000
"""Characters of code in one submission's file."""

MOST_FILES = 40
"""Notebooks and Python files of one student's folder."""

DEEPEST = 3
"""Folders below a student's folder that are searched."""


@dataclass(frozen=True)
class Submission:
    """One submission, read.

    `name` is what it is called in the folder, made printable; `safe` is a file name of its own.
    `digest` is the SHA-256 of its name and its files.
    """

    name: str
    safe: str
    parts: tuple[SubmissionPart, ...]
    problems: tuple[Problem, ...]
    digest: str

    def to_plain(self) -> dict[str, Any]:
        """The submission as JSON-able data, for another machine."""
        return {
            "name": self.name,
            "safe": self.safe,
            "parts": [
                [p.name, list(p.cells), [list(f) for f in p.files], list(p.may_fail)]
                for p in self.parts
            ],
            "problems": [p.to_plain() for p in self.problems],
            "digest": self.digest,
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Submission:
        parts = tuple(
            SubmissionPart(name, tuple(cells), tuple((a, b) for a, b in files), tuple(may_fail))
            for name, cells, files, may_fail in plain["parts"]
        )
        problems = tuple(Problem(**p) for p in plain["problems"])
        return cls(plain["name"], plain["safe"], parts, problems, plain["digest"])


class Unreadable(Exception):
    """A file that is no submission. The message says why."""


def find(folder: Path, leave_out: Path | None = None) -> list[Path]:
    """The paths of all submissions in `folder`, in the order of their names."""
    found: list[Path] = []
    folder = folder.resolve()
    for entry in sorted(os.scandir(folder), key=lambda e: os.fsencode(e.name)):
        path = Path(entry.path)
        if entry.name.startswith((".", "__")) or path == leave_out:
            continue
        is_file = entry.name.lower().endswith((".ipynb", ".py"))
        if is_file or (entry.is_dir(follow_symlinks=False)) or (entry.is_symlink()):
            found.append(path)
    return found


def read_all(folder: Path, leave_out: Path | None = None) -> Iterator[Submission]:
    """Read every submission of `folder`; never raises for what a submission holds."""
    paths = find(folder, leave_out)
    names = [path.name if path.is_dir() else path.stem for path in paths]
    for path, safe in zip(paths, safe_names(names, [path.name for path in paths]), strict=True):
        yield read(path, safe, folder.resolve())


def read(path: Path, safe: str, root: Path) -> Submission:
    """Read the submission at `path`, inside `root`."""
    digest = hashlib.sha256(os.fsencode(path.name) + b"\0")
    parts: list[SubmissionPart] = []
    problems: list[Problem] = []
    try:
        files = list(_files(path, root))
        if not files:
            raise Unreadable("it holds no notebook (.ipynb) and no Python file (.py)")
        if len(files) > MOST_FILES:
            raise Unreadable(
                f"it holds {len(files)} notebooks and Python files, more than {MOST_FILES}"
            )
    except (Unreadable, OSError) as error:
        problems.append(Problem(_why(error)))
        files = []
    beside: list[tuple[str, str]] = []
    for file in files:
        name = printable(str(file.relative_to(path)) if file != path else path.name)
        try:
            content = _content(file, root)
            digest.update(os.fsencode(file.relative_to(path)) + b"\0" + content + b"\0")
            cells, may_fail = cells_of(content, notebook=file.suffix.lower() == ".ipynb")
            parts.append(SubmissionPart(name, cells, may_fail=may_fail))
            if file != path and file.suffix == ".py" and file.name.isascii():
                beside.append((file.name, content.decode("utf-8", "replace")))
        except (Unreadable, OSError) as error:
            problems.append(Problem(f"{name}: {_why(error)}"))
    parts = [replace(part, files=tuple(beside)) for part in parts]
    shown = printable(path.name if path.is_dir() else path.stem)
    return Submission(shown, safe, tuple(parts), tuple(problems), digest.hexdigest())


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"it cannot be read: {error.strerror or type(error).__name__}"
    return str(error)


def _files(path: Path, root: Path, depth: int = 0) -> Iterator[Path]:
    if path.is_symlink():
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            raise Unreadable("it is a link that leads nowhere") from None
        if not target.is_relative_to(root):
            raise Unreadable("it is a link that leads out of the folder; it is not followed")
        if not target.is_file():
            raise Unreadable("it is a link to a folder; it is not followed")
    if path.is_dir():
        for entry in sorted(path.iterdir(), key=lambda p: os.fsencode(p.name)):
            if entry.name.startswith((".", "__")) or entry.is_symlink():
                continue
            if entry.is_dir():
                if depth < DEEPEST:
                    yield from _files(entry, root, depth + 1)
            elif entry.suffix.lower() in (".ipynb", ".py"):
                yield entry
    else:
        yield path


def _content(path: Path, root: Path) -> bytes:
    """The bytes of a regular file inside `root`, without waiting for a pipe or a device."""
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(root):
        raise Unreadable("it is a link that leads out of the folder; it is not followed")
    handle = os.open(
        target, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with open(handle, "rb") as file:
        about = os.fstat(handle)
        if not stat.S_ISREG(about.st_mode):
            raise Unreadable("it is not an ordinary file")
        if about.st_size > MOST_BYTES:
            raise Unreadable(
                f"it is larger than {MOST_BYTES >> 20} MB ({about.st_size / (1 << 20):.0f} MB); "
                "clear its outputs and submit it again"
            )
        return file.read(MOST_BYTES + 1)


def cells_of(content: bytes, *, notebook: bool) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The code cells of a notebook, or of a Python file (cut at `# %%`). Raises Unreadable.

    Also the numbers, from 1, of those that are tagged `raises-exception`.
    """
    may_fail: list[int] = []
    if not notebook:
        text = content.decode("utf-8-sig", "replace").replace("\r\n", "\n")
        cells = [c for c in re.split(r"(?m)^(?=# ?%%)", text) if c.strip()]
    else:
        cells, may_fail = _notebook_cells(content)
    if sum(map(len, cells)) > MOST_CODE:
        raise Unreadable(f"it holds more than {MOST_CODE:,} characters of code")
    return tuple(cells), tuple(may_fail)


def _notebook_cells(content: bytes) -> tuple[list[str], list[int]]:
    try:
        text = content.decode("utf-8-sig")
        notebook = json.loads(text)
    except UnicodeDecodeError as error:
        raise Unreadable(f"it is not a notebook: its text is not UTF-8 ({error.reason})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        what = "it is empty" if not content.strip() else f"its JSON is broken ({error})"
        raise Unreadable(f"it is not a notebook: {what}") from None
    cells: Any = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):  # the format of before 2015
        sheets = notebook.get("worksheets")
        first = sheets[0] if isinstance(sheets, list) and sheets else None
        cells = first.get("cells") if isinstance(first, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("it is not a notebook: it has no list of cells")
    found: list[str] = []
    may_fail: list[int] = []
    for cell in cells:
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            if isinstance(source, list):
                source = "".join(s for s in source if isinstance(s, str))
            found.append(_encodable(source) if isinstance(source, str) else "")
            metadata = cell.get("metadata")
            tags = metadata.get("tags") if isinstance(metadata, dict) else None
            if isinstance(tags, list) and "raises-exception" in tags:
                may_fail.append(len(found))
    return found, may_fail


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


# -- names ----------------------------------------------------------------------------------------


def printable(name: str) -> str:
    """A name for people: what cannot be seen, or turns text around, is written as an escape."""
    name = os.fsencode(name).decode("utf-8", "backslashreplace")
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return "".join(
        c if unicodedata.category(c) not in hidden else c.encode("unicode_escape").decode()
        for c in name
    )[:200]


_RESERVED = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}


def slug(name: str) -> str:
    """The letters, digits, `-`, `_` and `.` of a name, at most 80 bytes: a file name anywhere."""
    name = unicodedata.normalize("NFKC", os.fsencode(name).decode("utf-8", "replace"))
    text = re.sub(r"[^\w.-]+", "_", name)
    while len(text.encode()) > 80:
        text = text[:-1]
    text = text.strip("._- ")
    return text if text and text.split(".")[0].lower() not in _RESERVED else f"submission_{text}"


def safe_names(names: Sequence[str], originals: Sequence[str]) -> list[str]:
    """A file name for each name, no two alike, not even where case does not count.

    A name that was changed, or that another one resembles, gets a mark made from the original.
    """
    slugs = [slug(name) for name in names]
    count = Counter(s.casefold() for s in slugs)
    made = []
    for name, original, text in zip(names, originals, slugs, strict=True):
        if text != name or count[text.casefold()] > 1:
            mark = hashlib.sha256(os.fsencode(original)).hexdigest()[:8]
            text = f"{text}-{mark}"
        made.append(text)
    return made
