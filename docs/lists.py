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
from notebook_pages.outline import Outline, plain, read_outline
from notebook_pages.page import Options, Page, cell_anchor, convert

from utils import recordings as recorded
from utils import syllabus
from utils.exercises import registry
from utils.notebooks.files import notebooks_in

CONTRIBUTING = (
    "index",
    "the-house",
    "add-an-exercise",
    "add-a-lesson",
    "record-again",
    "when-the-sdk-moves",
    "how-prose-reads",
)
"""The pages for contributors, in their order."""

PICTURE_ENDINGS = {".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp"}


@dataclass(frozen=True)
class Notebook:
    """A notebook of the course: where it lies, where it goes, what it says of itself."""

    path: Path
    uri: str
    outline: Outline


@dataclass(frozen=True)
class Contents:
    """Everything the lists are made of.

    Attributes:
        top: folder of the course.
        folders: `top` and every other folder with notebooks.
        syllabus: chapters and lessons of `top`, with those that are to come.
        lessons: the learner's notebooks in course order.
        solutions: the notebooks with solutions in course order.
    """

    top: Path
    folders: tuple[Path, ...]
    syllabus: syllabus.Syllabus
    lessons: tuple[Notebook, ...]
    solutions: tuple[Notebook, ...]

    @classmethod
    def read(cls, top: Path, more: Sequence[Path] = ()) -> Contents:
        """Read `chapters/` and `solutions/` of `top`, and of each folder in `more`.

        Raises:
            ValueError: a notebook has no title or cannot be read.
            SyllabusError: the syllabus of `top` cannot be used.
        """
        folders, order = (top, *more), syllabus.load(top)
        found = {
            kind: tuple(
                Notebook(path, f"{kind}/{id}.ipynb", read_outline(path, id))
                for id, path in sorted(
                    (id, folder / kind / f"{id}.ipynb")
                    for folder in folders
                    for id in notebooks_in(folder / kind)
                    if folder != top or id in order.ids
                )
            )
            for kind in ("chapters", "solutions")
        }
        return cls(top, folders, order, found["chapters"], found["solutions"])

    def notebooks(self) -> tuple[Notebook, ...]:
        return self.lessons + self.solutions

    def recordings(self) -> dict[str, Path]:
        """The recordings by the lesson that they belong to, in course order."""
        places = [folder / "recordings" for folder in self.folders]
        found = ((id, recorded.path_of(p, id)) for p in places for id in recorded.names(p))
        return dict(sorted(found))

    def counterpart(self, notebook: Notebook) -> Notebook | None:
        """The solutions of a lesson, or the lesson of solutions."""
        others = self.lessons if notebook in self.solutions else self.solutions
        return next((one for one in others if one.outline.id == notebook.outline.id), None)

    def chapter(self, notebook: Notebook) -> str:
        """Number and title of the chapter that a notebook belongs to."""
        try:
            chapter = self.syllabus.chapter(notebook.outline.id)
        except syllabus.SyllabusError:  # a sample of the tests
            return notebook.outline.id.partition("/")[0]
        return f"{chapter.number} · {chapter.title}"


def page_title(outline: Outline) -> str:
    """How navigation, search and the browser's tab name a lesson: number and title."""
    return f"{outline.number} · {outline.title}"


def navigation(contents: Contents) -> list[Any]:
    """The site's navigation, lessons in course order, those of a chapter together.

    No two sections have the same name, so that a reader of the page aloud can tell them apart.
    """
    sections: list[Any] = [{"Home": "index.md"}]
    kinds = (("Lessons", contents.lessons, ""), ("Solutions", contents.solutions, ": solutions"))
    for name, notebooks, suffix in kinds:
        if notebooks:
            chapters: dict[str, list[str]] = {}
            for notebook in notebooks:
                chapters.setdefault(contents.chapter(notebook), []).append(notebook.uri)
            sections.append(
                {
                    name: [
                        {title + suffix: uris} if "/" in uris[0].partition("/")[2] else uris[0]
                        for title, uris in chapters.items()
                    ]
                }
            )
    sections.append({"Help": ["troubleshooting.md", "answers.md"]})
    sections.append({"Teaching": ["teaching.md"]})
    sections.append({"Contributing": [f"contributing/{page}.md" for page in CONTRIBUTING]})
    return sections


def description(outline: Outline) -> str:
    """A lesson's summary as plain text, for search engines and previews."""
    return " ".join(plain(outline.summary).split()) or outline.title


