"""Every notebook ran with the network cut, and used every recorded answer.

`course test` runs each notebook once, cell by cell against its outputs, in kernels that load
`utils.notebooks.offline` and `utils.notebooks.usage`; what those wrote is read here, afterwards.
Called by itself, this module runs the notebooks with solutions on its own.
"""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from tests.gates.gathered import COURSE, IDS, NOTEBOOKS, RECORDINGS, named
from utils.notebooks import offline, usage
from utils.notebooks.build import prepared
from utils.notebooks.execute import CellFailed, replay
from utils.notebooks.files import open_notebook
from utils.recordings import read
from utils.test_command import KERNEL_LOGS

TOLD = os.environ.get(KERNEL_LOGS)
"""The folder that `course test` names; a test's own settings do not."""
EXTENSIONS = ("utils.notebooks.offline", "utils.notebooks.usage")


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the kernels of the notebooks have written."""
    if TOLD:
        return Path(TOLD)
    folder = tmp_path_factory.mktemp("kernels")
    for number, id in enumerate(IDS):
        source = open_notebook(COURSE.solution(id))
        settings = {
            offline.LOG: str(folder / "offline.txt"),
            usage.LOG: str(folder / f"usage-{number}.jsonl"),
        }
        ready = prepared(COURSE, source)
        replay(ready, source.path, COURSE.recordings, extra=settings, extensions=EXTENSIONS)
    return folder


def test_every_notebook_ran_with_the_network_cut(logs: Path) -> None:
    kernels = (logs / "offline.txt").read_text("utf-8").split()
    whole = len(NOTEBOOKS) if TOLD else len(IDS)
    assert len(kernels) >= whole


def test_the_cut_is_felt(tmp_path: Path) -> None:
    source = "import httpx2; httpx2.get('https://example.com')"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    with pytest.raises(CellFailed, match=r"looked up example\.com"):
        replay(notebook, tmp_path / "cut.ipynb", COURSE.recordings, extensions=EXTENSIONS[:1])


@pytest.fixture(scope="module")
def used(logs: Path) -> usage.AnswerCounts:
    """How often each recorded answer was asked for, at most, by one notebook."""
    return usage.most(usage.read_log(path) for path in logs.glob("usage-*.jsonl"))


@pytest.mark.parametrize("path", RECORDINGS, ids=named)
def test_every_recorded_answer_is_used(path: Path, used: usage.AnswerCounts) -> None:
    unused = usage.never_asked(read(path), used)
    assert not unused, "\n".join(unused)
