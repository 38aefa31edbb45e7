"""What a batch leaves behind: one result a submission, written in one step, and the tables.

OUT/results/NAME.json       the grade; a second run takes it if nothing it was made from changed
OUT/gradescope/NAME.json    the same as Gradescope reads it (results.json of an autograder)
OUT/reports/NAME.html       the same for the student
OUT/grades.json, grades.csv, index.html
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ... import atomic
from ...exercises import Exercise, Judgment
from ...exercises.judging import sentence
from .grade import Grade
from .report import index_page, report_page

FORMAT = 2
"""Of grades.json. 2: a case has a `name`, which stays, and a `sentence`."""


def as_json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


class Results:
    """The folder of a batch's results."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def seed(self, given: int | None, *, fresh: bool) -> int:
        """The seed of this batch: the given one, else that of the last run, else a new one.

        It varies the values in the scenarios, the same way for everyone in a class.
        """
        path = self.folder / "results" / "seed.json"
        seed = given
        if seed is None and not fresh:
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                seed = int(json.loads(path.read_text(encoding="utf-8"))["seed"])
        if seed is None:
            seed = secrets.randbelow(1_000_000_000)
        _write(path, as_json({"seed": seed}))
        return seed

    def path_of(self, safe: str) -> Path:
        return self.folder / "results" / f"grade-{safe}.json"

    def known(self, safe: str, key: str) -> Grade | None:
        """The grade of an earlier run, if it was made from the same."""
        try:
            grade = Grade.from_plain(json.loads(self.path_of(safe).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return grade if grade.key == key else None

    def keep(self, grade: Grade) -> None:
        """Write one grade, and its report and Gradescope form."""
        _write(self.folder / "reports" / f"{grade.safe}.html", report_page(grade))
        _write(self.folder / "gradescope" / f"{grade.safe}.json", as_json(gradescope(grade)))
        _write(self.path_of(grade.safe), as_json(grade.to_plain()))

    def finish(
        self, grades: Sequence[Grade], exercises: Sequence[Exercise], about: dict[str, Any]
    ) -> None:
        """Write the tables over all grades."""
        made = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        listed = [
            {
                "id": e.id,
                "function": e.function,
                "title": e.title,
                "max_score": e.max_score(hidden=True),
            }
            for e in exercises
        ]
        submissions = [grade.to_plain() for grade in grades]
        content = {"format": FORMAT, "made": made, **about, "exercises": listed}
        _write(self.folder / "grades.json", as_json({**content, "submissions": submissions}))
        _write(self.folder / "grades.csv", table(grades, exercises))
        _write(self.folder / "index.html", index_page(grades, exercises))


def table(grades: Sequence[Grade], exercises: Sequence[Exercise]) -> str:
    """The grades as CSV: one line a submission, the points and verdict of each exercise."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = [c for e in exercises for c in (f"{e.id} points", f"{e.id} verdict")]
    writer.writerow(["submission", "score", "max_score", *columns, "seconds", "problems", "report"])
    for grade in grades:
        cells: list[Any] = [harmless(grade.name), grade.score, grade.max_score]
        for judgment in grade.judgments:
            cells += [judgment.score, judgment.verdict]
        first = str(grade.problems[0]) if grade.problems else ""
        more = f" (and {len(grade.problems) - 1} more)" if len(grade.problems) > 1 else ""
        cells += [f"{grade.seconds:.2f}", harmless(first + more)]
        writer.writerow([*cells, harmless(f"reports/{grade.safe}.html")])
    return text.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "|", "%")) else text


def gradescope(grade: Grade) -> dict[str, Any]:
    """The grade in the form of Gradescope's results.json.

    Source: gradescope-autograders.readthedocs.io, "Specifications", results.json.
    """
    tests = [test for judgment in grade.judgments for test in _tests(judgment)]
    return {
        "score": grade.score,
        "execution_time": round(grade.seconds, 2),
        "output": "\n".join(map(str, grade.problems)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }


def _tests(judgment: Judgment) -> list[dict[str, Any]]:
    name = f"{judgment.exercise} {judgment.function}()"
    if not judgment.cases:
        return [
            {
                "name": f"{name}: {judgment.verdict}",
                "score": 0,
                "max_score": judgment.max_score,
                "output": judgment.note,
                "output_format": "text",
                "visibility": "visible",
            }
        ]
    tests = []
    for case in judgment.cases:
        said = "" if case.passed else sentence(case.message)
        if case.hint and not case.passed:
            said += f"\nHint: {case.hint}"
        tests.append(
            {
                "name": f"{name}: {case.sentence}",
                "score": case.points if case.passed else 0,
                "max_score": case.points,
                "status": "passed" if case.passed else "failed",
                "output": said,
                "output_format": "text",
                "visibility": "after_published" if case.hidden else "visible",
            }
        )
    return tests


def _write(path: Path, content: str) -> None:
    """Write a result; a link that somebody put in its place is replaced, never followed."""
    atomic.write(path, content, follow_links=False)
