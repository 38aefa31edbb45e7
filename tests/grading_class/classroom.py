"""A class for the tests: notebooks made of cells, two exercises, and what came of grading them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils import grade_command
from utils.exercises import registry

ASK = """
def ask_shop(client, instructions, question):
    response = client.chat.completions.create(
        model="gpt-6-luna",
        messages=[
            {"role": "developer", "content": instructions},
            {"role": "user", "content": question},
        ],
    )
    return response.choices[0].message.content
"""
"""A right answer to exercise 01.1, worth `OF_ASK` points."""

RECEIPT = """
def answer_with_receipt(client, question):
    response = client.chat.completions.create(
        model="gpt-6-luna", messages=[{"role": "user", "content": question}]
    )
    return {
        "text": response.choices[0].message.content,
        "prompt_tokens": response.usage.prompt_tokens,
        "completion_tokens": response.usage.completion_tokens,
        "request_id": response._request_id,
    }
"""
"""A right answer to exercise 01.2, worth `OF_RECEIPT` points."""

EXERCISES = ("01.1", "01.2")
OF_ASK, OF_RECEIPT = (registry.get(id).max_score(hidden=True) for id in EXERCISES)
MOST = OF_ASK + OF_RECEIPT


def notebook(*cells: str) -> str:
    """A notebook with these code cells, as it is on disk."""
    made = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": c}
        for c in cells
    ]
    content = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=True)


def ask_shop(*body: str) -> str:
    """A cell that defines `ask_shop` with this body."""
    lines = "\n".join(body).splitlines()
    indented = "\n".join(f"    {line}" for line in lines)
    return f"def ask_shop(client, instructions, question):\n{indented}\n"


@dataclass
class Graded:
    """What `course grade` left behind."""

    code: int
    out: Path
    content: dict[str, Any]
    left: set[int] = field(default_factory=set)

    def __getitem__(self, name: str) -> dict[str, Any]:
        found = [s for s in self.content["submissions"] if s["name"] == name]
        assert len(found) == 1, f"{name}: {len(found)} results"
        return found[0]

    def scores(self, name: str) -> list[int]:
        return [e["score"] for e in self[name]["exercises"]]

    def verdicts(self, name: str) -> list[str]:
        return [e["verdict"] for e in self[name]["exercises"]]

    def words(self, name: str) -> str:
        """Everything that the student would read."""
        from utils.grading.judge.grade import Grade

        grade = Grade.from_plain(self[name])
        return "\n".join([*map(str, grade.problems), *(j.text for j in grade.judgments)])


def grade(folder: Path, *options: str, exercises: Sequence[str] = EXERCISES) -> Graded:
    """Run `course grade` on a folder."""
    parser = argparse.ArgumentParser()
    grade_command.add_arguments(parser)
    given = [str(folder), *options]
    if exercises:
        given += ["--exercises", *exercises]
    code = grade_command.run(parser.parse_args(given))
    out = folder.with_name(f"{folder.name}-grades")
    file = out / "grades.json"
    return Graded(code, out, json.loads(file.read_text("utf-8")) if file.exists() else {})
