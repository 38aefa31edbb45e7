"""Where a lesson's answers come from, as a table made from the recording's own header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import settings
from ..recordings import path_of, read
from .tables import Table

SHORTENED = 16
"""Characters of a hash that are shown."""

_NAMES = {
    "provider": "who answered",
    "model_name": "model",
    "chat_model": "its id, which is CHAT_MODEL",
    "note": "note",
    "recorded": "recorded (UTC)",
    "sdk": "SDK that asked",
    "server": "runs the model",
    "server_version": "version of that",
    "sampling": "sampling, if a request sets none",
    "adaptations": "the course's server adds",
    "weights_sha256": "SHA-256 of the weights",
}
"""Keys of the header and how they are called in the table, in the order of the table."""


def origin_table(lesson: str) -> Table:
    """Who answered in a lesson's recording, when, and how many answers there are.

    Args:
        lesson: its id, such as "01_requests/a_first_request".

    Raises:
        RecordingMissing, RecordingError: as `utils.recordings.read`.
    """
    file = read(path_of(settings.load().recordings, lesson))
    rows = list(_rows(file.origin.model_dump()))
    return Table(
        ("in the header", "value"),
        [*rows, ("recorded answers", len(file.interactions))],
        f"recordings/{lesson}.json",
    )


def _rows(origin: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, name in _NAMES.items():
        value = origin.get(key)
        if value is None:
            continue
        text = _sampling(value) if key == "sampling" else _text(value)
        if key.endswith("sha256") and len(text) > SHORTENED:
            text = f"{text[:SHORTENED]}..."
        yield name, text


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _sampling(value: dict[str, Any]) -> str:
    """What the model's server uses when a request sets no sampling parameter."""
    return ", ".join(f"{name} {number}" for name, number in value["if it names none"].items())
