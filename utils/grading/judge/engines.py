"""Many submissions at once: threads on this machine, or an engine for several machines.

Both run the same `Job`s: plain data with the submission's code in it, so that a machine needs no
shared file system, only the course, Python and bubblewrap.

For several machines this uses Dask's `distributed`. It was chosen because one package gives both
ways with the same three lines (`Client`, `submit`, `as_completed`): embedded, where it starts its
own workers on this machine, and on an existing cluster, by the scheduler's address; because it
retries a job whose worker died; and because sites that have a cluster of any kind (SLURM,
Kubernetes, JupyterHub) can start its workers there. Celery and RQ need a broker beside them, Ray is
far larger and comes for fewer platforms. On one machine it is not faster than threads: the work is
done in the sandboxes' own processes either way. Its protocol is not protected by itself: use it on
a network you trust, or with Dask's TLS settings.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ...exercises import registry
from .grade import Grade, Seat, grade
from .sandbox import CourseCopy, HostGone, SandboxUnavailable, Setting, Way, open_host
from .submissions import Submission


class EngineUnavailable(Exception):
    """The engine cannot be used. The message says what to do."""


@dataclass(frozen=True)
class Job:
    """One submission to grade. `preload` names modules worth loading once."""

    submission: Submission
    exercises: tuple[str, ...]
    seed: int
    key: str
    way: Way
    preload: tuple[str, ...] = ()

    def to_plain(self) -> dict[str, Any]:
        """The job as JSON-able data."""
        return {**vars(self), "submission": self.submission.to_plain()}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Job:
        made = {**plain, "submission": Submission.from_plain(plain["submission"])}
        made |= {"exercises": tuple(plain["exercises"]), "preload": tuple(plain["preload"])}
        return cls(**made)


@dataclass(frozen=True)
class FailedJob:
    """A job that the grader itself could not do. Nothing is kept, so that the next run tries."""

    job: Job
    reason: str


def run_job(job: Job, seat: Seat) -> Grade:
    """Grade one submission at a seat."""
    exercises = [registry.get(id) for id in job.exercises]
    return grade(job.submission, exercises, seat, seed=job.seed, key=job.key)


def links_of(setting: Setting) -> dict[str, str]:
    """Names that the cells find in their folder: the chapters' data."""
    return {"data": setting.data} if setting.data else {}


def run_local(
    jobs: Sequence[Job], workers: int, setting: Setting
) -> Generator[Grade | FailedJob, None, None]:
    """Grade on this machine, `workers` at once. Raises SandboxUnavailable."""
    waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[Grade | FailedJob | SandboxUnavailable | None] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    workers = max(1, min(workers, len(jobs)))
    over = threading.Event()

    seats = [Seat(lambda: open_host(setting), links_of(setting)) for _ in range(workers)]

    def work(seat: Seat) -> None:
        try:
            while not over.is_set():
                try:
                    job = waiting.get_nowait()
                except queue.Empty:
                    break
                assert job is not None
                try:
                    done.put(run_job(job, seat))
                except SandboxUnavailable as error:
                    done.put(error)
                    break
                except Exception as error:
                    done.put(FailedJob(job, f"{type(error).__name__}: {error}"))
                    seat.close()
        finally:
            seat.close()
            done.put(None)

    threads = [threading.Thread(target=work, args=(seat,), name="grader") for seat in seats]
    for thread in threads:
        thread.start()
    running = workers
    try:
        while running:
            came = done.get()
            if came is None:
                running -= 1
            elif isinstance(came, SandboxUnavailable):
                raise came
            else:
                yield came
    finally:
        over.set()
        if running:
            for seat in seats:
                seat.stop()
        for thread in threads:
            thread.join()


# -- Dask -----------------------------------------------------------------------------------------

_local = threading.local()
_to_close: list[Callable[[], None]] = []


def _close_all() -> None:
    while _to_close:
        _to_close.pop()()


atexit.register(_close_all)


def run_plain(plain: dict[str, Any]) -> dict[str, Any]:
    """Grade a job on whatever machine this runs on; its sandbox stays for the next one."""
    job = Job.from_plain(plain)
    wanted = (job.way, job.preload)
    if getattr(_local, "wanted", None) != wanted:
        setting = Setting(job.way, CourseCopy(), list(job.preload))
        seat = Seat(lambda: open_host(setting), links_of(setting))

        def close() -> None:
            seat.close()
            setting.course.close()

        _to_close.append(close)
        _local.wanted, _local.seat = wanted, seat
    return run_job(job, _local.seat).to_plain()


def run_dask(
    jobs: Sequence[Job], workers: int, address: str | None
) -> Generator[Grade | FailedJob, None, None]:
    """Grade on Dask: on workers of its own, or on those of the scheduler at `address`.

    Raises EngineUnavailable.
    """
    try:
        from distributed import Client, LocalCluster, as_completed
    except ModuleNotFoundError as error:
        raise EngineUnavailable(
            f"--engine dask needs the package {error.name}, which is not installed. Install it "
            "with:  python -m pip install distributed"
        ) from None
    cluster: Any = None
    try:
        if address is None:
            cluster = LocalCluster(
                n_workers=max(1, min(workers, len(jobs))),
                threads_per_worker=1,
                processes=False,  # jobs cross no port; the sandboxes are processes of their own
                dashboard_address="127.0.0.1:0",
                worker_dashboard_address="127.0.0.1:0",
            )
        client = Client(cluster if address is None else address, timeout=10)
    except (OSError, ValueError, TimeoutError) as error:
        if cluster is not None:
            cluster.close()
        raise EngineUnavailable(
            f"No Dask scheduler answers at {address}: {error}. Start one with `dask scheduler`, "
            "and workers with `dask worker ADDRESS --nthreads 1`."
        ) from None
    try:
        futures = {
            client.submit(run_plain, job.to_plain(), pure=False, retries=2): job for job in jobs
        }
        for future in as_completed(list(futures)):
            job = futures.pop(future)
            error = future.exception()
            if error is None:
                yield Grade.from_plain(future.result())
            elif isinstance(error, SandboxUnavailable):
                raise error
            else:
                yield FailedJob(job, f"{type(error).__name__}: {error}")
            future.release()
    finally:
        client.close()
        if cluster is not None:
            _close_all()
            cluster.close()


def processors() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def preload_for(submissions: Iterable[Submission], known: Sequence[str]) -> list[str]:
    """Of the known modules those that a submission mentions."""
    text = "\n".join(cell for s in submissions for p in s.parts for cell in p.cells)
    return [name for name in known if name.partition(".")[0] in text]


__all__ = [
    "EngineUnavailable",
    "FailedJob",
    "HostGone",
    "Job",
    "preload_for",
    "processors",
    "run_dask",
    "run_local",
]
