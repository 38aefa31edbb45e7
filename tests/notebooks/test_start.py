"""Copying the lessons to a folder of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tests.notebooks.samples import CHAPTER, lesson, write_solution
from utils import start_command
from utils.notebooks.build import build, edited
from utils.notebooks.files import Course, NotebookError, open_notebook
from utils.start_command import copy_lessons

SECOND = "02_conversations/a_history"


@pytest.fixture
def built(course: Course, no_kernel: None) -> Course:
    """A course with two lessons, data, a picture, and things that are not to be copied."""
    for id in (CHAPTER, SECOND):
        write_solution(course, *lesson(), name=id)
        build(course, id)
    for name in (
        f"{CHAPTER}.yours-1.ipynb",
        "data/articles/one.md",
        "data/__pycache__/make.pyc",
        "images/loop.svg",
        ".ipynb_checkpoints/01_requests-checkpoint.ipynb",
    ):
        path = course.chapters / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"the course's {name}", "utf-8")
    return course


def test_lessons_pictures_and_data_are_copied(built: Course, tmp_path: Path) -> None:
    folder = tmp_path / "a new" / "folder"
    copied = copy_lessons(built, folder)
    assert [path.as_posix() for path in copied.new] == [
        f"{CHAPTER}.ipynb",
        f"{SECOND}.ipynb",
        "data/articles/one.md",
        "images/loop.svg",
    ]
    there = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert sorted(there) == sorted(copied.new)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_copy_is_what_was_built_and_not_what_was_typed(
    built: Course, tmp_path: Path, damaged: bool
) -> None:
    path = built.lesson(CHAPTER)
    pristine = [cell.source for cell in open_notebook(path).notebook.cells]
    typed = path.read_text("utf-8").replace("raise NotImplementedError", "return 2 * number")
    path.write_text("{" if damaged else typed, "utf-8")
    copy_lessons(built, tmp_path / "mine")
    copied = open_notebook(tmp_path / "mine" / f"{CHAPTER}.ipynb").notebook
    assert [cell.source for cell in copied.cells] == pristine
    assert edited(copied) is None
    assert path.read_text("utf-8") == ("{" if damaged else typed)


def test_nothing_is_overwritten_and_a_second_run_adds_what_is_new(
    built: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    copy_lessons(built, folder)
    (folder / f"{CHAPTER}.ipynb").write_text("my work", "utf-8")
    write_solution(built, *lesson(), name="03_streaming")
    build(built, "03_streaming")
    copied = copy_lessons(built, folder)
    assert (folder / f"{CHAPTER}.ipynb").read_text("utf-8") == "my work"
    assert [str(path) for path in copied.new] == ["03_streaming.ipynb"]
    assert [str(path) for path in copied.kept] == [f"{CHAPTER}.ipynb"]
    assert len(copied.same) == 3


def test_the_command_says_what_was_kept(
    built: Course,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(start_command, "Course", lambda: built)
    parser = argparse.ArgumentParser()
    start_command.add_arguments(parser)
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / SECOND).parent.mkdir()
    (folder / f"{SECOND}.ipynb").write_text("my work", "utf-8")
    assert start_command.run(parser.parse_args([str(folder)])) == 0
    told = capsys.readouterr().out
    assert "3 files.\n" in told
    assert f"left as you have made them: 1 file:\n  {Path(SECOND)}.ipynb" in told


def test_a_folder_that_cannot_be_used_is_named(built: Course, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", "utf-8")
    with pytest.raises(NotebookError, match="file cannot be written"):
        copy_lessons(built, file)
    assert file.read_text("utf-8") == "not a folder"
    with pytest.raises(NotebookError, match="the course's own folder"):
        copy_lessons(built, built.chapters / "data" / "..")


def test_a_dangling_link_is_not_written_through(built: Course, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / f"{CHAPTER}.ipynb").symlink_to(tmp_path / "nowhere")
    copied = copy_lessons(built, folder)
    assert [str(path) for path in copied.kept] == [f"{CHAPTER}.ipynb"]
    assert not (tmp_path / "nowhere").exists()


def test_without_lessons_it_says_how_to_get_them(course: Course, tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="git checkout -- chapters"):
        copy_lessons(course, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
