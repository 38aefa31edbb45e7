"""An nbgrader assignment from a solutions notebook; `course nbgrader` writes it.

The cell of an exercise becomes a solution cell (nbgrader knows the same markers), the cell that
checks it becomes a test cell worth the exercise's visible points. Its last expression is the score,
which nbgrader takes as partial credit. The verdict is displayed above it. Learners and the grading
machine need the course installed. Hidden cases are not played: nbgrader runs `check` itself, in the
process of the learner's code, where a submission can patch it. `course grade` makes its verdicts
outside; this is for sites that have nbgrader already.

Source: nbgrader.readthedocs.io, "Creating and grading assignments", and the function
`nbgrader.utils.determine_grade`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from ..exercises import registry

SCHEMA = 3
"""Version of nbgrader's cell metadata."""

_CHECK = re.compile(r"""^\s*check\(\s*["'](\d\d\.\d+)["']\s*(?:,\s*\w+\s*)?\)\s*;?\s*$""")


class NoExercise(LookupError):
    """The notebook has no exercise. The message says what an exercise's cell looks like."""

    def __str__(self) -> str:
        return str(self.args[0])


def assignment(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """The source notebook of an assignment, with every exercise of a solutions notebook.

    Raises:
        NoExercise: No cell has an exercise's id in its metadata.
        UnknownExercise: A cell names an exercise that does not exist.
    """
    made = copy.deepcopy(dict(notebook))
    exercises = 0
    for cell in made["cells"]:
        if cell["cell_type"] != "code":
            continue
        cell["outputs"], cell["execution_count"] = [], None
        source = "".join(cell["source"])
        id = cell["metadata"].get("exercise")
        checked = _CHECK.match(source)
        if id:
            registry.get(id)
            exercises += 1
            cell["metadata"]["nbgrader"] = _metadata(f"solution-{id}", solution=True)
        elif checked:
            exercise = registry.get(checked[1])
            cell["source"] = graded_check(exercise.id)
            cell["metadata"]["nbgrader"] = _metadata(
                f"check-{exercise.id}", grade=True, locked=True, points=exercise.max_score()
            )
    if not exercises:
        raise NoExercise(
            'The notebook has no exercise: no code cell has "exercise": "NN.N" in its metadata.'
        )
    return made


def graded_check(id: str) -> str:
    """The code of a test cell: it shows the verdict, and its value is the score."""
    function = registry.get(id).function
    return f'verdict = check("{id}", {function})\ndisplay(verdict)\nverdict.score'


def _metadata(name: str, **values: Any) -> dict[str, Any]:
    usual = {"grade": False, "solution": False, "locked": False, "task": False}
    return {**usual, "schema_version": SCHEMA, "grade_id": name.replace(".", "-"), **values}
