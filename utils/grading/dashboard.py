"""The dashboard: every chapter's exercises, done, tried or open, and what to do next."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import groupby

from ..exercises.model import Exercise
from .box import DARK, LIGHT, Palette
from .store import Record

_SIGN = {"done": "✓", "tried": "–", "open": " "}


def state(record: Record | None) -> str:
    """`done` once it was right, `tried` after an attempt, else `open`."""
    if record is None or not record.attempts:
        return "open"
    return "done" if record.done else "tried"


class Dashboard:
    """Progress over all chapters, as HTML and as plain text with the same content."""

    def __init__(
        self, exercises: Sequence[Exercise], records: Mapping[str, Record], note: str = ""
    ) -> None:
        self.exercises = list(exercises)
        self.records = dict(records)
        self.note = note

    def chapters(self) -> list[tuple[str, list[Exercise]]]:
        """Exercises by chapter."""
        return [(k, list(group)) for k, group in groupby(self.exercises, lambda e: e.chapter)]

    def state(self, exercise: Exercise) -> str:
        return state(self.records.get(exercise.id))

    def count(self, wanted: str, exercises: Sequence[Exercise] | None = None) -> int:
        chosen = self.exercises if exercises is None else exercises
        return sum(self.state(e) == wanted for e in chosen)

    @property
    def summary(self) -> str:
        done, total = self.count("done"), len(self.exercises)
        points = sum(self.records[e.id].best for e in self.exercises if e.id in self.records)
        most = sum(e.max_score() for e in self.exercises)
        stretch = [e for e in self.exercises if e.difficulty == "stretch"]
        return (
            f"{done} of {total} exercises done, {self.count('tried')} tried, "
            f"{self.count('open')} open · {points} of {most} points · "
            f"stretch goals {self.count('done', stretch)} of {len(stretch)}"
        )

    @property
    def next(self) -> str:
        """What to do next: the first exercise that was tried, else the first open one."""
        for wanted in ("tried", "open"):
            for exercise in self.exercises:
                if self.state(exercise) == wanted:
                    return f"Next: {exercise.id} {exercise.function}(): {exercise.title}"
        return "Everything is done."

    def points(self, exercise: Exercise) -> str:
        record = self.records.get(exercise.id)
        return f"{record.best if record else 0} of {exercise.max_score()}"

    def label(self, exercise: Exercise) -> str:
        star = " · stretch" if exercise.difficulty == "stretch" else ""
        return f"{exercise.id} {exercise.function}(): {exercise.title}{star}"

    @property
    def text(self) -> str:
        """The dashboard in words."""
        lines = ["Your progress", self.summary]
        if self.note:
            lines.append(self.note)
        for chapter, exercises in self.chapters():
            lines.append(f"Chapter {chapter}: {self.count('done', exercises)} of {len(exercises)}")
            for exercise in exercises:
                lines.append(
                    f"  {self.state(exercise):5}  {self.points(exercise):>8}  "
                    f"{self.label(exercise)}"
                )
        lines.append(self.next)
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        rows = [
            "<div class='course-progress-title'>Your progress</div>",
            f"<div>{html.escape(self.summary)}</div>",
        ]
        if self.note:
            rows.append(f"<div class='course-progress-note'>{html.escape(self.note)}</div>")
        unfinished = [c for c, them in self.chapters() if self.count("done", them) < len(them)]
        for chapter, exercises in self.chapters():
            done = self.count("done", exercises)
            share = 100 * done / len(exercises)
            cells = "".join(self._row(exercise) for exercise in exercises)
            begun = self.count("open", exercises) < len(exercises) and chapter in unfinished
            unfolded = begun or chapter in unfinished[:1]  # the others only make the list long
            rows.append(
                f"<details {'open' if unfolded else ''}><summary>Chapter {chapter}: "
                f"{done} of {len(exercises)} <span class='course-progress-bar' role='img' "
                f"aria-label='{share:.0f} percent done'><span style='width:{share:.0f}%'></span>"
                f"</span></summary><table>{cells}</table></details>"
            )
        rows.append(f"<div>{html.escape(self.next)}</div>")
        return f"{_style()}<div class='course-progress'>{''.join(rows)}</div>"

    def _row(self, exercise: Exercise) -> str:
        now = self.state(exercise)
        return (
            f"<tr class='course-{now}'><td><span aria-hidden='true'>{_SIGN[now]}</span> {now}</td>"
            f"<td>{self.points(exercise)}</td><td>{html.escape(self.label(exercise))}</td></tr>"
        )


def _style() -> str:
    box = ".course-progress"
    layout = (
        f"{box}{{border-radius:3px;padding:.6em .9em;line-height:1.5}}"
        f"{box} table{{border-collapse:collapse;margin:.2em 0 .4em 1em;font-size:.95em}}"
        f"{box} tr,{box} tr:hover{{background:transparent!important}}"  # no stripes of the page
        f"{box} td{{padding:.1em .8em .1em 0;text-align:left;background:transparent;border:0}}"
        f"{box} td:nth-child(-n+2){{white-space:nowrap;min-width:4.2em}}"
        f"{box} td:nth-child(2){{text-align:right}}"
        f"{box} summary{{cursor:pointer;font-variant-numeric:tabular-nums}}"
        f"{box}-title{{font-weight:bold}}"
        f"{box}-bar{{display:inline-block;width:8em;height:.6em;border:1px solid;border-radius:2px;"
        "vertical-align:middle;margin-left:.5em}"
        f"{box}-bar span{{display:block;height:100%}}"
    )
    dark = "".join(
        _colors(f"{page} {box}", DARK["open"], DARK["right"], DARK["partly"])
        for page in ("body[data-jp-theme-light='false']", "[data-md-color-scheme='slate']")
    )
    light = _colors(box, LIGHT["open"], LIGHT["right"], LIGHT["partly"])
    return f"<style>{layout}{light}{dark}</style>"


def _colors(box: str, page: Palette, done: Palette, tried: Palette) -> str:
    return (
        f"{box}{{background:{page.background};color:{page.text}}}"
        f"{box} .course-progress-title,{box} .course-progress-note{{color:{page.accent}}}"
        f"{box} .course-progress-bar{{border-color:{page.quiet}}}"
        f"{box} .course-progress-bar span{{background:{done.accent}}}"
        f"{box} tr.course-done td:first-child{{color:{done.accent};font-weight:bold}}"
        f"{box} tr.course-tried td:first-child{{color:{tried.accent};font-weight:bold}}"
        f"{box} tr.course-open td{{color:{page.quiet}}}"
        f"{box} td{{color:{page.text}}}"
    )
