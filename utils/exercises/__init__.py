"""Exercises as data: what the learner's function must do on the wire, judged from outside it.

* `ch01/ask_shop.py` and so on: one module an exercise, named after the learner's function
* `model`: `Exercise`, `Run`, `Result`: what an exercise is written with
* `assertions`: `Value`, what a case can say about what came back
* `world`: values for scenarios that several chapters share
* `playing`: `Call`, `Player`, `Outcome`: the seam to the learner's function; read its docstring
  before writing another player
* `judging`: `judge(exercise, player)` and the words of a verdict
* `registry`: `get("01.2")`, `of_chapter("01")`, `every()`
* `plain`: values as JSON-able data; `deadline`: a limit on CPU time
"""

from .judging import CaseResult, Judgment, judge, not_attempted, not_compiled
from .model import Exercise, Result, Run, Spy, Wrong, expect, hinting
from .playing import Call, Failure, LocalPlayer, Outcome, Player
from .registry import BadExerciseFile, DuplicateExercise, UnknownExercise, every, get, of_chapter

__all__ = [
    "BadExerciseFile",
    "Call",
    "CaseResult",
    "DuplicateExercise",
    "Exercise",
    "Failure",
    "Judgment",
    "LocalPlayer",
    "Outcome",
    "Player",
    "Result",
    "Run",
    "Spy",
    "UnknownExercise",
    "Wrong",
    "every",
    "expect",
    "get",
    "hinting",
    "judge",
    "not_attempted",
    "not_compiled",
    "of_chapter",
]
