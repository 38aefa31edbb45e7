"""Which model answers: the ids behind CHAT_MODEL and EMBED_MODEL."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import httpx2

from . import models, network, settings
from .addresses import is_openai, without_secrets
from .recordings import Origin, names, path_of, read_origin

Role = Literal["chat", "embed"]


class NotServed(settings.SettingsError):
    """A server answers, but does not say what was asked of it."""


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
    """Address of the local server, without a slash at the end.

    Raises:
        SettingsError: if it is not an address, or is that of OpenAI.
    """
    address = (current.base_url or settings.LOCAL_BASE_URL).rstrip("/")
    try:
        host = httpx2.URL(address).host
    except httpx2.InvalidURL as error:
        raise settings.SettingsError(f"COURSE_BASE_URL is not an address: {error}.") from None
    if is_openai(host):
        raise settings.SettingsError(
            f"COURSE_BASE_URL leads to {host}, which is OpenAI and costs money. Set "
            "COURSE_MODE=live for that: it has a spending cap. (To record OpenAI's answers, leave "
            "COURSE_BASE_URL out and set COURSE_RECORD_FROM=live.)"
        )
    return address


@lru_cache(maxsize=4)
def _served(address: str, key: str | None) -> dict[Role, str]:
    ids = [str(entry["id"]) for entry in _listed(ask(address + "/models", key))]
    if not ids:
        raise NotServed(
            f"The server at {without_secrets(address)} lists no model. Load one there, or name one "
            "in COURSE_CHAT_MODEL."
        )
    embed = [id_ for id_ in ids if any(word in id_.lower() for word in ("embed", "minilm", "bge-"))]
    chat = [id_ for id_ in ids if id_ not in embed]
    return {"chat": (chat or ids)[0], "embed": (embed or ids)[0]}


def _listed(answer: dict[str, Any]) -> list[dict[str, Any]]:
    entries = answer.get("data")
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, dict) and "id" in entry]


def ask(url: str, key: str | None = None) -> dict[str, Any]:
    """GET a small JSON object from a local server.

    Raises:
        NotServed: if it answers with something else.
        SettingsError: if nothing answers.
    """
    headers = {"authorization": f"Bearer {key}"} if key else {}
    shown = without_secrets(url)
    try:
        with network.client(url, timeout=10) as client:
            answer = client.get(url, headers=headers)
    except httpx2.RequestError as error:
        if network.is_certificate_error(error):
            raise settings.SettingsError(
                f"The encrypted connection to {shown} failed ({network.told(error)}). "
                f"{network.CERTIFICATES}"
            ) from None
        raise settings.SettingsError(
            f"Nothing answers at {shown} ({network.told(error)}). Start the local model in a "
            "second terminal with `course local` and leave it running, or set COURSE_BASE_URL to "
            "the address of your own server. Without COURSE_MODE, the course needs neither."
        ) from None
    try:
        found = answer.json()
    except ValueError:
        found = None
    if answer.status_code == 200 and isinstance(found, dict):
        return found
    said = "and not with JSON" if not isinstance(found, dict) else f"({_message(found)})"
    raise NotServed(
        f"{shown} answered with status {answer.status_code} {said}. If that is not an "
        "OpenAI-compatible address, check COURSE_BASE_URL, which mostly ends in /v1; if it wants "
        "a key, set COURSE_API_KEY; if it has no list of models, name them in COURSE_CHAT_MODEL "
        "and COURSE_EMBED_MODEL."
    )


def _message(body: dict[str, Any]) -> str:
    """What the JSON of an error says."""
    error = body.get("error", body)
    return str(error.get("message", error) if isinstance(error, dict) else error)[:200]


def origin_of(current: settings.Settings) -> dict[str, Any]:
    """What answers in local or live mode, for the header of a recording.

    A server that has no list of models is taken at the word of COURSE_CHAT_MODEL.
    """
    if current.answers_from == "live":
        return {
            "provider": "openai",
            "chat_model": current.chat_model or models.LIVE_CHAT_MODEL,
            "embed_model": current.embed_model or models.LIVE_EMBED_MODEL,
        }
    address = base_url(current)
    try:
        served = served_by(current)
    except NotServed:
        if current.chat_model is None:
            raise
        served: dict[Role, str] = {}
    try:
        told = ask(address.removesuffix("/v1") + "/origin", current.server_key)
    except settings.SettingsError:
        told = {}
    if "provider" not in told:  # any other OpenAI-compatible server
        server = without_secrets(address)
        told = {"provider": "local", "server": server, "note": "not an OpenAI model"}
    chat, embed = current.chat_model or served["chat"], current.embed_model or served.get("embed")
    return told | {"chat_model": chat, "embed_model": embed}
