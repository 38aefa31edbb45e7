"""What the site says about the course as a whole, read from the notebooks and the recordings."""

from __future__ import annotations

import datetime
import html
import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from notebook_pages.chapters import Chapter, plain, read_chapter
from notebook_pages.page import Options, Page, cell_anchor, convert

from utils.exercises import registry
from utils.show.chapters import PLANNED

PICTURE_ENDINGS = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"}


@dataclass(frozen=True)
class Notebook:
    """A notebook of the course: where it lies, where it goes, what it says of itself."""

    path: Path
    uri: str
    chapter: Chapter


@dataclass(frozen=True)
class Course:
    """Everything the lists are made of.

    Attributes:
        top: folder of the course.
        folders: `top` and every other folder with notebooks.
        chapters: the learner's notebooks in course order.
        solutions: the notebooks with solutions in course order.
    """

    top: Path
    folders: tuple[Path, ...]
    chapters: tuple[Notebook, ...]
    solutions: tuple[Notebook, ...]

    @classmethod
    def read(cls, top: Path, more: Sequence[Path] = ()) -> Course:
        """Read `chapters/` and `solutions/` of `top`, and of each folder in `more`.

        Raises:
            ValueError: a notebook has no title or cannot be read.
        """
        folders = (top, *more)
        found = {
            kind: tuple(
                Notebook(path, f"{kind}/{path.name}", read_chapter(path))
                for path in sorted(
                    (p for folder in folders for p in (folder / kind).glob("[0-9]*.ipynb")),
                    key=lambda path: path.name,
                )
            )
            for kind in ("chapters", "solutions")
        }
        return cls(top, folders, found["chapters"], found["solutions"])

    def notebooks(self) -> tuple[Notebook, ...]:
        return self.chapters + self.solutions

    def recordings(self) -> list[Path]:
        """The recordings, by name."""
        found = (path for f in self.folders for path in (f / "recordings").glob("[0-9]*.json"))
        return sorted(found, key=lambda path: path.name)

    def counterpart(self, notebook: Notebook) -> Notebook | None:
        """The solutions of a chapter, or the chapter of solutions."""
        others = self.chapters if notebook in self.solutions else self.solutions
        return next((other for other in others if other.path.name == notebook.path.name), None)


def navigation(course: Course) -> list[Any]:
    """The site's navigation, chapters in course order."""
    sections: list[Any] = [{"Home": "index.md"}]
    if course.chapters:
        sections.append({"Chapters": [notebook.uri for notebook in course.chapters]})
    if course.solutions:
        sections.append({"Solutions": [notebook.uri for notebook in course.solutions]})
    sections.append({"Help": ["troubleshooting.md", "answers.md"]})
    sections.append({"Teaching": ["teaching.md"]})
    return sections


def description(chapter: Chapter) -> str:
    """A chapter's summary as plain text, for search engines and previews."""
    return " ".join(plain(chapter.summary).split()) or chapter.title


def fill_in(markdown: str, course: Course, page_uri: str) -> tuple[str, list[str]]:
    """Replace a page's `<!-- course:... -->` lines and its links to subjects.

    `[text](coverage:08_errors/F1)` leads to the first cell of that chapter that shows F1,
    `[text](cell:01_requests/abc)` to a cell by its id and `[text](exercise:01.2)` to an exercise.
    A section (from a `##` heading to the next) that leads to a chapter which the course does not
    have is left out, so that entries can be written before their chapter.

    Returns:
        The page's Markdown, and what could not be resolved, a sentence each.
    """
    problems: list[str] = []
    made = {"chapters": chapter_list, "recordings": recordings_table}

    def block(match: re.Match[str]) -> str:
        if match[1] not in made:
            problems.append(f"there is no list named {match[0]}")
            return ""
        return made[match[1]](course)

    up = "../" * page_uri.count("/")

    def link(match: re.Match[str]) -> str:
        notebook = _chapter(match, course)
        cell = _cell(match, notebook.chapter) if notebook else None
        if notebook is None or cell is None:
            problems.append(f"no cell answers to the link {match[0]}")
            return "(index.md)"
        return f"({up}{notebook.uri}#{cell_anchor(cell)})"

    sections = re.split(r"(?m)^(?=## )", markdown)
    kept = [
        section
        for section in sections
        if not section.startswith("## ")
        or all(_chapter(found, course) for found in _SUBJECT.finditer(section))
    ]
    markdown = re.sub(r"<!-- course:([\w-]+) -->", block, "".join(kept))
    first = course.chapters[0].uri if course.chapters else "answers.md"
    markdown = markdown.replace("(first-chapter:)", f"({up}{first})")
    return _SUBJECT.sub(link, markdown), problems


_SUBJECT = re.compile(r"\((?P<kind>coverage|cell|exercise):(?P<chapter>\d\d)(?P<rest>[^)\s]*)\)")


def _chapter(match: re.Match[str], course: Course) -> Notebook | None:
    """The chapter that a link to a subject names by its number."""
    return next((n for n in course.chapters if n.chapter.number == match["chapter"]), None)


def _cell(match: re.Match[str], chapter: Chapter) -> str | None:
    """The cell that a link to a subject leads to."""
    name = match["rest"].partition("/")[2]
    if match["kind"] == "coverage":
        return next(iter(chapter.cells.get(name, ())), None)
    if match["kind"] == "exercise":
        return chapter.exercise_cells.get(match["chapter"] + match["rest"])
    return name


def facts(chapter: Chapter) -> str:
    """How long a chapter takes and how many exercises it has, in words."""
    said = []
    if chapter.minutes:
        said.append(f"{chapter.minutes} minutes")
    count = len(chapter.exercises)
    if count:
        said.append("1 exercise" if count == 1 else f"{count} exercises")
    return ", ".join(said)


