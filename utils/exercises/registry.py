"""Every exercise of the course by its id, from one module a chapter."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import lru_cache

from .model import Exercise


class UnknownExercise(LookupError):
    """There is no exercise with this id. The message names those of the chapter."""

    def __str__(self) -> str:
        return str(self.args[0])


class DuplicateExercise(Exception):
    """Two exercises have the same id."""


def chapters() -> list[str]:
    """Numbers of the chapters that have exercises: `["01", ...]`."""
    package = importlib.import_module(__package__ or "utils.exercises")
    names = (module.name for module in pkgutil.iter_modules(package.__path__))
    return sorted(name[2:] for name in names if re.fullmatch(r"ch\d\d", name))


@lru_cache(maxsize=32)
def of_chapter(number: str) -> tuple[Exercise, ...]:
    """Exercises of one chapter in order. Raises DuplicateExercise, UnknownExercise."""
    if number not in chapters():
        raise UnknownExercise(
            f"Chapter {number} has no exercises. Chapters with exercises: "
            f"{', '.join(chapters()) or 'none'}."
        )
    module = importlib.import_module(f"{__package__}.ch{number}")
    return collected(
        (value for value in vars(module).values() if isinstance(value, Exercise)), number
    )


def collected(exercises: Iterable[Exercise], chapter: str) -> tuple[Exercise, ...]:
    """The exercises sorted by id. Raises DuplicateExercise, and ValueError for a foreign id."""
    by_id: dict[str, Exercise] = {}
    for exercise in exercises:
        if not re.fullmatch(rf"{chapter}\.\d+", exercise.id):
            raise ValueError(f"exercise {exercise.id} does not belong to chapter {chapter}")
        if by_id.setdefault(exercise.id, exercise) is not exercise:
            raise DuplicateExercise(
                f"exercise {exercise.id} is defined twice: for {by_id[exercise.id].function}() and "
                f"for {exercise.function}()"
            )
    return tuple(sorted(by_id.values(), key=lambda e: int(e.id.partition(".")[2])))


def get(id: str) -> Exercise:
    """The exercise with this id. Raises UnknownExercise."""
    match = re.fullmatch(r"(\d\d)\.\d+", id) if isinstance(id, str) else None
    if not match:
        raise UnknownExercise(
            f"{id!r} is not the id of an exercise. An id looks like '01.2': chapter 01, exercise 2."
        )
    exercises = of_chapter(match[1])
    for exercise in exercises:
        if exercise.id == id:
            return exercise
    raise UnknownExercise(
        f"There is no exercise {id}. Chapter {match[1]} has: {', '.join(e.id for e in exercises)}."
    )


def every() -> list[Exercise]:
    """All exercises of the course, in order."""
    return [exercise for number in chapters() for exercise in of_chapter(number)]
