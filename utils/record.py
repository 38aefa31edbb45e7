"""Record a lesson's answers again: run its solution against a model and keep what it says.

Records the local model (start it with `course local`), or with --live OpenAI, which costs money.
A run that fails changes nothing: the new recording takes its place only when both notebooks have
run against it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from . import model_ids, models, recordings, settings
from .charges import UsageTotals, usage_of
from .notebooks.build import Pair, prepared, refuse_edits
from .notebooks.changes import Change
from .notebooks.execute import RECORD_TIMEOUT, OnCell
from .notebooks.execute import run as run_notebook
from .notebooks.files import Course, NotebookError, label, open_notebook, refuse_changed
from .notebooks.lint import left_streams
from .notebooks.totals import refresh
from .recordings import RecordingError, RecordingFile


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "lesson", nargs="*", help="01_requests/a_first_request, 01a, or 01 for a chapter; or all"
    )
    parser.add_argument(
        "--live", action="store_true", help="record OpenAI in place of the local model; costs money"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask before spending money")


def run(args: argparse.Namespace) -> int:
    course = Course()
    try:
        return _run(course, course.select(args.lesson), args.live, args.yes)
    except (NotebookError, settings.SettingsError, RecordingError) as error:
        tqdm.write(f"course record: {error}", file=sys.stderr)
        return 1


def _run(course: Course, names: list[str], live: bool, yes: bool) -> int:
    current = settings.load("record", record_from="live" if live else "local")
    origin = check_server(course, names, current)
    for name in names:
        prepared(course, open_notebook(course.solution(name)))
        refuse_edits(course, name)
    if live:
        tqdm.write(estimate(course, names, current))
        if not yes and not _confirmed():
            tqdm.write("Nothing was sent.")
            return 1
    session = Session(course, current, origin)
    with tempfile.TemporaryDirectory(prefix="course-record-") as scratch:
        session.scratch = Path(scratch)
        session.copy_recordings()
        for name in names:
            try:
                with _bar(course, name) as bar:
                    session.record(name, on_cell=lambda index, cell, bar=bar: bar.update())
                for change in session.settle():
                    tqdm.write(str(change))
                refresh(course)
            except NotebookError:
                if left := [pair.built.id for pair in session.waiting]:
                    tqdm.write(f"Not stored, for they need the rest: {', '.join(left)}.")
                raise
    return 0


def _bar(course: Course, name: str) -> Any:
    """A progress bar that counts the cells that are recorded."""
    cells = open_notebook(course.solution(name)).notebook.cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    return tqdm(total=len(code), desc=f"{name}, recording", unit="cell", leave=False)


def _confirmed() -> bool:
    try:
        return input("Record? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def check_server(course: Course, names: list[str], current: settings.Settings) -> dict[str, Any]:
    """What will answer; asked before anything is run.

    Raises:
        SettingsError: if the server does not answer, the key is missing, or the lessons that are
            not recorded now were recorded from other models.
    """
    if current.answers_from == "live":
        settings.checked_key(current.api_key)
    origin = model_ids.origin_of(current)
    rest = {
        name: recordings.read_origin(course.recording(name))
        for name in recordings.names(course.recordings)
        if name not in names
    }
    for name, old in rest.items():
        for role in ("chat_model", "embed_model"):
            before = getattr(old, role)
            if before and origin.get(role) and before != origin[role]:
                raise settings.SettingsError(
                    f"{origin[role]} answers now, but {name} was recorded from {before}, and all "
                    "lessons have to name one model. Record all of them (`course record`), or "
                    "start the model that recorded the others."
                )
    return origin


def estimate(course: Course, names: list[str], current: settings.Settings) -> str:
    """What recording live will cost, from what the recordings used, at the live models' prices.

    The present recordings may be those of another model, with another tokenizer and answers of
    another length, so this is an estimate.
    """
    chat = models.find(current.chat_model or models.LIVE_CHAT_MODEL) or models.CHAT_MODELS[-1]
    embed = models.find(current.embed_model or models.LIVE_EMBED_MODEL) or models.EMBED_MODELS[-1]
    lines, total = [], 0.0
    for name in names:
        if not course.recording(name).exists():
            lines.append(f"  {name}: never recorded, so there is nothing to estimate from")
            continue
        file = recordings.read(course.recording(name))
        each = (usage_of(i.request, i.response) for i in file.interactions)
        used = sum(each, UsageTotals())
        cost = used.cost(chat, embed)
        total += cost
        tokens = used.input_tokens + used.embedding_tokens
        lines.append(
            f"  {name}: {used.requests} requests, {tokens:,} tokens in, "
            f"{used.output_tokens:,} out, about ${cost:.4f}"
        )
    return "\n".join(
        [
            f"Recording from OpenAI ({chat.id}, {embed.id}) costs money:",
            *lines,
            f"About ${total:.4f} together, by the tokens of the present recordings and the prices "
            f"of {models.CHECKED.isoformat()}; answers of another length cost more or less.",
            f"Each lesson stops when it has spent ${current.spend_limit:.2f} (COURSE_SPEND_LIMIT).",
        ]
    )


@dataclass
class Session:
    """Recordings that are being made, in a scratch folder beside copies of all others.

    Attributes:
        course: the folders.
        current: settings of record mode.
        origin: what answers.
    """

    course: Course
    current: settings.Settings
    origin: dict[str, Any]

    def __post_init__(self) -> None:
        self.scratch = Path()
        self.waiting: list[Pair] = []

    def copy_recordings(self) -> None:
        """Give the notebooks the recordings of the other lessons."""
        for name in recordings.names(self.course.recordings):
            _copy(self.course.recording(name), recordings.path_of(self.scratch, name))

    def environment(self, folder: Path) -> dict[str, str]:
        """The settings of record mode as variables for a kernel that records into `folder`."""
        now = self.current
        given = {
            "COURSE_MODE": "record",
            "COURSE_RECORD_FROM": now.record_from,
            "COURSE_RECORDINGS_DIR": str(folder),
            "COURSE_BASE_URL": now.base_url,
            "COURSE_API_KEY": now.server_key,
            "COURSE_CHAT_MODEL": now.chat_model,
            "COURSE_EMBED_MODEL": now.embed_model,
            "COURSE_SPEND_LIMIT": str(now.spend_limit),
        }
        if now.record_from == "live":
            given["OPENAI_API_KEY"] = now.api_key
        return {name: value for name, value in given.items() if value}

    def record(self, name: str, on_cell: OnCell | None = None) -> None:
        """Run a solution notebook in record mode; the recording stays in the scratch folder.

        Raises:
            CellFailed: naming the cell and its error. No file of the course has changed.
        """
        source = open_notebook(self.course.solution(name))
        target = recordings.path_of(self.scratch, name)
        before = target.read_bytes() if target.exists() else None
        recordings.discard(target)
        try:
            run_notebook(
                prepared(self.course, source),
                source.path,
                self.environment(self.scratch),
                RECORD_TIMEOUT,
                on_cell,
            )
            recordings.recover(target)  # of a kernel that was killed before it had saved
            if target.exists():  # a lesson without requests has no recording
                for cut in left_streams(source.notebook, recordings.read(target)):
                    raise NotebookError(f"{label(target)}: {cut}")
            pair = Pair.make(self.course, name, recordings=self._consistent())
            refuse_changed(source.path, source.content)
        except BaseException:
            recordings.discard(target)
            if before is not None:
                target.write_bytes(before)
            raise
        self.waiting.append(pair)

    def _consistent(self) -> Path:
        """A folder with the recordings that name the models which answer now."""
        folder = self.scratch / "consistent"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in recordings.names(self.scratch):
            path = recordings.path_of(self.scratch, name)
            if not self._foreign(path):
                _copy(path, recordings.path_of(folder, name))
        return folder

    def _foreign(self, path: Path) -> bool:
        """Whether a recording names other models than those that answer now, or is damaged."""
        try:
            old = recordings.read_origin(path)
        except RecordingError:
            return True
        return any(
            getattr(old, role) and self.origin.get(role) not in (None, getattr(old, role))
            for role in ("chat_model", "embed_model")
        )

    def settle(self) -> list[Change]:
        """Put what was recorded in its place, if all recordings would then name the same models.

        Returns:
            What changed; nothing while other lessons still have to be recorded.

        Raises:
            NotebookError: if a notebook was changed while it ran. Nothing is stored then.
        """
        if any(
            self._foreign(recordings.path_of(self.scratch, name))
            for name in recordings.names(self.scratch)
        ):
            return []
        for pair in self.waiting:
            pair.refuse_changes()
        changes = []
        while self.waiting:
            pair = self.waiting.pop(0)
            name = pair.built.id
            changes.append(self._replace(name))
            pair.store()
        return changes

    def _replace(self, name: str) -> Change:
        new, target = recordings.path_of(self.scratch, name), self.course.recording(name)
        old_size = target.stat().st_size if target.exists() else 0
        old = _read_if_possible(target)
        if not new.exists():
            target.unlink(missing_ok=True)
            return Change(name, old, None, old_size, 0)
        file = recordings.read(new)
        recordings.write(target, file)
        return Change(name, old, file, old_size, os.stat(target).st_size)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _read_if_possible(path: Path) -> RecordingFile | None:
    """A recording, or None: recording again is the cure for a damaged one."""
    try:
        return recordings.read(path)
    except (RecordingError, recordings.RecordingMissing):
        return None
