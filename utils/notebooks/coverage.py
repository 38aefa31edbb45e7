"""What the course covers, and which cell shows it.

A code cell names the subjects that it shows in its metadata: `"coverage": ["A1", "A7"]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from ..exercises.model import Exercise

SUBJECTS = {
    "A1": "A message request and its answer",
    "A2": "The parameters of a request",
    "A3": "Finish reasons",
    "A4": "Conversations of several turns",
    "A5": "Temperature and its limits",
    "A6": "Examples, instructions and stop sequences",
    "A7": "Chat Completions and Responses",
    "A8": "Reasoning models",
    "A9": "Choosing a model",
    "B1": "Streaming, chunk by chunk",
    "B2": "The SDK's streaming helper",
    "B3": "Rendering a stream without freezing",
    "C1": "Defining and calling a tool",
    "C2": "The tool loop",
    "C3": "Tools from pydantic models",
    "C4": "Structured and bounded tool results",
    "D1": "Structured output",
    "E1": "Embeddings and similarity",
    "E2": "Semantic search and answers with sources",
    "E3": "Caching embeddings",
    "F1": "Typed errors",
    "F2": "Retries and backoff",
    "F3": "Concurrency and rate limits",
    "F4": "Request ids for triage",
    "G1": "Counting tokens",
    "G2": "Cost and how to lower it",
    "G3": "Troubleshooting",
    "H1": "Images and documents",
    "H2": "Habits for production",
    "I1": "Reasoning and its price",
    "I2": "State on the service",
    "I3": "Work that takes long",
    "I4": "Hosted tools and MCP",
    "I5": "Choosing a model by measuring",
    "I6": "Prompt caching",
    "I7": "Evaluation",
    "I8": "Serving",
    "I9": "Safety",
    "I10": "Files",
}
"""Every subject by its id."""

NOT_PRACTISED = ("G3",)
"""Subjects without an exercise: troubleshooting is a page of the site."""


@dataclass(frozen=True, order=True)
class Shown:
    """A cell that shows a subject."""

    subject: str
    lesson: str
    cell: str

    @property
    def title(self) -> str:
        """What the subject is, empty if there is no such subject."""
        return SUBJECTS.get(self.subject, "")


def claimed(cell: NotebookNode) -> list[str]:
    """The subjects that a cell says it shows."""
    found = cell.metadata.get("coverage", [])
    return [str(subject) for subject in found] if isinstance(found, list) else [str(found)]


def table(notebooks: Mapping[str, NotebookNode]) -> list[Shown]:
    """Which cell of which lesson shows what, in the order of the subjects."""
    return sorted(
        Shown(subject, lesson, cell.id)
        for lesson, notebook in notebooks.items()
        for cell in notebook.cells
        for subject in claimed(cell)
    )


def unknown(rows: list[Shown]) -> list[Shown]:
    """Rows whose subject does not exist."""
    return [row for row in rows if row.subject not in SUBJECTS]


def missing(rows: list[Shown]) -> list[str]:
    """Subjects that no cell shows yet."""
    shown = {row.subject for row in rows}
    return [subject for subject in SUBJECTS if subject not in shown]


def practised(exercises: Iterable[Exercise]) -> dict[str, list[str]]:
    """Ids of the exercises that practise each subject."""
    found: dict[str, list[str]] = {}
    for exercise in exercises:
        for subject in exercise.covers:
            found.setdefault(subject, []).append(exercise.id)
    return found


def unpractised(rows: list[Shown], exercises: Mapping[str, list[str]]) -> list[str]:
    """Subjects that a cell shows and no exercise practises, though they are to be practised."""
    shown = {row.subject for row in rows}
    return [s for s in SUBJECTS if s in shown and s not in exercises and s not in NOT_PRACTISED]


def as_text(rows: list[Shown], exercises: Mapping[str, list[str]] | None = None) -> str:
    """The table for people: a line for each subject in each lesson, with cells and exercises.

    Args:
        exercises: the ids of the exercises that practise each subject, as `practised` gives them.
    """
    lines = []
    for subject, title in SUBJECTS.items():
        start = f"{subject:<3} {title:<42}"
        lessons: dict[str, list[str]] = {}
        for row in rows:
            if row.subject == subject:
                lessons.setdefault(row.lesson, []).append(row.cell)
        for lesson, cells in lessons.items():
            lines.append(f"{start} {lesson}: {', '.join(cells)}")
            start = " " * 46
        if not lessons:
            lines.append(f"{start} -")
        if done := (exercises or {}).get(subject):
            lines.append(f"{'':46} exercises: {', '.join(done)}")
    return "\n".join(lines)
