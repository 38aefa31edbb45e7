"""What is recorded: requests, answers, where they come from, and their hashes."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = 2
"""What is written. Format 1, until 2026-11-28, had no hash over the file; it is still read."""


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, populate_by_name=True)


class Request(Strict):
    """A request as it is compared: no headers, and no address of a server.

    The path is relative to the client's base URL, so that any server's recording replays anywhere.
    `body` is parsed JSON; other bodies are {"$text": ...} or {"$base64": ...}.
    """

    method: str
    path: str
    query: list[Annotated[list[str], Field(min_length=2, max_length=2)]] = []
    body: Any = None

    @property
    def key(self) -> str:
        """What two equal requests have in common."""
        text = canonical([self.method, self.path, self.query, self.body])
        if ".0" in text:  # there may be a number such as 1.0, which equals 1
            text = canonical([self.method, self.path, self.query, _whole(self.body)])
        return text


def _whole(value: Any) -> Any:
    """JSON in which numbers without a fraction are integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return value


class Ended(Strict):
    """How a connection ended that did not end well."""

    how: Literal["error", "closed by reader", "canceled"]
    """A failed connection; a reader who left early; a time limit of whoever waited."""
    error: str | None = None
    """Name of the httpx2 exception."""
    message: str | None = None


Milliseconds = Annotated[int, Field(ge=0, strict=True)]
Event = Annotated[tuple[Milliseconds, Annotated[str, Field(strict=True)]], Field(strict=False)]
"""A server-sent event and when it came, counted from sending the request."""


class Response(Strict):
    """An answer; `status` is None when the connection failed before there was one."""

    status: int | None
    headers: dict[str, str] = {}
    ms: Milliseconds = 0
    """Milliseconds from sending the request to the end of the answer."""
    json_body: Any = Field(default=None, alias="json")
    form: str | None = None
    """How its JSON was written; see `utils.bodies`."""
    text: str | None = None
    base64: str | None = None
    events: list[Event] | None = None
    ended: Ended | None = None


class Origin(BaseModel):
    """Where the answers of a file come from."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)

    provider: str
    chat_model: str
    embed_model: str | None = None
    recorded: str
    """UTC, ISO 8601."""
    note: str | None = None


class Interaction(Strict):
    request: Request
    response: Response
    sha256: str


class RecordingFile(Strict):
    format: int
    lesson: str
    origin: Origin
    interactions: list[Interaction]
    sha256: str | None = None
    """The seal over origin and order. `write` makes it, and `read` checks it."""


def canonical(value: Any) -> str:
    """JSON in which equal values have equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def plain(model: BaseModel) -> dict[str, Any]:
    """A model as the dictionary that stands in the file; fields at their default are left out."""
    return model.model_dump(by_alias=True, exclude_defaults=True)


def fingerprint(request: dict[str, Any], response: dict[str, Any]) -> str:
    """SHA-256 of an interaction as it stands in the file."""
    return hashlib.sha256(canonical([request, response]).encode()).hexdigest()


def seal(origin: dict[str, Any], hashes: list[str]) -> str:
    """SHA-256 of a whole file: of its origin and of the hashes of its interactions, in order.

    Args:
        origin: as it stands in the file.
        hashes: the `sha256` of each interaction.
    """
    return hashlib.sha256(canonical([origin, hashes]).encode()).hexdigest()


def interaction(request: Request, response: Response) -> Interaction:
    """Seal a request and its answer with their hash."""
    return Interaction(
        request=request, response=response, sha256=fingerprint(plain(request), plain(response))
    )
