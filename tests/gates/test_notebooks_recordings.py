"""Every recording says where it comes from, and every answer in it is used by a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gates.gathered import COURSE, NAMES, RECORDINGS
from utils.notebooks import usage
from utils.notebooks.build import prepared
from utils.notebooks.execute import replay
from utils.notebooks.files import open_notebook
from utils.notebooks.lint import left_streams
from utils.recordings import read
from utils.transport import KEPT_HEADERS, KEPT_PREFIX

ORIGIN = ("provider", "chat_model", "recorded", "sdk", "python")
OF_A_LOCAL_MODEL = ("note", "server", "weights_sha256", "template_sha256", "server_version")


def test_there_are_recordings() -> None:
    assert RECORDINGS


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_says_where_it_comes_from(path: Path) -> None:
    file = read(path)
    origin = file.origin.model_dump()
    wanted = ORIGIN if file.origin.provider == "openai" else ORIGIN + OF_A_LOCAL_MODEL
    assert [name for name in wanted if not origin.get(name)] == []
    assert file.chapter == path.stem
    assert file.interactions


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_has_no_header_that_is_not_on_the_list(path: Path) -> None:
    for interaction in read(path).interactions:
        names = {name for name in interaction.response.headers if not name.startswith(KEPT_PREFIX)}
        assert names <= KEPT_HEADERS


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recorded_stream_was_read_to_its_end(path: Path) -> None:
    notebook = open_notebook(COURSE.solution(path.stem)).notebook
    assert left_streams(notebook, read(path)) == []


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> usage.AnswerCounts:
    """What the solution notebooks ask for, when they run in replay."""
    folder = tmp_path_factory.mktemp("usage")
    for name in NAMES:
        source = open_notebook(COURSE.solution(name))
        replay(
            prepared(source),
            source.path,
            COURSE.recordings,
            extra={usage.LOG: str(folder / name)},
            extension="utils.notebooks.usage",
        )
    return usage.most(usage.read_log(folder / name) for name in NAMES)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_every_recorded_answer_is_used(path: Path, used: usage.AnswerCounts) -> None:
    unused = usage.never_asked(read(path), used)
    assert not unused, "\n".join(unused)
