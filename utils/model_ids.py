"""Which model answers: the ids behind CHAT_MODEL and EMBED_MODEL."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import httpx2

from . import models, settings
from .recordings import Origin, names, path_of, read_origin

Role = Literal["chat", "embed"]


def resolve(role: Role) -> str:
    """The id of the model that answers in the current mode.

    Args:
        role: "chat" or "embed".

    Raises:
        SettingsError: if no model can be found, with what to do.
        RecordingError: if a recording is damaged.
    """
    current = settings.load()
    overruled = current.chat_model if role == "chat" else current.embed_model
    if overruled:
        return overruled
    if current.answers_from == "live":
        return models.LIVE_CHAT_MODEL if role == "chat" else models.LIVE_EMBED_MODEL
    if current.answers_from == "local":
        return served_by(current)[role]
    return recorded_in(current)[role]


def recorded_in(current: settings.Settings) -> dict[Role, str]:
    """The models of the recordings: one for each role, the same in all lessons.

    Raises:
        SettingsError: if there is no recording, or two of them name different models.
    """
    origins = {
        name: read_origin(path_of(current.recordings, name)) for name in names(current.recordings)
    }
    if not origins:
        raise settings.SettingsError(
            f"There are no recordings in {current.recordings.name}/. "
            "Restore them with `git checkout -- recordings`."
        )
    found: dict[Role, str] = {}
    for role in ("chat", "embed"):
        by_id = {id_: name for name, origin in origins.items() if (id_ := _id(origin, role))}
        if len(by_id) > 1:
            told = ", ".join(f"{name} with {id_}" for id_, name in by_id.items())
            raise settings.SettingsError(
                f"The recordings were made with different models: {told}. Record all chapters with "
                f"one model (`course record`), or name one in COURSE_{role.upper()}_MODEL."
            )
        found[role] = next(iter(by_id), "")
    if not found["embed"]:
        found["embed"] = models.LIVE_EMBED_MODEL
    return found


def _id(origin: Origin, role: Role) -> str | None:
    return origin.chat_model if role == "chat" else origin.embed_model


def served_by(current: settings.Settings) -> dict[Role, str]:
    """The models of a local server.

    Raises:
        SettingsError: if nothing answers there, or it lists no model.
    """
    return _served(base_url(current), current.server_key)


def base_url(current: settings.Settings) -> str:
    """Address of the local server, without a slash at the end."""
    return (current.base_url or settings.LOCAL_BASE_URL).rstrip("/")


@lru_cache(maxsize=4)
def _served(address: str, key: str | None) -> dict[Role, str]:
    ids = [str(entry["id"]) for entry in ask(address + "/models", key).get("data", [])]
    if not ids:
        raise settings.SettingsError(
            f"The server at {address} lists no model. Load one there, or name one in "
            "COURSE_CHAT_MODEL."
        )
    embed = [id_ for id_ in ids if any(word in id_.lower() for word in ("embed", "minilm", "bge-"))]
    chat = [id_ for id_ in ids if id_ not in embed]
    return {"chat": (chat or ids)[0], "embed": (embed or ids)[0]}


def ask(url: str, key: str | None = None) -> dict[str, Any]:
    """GET a small JSON object from a local server.

    Raises:
        SettingsError: if nothing answers, or not with a JSON object.
    """
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        answer = httpx2.get(url, headers=headers, timeout=10)
    except httpx2.RequestError as error:
        raise settings.SettingsError(
            f"Nothing answers at {url} ({type(error).__name__}). Start the local model in a second "
            "terminal with `course local` and leave it running, or set COURSE_BASE_URL to the "
            "address of your own server. Without COURSE_MODE, the course needs neither."
        ) from None
    try:
        found = answer.json() if answer.status_code == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise settings.SettingsError(
            f"{url} answered with status {answer.status_code} and not with JSON, so it is not an "
            "OpenAI-compatible address. Most end in /v1. Check COURSE_BASE_URL and COURSE_API_KEY."
        )
    return found


def origin_of(current: settings.Settings) -> dict[str, Any]:
    """What answers in local or live mode, for the header of a recording."""
    if current.answers_from == "live":
        return {
            "provider": "openai",
            "chat_model": current.chat_model or models.LIVE_CHAT_MODEL,
            "embed_model": current.embed_model or models.LIVE_EMBED_MODEL,
        }
    address = base_url(current)
    served = served_by(current)
    try:
        told = ask(address.removesuffix("/v1") + "/origin", current.server_key)
    except settings.SettingsError:
        told = {}
    if "provider" not in told:  # any other OpenAI-compatible server
        told = {"provider": "local", "server": address, "note": "not an OpenAI model"}
    chat, embed = current.chat_model or served["chat"], current.embed_model or served["embed"]
    return told | {"chat_model": chat, "embed_model": embed}
