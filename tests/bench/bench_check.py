"""What `check()` costs in a notebook: the model solution of every exercise, checked repeatedly.

The figure is the median over all exercises. The first check of a kernel loads the SDK and is left
out; `bench_grading` shows it. Times are CPU time, which a busy machine does not change much, and
wall time beside it.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from utils.exercises import every
from utils.grading import check
from utils.grading.solutions import defined, notebook_of, solution_cell, solution_source

ROUNDS = 5
LIMIT = 50.0
"""Milliseconds that the median stays below."""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["COURSE_DATA_DIR"] = folder
        measure()


def measure() -> None:
    cpu: dict[str, float] = {}
    wall: dict[str, float] = {}
    for exercise in every():
        source = solution_source(solution_cell(exercise.id, notebook_of(exercise.id)))
        function = defined(exercise.id, exercise.function, source)
        check(exercise.id, function)
        times = [once(exercise.id, function) for _ in range(ROUNDS)]
        cpu[exercise.id] = statistics.median(first for first, _ in times)
        wall[exercise.id] = statistics.median(second for _, second in times)
    slowest = sorted(cpu, key=lambda id: -cpu[id])[:5]
    print(
        f"check() of {len(cpu)} exercises: {statistics.median(cpu.values()):.1f} ms of CPU time "
        f"(median), {statistics.median(wall.values()):.1f} ms in all; the limit is {LIMIT:g} ms"
    )
    print("slowest: " + ", ".join(f"{id} {cpu[id]:.0f} ms" for id in slowest), flush=True)


def once(id: str, function: object) -> tuple[float, float]:
    """CPU time and wall time of one check, in milliseconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    check(id, function)  # type: ignore[arg-type]
    return (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000


if __name__ == "__main__":
    main()
