"""The first files of a lesson and of an exercise: small ones that work, for their author to change.

What is written builds, obeys the rules of `lint`, and passes the tests of exercises as it is, so an
author always begins from something green. Nothing is overwritten.
"""

from __future__ import annotations

import json
import keyword
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from .. import syllabus
from ..exercises import registry
from ..exercises.model import Difficulty, Exercise
from ..syllabus import Lesson, SyllabusError
from . import frame
from .build import BEGIN, END, NOTEBOOK_METADATA
from .coverage import SUBJECTS
from .files import Course, NotebookError, Opened, label, open_notebook, replace, written

EXERCISE_ID = re.compile(r"\d\d\.[1-9]\d*")
FUNCTION = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
TITLE = re.compile(r"[a-z].*[^.!?]")
LONGEST_HEADING = 80


@dataclass
class Draft:
    """Files that are to be written, all of them or none.

    Attributes:
        new: files that must not exist yet, with their content.
        changed: files that exist, with their content before and after.
    """

    new: dict[Path, bytes] = field(default_factory=dict)
    changed: dict[Path, tuple[bytes, bytes]] = field(default_factory=dict)

    def write(self) -> list[Path]:
        """Write the files and return their paths.

        Raises:
            NotebookError: if a file exists already, or was changed since it was read. Nothing is
                written then.
        """
        for path in self.new:
            if path.exists():
                raise NotebookError(
                    f"{shown(path)} exists already, and nothing was written. Choose another name, "
                    "or remove the file if you don't need it."
                )
        for path, (was, _) in self.changed.items():
            if path.read_bytes() != was:
                raise NotebookError(f"{shown(path)} was changed meanwhile. Save it, and try again.")
        for path, content in self.new.items():
            replace(path, content, None)
        for path, (was, content) in self.changed.items():
            replace(path, content, was)
        return [*self.new, *self.changed]


def shown(path: Path) -> str:
    """How messages name a file: notebooks by their lesson, others by their last three parts."""
    return label(path) if path.suffix == ".ipynb" else "/".join(path.parts[-4:])


# -- a lesson -------------------------------------------------------------------------------------


def new_lesson(
    course: Course, id: str, title: str, *, summary: str = "", covers: Sequence[str] = ()
) -> Draft:
    """A solution notebook for a lesson, and its entry in the syllabus.

    Args:
        course: where it goes.
        id: such as "07_search/a_passages".
        title: its heading.
        summary: its aim in one sentence, for the syllabus; made from the title if it is empty.
        covers: ids of the subjects that it shows.

    Raises:
        NotebookError: if the id, the title or a subject cannot be used, or the lesson exists; the
            message says what to do.
    """
    if not syllabus.NOTEBOOK_ID.fullmatch(id) or "/" not in id:
        raise NotebookError(
            f"{id!r} is not the id of a lesson. It has the id of a chapter, a slash, a letter from "
            "a to e, and a name: 07_search/a_passages."
        )
    title, summary = one_line(title, "title"), one_line(summary or f"{title}.", "summary")
    known_subjects(covers)
    draft = Draft()
    entry = named_already(course, id) or added(course, draft, id, title, summary, covers)
    notebook = nbformat.v4.new_notebook(cells=lesson_cells(entry), metadata=NOTEBOOK_METADATA)
    if course.lesson(id).exists():
        raise NotebookError(
            f"{label(course.lesson(id))} exists already, without a source in solutions/. Move it "
            "away first, so that no work in it is lost."
        )
    draft.new[course.solution(id)] = written(notebook)
    return draft


def one_line(text: str, what: str) -> str:
    """Text without spaces around it. Raises NotebookError if it is empty or has several lines."""
    text = text.strip()
    if not text or "\n" in text:
        raise NotebookError(f"The {what} is one line of text, not {text!r}.")
    return text


def known_subjects(covers: Sequence[str]) -> None:
    """Make sure that subjects exist. Raises NotebookError."""
    for subject in covers:
        if subject not in SUBJECTS:
            raise NotebookError(
                f"There is no subject {subject!r}. The subjects are in utils/notebooks/coverage.py:"
                f" {', '.join(SUBJECTS)}."
            )


def named_already(course: Course, id: str) -> Lesson | None:
    """The lesson if the syllabus names it already, because its entry was written by hand."""
    try:
        return course.syllabus.lesson(id)
    except SyllabusError:
        return None


