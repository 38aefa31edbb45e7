"""What comparing outputs cannot see: rules for the notebooks of the course.

nbval compares the text that cells print. It says nothing about a cell that never ran, pictures,
outputs that are redrawn, or ids that go stale. Each rule here looks for one such thing and yields a
`Complaint` for every place. `check` applies them all.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

from .. import models
from ..exercises import registry
from ..leaks import KEY, MACHINE_PATH
from ..recordings import RecordingFile
from ..syllabus import NOTEBOOK_ID
from . import frame
from .build import BEGIN, END, LEFT_OUT, tags, without_solutions
from .coverage import SUBJECTS, claimed
from .files import NotebookError

MOST_LINES = 15
"""Lines that a code cell may have; lines of a class are not counted."""

MOST_LINES_SOLVED = 20
"""The same for the cell of an exercise, with its solution."""

NOTICE = timedelta(days=120)
"""A model that shuts down within this time is not used any more."""

IGNORED: dict[str, str] = {}
"""Cells whose output may go unchecked, as "lesson#cell", with the reason."""

IGNORES_OUTPUT = ("nbval-ignore-output", "nbval-skip")
COMMENT_MARKERS = re.compile(r"^\s*#\s*(NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)", re.MULTILINE)
TEACHES_IDS = "teaches-ids"
RAISES = "raises-exception"
LEAVES_STREAM = "leaves-stream"
"""Tag of a cell that leaves a stream before its end, as its lesson."""

KNOWN_TAGS = frozenset({*IGNORES_OUTPUT, TEACHES_IDS, RAISES, LEAVES_STREAM, "solution"})

REDRAWN = frozenset(
    {"clear_output", "update_display", "Output"}
    | {"interact", "interactive", "interact_manual", "interactive_output"}
)
"""Names whose outputs nbval sees in another state than a notebook stores."""

SILENT_PICTURE = re.compile(r"!\[\s*\]\(|<img(?![^>]*\salt=)")
CHECKED = re.compile(r"""^check\(["']([\d.]+)["']""", re.MULTILINE)
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,16}\b")


@dataclass(frozen=True)
class Complaint:
    """Something to correct.

    Attributes:
        rule: name of the rule.
        lesson: the notebook's id.
        cell: id of the cell, empty for the notebook as a whole.
        text: what is wrong and what to do.
    """

    rule: str
    lesson: str
    cell: str
    text: str

    def __str__(self) -> str:
        return f"{self.lesson}#{self.cell} [{self.rule}] {self.text}"


@dataclass(frozen=True)
class Context:
    """What rules know besides the notebook.

    Attributes:
        lesson: the notebook's id.
        ignored: cells whose output may go unchecked, as "lesson#cell", with the reason.
        today: decides which models shut down soon.
        promised: the subjects that the syllabus says the lesson shows, None if it is not asked.
    """

    lesson: str
    ignored: Mapping[str, str]
    today: date
    promised: tuple[str, ...] | None = None


Found = Iterator[tuple[str, str]]
"""Pairs of cell id and what is wrong."""
Rule = Callable[[NotebookNode, Context], Found]
RULES: dict[str, Rule] = {}


def rule(check: Rule) -> Rule:
    """Register a rule under its function's name."""
    RULES[check.__name__.replace("_", "-")] = check
    return check


def check(
    notebook: NotebookNode,
    lesson: str,
    ignored: Mapping[str, str] | None = None,
    today: date | None = None,
    promised: tuple[str, ...] | None = None,
) -> list[Complaint]:
    """Apply all rules to a notebook.

    Args:
        notebook: with its stored outputs.
        lesson: its id, such as "01_requests/a_first_request".
        ignored: cells whose output may go unchecked, as "lesson#cell", with the reason.
        today: decides which models shut down soon; by default the real day.
        promised: the subjects that the syllabus says the lesson shows, to compare them.
    """
    context = Context(lesson, ignored or {}, today or date.today(), promised)
    return [
        Complaint(name, lesson, cell, text)
        for name, apply in RULES.items()
        for cell, text in apply(notebook, context)
    ]


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def syntax(source: str) -> ast.Module | None:
    """The syntax tree of a cell, magics included; None if it is not Python."""
    try:
        text = TransformerManager().transform_cell(source)
        tree = compile(
            text, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, True
        )
    except SyntaxError:
        return None
    assert isinstance(tree, ast.Module)
    return tree


def output_texts(cell: NotebookNode) -> Iterator[str]:
    """Everything that a cell's outputs say: printed, displayed, and tracebacks."""
    for output in cell.get("outputs", []):
        yield str(output.get("text", ""))
        yield from (str(line) for line in output.get("traceback", []))
        yield str(output.get("evalue", ""))
        yield from (
            str(value)
            for kind, value in output.get("data", {}).items()
            if not kind.startswith("image/") or kind == "image/svg+xml"
        )


@rule
def format_is_valid(notebook: NotebookNode, context: Context) -> Found:
    """nbformat accepts the notebook, and its name and metadata are the course's."""
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        yield "", f"not a valid notebook: {str(error).splitlines()[0]}"
    if not NOTEBOOK_ID.fullmatch(context.lesson):
        yield "", f"{context.lesson!r} is not an id like 01_requests/a_first_request"
    kernel = notebook.metadata.get("kernelspec", {}).get("name")
    if kernel != "python3":
        yield "", f"its kernel is {kernel!r}; run `course build`"
    if "version" in notebook.metadata.get("language_info", {}) or "widgets" in notebook.metadata:
        yield "", "its metadata was written by an editor; run `course build`"


@rule
def cells_ran_in_order(notebook: NotebookNode, context: Context) -> Found:
    """Execution counts are 1, 2, 3 ...: nbval passes a cell that never ran."""
    for expected, cell in enumerate(code_cells(notebook), 1):
        if not cell.source.strip():
            yield cell.id, "it is empty; remove it"
        if cell.execution_count != expected:
            yield cell.id, f"execution count is {cell.execution_count}, not {expected}"


@rule
def errors_are_meant(notebook: NotebookNode, context: Context) -> Found:
    """A stored error is tagged, and a tagged cell stores an error."""
    for cell in code_cells(notebook):
        raised = [o.ename for o in cell.outputs if o.output_type == "error"]
        if raised and RAISES not in tags(cell):
            yield cell.id, f"it stores a {raised[0]}; tag it {RAISES} if that is the lesson"
        if not raised and RAISES in tags(cell):
            yield cell.id, f"it is tagged {RAISES}, but did not raise"


@rule
def redrawn_outputs_are_tagged(notebook: NotebookNode, context: Context) -> Found:
    """Outputs that are cleared or updated are not compared; test the cell's function instead."""
    redraws = any("display_id" in cell.source for cell in code_cells(notebook))
    for cell in code_cells(notebook):
        if any(tag in tags(cell) for tag in IGNORES_OUTPUT):
            continue
        for node in ast.walk(syntax(cell.source) or ast.Module([], [])):
            name = _called(node)
            if name in REDRAWN or (name == "update" and redraws and isinstance(node, ast.Call)):
                yield cell.id, f"{name} needs the tag {IGNORES_OUTPUT[0]}"


def _called(node: ast.AST) -> str:
    """The name that a call calls or a decorator names; empty for other nodes."""
    if isinstance(node, ast.Call):
        node = node.func
    elif not isinstance(node, ast.Name):
        return ""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@rule
def ignored_outputs_are_listed(notebook: NotebookNode, context: Context) -> Found:
    """A cell that is not compared is on the list of those that may be."""
    for cell in code_cells(notebook):
        if COMMENT_MARKERS.search(cell.source):
            yield cell.id, "tags say what nbval skips, not comments"
        elif any(tag in tags(cell) for tag in IGNORES_OUTPUT):
            if f"{context.lesson}#{cell.id}" not in context.ignored:
                yield cell.id, "its output is ignored, and it is not on the list of such cells"
        elif f"{context.lesson}#{cell.id}" in context.ignored:
            yield cell.id, "it is on the list of ignored cells, but not tagged"


@rule
def pictures_have_words(notebook: NotebookNode, context: Context) -> Found:
    """Each picture has a text in the cell's metadata: `"alt": "..."`, or a list for several."""
    for cell in notebook.cells:
        pictures = sum(
            any(kind.startswith("image/") for kind in output.get("data", {}))
            for output in cell.get("outputs", [])
        )
        alt = cell.metadata.get("alt", [])
        words = [alt] if isinstance(alt, str) else alt
        if not isinstance(words, list) or len(words) != pictures:
            yield cell.id, f"it has {pictures} pictures and {len(words)} texts in `alt`"
        elif any(not isinstance(text, str) or len(text.split()) < 4 for text in words):
            yield cell.id, "`alt` says in at least four words what the picture shows"
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and SILENT_PICTURE.search(cell.source):
            yield cell.id, "a picture in its text has no alt text"


@rule
def ids_are_names(notebook: NotebookNode, context: Context) -> Found:
    """Cell ids are words: links, exercises and lists of cells name them.

    That they are unique is a condition for opening a notebook (`utils.notebooks.files`).
    """
    for cell in notebook.cells:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", cell.id):
            yield cell.id, "an id is made of lower-case words with hyphens between them"
        elif re.fullmatch(r"[0-9a-f]{6,}(-[0-9a-f]{4,})*|(cell|untitled)-?\d*", cell.id):
            yield cell.id, "an id says what the cell is about"


@rule
def cells_are_short(notebook: NotebookNode, context: Context) -> Found:
    """Code cells have at most 15 lines, solutions 20, not counting classes and markers."""
    for cell in code_cells(notebook):
        lines = [line for line in cell.source.split("\n") if line.strip() not in (BEGIN, END)]
        tree = syntax("\n".join(lines))
        classes = [n for n in (tree.body if tree else []) if isinstance(n, ast.ClassDef)]
        of_classes = sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in classes)
        most = MOST_LINES_SOLVED if "exercise" in cell.metadata else MOST_LINES
        if (count := len(lines) - of_classes) > most:
            yield cell.id, f"it has {count} lines of code; at most {most}"


