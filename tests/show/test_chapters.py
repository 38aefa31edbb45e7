"""The map and the origin table are made from files, so they cannot go stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from utils import recordings
from utils.recordings import Origin, RecordingFile, RecordingMissing
from utils.show.chapters import PLANNED, chapters, course_map
from utils.show.origins import origin_table


def notebook(path: Path, **course: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [], "metadata": {"course": course}}), "utf-8")


def test_a_chapter_exists_as_soon_as_its_notebook_does(tmp_path: Path) -> None:
    assert not any(chapter.exists for chapter in chapters(tmp_path))
    notebook(tmp_path / "solutions/01_requests.ipynb", title="Requests", minutes=5, summary="One.")
    (found,) = (chapter for chapter in chapters(tmp_path) if chapter.exists)
    assert (found.name, found.title, found.minutes) == ("01_requests", "Requests", 5)


def test_the_map_links_what_exists_and_says_what_does_not(tmp_path: Path) -> None:
    notebook(tmp_path / "chapters/01_requests.ipynb", title="R", minutes=5, summary="One & all.")
    table = course_map(tmp_path)
    shown = table._repr_html_()
    assert '<a href="01_requests.ipynb">01_requests</a>' in shown
    assert "02_conversations.ipynb" not in shown
    assert "One &amp; all." in shown
    assert len(table.rows) == len(PLANNED) == 14


def test_numbers_of_chapters_are_fixed() -> None:
    assert [name[:2] for name in PLANNED] == [f"{number:02}" for number in range(14)]


def test_the_origin_is_read_from_the_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_RECORDINGS_DIR", str(tmp_path))
    origin = Origin.model_validate(
        {
            "provider": "local",
            "chat_model": "some-model",
            "recorded": "2026-11-21T04:00:00Z",
            "weights_sha256": "ab" * 32,
            "note": "not an OpenAI model",
            "adaptations": ["Responses are translated", "errors get OpenAI's form"],
            "sampling": {"if it names none": {"temperature": 0.7, "top_p": 0.8}},
        }
    )
    file = RecordingFile(format=1, lesson="01_requests", origin=origin, interactions=[])
    recordings.write(tmp_path / "01_requests.json", file)
    rows = {str(name): value for name, value in origin_table("01_requests").rows}
    assert rows["who answered"] == "local"
    assert rows["SHA-256 of the weights"] == "abababababababab..."
    assert rows["the course's server adds"] == "Responses are translated; errors get OpenAI's form"
    assert rows["sampling, if a request sets none"] == "temperature 0.7, top_p 0.8"
    assert rows["recorded answers"] == 0


def test_a_chapter_without_a_recording_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_RECORDINGS_DIR", str(tmp_path))
    with pytest.raises(RecordingMissing, match="99_nothing"):
        origin_table("99_nothing")
