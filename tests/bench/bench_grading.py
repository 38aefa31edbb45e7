"""What checking costs: `check()` in a notebook, and a class, beside `nbgrader autograde`.

The class is 20 submissions of eight exercises; half of the answers are right, the others are stubs
or raise. Both graders get the same functions. Times are wall time from start to end, seconds for
starting included.
"""

from __future__ import annotations

import ast
import copy
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

sys.path.insert(0, str(Path(__file__).parents[2]))
from utils.exercises import Exercise, registry
from utils.grading.nbgrader import assignment
from utils.grading.solutions import notebook_of, solution_cell, solution_source
from utils.settings import ROOT
from utils.solution_regions import STUB, without_solutions

EXERCISES = list(registry.of_chapter("01")[:8])
SUBMISSIONS, WORKERS = 20, 2
ROUNDS = 15

MEASURE = """
import statistics, time
taken = []
for _ in range({rounds}):
    for id in {ids}:
        started = time.perf_counter()
        check(id)
        taken.append(time.perf_counter() - started)
first, *rest = [seconds * 1000 for seconds in taken]
print(f"check() in a notebook: the first {{first:.0f}} ms, then {{statistics.median(rest):.1f}} ms "
      f"(median), {{max(rest):.0f}} ms (most)")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {**os.environ, "COURSE_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT)}
        env |= {"COURSE_CHAT_MODEL": "simulated-chat", "COURSE_EMBED_MODEL": "simulated-embed"}
        env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
        os.environ.update(env)
        check_in_a_notebook()
        ours = course_grade(folder / "class", env)
        theirs = nbgrader_autograde(folder / "course", env)
    print(f"ratio: {theirs / ours:.1f} x faster than nbgrader autograde")


def answer(exercise: Exercise, student: int) -> str:
    """The student's cell for an exercise: right, right, a stub, or one that raises."""
    cell = solution_cell(exercise.id, notebook_of(exercise.id))
    kind = (student + int(exercise.id.partition(".")[2])) % 4
    if kind < 2:
        return solution_source(cell)
    stub, _ = without_solutions(cell, exercise.id)
    return stub if kind == 2 else stub.replace(STUB, "raise ValueError")


def imports(notebooks: Sequence[dict[str, Any]]) -> str:
    """The import statements of notebooks, the course's own replaced by `check` and model ids."""
    lines = ["from utils import CHAT_MODEL, EMBED_MODEL, check"]
    for cell in (cell for notebook in notebooks for cell in notebook["cells"]):
        try:
            nodes = ast.parse("".join(cell["source"])).body if cell["cell_type"] == "code" else []
        except SyntaxError:  # a magic command
            continue
        for node in nodes:
            own = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("utils")
            if isinstance(node, ast.Import | ast.ImportFrom) and not own:
                lines.append(ast.unparse(node))
    return "\n".join(dict.fromkeys(lines))


def source_notebook() -> dict[str, Any]:
    """The imports of the solutions notebooks, and cell and check of each of the exercises."""
    paths = dict.fromkeys(notebook_of(exercise.id) for exercise in EXERCISES)
    notebooks = [json.loads(path.read_text("utf-8")) for path in paths]
    kept = [nbformat.v4.new_code_cell(imports(notebooks))]
    for exercise in EXERCISES:
        source = solution_cell(exercise.id, notebook_of(exercise.id))
        metadata = {"exercise": exercise.id}
        kept.append(nbformat.v4.new_code_cell(source, metadata=metadata))
        kept.append(nbformat.v4.new_code_cell(f'check("{exercise.id}", {exercise.function})'))
    return {**notebooks[0], "cells": kept}


def filled_in(notebook: dict[str, Any], student: int) -> str:
    """The notebook with the student's answers."""
    made = copy.deepcopy(notebook)
    for cell in made["cells"]:
        id = cell["metadata"].get("exercise")
        if id:
            cell["source"] = answer(registry.get(id), student)
    return json.dumps(made)


def check_in_a_notebook() -> None:
    notebook = nbformat.v4.new_notebook()
    first = "".join(source_notebook()["cells"][0]["source"])
    cells = [first, *(solution_source(solution_cell(e.id, notebook_of(e.id))) for e in EXERCISES)]
    cells.append(MEASURE.format(rounds=ROUNDS, ids=[e.id for e in EXERCISES]))
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    executed = NotebookClient(notebook).execute()
    print(executed.cells[-1].outputs[0].text, end="", flush=True)


def course_grade(folder: Path, env: dict[str, str]) -> float:
    """Seconds a submission."""
    folder.mkdir()
    notebook = source_notebook()
    for student in range(SUBMISSIONS):
        path = folder / f"student-{student:02}.ipynb"
        path.write_text(filled_in(notebook, student), encoding="utf-8")
    call = [sys.executable, "-m", "utils.cli", "grade", str(folder), "--jobs", str(WORKERS)]
    seconds = timed([*call, "--exercises", *(e.id for e in EXERCISES)], env)
    grades = json.loads((folder.with_name(f"{folder.name}-grades") / "grades.json").read_text())
    scores = [submission["score"] for submission in grades["submissions"]]
    print(
        f"course grade: {seconds:.1f} s for {SUBMISSIONS} submissions of {len(EXERCISES)} "
        f"exercises with {WORKERS} workers, {seconds / SUBMISSIONS:.2f} s a submission "
        f"({min(scores)} to {max(scores)} points)",
        flush=True,
    )
    return seconds / SUBMISSIONS


def nbgrader_autograde(folder: Path, env: dict[str, str]) -> float:
    """Seconds a submission."""
    source = folder / "source" / "ps1" / "01.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(assignment(source_notebook())), encoding="utf-8")
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    timed([*nbgrader, "generate_assignment", "ps1"], env, folder)
    released = json.loads((folder / "release" / "ps1" / "01.ipynb").read_text("utf-8"))
    for student in range(SUBMISSIONS):
        path = folder / "submitted" / f"student-{student:02}" / "ps1" / "01.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(filled_in(released, student), encoding="utf-8")
    seconds = timed([*nbgrader, "autograde", "ps1"], env, folder)
    graded = len(list((folder / "autograded").glob("*/ps1/01.ipynb")))
    print(
        f"nbgrader autograde: {seconds:.1f} s for {graded} submissions, "
        f"{seconds / graded:.2f} s a submission",
        flush=True,
    )
    return seconds / graded


def timed(command: list[str], env: dict[str, str], folder: Path | None = None) -> float:
    """Seconds that a command takes. Ends with its output if it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command[1:4])} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
        )
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
