"""Copying the chapters to a folder of one's own."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tests.notebooks.samples import CHAPTER
from utils import start_command
from utils.notebooks.files import Course, NotebookError
from utils.start_command import copy_lessons


@pytest.fixture
def chapters(course: Course) -> Course:
    """A course with two chapters, data, and things that are not to be copied."""
    for name in (
        f"{CHAPTER}.ipynb",
        "02_conversations.ipynb",
        f"{CHAPTER}.yours-1.ipynb",
        "data/articles/one.md",
        "data/__pycache__/make.pyc",
        ".ipynb_checkpoints/01_requests-checkpoint.ipynb",
    ):
        path = course.chapters / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"the course's {name}", "utf-8")
    return course


def test_chapters_and_data_are_copied(chapters: Course, tmp_path: Path) -> None:
    folder = tmp_path / "a new" / "folder"
    copied = copy_lessons(chapters, folder)
    assert sorted(map(str, copied.new)) == [
        f"{CHAPTER}.ipynb",
        "02_conversations.ipynb",
        str(Path("data/articles/one.md")),
    ]
    there = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert sorted(there) == sorted(copied.new)


def test_nothing_is_overwritten_and_a_second_run_adds_what_is_new(
    chapters: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "mine"
    copy_lessons(chapters, folder)
    (folder / f"{CHAPTER}.ipynb").write_text("my work", "utf-8")
    (chapters.chapters / "03_streaming.ipynb").write_text("new", "utf-8")
    copied = copy_lessons(chapters, folder)
    assert (folder / f"{CHAPTER}.ipynb").read_text("utf-8") == "my work"
    assert [str(path) for path in copied.new] == ["03_streaming.ipynb"]
    assert [str(path) for path in copied.kept] == [f"{CHAPTER}.ipynb"]
    assert len(copied.same) == 2


def test_the_command_says_what_was_kept(
    chapters: Course,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(start_command, "Course", lambda: chapters)
    parser = argparse.ArgumentParser()
    start_command.add_arguments(parser)
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "02_conversations.ipynb").write_text("my work", "utf-8")
    assert start_command.run(parser.parse_args([str(folder)])) == 0
    told = capsys.readouterr().out
    assert "2 files.\n" in told
    assert "left as you have made them: 1 file:\n  02_conversations.ipynb" in told


def test_a_folder_that_cannot_be_used_is_named(chapters: Course, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", "utf-8")
    with pytest.raises(NotebookError, match="file cannot be written"):
        copy_lessons(chapters, file)
    assert file.read_text("utf-8") == "not a folder"
    with pytest.raises(NotebookError, match="the course's own folder"):
        copy_lessons(chapters, chapters.chapters / "data" / "..")


def test_a_dangling_link_is_not_written_through(chapters: Course, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / f"{CHAPTER}.ipynb").symlink_to(tmp_path / "nowhere")
    copied = copy_lessons(chapters, folder)
    assert [str(path) for path in copied.kept] == [f"{CHAPTER}.ipynb"]
    assert not (tmp_path / "nowhere").exists()


def test_without_chapters_it_says_how_to_get_them(course: Course, tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match="git checkout -- chapters"):
        copy_lessons(course, tmp_path / "mine")
    assert not (tmp_path / "mine").exists()
