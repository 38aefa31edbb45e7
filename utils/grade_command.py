"""Grade a class: play the exercises to every submission in a folder, locked up in a sandbox.

A submission is a notebook (.ipynb) or a Python file, or a folder with one student's files. The
results lie beside the folder: grades.csv, grades.json, index.html, a report for each student, and
Gradescope's form. A second run grades only what is new or has changed.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from .exercises import Exercise, registry
from .grading.judge.engines import (
    EngineUnavailable,
    FailedJob,
    Job,
    preload_for,
    processors,
    run_dask,
    run_local,
)
from .grading.judge.grade import Grade, key_of, part_for, version_of
from .grading.judge.results import Results
from .grading.judge.sandbox import (
    KNOWN_MODULES,
    CourseCopy,
    SandboxUnavailable,
    Setting,
    require_bubblewrap,
)
from .grading.judge.submissions import Submission, read_all
from .notebooks.files import Course, NotebookError, open_notebook
from .notebooks.frame import exercises_in

WITHOUT_SANDBOX = (
    "Grading WITHOUT a sandbox: the submissions run with your rights. They can read and delete "
    "your files, use your network, read the solutions and tests of this course, use up memory, and "
    "leave programs running. Only the verdict is made outside their process. Trust every one."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="DIR", type=Path, help="the submissions")
    parser.add_argument(
        "--out", type=Path, help="where results go (default: DIR-grades, beside DIR)"
    )
    parser.add_argument("--jobs", type=int, metavar="N", help="submissions graded at once")
    parser.add_argument(
        "--exercises",
        nargs="+",
        metavar="ID",
        help="chapters, lessons or exercises, such as 01, 01a or 01.2 (default: the chapters that "
        "the submissions are about)",
    )
    parser.add_argument("--no-sandbox", action="store_true", help="trust every submission")
    parser.add_argument(
        "--engine",
        default="local",
        metavar="local|dask[:ADDRESS]",
        help="what runs the jobs: threads here, Dask here, or the Dask scheduler at an address",
    )
    parser.add_argument("--fresh", action="store_true", help="grade everything again")
    parser.add_argument(
        "--seed", type=int, help="varies the values in the scenarios (default: random, then kept)"
    )


def run(args: argparse.Namespace) -> int:
    try:
        return _run(args)
    except (
        SandboxUnavailable,
        EngineUnavailable,
        NotebookError,
        registry.UnknownExercise,
    ) as error:
        print(f"course grade: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    folder: Path = args.folder
    if not folder.is_dir():
        print(f"course grade: {folder} is not a folder", file=sys.stderr)
        return 1
    if args.jobs is not None and args.jobs < 1:
        print("course grade: --jobs must be at least 1", file=sys.stderr)
        return 1
    engine, _, address = args.engine.partition(":")
    if engine not in ("local", "dask") or (engine == "local" and address):
        print(
            f"course grade: there is no engine {args.engine!r}; choose local, dask, or "
            "dask:tcp://HOST:8786",
            file=sys.stderr,
        )
        return 1
    if args.no_sandbox:
        print(WITHOUT_SANDBOX, file=sys.stderr)
    else:
        require_bubblewrap()
    out: Path = args.out or folder.resolve().with_name(f"{folder.resolve().name}-grades")
    submissions = list(read_all(folder, out.resolve()))
    if not submissions:
        print(f"course grade: {folder} holds no notebook, Python file or folder", file=sys.stderr)
        return 1
    exercises = chosen(args.exercises, submissions)
    if not exercises:
        print(
            "course grade: no submission defines the function of an exercise; name the exercises: "
            f"--exercises {' '.join(registry.chapters()[:1])}",
            file=sys.stderr,
        )
        return 1
    results = Results(out)
    seed = results.seed(args.seed, fresh=args.fresh)
    way = "none" if args.no_sandbox else "sandbox"
    version = version_of(exercises)
    preload = tuple(preload_for(submissions, KNOWN_MODULES))
    grades: dict[str, Grade] = {}
    jobs: list[Job] = []
    for submission in submissions:
        key = key_of(submission, version, seed, way)
        known = None if args.fresh else results.known(submission.safe, key)
        if known is not None:
            grades[submission.safe] = known
        else:
            ids = tuple(e.id for e in exercises)
            jobs.append(Job(submission, ids, seed, key, way, preload))
    earlier = len(grades)
    workers = args.jobs or processors()
    failed: list[FailedJob] = []
    setting = Setting(way, CourseCopy(), list(preload))
    try:
        if jobs:
            _grade(jobs, engine, address, workers, setting, results, grades, failed)
    finally:
        setting.course.close()
        ordered = [grades[s.safe] for s in submissions if s.safe in grades]
        about = {"seed": seed, "version": version, "sandbox": not args.no_sandbox}
        if ordered:
            results.finish(ordered, exercises, about)
    _summary(ordered, failed, earlier, exercises, out)
    return 1 if failed else 0


def _grade(
    jobs: Sequence[Job],
    engine: str,
    address: str,
    workers: int,
    setting: Setting,
    results: Results,
    grades: dict[str, Grade],
    failed: list[FailedJob],
) -> None:
    from tqdm import tqdm

    if engine == "dask":
        coming = run_dask(jobs, workers, address or None)
    else:
        coming = run_local(jobs, workers, setting)
    bar = tqdm(total=len(jobs), desc="grading", unit="submission", dynamic_ncols=True)
    with bar, closing(coming):
        for came in coming:
            if isinstance(came, FailedJob):
                failed.append(came)
            else:
                results.keep(came)
                grades[came.safe] = came
            bar.update()


def chosen(given: Sequence[str] | None, submissions: Sequence[Submission]) -> list[Exercise]:
    """The exercises to grade. Raises UnknownExercise, and NotebookError for an unknown lesson."""
    if given:
        return list({one.id: one for name in given for one in _named(name)}.values())
    chapters = {
        exercise.chapter
        for exercise in registry.every()
        for submission in submissions
        if part_for(exercise, submission.parts) is not None
    }
    return [exercise for exercise in registry.every() if exercise.chapter in chapters]


def _named(name: str) -> Iterable[Exercise]:
    """The exercises that a chapter, a lesson or an exercise holds."""
    if re.fullmatch(r"\d\d\.\d+", name):
        return [registry.get(name)]
    chapter = re.fullmatch(r"(\d\d)(?:_[^/]*)?", name)
    if chapter:
        return registry.of_chapter(chapter[1])
    course = Course()
    notebooks = [open_notebook(course.lesson(id)).notebook for id in course.select([name])]
    found = [exercise for notebook in notebooks for exercise in exercises_in(notebook)]
    if not found:
        raise registry.UnknownExercise(f"{name} has no exercises.")
    return found


def _summary(
    grades: Sequence[Grade],
    failed: Sequence[FailedJob],
    earlier: int,
    exercises: Sequence[Exercise],
    out: Path,
) -> None:
    again = f", {earlier} of them in an earlier run" if earlier else ""
    print(
        f"{len(grades)} submissions graded{again}; exercises {', '.join(e.id for e in exercises)}"
    )
    if grades:
        mean = sum(g.score for g in grades) / len(grades)
        print(f"mean {mean:.1f} of {grades[0].max_score} points")
    troubled = [g for g in grades if g.problems]
    for grade in troubled[:10]:
        print(f"  {grade.name}: {str(grade.problems[0])[:150]}")
    if len(troubled) > 10:
        print(f"  and {len(troubled) - 10} more with problems, see index.html")
    print(f"results: {out}")
    for failure in failed:
        print(
            f"NOT graded: {failure.job.submission.name}: {failure.reason}. Run the same command "
            "again to try once more.",
            file=sys.stderr,
        )