@rule
def lesson_is_one_sitting(notebook: NotebookNode, context: Context) -> Found:
    """A lesson keeps the limits of cells, words and minutes; a flat chapter has none yet."""
    if "/" not in context.lesson:
        return
    learners = copy.deepcopy(notebook)
    learners.cells = [cell for cell in learners.cells if LEFT_OUT not in tags(cell)]
    for number, cell in enumerate(code_cells(learners), 1):
        try:
            cell.source, _ = without_solutions(cell.source, f"{context.lesson}, cell {number}")
        except NotebookError:
            return  # the builder names what is wrong with the markers
    measured = frame.size(learners)
    for have, most, what in (
        (measured.cells, frame.MOST_CELLS, "cells"),
        (measured.words, frame.MOST_WORDS, "words of prose"),
        (measured.minutes, frame.MOST_MINUTES, "minutes without its stretch exercises"),
    ):
        if have > most:
            yield "", f"it has {have:,} {what}; a lesson has at most {most:,}. Shorten or divide it"


@rule
def exercises_have_headings(notebook: NotebookNode, context: Context) -> Found:
    """Each exercise exists, belongs to the chapter, and has one cell and one heading."""
    known = {exercise.id for exercise in registry.every()}
    ids = [str(cell.metadata["exercise"]) for cell in notebook.cells if "exercise" in cell.metadata]
    headed = [id for cell in notebook.cells for id in frame.HEADING.findall(cell.source)]
    for cell in notebook.cells:
        id = cell.metadata.get("exercise")
        if id is None:
            continue
        if id not in known:
            yield cell.id, f"there is no exercise {id}; `course new exercise` writes one"
        elif id[:2] != context.lesson[:2]:
            yield cell.id, f"exercise {id} belongs to another chapter"
        if ids.count(id) > 1:
            yield cell.id, f"exercise {id} is in {ids.count(id)} cells"
        if headed.count(id) != 1:
            yield cell.id, f"no cell begins with `### Exercise {id}`, or several do"
    for cell in notebook.cells:
        for id in frame.HEADING.findall(cell.source):
            if id not in ids:
                yield cell.id, f"it announces exercise {id}, but no code cell has that exercise"


