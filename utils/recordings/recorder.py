"""Recording: answers are kept as they come, and saved when nobody waits for anything.

Recording must not change what it records. An answer is complete when its last byte has come, and
what happens then happens quickly: it is appended to the recorder's journal (see `journal`). Turning
journals into the recording's file takes longer, so a thread does it while no request is under way,
many answers at once.
"""

from __future__ import annotations

import atexit
import errno
import itertools
import logging
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from .. import atomic, leaks
from .journal import Entry, Journal, encoded, home, merged
from .missing import RecordingMissing
from .shapes import Interaction, Origin, Request, Response, interaction, plain
from .storing import (
    RecordingError,
    document,
    label,
    layout,
    lesson_of,
    locked,
    read,
    read_file,
    recover,
    unwritable,
)

logger = logging.getLogger(__name__)

QUIET = 0.1
"""Seconds without a request under way after which answers are saved."""

LONGEST_WAIT = 10.0
"""Seconds after which they are saved in any case."""

SHARE = 20
"""Saving again waits this many times as long as saving took, so that it takes 5% of the time."""

SMALLEST_ROOM = 10_000_000
"""Bytes that have to be free on the disk before a request is sent."""


_OPEN: set[Recorder] = set()
"""Recorders whose answers are saved when the process ends."""


@dataclass(slots=True, eq=False)
class Place:
    """The place of one answer among those of a recorder.

    Attributes:
        number: counts requests in the order of sending.
        request: what was asked.
        response: its answer, None as long as there is none.
        laid: the two as they stand in the file, None until they are saved for the first time.
    """

    number: int
    request: Request
    response: Response | None = None
    laid: Entry[str] | None = None


