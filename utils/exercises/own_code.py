"""Whose code is it: the learner's, or a library's?"""

from __future__ import annotations

import sysconfig
from pathlib import Path

_FOREIGN = tuple(
    {
        str(Path(__file__).resolve().parent.parent),
        *(sysconfig.get_path(k) for k in ("stdlib", "platstdlib", "purelib", "platlib")),
        str(Path(sysconfig.__file__).resolve().parent),
    }
)


def is_own(filename: str) -> bool:
    """Whether a file holds the learner's code: no library, not the course's own modules."""
    if filename.startswith("<frozen") or filename == "<string>":
        return False
    return not filename.startswith(_FOREIGN) or filename.startswith("<")