def added(
    course: Course, draft: Draft, id: str, title: str, summary: str, covers: Sequence[str]
) -> Lesson:
    """Add a lesson to the draft's syllabus, at the end of its chapter, and return it."""
    try:
        chapter = course.syllabus.chapter(id)
    except SyllabusError:
        raise NotebookError(
            f"{syllabus.FILE} has no chapter {id.partition('/')[0]}. Add a [[chapter]] table with "
            "id, title and summary where it belongs, then run this again."
        ) from None
    if chapter.flat:
        raise NotebookError(
            f"Chapter {chapter.id} is one notebook (`flat = true` in {syllabus.FILE}). To divide "
            "it, remove `flat` and `coverage` from its table first, then add its lessons and move "
            "its cells into them."
        )
    letter, place = id.partition("/")[2][0], len(chapter.lessons)
    if place >= 5 or letter != "abcde"[place]:
        free = f"begins with {'abcde'[place]}_" if place < 5 else "would be the sixth; five is most"
        raise NotebookError(f"The next lesson of {chapter.id} {free}. {id} does not fit.")
    path = course.root / syllabus.FILE
    was = path.read_bytes()
    text = with_lesson(was.decode("utf-8"), id, title, summary, covers)
    entry = syllabus.parse(tomllib.loads(text)).lesson(id)
    draft.changed[path] = (was, text.encode("utf-8"))
    return entry


def with_lesson(text: str, id: str, title: str, summary: str, covers: Sequence[str]) -> str:
    """The text of a syllabus with one more lesson at the end of its chapter; the rest is kept."""
    chapter, _, name = id.partition("/")
    lines = text.splitlines()
    named = re.compile(rf"""\s*id\s*=\s*["']{re.escape(chapter)}["']""")
    start = next(number for number, line in enumerate(lines) if named.match(line))
    later = (n for n in range(start, len(lines)) if lines[n].strip() == "[[chapter]]")
    end = next(later, len(lines))
    while end > start and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    entry = [
        "",
        "[[chapter.lesson]]",
        f"id = {quoted(name)}",
        f"title = {quoted(title)}",
        f"summary = {quoted(summary)}",
        f"coverage = [{', '.join(map(quoted, covers))}]",
    ]
    return "\n".join([*lines[:end], *entry, *lines[end:]]) + "\n"


def quoted(text: str) -> str:
    """A string of TOML."""
    return json.dumps(text, ensure_ascii=False)


def lesson_cells(lesson: Lesson) -> list[NotebookNode]:
    """The cells of a lesson that asks one question, of a script until it is recorded."""
    covers = {"coverage": list(lesson.coverage)} if lesson.coverage else {}
    return [
        text(
            "title",
            f"# {lesson.title}\n\n{lesson.summary}\n\n**You will**\n\n"
            "- send a question and read the answer;\n"
            "- put three or four things here that a reader can do afterwards.\n\n"
            "**Time:** the builder writes this line.",
        ),
        code(
            "setup",
            "from utils import CHAT_MODEL\nfrom utils.scripted import ScriptedAPI, says\n\n"
            "# When the lesson is recorded, write this in place of the script:\n"
            f'# client = connect("{lesson.id}")\n'
            'client = ScriptedAPI([], otherwise=says("Yes, from ten to four.")).client()',
        ),
        text(
            "first-request-why",
            "## Ask a question\n\nSay why a reader would want this. Then show the smallest example "
            "that works:",
        ),
        code(
            "first-request",
            "response = client.chat.completions.create(\n    model=CHAT_MODEL,\n"
            '    messages=[{"role": "user", "content": "Is the store open on Sunday?"}],\n)\n'
            'print("simulated:", response.choices[0].message.content)',
            **covers,
        ),
        text(
            "recap",
            "## In this lesson you\n\n- sent a question and read the answer.\n\n"
            "**Next:** the builder writes this line.",
        ),
    ]


def text(id: str, source: str) -> NotebookNode:
    """A cell of text."""
    return nbformat.v4.new_markdown_cell(source, id=id)


def code(id: str, source: str, **metadata: object) -> NotebookNode:
    """A cell of code."""
    return nbformat.v4.new_code_cell(source, id=id, metadata=metadata)


# -- an exercise ----------------------------------------------------------------------------------