class Recorder:
    """Collects answers and saves them. Safe to use from several threads.

    Two recorders of one file, in two kernels, do not destroy each other's work: each replaces only
    what the file had before it started, and of that only the requests that it records itself.

    Args:
        path: the file to write.
        origin: what answers.

    Raises:
        RecordingError: if the file is damaged, holds the answers of another model, or cannot be
            written. That is found out here, before a request is sent.
    """

    def __init__(self, path: Path, origin: Origin) -> None:
        self.path, self.origin = path, origin
        self._lock = threading.Condition()
        self._saving = threading.Lock()
        self._count = itertools.count()
        self._begin()

    def _begin(self) -> None:
        """Start a take: what the file has now is what it had before."""
        self._places: dict[int, Place] = {}
        self._under_way: set[Place] = set()
        self._unwritten: list[bytes] = []
        self._trouble: RecordingError | None = None
        self._unsaved_since: float | None = None
        self._changed = time.monotonic()
        self._known: tuple[object, list[Entry[str]]] = (None, [])
        self._thread: threading.Thread | None = None
        recover(self.path)
        self._before: list[str] = []
        try:
            file = read(self.path)
        except RecordingMissing:
            pass
        else:
            self._refuse_another(file.origin)
            self._before = [each.sha256 for each in file.interactions]
        try:
            self._journal: Journal | None = Journal(self.path, self.origin, self._before)
        except OSError as error:
            raise unwritable(self.path, error) from None
        _OPEN.add(self)

    def _refuse_another(self, old: Origin) -> None:
        """One header cannot name two models."""
        if (old.provider, old.chat_model) != (self.origin.provider, self.origin.chat_model):
            raise RecordingError(
                f"{label(self.path)} holds answers of {old.chat_model} ({old.provider}), and "
                f"{self.origin.chat_model} ({self.origin.provider}) answers now; the header of a "
                "file names one model. Record the whole lesson with `course record`, or set "
                "COURSE_RECORDINGS_DIR to another folder."
            )

    def __len__(self) -> int:
        """Requests of this take."""
        return len(self._places)

    def reserve(self, request: Request) -> Place:
        """Keep a place for an answer, so that concurrent requests stay in the order of sending.

        Raises:
            RecordingError: if the request holds a secret, or the answer could not be saved; nothing
                was sent then.
        """
        if leak := next(leaks.in_value(plain(request), "request"), None):
            raise RecordingError(
                f"request {len(self) + 1} of this recording, {request.method} {request.path}, was "
                f"not sent: {leak}. It would be stored in {label(self.path)}, which is published. "
                "Take it out, or ask in another mode."
            )
        with self._lock:
            if self._journal is None:
                self._begin()
            trouble, self._trouble = self._trouble, None
            if trouble is not None:
                raise trouble
            try:
                self._write_the_rest()
                if shutil.disk_usage(home(self.path)[0]).free < SMALLEST_ROOM:
                    raise OSError(errno.ENOSPC, "less than 10 MB are free on the disk")
            except OSError as error:
                raise unwritable(self.path, error) from None
            place = Place(next(self._count), request)
            self._places[place.number] = place
            self._under_way.add(place)
            return place

    def finish(self, place: Place, response: Response) -> None:
        """Put an answer into its place. When this returns, it survives the end of the process.

        Raises:
            RecordingError: if it cannot be kept, or holds a secret. The other answers are kept.
        """
        with self._lock:
            self._under_way.discard(place)
            if self._journal is None:
                self._begin()
            self._places[place.number] = place  # which may be of an earlier take
            fields = plain(response)
            if leak := next(leaks.in_interaction({}, fields), None):
                raise RecordingError(
                    f"the answer to request {place.number + 1} of this recording, "
                    f"{place.request.method} {place.request.path}, was not stored: {leak}. "
                    f"{label(self.path)} is published."
                )
            try:
                line = encoded([place.number, plain(place.request), fields])
            except (ValueError, RecursionError) as error:
                asked = f"{place.request.method} {place.request.path}"
                raise RecordingError(
                    f"the answer to {asked} cannot be kept in {label(self.path)}: {error}. "
                    "All others are kept."
                ) from None
            place.response = response
            self._unwritten.append(line)
            self._changed = time.monotonic()
            self._unsaved_since = self._unsaved_since or self._changed
            self._start_thread()
            self._lock.notify_all()
            try:
                self._write_the_rest()
            except OSError as error:
                raise unwritable(self.path, error) from None

    def abandon(self, place: Place) -> None:
        """Give up a place: no answer will come, or none that is worth keeping."""
        with self._lock:
            self._under_way.discard(place)
            self._changed = time.monotonic()
            self._lock.notify_all()

    def _write_the_rest(self) -> None:
        assert self._journal is not None
        while self._unwritten:
            self._journal.append_bytes(self._unwritten[0])
            del self._unwritten[0]

    def flush(self) -> None:
        """Save now what has been recorded so far.

        Raises:
            RecordingError: if the file cannot be written, or was damaged meanwhile.
        """
        self._save(in_background=False)

    def close(self) -> None:
        """Save and end the take. A request that comes later begins the next one.

        Raises:
            RecordingError: as `flush`. The journal stays then, and with it every answer.
        """
        self.flush()
        with self._lock:
            if self._journal is not None:
                self._journal.remove()
                self._journal = None
            self._lock.notify_all()
        _OPEN.discard(self)

    def _start_thread(self) -> None:
        if self._thread is not None:
            return
        self._thread = threading.Thread(target=self._keep_saving, name="recorder", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # at the end of a process, and in a browser, there are no new threads
            logger.debug("no thread could be started; the recording is saved at the end")

    def _keep_saving(self) -> None:
        while True:
            with self._lock:
                while self._thread is threading.current_thread() and self._journal is not None:
                    if self._is_due():
                        break
                    self._lock.wait(None if self._unsaved_since is None else QUIET)
                else:
                    return
            started = time.monotonic()
            try:
                self._save(in_background=True)
            except RecordingError as error:
                self._trouble = error
                time.sleep(LONGEST_WAIT)
            else:
                time.sleep(min(LONGEST_WAIT, SHARE * (time.monotonic() - started)))

    def _is_due(self) -> bool:
        if self._unsaved_since is None:
            return False
        now = time.monotonic()
        if now - self._unsaved_since >= LONGEST_WAIT:
            return True
        return not self._under_way and now - self._changed >= QUIET

    def _save(self, in_background: bool) -> None:
        """Fold the take into the file; in the background, requests under way go first."""
        with self._saving:
            with self._lock:
                if self._unsaved_since is None:
                    return
                since, self._unsaved_since = self._unsaved_since, None
                places = [self._places[number] for number in sorted(self._places)]
                places = [place for place in places if place.response is not None]
            try:
                for place in places:
                    if place.laid is None:
                        assert place.response is not None
                        place.laid = _laid(interaction(place.request, place.response))
                        if in_background:
                            time.sleep(0.002 if self._under_way else 0)
                own = [place.laid for place in places if place.laid is not None]
                self._write(own)
            except (OSError, RecordingError) as error:
                self._unsaved_since = since
                if isinstance(error, OSError):
                    raise unwritable(self.path, error) from None
                raise

    def _write(self, own: list[Entry[str]]) -> None:
        with locked(self.path):
            entries = merged(self._others(), own, self._before)
            content = [entry.content for entry in entries]
            hashes = [entry.sha256 for entry in entries]
            text = document(lesson_of(self.path), plain(self.origin), content, hashes)
            atomic.write(self.path, text)
            self._known = (_state(self.path), entries)

    def _others(self) -> list[Entry[str]]:
        """What the file holds now, read again only if somebody else has written it."""
        state, entries = self._known
        if state is not None and state == _state(self.path):
            return entries
        try:
            return [_laid(each) for each in read_file(self.path).interactions]
        except RecordingMissing:
            return []


def _laid(one: Interaction) -> Entry[str]:
    """An interaction as it stands in the file."""
    fields = {"request": plain(one.request), "response": plain(one.response), "sha256": one.sha256}
    return Entry(one.request.key, one.sha256, layout(fields, 2))


def _state(path: Path) -> object:
    """What changes when a file is written."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@atexit.register
def _save_all() -> None:
    for recorder in list(_OPEN):
        try:
            recorder.close()
        except RecordingError as error:
            logger.error("%s Nothing is lost: it will be saved with the next recording.", error)
