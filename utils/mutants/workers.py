"""Mutants played in several processes. One that hangs or dies costs its mutant, not the run."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from .mutation import Mutant
from .trial import SolutionFails, Trial, steady_luck, try_out

PATIENCE = 90.0
"""Real seconds for one mutant, after which its process is ended."""

ENVIRONMENT = {"PYTHONHASHSEED": "0", "COURSE_PACE": "0"}
"""So that two runs find the same."""

_spawn = multiprocessing.get_context("spawn")


class MutantWorker:
    """A process that plays one mutant at a time."""

    def __init__(self, seeds: int) -> None:
        self.mutant: Mutant | None = None
        self.seeds = seeds
        self._since = 0.0
        self._start()

    def _start(self) -> None:
        self.pipe, other = _spawn.Pipe()
        self._process = _spawn.Process(target=_serve, args=(other, self.seeds), daemon=True)
        self._process.start()
        other.close()

    def give(self, mutant: Mutant) -> None:
        """Hand over a mutant."""
        self.mutant, self._since = mutant, time.monotonic()
        self.pipe.send(mutant)

    def overdue(self) -> bool:
        """Whether its mutant takes too long."""
        return self.mutant is not None and time.monotonic() - self._since > PATIENCE

    def take(self) -> Trial:
        """What came of the mutant; also if the process died of it. Raises SolutionFails."""
        mutant, self.mutant = self.mutant, None
        assert mutant is not None
        if not self.pipe.poll():  # overdue
            self._restart()
            return Trial(mutant, "killed", ended="its process had to be ended")
        try:
            came = self.pipe.recv()
        except (EOFError, OSError):
            self._restart()
            return Trial(mutant, "killed", ended="its process died")
        if isinstance(came, SolutionFails):
            raise came
        return came

    def _restart(self) -> None:
        self.close()
        self._start()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _serve(pipe: Connection, seeds: int) -> None:
    steady_luck()
    while True:
        try:
            mutant = pipe.recv()
        except EOFError:
            return
        try:
            came: Any = try_out(mutant, seeds)
        except SolutionFails as error:
            came = error
        pipe.send(came)


def try_all(mutants: Sequence[Mutant], *, seeds: int = 1, jobs: int = 0) -> Iterator[Trial]:
    """Play mutants, and give what came of each as soon as it is known.

    Args:
        seeds: As in `try_out`.
        jobs: Processes; 0 for one each processor.

    Raises:
        SolutionFails: A model solution fails.
    """
    os.environ.update(ENVIRONMENT)
    jobs = min(jobs or os.cpu_count() or 1, len(mutants))
    left = list(reversed(mutants))
    workers = [MutantWorker(seeds) for _ in range(jobs)]
    try:
        for worker in workers:
            worker.give(left.pop())
        while busy := [worker for worker in workers if worker.mutant is not None]:
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in busy:
                if worker.pipe in ready or worker.overdue():
                    yield worker.take()
                    if left:
                        worker.give(left.pop())
    finally:
        for worker in workers:
            worker.close()