def chapter_list(course: Course) -> str:
    """The chapters as a Markdown list with links that the site's builder checks."""
    lines = ['<div class="course-chapters" markdown="1">', ""]
    for notebook in course.chapters:
        chapter = notebook.chapter
        summary = " ".join(chapter.summary.split())
        lines.append(
            f"- [{chapter.title}]({notebook.uri})"
            f'<span class="course-facts">{facts(chapter)}</span><br>{summary}'
        )
    return "\n".join([*lines, "", "</div>"])


def recordings_table(course: Course) -> str:
    """Where each chapter's answers come from, from the recordings' own headers, as HTML.

    Raises:
        ValueError: a recording has no header that can be read.
    """
    sections = []
    for path in course.recordings():
        try:
            recording = json.loads(path.read_text(encoding="utf-8"))
            origin = recording["origin"]
            count = len(recording["interactions"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"recordings/{path.name}: no header can be read: {error!r}") from error
        sections.append(_origin(path.stem, origin, count, course))
    return "\n\n".join(sections) or "There is no recording yet."


ORIGIN_WORDS = {
    "model_name": "Model",
    "provider": "Answered by",
    "chat_model": "Model id in requests",
    "embed_model": "Embedding model id",
    "recorded": "Recorded",
    "server": "Server",
    "server_version": "Server version",
    "weights_sha256": "SHA-256 of the weights",
    "template_sha256": "SHA-256 of the chat template",
    "sdk": "SDK",
    "python": "Python",
    "note": "Note",
}


def _origin(stem: str, origin: dict[str, Any], count: int, course: Course) -> str:
    notebook = next((n for n in course.chapters if n.chapter.stem == stem), None)
    title = f"[{notebook.chapter.title}]({notebook.uri})" if notebook else f"`{stem}`"
    rows = [("Answers", str(count))]
    known = [key for key in ORIGIN_WORDS if origin.get(key) not in (None, "")]
    more = [key for key in origin if key not in ORIGIN_WORDS and origin[key] not in (None, "")]
    for key in known + more:
        word = ORIGIN_WORDS.get(key, key.replace("_", " ").capitalize())
        rows += [(word, value) for value in _values(key, origin[key])]
    body = "\n".join(
        f'<tr><th scope="row">{html.escape(word)}</th><td>{value}</td></tr>' for word, value in rows
    )
    table = f'<table class="course-origin"><tbody>\n{body}\n</tbody></table>'
    return f"## {title}\n\n{table}"


def _values(key: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            f"{html.escape(str(k))}: <code>{html.escape(str(v))}</code>" for k, v in value.items()
        ]
    text = html.escape(str(value))
    if key == "recorded":
        when = datetime.datetime.fromisoformat(str(value).replace("Z", "+00:00"))
        return [f'<time datetime="{text}">{when:%Y-%m-%d %H:%M} UTC</time>']
    if key.endswith(("sha256", "_model")):
        return [f"<code>{text}</code>"]
    if key == "provider":
        return ["a model on the recording machine" if value == "local" else text]
    return [text]


def first_request(course: Course) -> tuple[Page, Chapter] | None:
    """The first request of the course and its stored answer as one cell, for the home page."""
    for notebook in course.solutions + course.chapters:
        if not notebook.chapter.recordings:
            continue
        node = nbformat.read(notebook.path, as_version=4)
        cells = [c for c in node.cells if c.cell_type == "code"]
        until = next((i for i, c in enumerate(cells) if ".create(" in c.source), None)
        if until is None:
            continue
        taken = cells[: until + 1]
        cell = taken[-1]
        cell.source = "\n\n".join(c.source for c in taken)
        cell.metadata = nbformat.NotebookNode()
        title = nbformat.v4.new_markdown_cell("# First request")
        small = nbformat.v4.new_notebook(cells=[title, cell])
        page = convert(small, notebook.chapter.stem, Options())
        page.markdown = page.markdown.replace("# First request\n", "")
        return page, notebook.chapter
    return None


def pictures(top: Path) -> Iterator[Path]:
    """Pictures that chapters show from files."""
    for folder in ("chapters", "solutions"):
        for path in sorted((top / folder).rglob("*")):
            if path.suffix.lower() in PICTURE_ENDINGS and ".ipynb_checkpoints" not in path.parts:
                yield path


def link_to_repository(markdown: str, uri: str, top: Path, base: str) -> str:
    """Point links to files that are no pages, such as `../utils/client.py`, to the repository.

    A link to a planned chapter that is not written yet becomes plain text.

    Args:
        markdown: a notebook page's Markdown.
        uri: where the notebook lies in the course, such as `chapters/01_requests.ipynb`.
        top: folder of the course.
        base: address of the repository's files; without one, the link becomes plain text.
    """

    def link(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        path = Path(os.path.normpath(top / Path(uri).parent / target.split("#")[0]))
        if path.suffix == ".ipynb" and path.stem in PLANNED and not path.exists():
            return words
        page = path.suffix in {".ipynb", ".md"} or path.suffix.lower() in PICTURE_ENDINGS
        if page or not path.exists() or not path.is_relative_to(top):
            return match[0]
        return f"[{words}]({base}/{path.relative_to(top).as_posix()})" if base else words

    return re.sub(r"(?<!!)\[([^\]]+)\]\((?![a-z]+:|#|/)([^)\s]+)\)", link, markdown)


def hints(exercise: str) -> Sequence[str]:
    """Hints of an exercise as the course defines them, none for an exercise it does not know."""
    try:
        return registry.get(exercise).hints
    except registry.UnknownExercise:
        return ()
