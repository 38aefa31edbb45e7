"""Write a file in one step: whoever reads it sees the old content or the new one, never a part.

One policy for every file that the course replaces (recordings, notebooks, grades, progress):

- The new content is written to a hidden file in the same folder and flushed to the disk before it
  takes the old one's place, so that a crash or a power failure leaves the old file or the new one.
- A file that is replaced keeps its mode; a new one can be read by everyone (0644).
- A symbolic link stays, and the file that it leads to is replaced. Where somebody else may have
  put the link, as in a folder beside a class's submissions, the link itself is replaced.
- When anything fails, the hidden file is removed and the old file is as it was.

Whether two processes may write at the same time is the caller's business: see `recordings.locked`.
Downloads that are resumed (`local_model/weights.py`) keep their partial file on purpose and do not
come through here.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

NEW_FILE_MODE = 0o644


def write(
    path: Path,
    content: str | bytes,
    *,
    just_before: Callable[[], object] | None = None,
    follow_links: bool = True,
) -> None:
    """Replace a file, or make it; folders that are missing are made, too.

    Args:
        path: the file.
        content: all of it. Text is written as UTF-8, with its line ends as they are.
        just_before: called when everything is written and only the exchange is left to do. If it
            raises, the file stays as it is.
        follow_links: replace what a symbolic link leads to, and not the link.

    Raises:
        OSError: if it cannot be written.
    """
    target = Path(os.path.realpath(path)) if follow_links else path
    target.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{target.name[:100]}-"  # with the random part it stays below 255 bytes
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=prefix, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
            out.flush()
            os.fsync(out.fileno())
        os.chmod(temporary, _mode_of(target))
        if just_before is not None:
            just_before()
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _mode_of(path: Path) -> int:
    """The mode that a file has, or that it gets when it is new."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return NEW_FILE_MODE
