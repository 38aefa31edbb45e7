"""`course test` tells a learner why the tests of an edited chapter fail."""

from __future__ import annotations

import argparse
import subprocess

import nbformat
import pytest

from tests.notebooks.samples import CHAPTER, lesson, write_recording, write_solution
from utils import test_command
from utils.notebooks.build import build
from utils.notebooks.files import Course


@pytest.fixture
def built(course: Course, no_kernel: None) -> Course:
    """A course with one chapter."""
    write_solution(course, *lesson())
    write_recording(course, ("Say hello.", "Hello!"))
    build(course, CHAPTER)
    return course


def test_a_built_chapter_is_nobodys(built: Course) -> None:
    assert test_command.worked_in(built) == []


def test_an_edited_chapter_is_named(built: Course) -> None:
    path = built.lesson(CHAPTER)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].source += "\nprint(1)"
    nbformat.write(notebook, path)
    assert test_command.worked_in(built) == [CHAPTER]


def test_a_damaged_chapter_is_named(built: Course) -> None:
    built.lesson(CHAPTER).write_text("{", "utf-8")
    assert test_command.worked_in(built) == [CHAPTER]


def test_the_learner_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    calls: list[list[str]] = []
    monkeypatch.setattr(subprocess, "call", lambda command, **_: calls.append(command) or 0)
    monkeypatch.setattr(test_command, "worked_in", lambda course: [CHAPTER])
    assert test_command.run(argparse.Namespace(pytest=[])) == 0
    said = capsys.readouterr().out
    assert f"You have worked in {CHAPTER}" in said
    assert "course start DIR" in said
    assert "exercises" in said
    assert len(calls) == 4
