"""Recordings: one JSON file a lesson, with what was asked and what was answered.

A file looks like this (bodies keep the order of their keys, the rest is fixed):

    {"format": 2, "lesson": "01_requests/a_first_request",
     "origin": {"provider": "local", "chat_model": "...", "recorded": "2026-11-21T04:00:00Z", ...},
     "interactions": [
       {"request": {"method": "POST", "path": "/chat/completions", "body": {...}},
        "response": {"status": 200, "headers": {...}, "ms": 812, "json": {...}},
        "sha256": "..."}],
     "sha256": "..."}

A response has one of `json`, `text`, `base64`, or `events`: server-sent events as [ms, text], ms
counted from the moment the request was sent. `ended` says how the connection ended if it did not
end well. The `sha256` of an interaction is taken over its request and response, so that an edited
answer is noticed; the one at the end is taken over the origin and the order of the interactions.
"""

from __future__ import annotations

from .missing import RecordingMissing, explain_end
from .recorder import Recorder
from .replaying import Recording
from .shapes import (
    FORMAT,
    Ended,
    Interaction,
    Origin,
    RecordingFile,
    Request,
    Response,
    canonical,
    fingerprint,
    interaction,
    plain,
)
from .storing import (
    RecordingError,
    discard,
    lesson_of,
    locked,
    names,
    path_of,
    read,
    read_origin,
    recover,
    write,
)

__all__ = [
    "FORMAT",
    "Ended",
    "Interaction",
    "Origin",
    "Recorder",
    "Recording",
    "RecordingError",
    "RecordingFile",
    "RecordingMissing",
    "Request",
    "Response",
    "canonical",
    "discard",
    "explain_end",
    "fingerprint",
    "interaction",
    "lesson_of",
    "locked",
    "names",
    "path_of",
    "plain",
    "read",
    "read_origin",
    "recover",
    "write",
]