def new_exercise(
    course: Course,
    id: str,
    function: str,
    *,
    title: str,
    difficulty: Difficulty,
    lesson: str = "",
    covers: Sequence[str] = (),
    after: str = "",
) -> Draft:
    """The module of an exercise, its cells in a lesson, and the answers that test it.

    Args:
        course: where they go.
        id: such as "07.3".
        function: the name of the learner's function.
        title: the job, as an imperative in lower case.
        difficulty: easy, medium or stretch.
        lesson: id or number of the lesson; may be empty if the chapter has only one.
        covers: ids of the subjects that it practices; by default that of the lesson.
        after: id of the cell behind which its cells go; by default they go before the last one.

    Raises:
        NotebookError: if something cannot be used or exists already; the message says what to do.
    """
    exercise = described(id, function, title, difficulty)
    into = lesson_for(course, exercise, lesson)
    known_subjects(covers)
    if not covers and len(into.coverage) != 1:
        shows = ", ".join(into.coverage) or "no subject"
        raise NotebookError(
            f"Name the subject that {id} practices, such as `--covers E2`: {into.id} shows {shows}."
        )
    exercise.covers = list(covers or into.coverage)
    source = open_notebook(course.solution(into.id))
    draft = Draft()
    utils, tests = course.root / "utils" / "exercises", course.root / "tests" / "exercises"
    package = utils / f"ch{exercise.chapter}" / "__init__.py"
    if not package.exists():
        about = course.syllabus.chapter(into.id).title
        docstring = f'"""Exercises of chapter {int(exercise.chapter)}: {about}."""\n'
        draft.new[package] = docstring.encode("utf-8")
    draft.new[package.with_name(f"{function}.py")] = module(exercise).encode("utf-8")
    answers = tests / f"ch{exercise.chapter}" / f"answers_{function}.py"
    draft.new[answers] = ANSWERS.format(id=id, function=function).encode("utf-8")
    notebook = with_exercise(source, exercise, after)
    draft.changed[source.path] = (source.content, written(notebook))
    return draft


def described(id: str, function: str, title: str, difficulty: Difficulty) -> Exercise:
    """An exercise without cases. Raises NotebookError if it cannot be one."""
    if not EXERCISE_ID.fullmatch(id):
        raise NotebookError(
            f"{id!r} is not the id of an exercise. It has the number of the chapter and the next "
            "number that is free in it: 07.3."
        )
    if not FUNCTION.fullmatch(function) or keyword.iskeyword(function):
        raise NotebookError(f"{function!r} is not the name of a function, such as rank_articles.")
    title = one_line(title, "title")
    if not TITLE.fullmatch(title):
        raise NotebookError(
            f"The title is the job in lower case and has no period, such as 'measure time to first "
            f"token', not {title!r}."
        )
    for other in registry.every():
        for what, ours, theirs in (
            ("id", id, other.id),
            ("function", function, other.function),
            ("title", title, other.title),
        ):
            if ours == theirs:
                raise NotebookError(
                    f"Exercise {other.id}, {other.function}(), has the {what} {ours!r} already. "
                    f"Choose another {what}."
                )
    exercise = Exercise(id=id, function=function, title=title, difficulty=difficulty, hints=[])
    if (length := len(frame.heading(exercise).removeprefix("### "))) > LONGEST_HEADING:
        raise NotebookError(
            f"The heading would have {length} characters, and {LONGEST_HEADING} are most. Choose "
            "a shorter title."
        )
    return exercise


def lesson_for(course: Course, exercise: Exercise, wanted: str) -> Lesson:
    """The lesson that an exercise goes into. Raises NotebookError."""
    inside = [one for one in course.syllabus.lessons if one.id[:2] == exercise.chapter]
    if not inside:
        raise NotebookError(
            f"Chapter {exercise.chapter} has no lesson yet. Begin one with `course new lesson`."
        )
    if not wanted and len(inside) == 1:
        return inside[0]
    try:
        ids = course.syllabus.select([wanted]) if wanted else []
    except SyllabusError as error:
        raise NotebookError(str(error)) from None
    if len(ids) == 1 and ids[0][:2] != exercise.chapter:
        raise NotebookError(
            f"Exercise {exercise.id} belongs to chapter {exercise.chapter}, and {ids[0]} does not."
        )
    if len(ids) != 1:
        names = ", ".join(one.id for one in inside)
        raise NotebookError(f"Name one lesson with --lesson. Chapter {exercise.chapter}: {names}.")
    return course.syllabus.lesson(ids[0])


