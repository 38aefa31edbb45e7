"""Change every model solution mechanically, and see whether a visible case notices.

A change that no case notices needs another case, or a reason in
tests/exercises/chNN/equivalent_mutants.toml why it makes no difference. One without a reason makes
this command fail, and so does a reason that no mutant needs.
"""

from __future__ import annotations

import argparse
import sys

from tqdm import tqdm

from .exercises import Exercise, UnknownExercise, every, get, of_chapter
from .mutants.equivalents import BadEquivalents, accepted
from .mutants.mutation import mutants_of
from .mutants.survivors import RunReport
from .mutants.tally import BadTally, keep_tallies, mark_of, stale
from .mutants.trial import SolutionFails
from .mutants.workers import try_all
from .notebooks.files import Course, NotebookError
from .notebooks.totals import refresh


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("exercise", nargs="*", help="03.4, or 03 for a chapter; or all")
    parser.add_argument(
        "--seeds", type=int, default=1, help="seeds under which each must be noticed (default: 1)"
    )
    parser.add_argument("--list", action="store_true", help="also list those that have a reason")
    parser.add_argument(
        "--only-new", action="store_true", help="only exercises that changed since their last run"
    )
    parser.add_argument(
        "--entries", action="store_true", help="print survivors as entries that need a reason"
    )
    parser.add_argument("--jobs", type=int, default=0, help="processes (default: all processors)")


def run(args: argparse.Namespace) -> int:
    try:
        report = _run(args)
    except (UnknownExercise, BadEquivalents, BadTally, SolutionFails, NotebookError) as error:
        print(f"course mutants: {error}", file=sys.stderr)
        return 1
    if report is None:
        print("Nothing changed since the last run.")
        return 0
    print(report.text(reasons=args.list, entries=args.entries))
    return 1 if report.open() or report.needless() else 0


def _run(args: argparse.Namespace) -> RunReport | None:
    exercises = _chosen(args.exercise)
    if args.only_new:
        changed = stale(exercises)
        exercises = [exercise for exercise in exercises if exercise.id in changed]
    if not exercises:
        return None
    equivalents = accepted()
    known = [exercise.id for exercise in every()]
    mutants = [mutant for exercise in exercises for mutant in mutants_of(exercise.id)]
    playing = try_all(mutants, seeds=max(1, args.seeds), jobs=args.jobs)
    bar = tqdm(playing, total=len(mutants), desc="mutants", unit="mutant", dynamic_ncols=True)
    position = {mutant: number for number, mutant in enumerate(mutants)}
    trials = sorted(bar, key=lambda trial: position[trial.mutant])
    report = RunReport(trials, equivalents, max(1, args.seeds))
    keep_tallies({e.id: report.tally(e.id, mark_of(e)) for e in exercises}, known)
    if len(exercises) == len(known):
        refresh(Course())
    return report


def _chosen(given: list[str]) -> list[Exercise]:
    """The exercises with these ids, or of these chapters; all if none is given."""
    if not given:
        return every()
    chosen: dict[str, Exercise] = {}
    for id in given:
        for exercise in [get(id)] if "." in id else of_chapter(id):
            chosen[exercise.id] = exercise
    return list(chosen.values())
