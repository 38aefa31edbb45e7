"""Begin a lesson or an exercise: write its files, small ones that work, for you to change.

    course new lesson 07_search/a_passages "Find the right passage" --covers E2
    course new exercise 07.3 rank_articles --lesson 07a --difficulty medium --title "rank articles"

Nothing is overwritten. See docs/pages/contributing/.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .notebooks.files import Course, NotebookError
from .notebooks.frame import EXERCISE_MINUTES
from .notebooks.skeletons import Draft, new_exercise, new_lesson


def add_arguments(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="kind", metavar="lesson|exercise", required=True)
    lesson = kinds.add_parser("lesson", help="a notebook in solutions/ and its syllabus entry")
    lesson.add_argument("id", help="07_search/a_passages: chapter, letter, name")
    lesson.add_argument("title", help="its heading")
    lesson.add_argument("--summary", default="", help="its aim, in one sentence")
    exercise = kinds.add_parser("exercise", help="its module, its cells, and answers to test it")
    exercise.add_argument("id", help="07.3: chapter and the next free number")
    exercise.add_argument("function", help="the function that learners write")
    exercise.add_argument("--title", required=True, help="the job: 'measure time to first token'")
    exercise.add_argument("--difficulty", required=True, choices=list(EXERCISE_MINUTES))
    exercise.add_argument("--lesson", default="", help="07a; needed if the chapter has several")
    exercise.add_argument("--after", default="", metavar="CELL-ID", help="put its cells after it")
    for kind in (lesson, exercise):
        kind.add_argument(
            "--covers",
            action="append",
            default=[],
            metavar="SUBJECT",
            help="a subject of utils/notebooks/coverage.py, such as E2; may be repeated",
        )


def run(args: argparse.Namespace) -> int:
    course = Course()
    try:
        draft = _draft(course, args)
        paths = draft.write()
    except NotebookError as error:
        print(f"course new: {error}", file=sys.stderr)
        return 1
    for path in paths:
        print(f"{'wrote' if path in draft.new else 'changed'} {_place(course, path)}")
    print(_next(args))
    return 0


def _draft(course: Course, args: argparse.Namespace) -> Draft:
    if args.kind == "lesson":
        return new_lesson(course, args.id, args.title, summary=args.summary, covers=args.covers)
    return new_exercise(
        course,
        args.id,
        args.function,
        title=args.title,
        difficulty=args.difficulty,
        lesson=args.lesson,
        covers=args.covers,
        after=args.after,
    )


def _place(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()


def _next(args: argparse.Namespace) -> str:
    if args.kind == "lesson":
        number = args.id[:2] + args.id.partition("/")[2][:1]
        return (
            f"Next: course build {number}. Then write the lesson: "
            "docs/pages/contributing/add-a-lesson.md"
        )
    return (
        f"Next: course test -- tests/exercises -k {args.id}. Then make the exercise your own: "
        "docs/pages/contributing/add-an-exercise.md"
    )
