"""The map and the origin table are made from files, so they cannot go stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from utils import recordings
from utils.recordings import Origin, RecordingFile, RecordingMissing
from utils.show.course_map import course_map
from utils.show.origins import origin_table
from utils.syllabus import load

SYLLABUS = """
[[chapter]]
id = "01_requests"
title = "Requests"
summary = "Requests and answers."
[[chapter.lesson]]
id = "a_first"
title = "A first request"
summary = "One & all."
[[chapter.lesson]]
id = "b_second"
title = "A second request"
summary = "Another one."

[[chapter]]
id = "02_conversations"
title = "Conversations"
summary = "Talk."
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A course with two lessons, of which one is built, and a chapter that is to come."""
    (tmp_path / "syllabus.toml").write_text(SYLLABUS, "utf-8")
    path = tmp_path / "chapters" / "01_requests" / "a_first.ipynb"
    path.parent.mkdir(parents=True)
    told = {"course": {"lesson": "01_requests/a_first", "minutes": 25, "stretch_minutes": 20}}
    path.write_text(json.dumps({"cells": [], "metadata": told}), "utf-8")
    return tmp_path


def test_the_map_says_how_long_a_lesson_takes_and_what_is_to_come(root: Path) -> None:
    rows = {row[0]: row for row in course_map(root).rows}
    assert rows["01a"] == ("01a", "A first request", "One & all.", "25 + 20 min")
    assert rows["01b"][3] == "not built yet"
    assert rows["02"][3] == "to come"


def test_the_map_links_the_lessons_that_are_written(root: Path) -> None:
    shown = course_map(root)._repr_html_()
    assert '<a href="../01_requests/a_first.ipynb">A first request</a>' in shown
    assert "One &amp; all." in shown
    assert "02_conversations" not in shown


def test_a_course_has_fifteen_chapters_whose_numbers_are_fixed() -> None:
    assert [chapter.number for chapter in load().chapters] == [f"{n:02}" for n in range(15)]


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


def test_a_lesson_without_a_recording_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_RECORDINGS_DIR", str(tmp_path))
    with pytest.raises(RecordingMissing, match="99_nothing"):
        origin_table("99_nothing")
