"""Which recorded answers a notebook asks for: an IPython extension that keeps count.

`execute.replay(..., extensions=["utils.notebooks.usage"], extra={LOG: file})` writes a line for
each answer that a notebook gets. `never_asked` compares that with what was recorded.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ..recordings import Recording, RecordingFile, Request, Response, lesson_of

LOG = "COURSE_USAGE_LOG"
"""Variable that names the file to write; `{pid}` in it is the number of the kernel's process."""

AnswerCounts = Counter[tuple[str, str]]
"""How often a request was answered, by recording and fingerprint of the request."""


def load_ipython_extension(shell: object) -> None:
    """Count the answers that this kernel gets from recordings."""
    log = Path(os.environ[LOG].replace("{pid}", str(os.getpid())))
    answer = Recording.answer

    def counted(self: Recording, request: Request) -> Response:
        found = answer(self, request)
        with log.open("a", encoding="utf-8") as out:
            out.write(json.dumps([lesson_of(self.path), _fingerprint(request)]) + "\n")
        return found

    Recording.answer = counted


def read_log(log: Path) -> AnswerCounts:
    """The counts in a file that a kernel wrote; none if it never asked."""
    if not log.exists():
        return AnswerCounts()
    return AnswerCounts(tuple(json.loads(line)) for line in log.read_text("utf-8").splitlines())


def most(usages: Iterable[AnswerCounts]) -> AnswerCounts:
    """The highest count of each request in several notebooks."""
    result = AnswerCounts()
    for usage in usages:
        result |= usage
    return result


def never_asked(file: RecordingFile, usage: AnswerCounts) -> list[str]:
    """The interactions of a recording that no notebook asks for, each as a line of text."""
    left = AnswerCounts(usage)
    unused = []
    for number, interaction in enumerate(file.interactions):
        request = interaction.request
        key = (file.lesson, _fingerprint(request))
        left[key] -= 1
        if left[key] < 0:
            body = json.dumps(request.body, ensure_ascii=False)
            unused.append(f"interactions[{number}] {request.method} {request.path} {body:.120}")
    return unused


def _fingerprint(request: Request) -> str:
    return hashlib.sha256(request.key.encode()).hexdigest()
