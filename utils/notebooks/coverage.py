"""What the course covers, and which cell shows it.

A code cell names the subjects that it shows in its metadata: `"coverage": ["A1", "A7"]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

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
}
"""Every subject by its id."""


@dataclass(frozen=True, order=True)
class Shown:
    """A cell that shows a subject."""

    subject: str
    chapter: str
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
    """Which cell of which chapter shows what, in the order of the subjects."""
    return sorted(
        Shown(subject, chapter, cell.id)
        for chapter, notebook in notebooks.items()
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


def as_text(rows: list[Shown]) -> str:
    """The table for people."""
    lines = [f"{row.subject:<3} {row.title:<42} {row.chapter}#{row.cell}" for row in rows]
    lines += [f"{subject:<3} {SUBJECTS[subject]:<42} -" for subject in missing(rows)]
    return "\n".join(sorted(lines))