@rule
def frame_has_its_places(notebook: NotebookNode, context: Context) -> Found:
    """The first cell has a title and a line about time, the last one a line that leads on."""
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    if not texts or not frame.TITLE.search(texts[0].source):
        yield "", "its first cell of text begins with a line `# Title`"
    elif not frame.TIME.search(texts[0].source):
        yield texts[0].id, "it needs a line that begins with `**Time:**`; the builder completes it"
    if texts and not frame.NEXT.search(texts[-1].source):
        yield texts[-1].id, "it needs a line that begins with `**Next:**`; the builder completes it"


@rule
def names_belong_to_one_exercise(notebook: NotebookNode, context: Context) -> Found:
    """No function is called like another lesson's exercise: grading would judge it as that."""
    number = context.lesson.partition("_")[0]
    cells = code_cells(notebook)
    checked = {id_ for cell in cells for id_ in CHECKED.findall(cell.source)}
    taken = {
        exercise.function: exercise.id
        for exercise in registry.every()
        if exercise.chapter != number and exercise.id not in checked
    }
    for cell in cells:
        tree = syntax(cell.source)
        for node in tree.body if tree else []:
            name = getattr(node, "name", "")
            if name in taken:
                yield cell.id, f"{name} is the function of exercise {taken[name]}; rename it"


@rule
def no_model_ids(notebook: NotebookNode, context: Context) -> Found:
    """Ids of OpenAI's models stand in `utils.models`; a cell that teaches them is tagged."""
    for cell in notebook.cells:
        if TEACHES_IDS not in tags(cell):
            for found in model_ids_in(cell.source):
                yield cell.id, f"{found} is an id of a model; use CHAT_MODEL, or tag {TEACHES_IDS}"


