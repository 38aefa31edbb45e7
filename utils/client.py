"""connect(): settings in, an ordinary `openai.OpenAI` out.

The client that you get is what `OpenAI()` gives you anywhere else, with one difference: its
`http_client` has a transport of this course, which answers from the lesson's recording. Outside
the course you write `client = OpenAI()` and nothing else changes.
"""

from __future__ import annotations

import logging
import platform
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import openai
from openai import AsyncOpenAI, OpenAI

from . import costs, model_ids, recordings, settings
from .addresses import is_openai, without_secrets
from .async_client import OrderedAsyncOpenAI
from .recordings import Origin, Recorder, Recording
from .transport import ReplayTransport, WatchingTransport

logger = logging.getLogger(__name__)

_RECORDERS: dict[Path, Recorder] = {}
"""What this process records; `connect_async` adds to what `connect` has begun."""

NO_KEY = "no-key-is-needed-in-this-mode"
"""What is sent as a key where none is needed."""

OPENAI_BASE_URL = "https://api.openai.com/v1"
"""The service's address. The mode decides where requests go; the variable OPENAI_BASE_URL, which
the SDK reads when it is given no address, never does."""

NOT_FOR_OTHERS = ("OpenAI-Organization", "OpenAI-Project")
"""Headers that the SDK makes from OPENAI_ORG_ID and OPENAI_PROJECT_ID."""


@dataclass(frozen=True, slots=True)
class Status:
    """What `connect` shows in a notebook: one line."""

    mode: str
    text: str

    def __repr__(self) -> str:
        return f"{self.mode}: {self.text}"


def connect(lesson: str | None = None, *, mode: str | None = None, **options: Any) -> OpenAI:
    """Make a client for a lesson.

    Args:
        lesson: the lesson's id, such as "01_requests/a_first_request"; it names the recording.
        mode: "replay", "local", "live" or "record"; by default COURSE_MODE, and else "replay".
        options: what `openai.OpenAI` takes, such as `max_retries` or `timeout`, except
            `http_client`, which is what `connect` makes.

    Raises:
        SettingsError: if a setting cannot be used, or live mode has no usable key.
        RecordingMissing: if the lesson has no recording; the message names those that there are.
        RecordingError: if the recording is damaged.
    """
    plan = _plan(lesson, mode, fresh_meter=True, options=options)
    _show(plan.status)
    http = openai.DefaultHttpxClient(transport=plan.transport)
    return OpenAI(**plan.arguments, http_client=http)


def connect_async(
    lesson: str | None = None, *, mode: str | None = None, **options: Any
) -> AsyncOpenAI:
    """Make an asynchronous client for a lesson: as `connect`, with `openai.AsyncOpenAI`.

    Requests that are sent at once, as by `asyncio.gather`, leave in the order in which they were
    given (see `utils.async_client`), so that equal ones get their recorded answers in that order.
    """
    plan = _plan(lesson, mode, fresh_meter=False, options=options)
    _show(plan.status)
    http = openai.DefaultAsyncHttpxClient(transport=plan.transport)
    return OrderedAsyncOpenAI(**plan.arguments, http_client=http)


@dataclass(frozen=True, slots=True)
class _Plan:
    transport: ReplayTransport | WatchingTransport
    arguments: dict[str, Any]
    status: Status


def _plan(
    lesson: str | None, mode: str | None, fresh_meter: bool, options: dict[str, Any] | None = None
) -> _Plan:
    current = settings.load(mode)
    given = dict(options or {})
    if not isinstance(lesson, str) or not lesson.strip():
        known = ", ".join(recordings.names(current.recordings))
        raise settings.SettingsError(
            "connect needs the id of a lesson, such as "
            f'connect("01_requests/a_first_request"). There are: {known}.'
        )
    if "http_client" in given:
        raise settings.SettingsError(
            "connect makes the http_client itself: it is what replays and records. Leave it out, "
            "or use `openai.OpenAI(http_client=...)`, which has nothing to do with recordings."
        )
    lesson = lesson.strip()
    named = str(given["base_url"]) if given.get("base_url") else None
    meter = costs.start(lesson) if fresh_meter else costs.existing(lesson)
    path = recordings.path_of(current.recordings, lesson)
    if current.mode == "replay":
        recording = Recording.load(path)
        base = named or OPENAI_BASE_URL
        transport = ReplayTransport(recording, current.pace, meter, base)
        arguments = {"api_key": NO_KEY, "base_url": base} | given
        return _Plan(transport, arguments, Status("replay", _recorded(recording)))
    if current.answers_from == "live":
        base = named or OPENAI_BASE_URL
        _refuse_strangers(base)
        origin = model_ids.origin_of(current)
        arguments = {"api_key": settings.checked_key(current.api_key), "base_url": base} | given
        costs.LIVE_METER.limit = current.spend_limit
        meters = (costs.LIVE_METER, meter)
        answers = (
            f"{origin['chat_model']} of OpenAI answers and costs money, at most about "
            f"${current.spend_limit:.2f} in this process"
        )
    else:
        current = replace(current, base_url=named or current.base_url)
        base = model_ids.base_url(current)
        origin = model_ids.origin_of(current)
        headers = {name: openai.Omit() for name in NOT_FOR_OTHERS}
        headers |= given.pop("default_headers", None) or {}
        arguments = {
            "api_key": current.server_key or NO_KEY,
            "base_url": base,
            "default_headers": headers,
        } | given
        meters = (meter,)
        answers = f"{origin['chat_model']} answers at {without_secrets(base)}"
    recorder = None
    if current.mode == "record":
        if fresh_meter and path in _RECORDERS:
            _RECORDERS.pop(path).close()
        if path not in _RECORDERS:
            _RECORDERS[path] = Recorder(path, _header(origin))
        recorder = _RECORDERS[path]
        answers += f"; answers go into {path.name}"
    transport = WatchingTransport(meters, recorder, base_url=base)
    return _Plan(transport, arguments, Status(current.mode, answers))


def _refuse_strangers(base: str) -> None:
    """OpenAI's key goes to OpenAI only."""
    if not is_openai(host := httpx2.URL(base).host):
        raise settings.SettingsError(
            f"live mode sends your OpenAI key, and {host} is not OpenAI. For another server, use "
            "mode='local' with COURSE_BASE_URL, and COURSE_API_KEY if it wants a key."
        )


def _recorded(recording: Recording) -> str:
    origin = recording.origin
    answers = "answer" if len(recording) == 1 else "answers"
    note = f", {origin.note}" if origin.note else ""
    when = f"recorded {origin.recorded[:10]}"
    embeds = [one.request.path == "/embeddings" for one in recording.interactions]
    asked = [] if embeds and all(embeds) else [origin.chat_model]
    asked += [origin.embed_model] if any(embeds) and origin.embed_model else []
    return f"{len(recording)} {answers} of {' and '.join(asked)}{note}; {when}"


def _header(origin: dict[str, Any]) -> Origin:
    now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    versions = {"sdk": f"openai {openai.__version__}", "python": platform.python_version()}
    return Origin.model_validate(dict(sorted((origin | versions | {"recorded": now}).items())))


def _show(status: Status) -> None:
    """Show the line where cells are run; log it elsewhere."""
    logger.info("%r", status)
    shell = sys.modules.get("IPython")
    if shell is not None and shell.get_ipython() is not None:
        from IPython.display import display

        display(status)
