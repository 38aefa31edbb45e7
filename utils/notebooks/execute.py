"""Run a notebook in a kernel with settings of its own, and store outputs that can be compared.

What the person who builds has set (mode, key, startup files of IPython) must not show in the
outputs, and two runs must give the same file.
"""

from __future__ import annotations

import copy
import os
import re
import site
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from dotenv import dotenv_values
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets import default

from ..settings import ROOT
from .files import NotebookError, label

OnCell = Callable[[int, NotebookNode], object]
"""Called with the index of a cell that has run, and the cell."""

REPLAY_TIMEOUT = 60
"""Seconds that a cell may take in replay; nbval gives it as long."""

RECORD_TIMEOUT = 1800
"""Seconds that a cell may take while a model answers on a slow machine."""

WIDGET = "application/vnd.jupyter.widget-view+json"
CELL_FILE = re.compile(r"\S*[/\\]ipykernel_\d+[/\\]\d+\.py")


class CellFailed(NotebookError):
    """A cell that raised, took too long, or killed its kernel."""


class OwnKernelManager(AsyncKernelManager):
    """Starts the Python that runs this, not a kernel that somebody installed as `python3`."""

    @default("kernel_spec_manager")
    def _own_spec(self) -> KernelSpecManager:
        return KernelSpecManager(kernel_dirs=[])


def environment(settings: Mapping[str, str], folder: Path, scratch: Path) -> dict[str, str]:
    """The environment of a kernel.

    Args:
        settings: variables to set; all other variables of the course and all of OpenAI's are
            removed, and blanked if a file named .env would bring them back.
        folder: where the kernel starts.
        scratch: an empty folder, in which the kernel finds an IPython without startup files.
    """
    result = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COURSE_", "OPENAI_")) and name not in ("FORCE_COLOR", "NO_COLOR")
    }
    result |= dict.fromkeys(_in_dotenv(folder), "")
    return result | {"IPYTHONDIR": str(scratch / "ipython"), "PYTHONUTF8": "1"} | dict(settings)


def _in_dotenv(folder: Path) -> list[str]:
    """Names of the course's settings in the files named .env that `utils.settings` reads."""
    found = {**dotenv_values(folder / ".env"), **dotenv_values(ROOT / ".env")}
    return [name for name in found if name.startswith("COURSE_")]


def replay(
    notebook: NotebookNode,
    path: Path,
    recordings: Path,
    on_cell: OnCell | None = None,
    extra: Mapping[str, str] | None = None,
    extensions: Sequence[str] = (),
) -> NotebookNode:
    """Run a copy of a notebook against recorded answers and return it with its outputs.

    Args:
        notebook: what to run.
        path: where it is or will be stored; it runs in that folder.
        recordings: folder of the recordings.
        on_cell: called after each cell.
        extra: more variables for the kernel.
        extensions: modules of IPython extensions to load first.

    Raises:
        CellFailed: naming the notebook, the cell and the error.
    """
    settings = {"COURSE_PACE": "0"} | dict(extra or {})
    if recordings.resolve() != (ROOT / "recordings").resolve():
        settings["COURSE_RECORDINGS_DIR"] = str(recordings.resolve())
    return run(notebook, path, settings, REPLAY_TIMEOUT, on_cell, extensions)


def run(
    notebook: NotebookNode,
    path: Path,
    settings: Mapping[str, str],
    timeout: int,
    on_cell: OnCell | None = None,
    extensions: Sequence[str] = (),
) -> NotebookNode:
    """Run a copy of a notebook and return it with its outputs.

    Args:
        notebook: what to run.
        path: where it is or will be stored; it runs in that folder.
        settings: variables for the kernel, which has no other settings of the course.
        timeout: seconds for each cell.
        on_cell: called after each cell.
        extensions: modules of IPython extensions to load first.

    Raises:
        CellFailed: naming the notebook, the cell and the error.
    """
    result = copy.deepcopy(notebook)
    metadata = copy.deepcopy(notebook.metadata)
    current = 0

    def started(cell: NotebookNode, cell_index: int) -> None:
        nonlocal current
        current = cell_index

    def executed(cell: NotebookNode, cell_index: int, execute_reply: object) -> None:
        if on_cell is not None:
            on_cell(cell_index, cell)

    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        client = NotebookClient(
            result,
            kernel_name="python3",
            kernel_manager_class=OwnKernelManager,
            timeout=timeout,
            coalesce_streams=True,
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": str(path.parent)}},
            extra_arguments=[
                "--IPKernelApp.log_level=40",  # else it warns that its sockets are not encrypted
                *(f"--IPKernelApp.extra_extensions={extension}" for extension in extensions),
            ],
            on_cell_execute=started,
            on_cell_executed=executed,
        )
        own_data = {"COURSE_DATA_DIR": str(scratch / "data")}
        try:
            client.execute(env=environment(own_data | dict(settings), path.parent, scratch))
        except CellExecutionError as error:
            raise _failed(path, result, current, f"{error.ename}: {error.evalue}") from None
        except CellTimeoutError:
            why = f"it took more than {timeout} seconds and was stopped"
            raise _failed(path, result, current, why) from None
        except DeadKernelError:
            raise _failed(path, result, current, "its kernel was stopped or died") from None
    result.metadata = metadata  # nbclient writes the versions of this machine into it
    for cell in result.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            _comparable(output)
    return result


def _failed(path: Path, notebook: NotebookNode, index: int, why: str) -> CellFailed:
    cell = notebook.cells[index]
    lines = why.strip().splitlines() or ["no message"]
    told = "\n  ".join(lines[:15])
    return CellFailed(f"{label(path)}, cell {index + 1} (id {cell.id}) failed:\n  {told}")


def _comparable(output: NotebookNode) -> None:
    """Take out of an output what differs from run to run and from machine to machine.

    Widgets are stored as their text: a widget's id is random, and without a kernel it shows
    nothing. In tracebacks, paths are cut to what lies in this course or in an installed package.
    """
    if "data" in output:
        output.data.pop(WIDGET, None)
    if output.output_type == "stream":
        output.text = CELL_FILE.sub("<cell>", output.text)
    if output.output_type == "error":
        output.traceback = [_shorter_paths(line) for line in output.traceback]


def _shorter_paths(text: str) -> str:
    places = {sysconfig.get_paths()[kind] for kind in ("purelib", "platlib")}
    places |= {*site.getsitepackages(), site.getusersitepackages()}
    standard = {sysconfig.get_paths()[kind] for kind in ("stdlib", "platstdlib")}
    for folder in sorted(places | standard | {str(ROOT), sys.prefix}, key=len, reverse=True):
        text = re.sub(re.escape(folder) + r"[/\\]", "", text)
        text = text.replace(folder, "")
        home = str(Path.home())
        if folder.startswith(home):  # IPython shortens the home folder to ~
            text = re.sub(re.escape("~" + folder[len(home) :]) + r"[/\\]", "", text)
    return CELL_FILE.sub("<cell>", text)
