"""The solution of an exercise, as it stands in the solutions notebook."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"


class SolutionMissing(LookupError):
    """No solution can be found. The message says in which file and what is missing there."""

    def __str__(self) -> str:
        return str(self.args[0])


def notebook_of(exercise: str, folder: Path | None = None) -> Path:
    """The solutions notebook of the exercise's chapter. Raises SolutionMissing."""
    if folder is None:
        from ..settings import ROOT

        folder = ROOT / "solutions"
    chapter = exercise.partition(".")[0]
    found = sorted(folder.glob(f"{chapter}_*.ipynb"))
    if not found:
        raise SolutionMissing(f"there is no notebook of chapter {chapter} in {folder.name}/")
    return found[0]


def solution_cell(exercise: str, notebook: Path) -> str:
    """Source of the cell whose metadata say `"exercise": id`, markers included.

    Raises SolutionMissing if the cell, or a marker in it, is missing, or if there are two.
    """
    cells = _cells(notebook)
    found = [c for c in cells if (c.get("metadata") or {}).get("exercise") == exercise]
    found = [c for c in found if c.get("cell_type") == "code"]
    if len(found) != 1:
        raise SolutionMissing(
            f"{notebook.name} has {len(found) or 'no'} code cell{'s' * (len(found) > 1)} with "
            f'"exercise": "{exercise}" in the metadata, and there should be one'
        )
    source = _source(found[0])
    if source.count(BEGIN) != 1 or source.count(END) != 1 or source.find(BEGIN) > source.find(END):
        raise SolutionMissing(
            f"the cell of exercise {exercise} in {notebook.name} does not have one {BEGIN} and, "
            f"below it, one {END}"
        )
    return source


def solution_source(cell: str) -> str:
    """The cell without its two marker lines: what a learner may run."""
    lines = [line for line in cell.splitlines() if line.strip() not in (BEGIN, END)]
    return textwrap.dedent("\n".join(lines)).strip() + "\n"


def stub_source(cell: str) -> str:
    """The cell with `raise NotImplementedError` in the place of the solution, as in chapters/."""
    made: list[str] = []
    inside = False
    for line in cell.splitlines():
        if line.strip() == BEGIN:
            indent = line[: len(line) - len(line.lstrip())]
            made.append(f"{indent}raise NotImplementedError")
            inside = True
        elif line.strip() == END:
            inside = False
        elif not inside:
            made.append(line)
    return "\n".join(made).strip() + "\n"


def _cells(notebook: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SolutionMissing(f"{notebook.name} cannot be read as a notebook: {error}") from error
    return [cell for cell in cells if isinstance(cell, dict)]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)
