"""The numbers of mutants belong to the exercises and solutions as they are now."""

from __future__ import annotations

from utils.exercises import every
from utils.mutants.equivalents import accepted
from utils.mutants.tally import read_tallies, stale


def test_mutants_were_played_since_exercises_and_solutions_changed() -> None:
    ids = stale(every())
    assert not ids, f"run `course mutants {' '.join(ids)}`"


def test_accepted_survivors_belong_to_exercises() -> None:
    ids = {exercise.id for exercise in every()}
    assert {one.exercise for one in accepted()} <= ids
    assert read_tallies().keys() == ids
