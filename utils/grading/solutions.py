"""The solution of an exercise, from the solutions notebook that holds it."""

from __future__ import annotations

import ast
import json
import linecache
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..solution_regions import BEGIN, END, MarkerError, without_markers, without_solutions


class SolutionMissing(LookupError):
    """No solution can be found. The message says in which file and what is missing there."""

    def __str__(self) -> str:
        return str(self.args[0])


def notebook_of(exercise: str, folder: Path | None = None) -> Path:
    """The notebook of the exercise's chapter with the cell that holds its solution.

    Args:
        exercise: The id, `"03.4"`.
        folder: Where solutions are: `04_tools.ipynb`, or lessons in `03_streaming/`. By default
            the course's own.

    Raises:
        SolutionMissing: No notebook of the chapter, or more than one, has such a cell.
    """
    if folder is None:
        from ..settings import ROOT

        folder = ROOT / "solutions"
    chapter = exercise.partition(".")[0]
    notebooks = sorted([*folder.glob(f"{chapter}_*.ipynb"), *folder.glob(f"{chapter}_*/*.ipynb")])
    if not notebooks:
        raise SolutionMissing(f"there is no notebook of chapter {chapter} in {folder.name}/")
    found: list[Path] = []
    damaged: list[str] = []
    for notebook in notebooks:
        try:
            if any(_holds(cell, exercise) for cell in _cells(notebook)):
                found.append(notebook)
        except SolutionMissing as error:
            damaged.append(str(error))
    if len(found) == 1:
        return found[0]
    names = [notebook.relative_to(folder).as_posix() for notebook in found or notebooks]
    if found:
        raise SolutionMissing(
            f'{" and ".join(names)} in {folder.name}/ both have a code cell with "exercise": '
            f'"{exercise}" in the metadata, and there should be one'
        )
    if damaged:
        raise SolutionMissing("; ".join(damaged))
    raise SolutionMissing(
        f'no code cell has "exercise": "{exercise}" in the metadata; searched in {folder.name}/: '
        f"{', '.join(names)}"
    )


def solution_cell(exercise: str, notebook: Path) -> str:
    """Source of the cell whose metadata say `"exercise": id`, markers included.

    Raises SolutionMissing if the cell, or a marker in it, is missing, or if there are two.
    """
    found = [cell for cell in _cells(notebook) if _holds(cell, exercise)]
    if len(found) != 1:
        raise SolutionMissing(
            f"{notebook.name} has {len(found) or 'no'} code cell{'s' * (len(found) > 1)} with "
            f'"exercise": "{exercise}" in the metadata, and there should be one'
        )
    source = _source(found[0])
    where = f"the cell of exercise {exercise} in {notebook.name}"
    try:
        _, regions = without_solutions(source, where)
    except MarkerError as error:
        raise SolutionMissing(str(error).rstrip(".")) from error
    if regions != 1:
        raise SolutionMissing(f"{where} does not have one {BEGIN} and, below it, one {END}")
    return source


def solution_source(cell: str) -> str:
    """The cell without its two marker lines: what a learner may run."""
    return without_markers(cell)


MODELS = {"CHAT_MODEL": "simulated-model", "EMBED_MODEL": "simulated-embeddings"}
"""Names of the course that a lesson's cells use, and what they are outside a lesson."""


@cache
def lesson_imports(notebook: Path) -> str:
    """The import statements of a notebook's code cells, without those of the course itself."""
    lines: list[str] = []
    for cell in _cells(notebook):
        try:
            body = ast.parse(_source(cell)).body if cell.get("cell_type") == "code" else []
        except SyntaxError:  # a magic command, or a cell that shows an error
            continue
        for node in body:
            own = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("utils")
            if isinstance(node, ast.Import | ast.ImportFrom) and not own:
                lines.append(ast.unparse(node))
    return "\n".join(dict.fromkeys(lines))


@cache
def _compiled_imports(notebook: Path) -> Any:
    return compile(lesson_imports(notebook), "<imports>", "exec", dont_inherit=True)


def defined(exercise: str, function: str, source: str, **names: Any) -> Callable[..., Any]:
    """The function that a version of an exercise's cell defines, with its lesson's imports.

    Args:
        exercise: The id, `"03.4"`.
        function: The function's name.
        source: The cell, without markers.
        names: What else the cell may use.

    Raises:
        SolutionMissing: The exercise's notebook cannot be found, or the cell defines no such
            function.
    """
    file = f"<exercise {exercise}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {**MODELS, **names}
    exec(_compiled_imports(notebook_of(exercise)), namespace)
    exec(compile(source, file, "exec", dont_inherit=True), namespace)
    if not callable(namespace.get(function)):
        raise SolutionMissing(f"the cell of exercise {exercise} does not define {function}")
    return namespace[function]


def _cells(notebook: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(notebook.read_text(encoding="utf-8"))
        cells = content["cells"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SolutionMissing(f"{notebook.name} cannot be read as a notebook: {error}") from error
    return [cell for cell in cells if isinstance(cell, dict)]


def _holds(cell: Mapping[str, Any], exercise: str) -> bool:
    """Whether a cell is the code cell of the exercise."""
    metadata = cell.get("metadata") or {}
    return cell.get("cell_type") == "code" and metadata.get("exercise") == exercise


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(source) if isinstance(source, list) else str(source)