def fill_in(markdown: str, contents: Contents, page_uri: str) -> tuple[str, list[str]]:
    """Replace a page's `<!-- course:... -->` lines and its links to subjects.

    `[text](coverage:08_errors/F1)` leads to the first cell of that chapter that shows F1,
    `[text](cell:01_requests/abc)` to a cell of that chapter by its id and `[text](exercise:01.2)`
    to an exercise, in whichever lesson it is. A section (from a `##` heading to the next) that
    leads to a chapter which is still to come is left out, so that entries can be written before
    their chapter.

    Returns:
        The page's Markdown, and what could not be resolved, a sentence each.
    """
    problems: list[str] = []
    made = {"lessons": lesson_list, "recordings": recordings_table}

    def block(match: re.Match[str]) -> str:
        if match[1] not in made:
            problems.append(f"there is no list named {match[0]}")
            return ""
        return made[match[1]](contents)

    up = "../" * page_uri.count("/")

    def link(match: re.Match[str]) -> str:
        for notebook in _chapter(match, contents):
            if cell := _cell(match, notebook.outline):
                return f"({up}{notebook.uri}#{cell_anchor(cell)})"
        problems.append(f"no cell answers to the link {match[0]}")
        return "(index.md)"

    sections = re.split(r"(?m)^(?=## )", markdown)
    kept = [
        section
        for section in sections
        if not section.startswith("## ")
        or all(_chapter(found, contents) for found in _SUBJECT.finditer(section))
    ]
    markdown = re.sub(r"<!-- course:([\w-]+) -->", block, "".join(kept))
    first = contents.lessons[0].uri if contents.lessons else "answers.md"
    markdown = markdown.replace("(first-lesson:)", f"({up}{first})")
    return _SUBJECT.sub(link, markdown), problems


_SUBJECT = re.compile(r"\((?P<kind>coverage|cell|exercise):(?P<chapter>\d\d)(?P<rest>[^)\s]*)\)")


def _chapter(match: re.Match[str], contents: Contents) -> list[Notebook]:
    """The lessons of the chapter that a link to a subject names by its number."""
    return [n for n in contents.lessons if n.outline.chapter == match["chapter"]]


def _cell(match: re.Match[str], outline: Outline) -> str | None:
    """The cell of a lesson that a link to a subject leads to, None if it has none."""
    name = match["rest"].partition("/")[2]
    if match["kind"] == "coverage":
        return next(iter(outline.cells.get(name, ())), None)
    if match["kind"] == "exercise":
        return outline.exercise_cells.get(match["chapter"] + match["rest"])
    return name if name in outline.cell_ids else None


def facts(outline: Outline) -> str:
    """How long a lesson takes and how many exercises it has, in words."""
    said = []
    if outline.minutes:
        said.append(f"{outline.minutes} minutes")
    count = len(outline.exercises)
    if count:
        said.append("1 exercise" if count == 1 else f"{count} exercises")
    return ", ".join(said)


def lesson_list(contents: Contents) -> str:
    """The lessons as Markdown lists with links that the site's builder checks, and what comes."""
    lines = ['<div class="course-chapters" markdown="1">', ""]
    for notebook in contents.lessons:
        outline = notebook.outline
        summary = _summary(contents, outline)
        lines.append(
            f"- [{page_title(outline)}]({notebook.uri})"
            f'<span class="course-facts">{facts(outline)}</span><br>{summary}'
        )
    coming = [f"{c.number} {c.title}" for c in contents.syllabus.chapters if not c.lessons]
    if coming:
        lines += ["", f"To come: {', '.join(coming)}."]
    return "\n".join([*lines, "", "</div>"])


def _summary(contents: Contents, outline: Outline) -> str:
    """A lesson's aim in one sentence, as the syllabus has it."""
    try:
        return contents.syllabus.lesson(outline.id).summary
    except syllabus.SyllabusError:
        return " ".join(outline.summary.split())


def recordings_table(contents: Contents) -> str:
    """Where each lesson's answers come from, from the recordings' own headers, as HTML.

    Raises:
        ValueError: a recording has no header that can be read.
    """
    sections = []
    for id, path in contents.recordings().items():
        try:
            recording = json.loads(path.read_text(encoding="utf-8"))
            origin = recording["origin"]
            count = len(recording["interactions"])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"recordings/{id}.json: no header can be read: {error!r}") from error
        sections.append(_origin(id, origin, count, contents))
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


def _origin(id: str, origin: dict[str, Any], count: int, contents: Contents) -> str:
    notebook = next((n for n in contents.lessons if n.outline.id == id), None)
    title = f"[{page_title(notebook.outline)}]({notebook.uri})" if notebook else f"`{id}`"
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


def first_request(contents: Contents) -> tuple[Page, Outline] | None:
    """The first request of the course and its stored answer as one cell, for the home page."""
    for notebook in contents.solutions + contents.lessons:
        if not notebook.outline.recordings:
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
        page = convert(small, notebook.outline.id, Options())
        page.markdown = page.markdown.replace("# First request\n", "")
        return page, notebook.outline
    return None


def pictures(top: Path) -> Iterator[Path]:
    """Pictures that chapters show from files."""
    for folder in ("chapters", "solutions"):
        for path in sorted((top / folder).rglob("*")):
            if path.suffix.lower() in PICTURE_ENDINGS and ".ipynb_checkpoints" not in path.parts:
                yield path


def link_to_repository(markdown: str, uri: str, top: Path, base: str) -> str:
    """Point links to files that aren't pages, such as `../utils/client.py`, to the repository.

    A link into a chapter that is still to come becomes plain text.

    Args:
        markdown: a notebook page's Markdown.
        uri: where the notebook is in the course, such as `chapters/02_conversations.ipynb`.
        top: folder of the course.
        base: address of the repository's files; without one, the link becomes plain text.
    """

    coming = [chapter for chapter in syllabus.load(top).chapters if not chapter.lessons]

    def link(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        path = Path(os.path.normpath(top / Path(uri).parent / target.split("#")[0]))
        later = any(chapter.id in (path.stem, path.parent.name) for chapter in coming)
        if later and path.suffix == ".ipynb" and not path.exists():
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
