"""Every exercise of the course by its id: one package a chapter, one module an exercise.

`ch03/measure.py` holds the exercise whose function is `measure`, and nothing of another one. What
several exercises of a chapter share is in modules that `SHARED` in `ch03/__init__.py` names. Only
the chapter that is asked for is loaded.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import lru_cache
from types import ModuleType

from .model import Exercise


class UnknownExercise(LookupError):
    """There is no exercise with this id. The message names those of the chapter."""

    def __str__(self) -> str:
        return str(self.args[0])


class BadExerciseFile(Exception):
    """A module of a chapter is not as it should be. The message names it and says what to do."""


class DuplicateExercise(BadExerciseFile):
    """Two exercises have the same id."""


def chapters() -> list[str]:
    """Numbers of the chapters that have exercises: `["01", ...]`."""
    package = importlib.import_module(__package__ or "utils.exercises")
    found = pkgutil.iter_modules(package.__path__)
    return sorted(m.name[2:] for m in found if m.ispkg and re.fullmatch(r"ch\d\d", m.name))


@lru_cache(maxsize=32)
def of_chapter(number: str) -> tuple[Exercise, ...]:
    """Exercises of one chapter in order.

    Raises:
        UnknownExercise: The chapter has no exercises.
        BadExerciseFile: A module of the chapter is not as it should be.
    """
    if number not in chapters():
        raise UnknownExercise(
            f"Chapter {number} has no exercises. Chapters with exercises: "
            f"{', '.join(chapters()) or 'none'}."
        )
    return collected(importlib.import_module(f"{__package__}.ch{number}"), number)


def collected(package: ModuleType, chapter: str) -> tuple[Exercise, ...]:
    """The exercises of a chapter's package, sorted by id. Raises BadExerciseFile."""
    names = [module.name for module in pkgutil.iter_modules(package.__path__)]
    shared: Iterable[str] = getattr(package, "SHARED", ())
    for name in shared:
        if name not in names:
            raise BadExerciseFile(
                f"SHARED in {_file(package)} names {name}, and there is no {name}.py beside it. "
                "Remove the name."
            )
    by_id: dict[str, tuple[Exercise, str]] = {}
    for name in names:
        if name not in shared:
            module = importlib.import_module(f"{package.__name__}.{name}")
            exercise = _exercise_in(module, package)
            _check(exercise, module, chapter)
            other = by_id.setdefault(exercise.id, (exercise, _file(module)))
            if other[0] is not exercise:
                raise DuplicateExercise(
                    f"exercise {exercise.id} is defined twice, in {other[1]} and in "
                    f"{_file(module)}. Give one of them an id of its own."
                )
    found = [exercise for exercise, _ in by_id.values()]
    return tuple(sorted(found, key=lambda exercise: int(exercise.id.partition(".")[2])))


def _exercise_in(module: ModuleType, package: ModuleType) -> Exercise:
    """The one exercise that a module holds."""
    found = {id(v): v for v in vars(module).values() if isinstance(v, Exercise)}
    if not found:
        raise BadExerciseFile(
            f"{_file(module)} holds no Exercise. If several exercises share what it holds, name it "
            f"in SHARED in {_file(package)}."
        )
    if len(found) > 1:
        ids = " and ".join(exercise.id for exercise in found.values())
        raise BadExerciseFile(
            f"{_file(module)} holds the exercises {ids}. Give each of them its own file, named "
            "after its function."
        )
    return next(iter(found.values()))


def _check(exercise: Exercise, module: ModuleType, chapter: str) -> None:
    if not re.fullmatch(rf"{chapter}\.[1-9]\d*", exercise.id):
        raise BadExerciseFile(
            f"{_file(module)}: exercise {exercise.id} does not belong to chapter {chapter}, where "
            f"ids look like {chapter}.1. Change the id, or move the file."
        )
    name = module.__name__.rpartition(".")[2]
    if exercise.function != name:
        raise BadExerciseFile(
            f"{_file(module)} holds exercise {exercise.id}, whose function is "
            f"{exercise.function}. Rename the file to {exercise.function}.py."
        )


def _file(module: ModuleType) -> str:
    """The module's path as people see it: `utils/exercises/ch03/measure.py`."""
    end = "/__init__" if hasattr(module, "__path__") else ""
    return f"{module.__name__.replace('.', '/')}{end}.py"


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


def mismatches(cells: Iterable[tuple[str, str]]) -> list[str]:
    """What does not fit between the exercises and the cells of the solutions that name one.

    Args:
        cells: For each cell with `"exercise"` in its metadata the id there, and the place of the
            cell for sentences: `("03.3", "solutions/03_streaming/b_bad_endings.ipynb, cell 17")`.

    Returns:
        A sentence for every exercise without a cell, every cell whose exercise does not exist, and
        every cell of an exercise that has one already.
    """
    found: list[str] = []
    places: dict[str, str] = {}
    exercises = {exercise.id: exercise for exercise in every()}
    for id, place in cells:
        if id not in exercises:
            found.append(
                f"{place}: there is no exercise {id}. Write its file in utils/exercises/, or "
                'correct "exercise" in the metadata of the cell.'
            )
        elif id in places:
            found.append(
                f"{place}: exercise {id} has its solution in {places[id]} already. Remove "
                '"exercise" from the metadata of one of the cells.'
            )
        else:
            places[id] = place
    for id, exercise in exercises.items():
        if id not in places:
            file = f"utils/exercises/ch{exercise.chapter}/{exercise.function}.py"
            found.append(
                f"{file}: no cell of the solutions has exercise {id}. Add its solution with "
                f'"exercise": "{id}" in the metadata of the cell, or remove the file.'
            )
    return found