@rule
def no_model_that_shuts_down(notebook: NotebookNode, context: Context) -> Found:
    """Neither text nor outputs name a model that shuts down soon, unless they teach that."""
    for cell in notebook.cells:
        if TEACHES_IDS not in tags(cell):
            for text in (cell.source, *output_texts(cell)):
                for found, ends in shutting_down(text, context.today):
                    yield cell.id, f"{found} shuts down on {ends}"


@rule
def no_keys(notebook: NotebookNode, context: Context) -> Found:
    """Nothing that looks like a key, in text and in outputs."""
    for cell in notebook.cells:
        for text in (cell.source, *output_texts(cell)):
            if re.search(r"\bsk-\w", text) or KEY.search(text):
                yield cell.id, "it has something that looks like a key"


@rule
def no_machine_paths(notebook: NotebookNode, context: Context) -> Found:
    """No path of the machine that ran it."""
    for cell in notebook.cells:
        for text in (cell.source, *output_texts(cell)):
            if found := MACHINE_PATH.search(text):
                yield cell.id, f"it names a path of a machine: {text[found.start() :][:40]!r}"


@rule
def no_addresses(notebook: NotebookNode, context: Context) -> Found:
    """No address in memory, which is another one in every run."""
    for cell in code_cells(notebook):
        if any(ADDRESS.search(text) for text in output_texts(cell)):
            yield cell.id, "its output shows an address in memory; print something that lasts"


@rule
def coverage_is_known(notebook: NotebookNode, context: Context) -> Found:
    """`coverage` names subjects that exist, on cells that run."""
    for cell in notebook.cells:
        if "coverage" not in cell.metadata:
            continue
        if not isinstance(cell.metadata["coverage"], list):
            yield cell.id, "`coverage` is a list of ids"
        if cell.cell_type != "code":
            yield cell.id, "`coverage` belongs to the code cell that shows the subject"
        for subject in claimed(cell):
            if subject not in SUBJECTS:
                yield cell.id, f"there is no subject {subject!r}"


@rule
def syllabus_names_what_is_shown(notebook: NotebookNode, context: Context) -> Found:
    """The syllabus lists exactly the subjects that the lesson's cells show."""
    if context.promised is None:
        return
    shown = {subject for cell in notebook.cells for subject in claimed(cell)}
    for subject in sorted(shown - set(context.promised)):
        yield "", f"its cells show {subject}, and its `coverage` in syllabus.toml does not say so"
    for subject in sorted(set(context.promised) - shown):
        yield "", f"syllabus.toml says that it shows {subject}, and no cell does"


@rule
def tags_are_known(notebook: NotebookNode, context: Context) -> Found:
    """A misspelled tag would do nothing, silently."""
    for cell in notebook.cells:
        for tag in tags(cell):
            if tag not in KNOWN_TAGS:
                yield cell.id, f"there is no tag {tag!r}; there are {', '.join(sorted(KNOWN_TAGS))}"


def left_streams(notebook: NotebookNode, file: RecordingFile) -> list[str]:
    """Recorded streams that were left before their end, beyond those that a tagged cell leaves.

    Such an answer is cut: a replay ends where the reader stopped.
    """
    meant = sum(LEAVES_STREAM in tags(cell) for cell in notebook.cells)
    cut = [
        f"interactions[{number}] is a stream that was left before its end: "
        f"{str(interaction.request.body)[:200]}. Read the stream to its end, or tag the cell "
        f"{LEAVES_STREAM} if leaving is the lesson."
        for number, interaction in enumerate(file.interactions)
        if interaction.response.ended and interaction.response.ended.how == "closed by reader"
    ]
    return cut if len(cut) > meant else []


@lru_cache(maxsize=1)
def _model_id() -> re.Pattern[str]:
    """Matches any id of OpenAI's models: the course's own and those of the installed SDK."""
    from openai.types import ChatModel, EmbeddingModel

    known: set[str] = {m.id for m in (*models.CHAT_MODELS, *models.EMBED_MODELS)}
    known |= {*_literals(ChatModel), *_literals(EmbeddingModel), *models.shutdown_dates()}
    alternatives = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
    return re.compile(rf"(?<![\w./-])(?:{alternatives})(?![\w-]|\.\d)")


def _literals(kind: Any) -> list[str]:
    """The strings of a `Literal`, however nested."""
    from typing import get_args

    return [
        text
        for part in get_args(kind)
        for text in ([part] if isinstance(part, str) else _literals(part))
    ]


def model_ids_in(text: str) -> list[str]:
    """The ids of OpenAI's models in a text, each once, in order."""
    return list(dict.fromkeys(_model_id().findall(text)))


def shutting_down(text: str, today: date) -> list[tuple[str, date]]:
    """The models in a text that are shut down or will be within 120 days, with the day."""
    dates = models.shutdown_dates()
    return [
        (found, dates[found])
        for found in model_ids_in(text)
        if found in dates and dates[found] <= today + NOTICE
    ]