def with_exercise(source: Opened, exercise: Exercise, after: str) -> NotebookNode:
    """A solution notebook with the cells of one more exercise."""
    notebook, slug = source.notebook, exercise.function.replace("_", "-")
    cells = [
        text(f"task-{slug}", f"### Exercise {exercise.id}\n\n{TASK}"),
        code(
            f"write-{slug}",
            SOLUTION.format(function=exercise.function, begin=BEGIN, end=END),
            exercise=exercise.id,
        ),
        code(f"check-{slug}", f'check("{exercise.id}", {exercise.function})'),
    ]
    ids = [cell.id for cell in notebook.cells]
    for cell in cells:
        if cell.id in ids:
            raise NotebookError(f"{label(source.path)} has a cell with the id {cell.id} already.")
    if after and after not in ids:
        raise NotebookError(f"{label(source.path)} has no cell with the id {after!r}.")
    place = ids.index(after) + 1 if after else max(len(ids) - 1, 0)
    missing = needed(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and re.search(r"^from utils import", cell.source, re.MULTILINE):
            cell.source = with_imports(cell.source, missing)
            break
    else:
        cells[1].source = f"{with_imports('', missing)}\n\n\n{cells[1].source}".lstrip("\n")
    notebook.cells[place:place] = cells
    return notebook


NEEDED = {"OpenAI": "openai", "CHAT_MODEL": "utils", "check": "utils"}
"""Names that the cells of an exercise use, and where they come from."""


def needed(notebook: NotebookNode) -> dict[str, list[str]]:
    """Names that no cell imports yet, by the module they come from."""
    found: dict[str, list[str]] = {}
    sources = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    for name, source in NEEDED.items():
        if not re.search(rf"^from {source} import .*\b{name}\b", sources, re.MULTILINE):
            found.setdefault(source, []).append(name)
    return found


def with_imports(source: str, wanted: dict[str, list[str]]) -> str:
    """A cell's code that imports more names; a line that imports from the same module grows."""
    for place, names in sorted(wanted.items(), reverse=True):
        line = re.compile(rf"^from {place} import ([\w, ]+)$", re.MULTILINE)
        if found := line.search(source):
            have = [name.strip() for name in found[1].split(",")]
            both = sorted({*have, *names}, key=import_order)
            source = line.sub(f"from {place} import {', '.join(both)}", source, count=1)
        else:
            new = f"from {place} import {', '.join(sorted(names, key=import_order))}"
            first = re.search(r"^from utils\b", source, re.MULTILINE)
            at = first.start() if first else 0
            source = f"{source[:at]}{new}\n\n{source[at:]}".rstrip("\n")
    return source


def import_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, each by name, as ruff sorts them."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name


TASK = """\
Write a function that sends a customer's `question` as a user message in one request, and returns \
the text of the answer."""

SOLUTION = '''\
def {function}(client: OpenAI, question: str) -> str | None:
    """Return the model's answer to a question."""
    {begin}
    response = client.chat.completions.create(
        model=CHAT_MODEL, messages=[{{"role": "user", "content": question}}]
    )
    return response.choices[0].message.content
    {end}'''


def module(exercise: Exercise) -> str:
    """The text of an exercise's module, with two cases."""
    return MODULE.format(
        constant=exercise.function.upper(),
        id=exercise.id,
        function=exercise.function,
        title=quoted(exercise.title),
        difficulty=exercise.difficulty,
        covers=", ".join(map(quoted, exercise.covers)),
    )


MODULE = '''\
"""A customer's question, asked once."""

from __future__ import annotations

from ...scripted import says
from ..model import Exercise, Run
from ..world import question_and_answer

{constant} = Exercise(
    id="{id}",
    function="{function}",
    title={title},
    difficulty="{difficulty}",
    covers=[{covers}],
    hints=[
        "A request needs a model and a list of messages. Here, one message is enough.",
        "The text is in response.choices[0].message.content.",
    ],
)


@{constant}.case()
def returns_text(run: Run) -> None:
    """it returns the text of the answer"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.returned(answer)


@{constant}.case(hint="send the question as it is, and only once")
def asks_once(run: Run) -> None:
    """it sends the question as a user message, in one request"""
    question, answer = question_and_answer(run.rng)
    result = run([says(answer)], question)
    result.sent(1)
    result.request(1).has_messages([{{"role": "user", "content": question}}])
'''

ANSWERS = '''\
"""Answers for {id} {function}."""

from exercise_answers import CHAT_MODEL, right, wrong


@right
def with_responses(client, question):
    return client.responses.create(model=CHAT_MODEL, input=question).output_text


def asked(client, role, text):
    messages = [{{"role": role, "content": text}}]
    return client.chat.completions.create(model=CHAT_MODEL, messages=messages)


@wrong("partly right", "developer")
def as_instructions(client, question):
    return asked(client, "developer", question).choices[0].message.content


@wrong("partly right", "It returned")
def the_whole_message(client, question):
    return asked(client, "user", question).choices[0].message


@wrong("wrong", "It sent request 2")
def asks_twice(client, question):
    asked(client, "user", question)
    return asked(client, "user", question).choices[0].message.content
'''
