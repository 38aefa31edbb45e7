"""Every recording says where it comes from, and holds whole answers and nothing private."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.gathered import COURSE, RECORDINGS, named
from utils.notebooks.files import open_notebook
from utils.notebooks.lint import left_streams
from utils.recordings import FORMAT, lesson_of, read
from utils.watching import KEPT_HEADERS, KEPT_PREFIX

ORIGIN = ("provider", "chat_model", "recorded", "sdk", "python")
OF_A_LOCAL_MODEL = ("note", "server", "weights_sha256", "template_sha256", "server_version")


def test_there_are_recordings() -> None:
    assert RECORDINGS


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_a_recording_says_where_it_comes_from(path: Path) -> None:
    file = read(path)
    origin = file.origin.model_dump()
    wanted = ORIGIN if file.origin.provider == "openai" else ORIGIN + OF_A_LOCAL_MODEL
    assert [name for name in wanted if not origin.get(name)] == []
    assert file.lesson == lesson_of(path)
    assert file.interactions
    assert file.format == FORMAT, "read and write it once (`write(path, read(path))`)"


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_a_recording_has_no_header_that_is_not_on_the_list(path: Path) -> None:
    for interaction in read(path).interactions:
        names = {name for name in interaction.response.headers if not name.startswith(KEPT_PREFIX)}
        assert names <= KEPT_HEADERS


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_a_recorded_stream_was_read_to_its_end(path: Path) -> None:
    notebook = open_notebook(COURSE.solution(lesson_of(path))).notebook
    assert left_streams(notebook, read(path)) == []
