"""`course test` tells a learner why the tests of an edited chapter fail."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    monkeypatch.setattr(
        test_command, "_call", lambda commands, env, folder: calls.extend(commands) or [0]
    )
    monkeypatch.setattr(test_command, "worked_in", lambda course: [CHAPTER])
    assert test_command.run(argparse.Namespace(pytest=[])) == 0
    said = capsys.readouterr().out
    assert f"You have worked in {CHAPTER}" in said
    assert "course start DIR" in said
    assert "exercises" in said
    assert len(calls) == 5


def test_commands_run_side_by_side(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    meeting = f"open({str(tmp_path / 'here')!r}, 'x')"
    waits = (
        "import pathlib, time\n"
        f"while not pathlib.Path({str(tmp_path / 'here')!r}).exists(): time.sleep(0.01)\n"
        "print('first')"
    )
    commands = [
        [sys.executable, "-c", waits],
        [sys.executable, "-c", f"{meeting}\nprint('second')\nraise SystemExit(3)"],
    ]
    assert test_command._call(commands, dict(os.environ), tmp_path) == [0, 3]
    assert capfd.readouterr().out.splitlines() == ["first", "second", ""]


def test_nothing_goes_on_when_the_first_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[Any]] = []
    popen = subprocess.Popen

    def remember(*args: Any, **options: Any) -> subprocess.Popen[Any]:
        started.append(popen(*args, **options))
        return started[-1]

    def interrupted(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", remember)
    monkeypatch.setattr(subprocess, "call", interrupted)
    long = [sys.executable, "-c", "import time; time.sleep(600)"]
    with pytest.raises(KeyboardInterrupt):
        test_command._call([["never"], long], dict(os.environ), tmp_path)
    assert [one.poll() is not None for one in started] == [True]
