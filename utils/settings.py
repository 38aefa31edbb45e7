"""Settings of the course: from arguments, the environment, and a file named .env, in that order.

| variable              | meaning                                                     |
|-----------------------|-------------------------------------------------------------|
| COURSE_MODE           | replay (the default), local, live or record                 |
| COURSE_BASE_URL       | an OpenAI-compatible server for local mode; by default      |
|                       | http://127.0.0.1:8089/v1, where `course local` serves       |
| COURSE_API_KEY        | that server's key, if it wants one                          |
| COURSE_CHAT_MODEL     | overrules the id of the chat model                          |
| COURSE_EMBED_MODEL    | overrules the id of the embedding model                     |
| COURSE_PACE           | speed of replayed streams: 1 (default) as recorded, 0 at once |
| COURSE_SPEND_LIMIT    | US dollars that one process may spend in live mode (0.50)   |
| COURSE_RECORD_FROM    | what record mode records: local (default) or live           |
| COURSE_RECORDINGS_DIR | where the recordings are, by default recordings/            |
| COURSE_DATA_DIR       | the learner's own data: progress, models, caches; by        |
|                       | default the system's place for user data                    |
| OPENAI_API_KEY        | the key, for live mode                                      |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast, get_args

Mode = Literal["replay", "local", "live", "record"]
Source = Literal["local", "live"]

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds the course: chapters/, recordings/, utils/."""

LOCAL_BASE_URL = "http://127.0.0.1:8089/v1"
"""Where `course local` serves its model."""

DEFAULT_SPEND_LIMIT = 0.50
"""US dollars."""


class SettingsError(Exception):
    """A setting that cannot be used. The message says which one, and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `connect` needs to know.

    Attributes:
        mode: what answers requests.
        base_url: the server's address for local mode, None for OpenAI's own.
        api_key: the key for live mode, None when there is none.
        server_key: the key for the server of local mode; OpenAI's key is never sent there.
        chat_model: id that overrules the chat model, None to let the mode decide.
        embed_model: the same for embeddings.
        pace: factor on the recorded waits of a stream; 1 keeps them, 0 drops them.
        spend_limit: US dollars that this process may spend in live mode.
        record_from: what record mode sends its requests to.
        recordings: folder of the recordings.
    """

    mode: Mode
    base_url: str | None
    api_key: str | None
    server_key: str | None
    chat_model: str | None
    embed_model: str | None
    pace: float
    spend_limit: float
    record_from: Source
    recordings: Path

    @property
    def answers_from(self) -> Literal["recording", "local", "live"]:
        """Who answers: the recording, a local server, or OpenAI."""
        if self.mode == "replay":
            return "recording"
        return self.record_from if self.mode == "record" else self.mode


def load(mode: str | None = None, **overrides: object) -> Settings:
    """Read the settings.

    Args:
        mode: overrules COURSE_MODE.
        overrides: other fields of `Settings`, by name; None means not given.

    Raises:
        SettingsError: if a value is not usable.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    unknown = sorted(set(given) - set(Settings.__dataclass_fields__))
    if unknown:
        raise SettingsError(
            f"There is no setting named {unknown[0]!r}. "
            f"Settings are: {', '.join(Settings.__dataclass_fields__)}."
        )
    env = environment()

    def value(field: str, variable: str) -> str | None:
        return str(given[field]) if field in given else (env.get(variable) or "").strip() or None

    chosen = choice(mode or env.get("COURSE_MODE") or "replay", get_args(Mode), "COURSE_MODE")
    source = choice(
        value("record_from", "COURSE_RECORD_FROM") or "local",
        get_args(Source),
        "COURSE_RECORD_FROM",
    )
    key = given["api_key"] if "api_key" in given else env.get("OPENAI_API_KEY")
    recordings = value("recordings", "COURSE_RECORDINGS_DIR")
    base_url = value("base_url", "COURSE_BASE_URL")
    if base_url is not None and not base_url.startswith(("http://", "https://")):
        raise SettingsError(
            f"COURSE_BASE_URL is {base_url!r}, which is not an address. "
            "It looks like http://127.0.0.1:11434/v1 (with http:// in front and /v1 at the end)."
        )
    return Settings(
        mode=cast(Mode, chosen),
        base_url=base_url,
        api_key=None if key is None else str(key),
        server_key=value("server_key", "COURSE_API_KEY"),
        chat_model=value("chat_model", "COURSE_CHAT_MODEL"),
        embed_model=value("embed_model", "COURSE_EMBED_MODEL"),
        pace=number(value("pace", "COURSE_PACE"), 1.0, "COURSE_PACE", "a number from 0 to 10", 10),
        spend_limit=number(
            value("spend_limit", "COURSE_SPEND_LIMIT"),
            DEFAULT_SPEND_LIMIT,
            "COURSE_SPEND_LIMIT",
            "an amount in US dollars such as 0.50",
        ),
        record_from=cast(Source, source),
        recordings=Path(recordings) if recordings else ROOT / "recordings",
    )


def choice(text: str, allowed: tuple[str, ...], variable: str) -> str:
    """Return `text` if it is one of `allowed`, in lower case.

    Raises:
        SettingsError: naming the variable and the allowed words.
    """
    word = text.strip().lower()
    if word not in allowed:
        raise SettingsError(
            f"{variable} is {text!r}. It can be one of: {', '.join(allowed)}. "
            "Leave it out to replay the recordings, which needs no key."
        )
    return word


def number(
    text: str | None, default: float, variable: str, meaning: str, most: float = float("inf")
) -> float:
    """Return `text` as a number from 0 to `most`, or `default` when it is None.

    Raises:
        SettingsError: naming the variable and what it should be.
    """
    if text is None:
        return default
    try:
        result = float(text)
    except ValueError:
        result = float("nan")
    if not 0 <= result <= most or result == float("inf"):
        raise SettingsError(f"{variable} is {text!r}. It must be {meaning}.")
    return result


def checked_key(key: str | None) -> str:
    """Return the key of OpenAI if it can be one.

    Raises:
        SettingsError: if it is missing, empty, quoted, or has white space in it. The key itself is
            never part of the message.
    """
    where = "Set OPENAI_API_KEY in the environment or in a file named .env beside the README."
    if key is None or not key.strip():
        raise SettingsError(
            f"Live mode needs a key: OPENAI_API_KEY is {'not set' if key is None else 'empty'}. "
            f"{where} Without a key, leave COURSE_MODE out: the recordings need none."
        )
    if key[0] in "\"'`" or key[-1] in "\"'`":
        raise SettingsError(f"OPENAI_API_KEY has quotes around it. Remove them. {where}")
    if key != key.strip():
        raise SettingsError(
            "OPENAI_API_KEY starts or ends with a space or a line break; as it is, every request "
            f"would fail with a connection error. Remove it. {where}"
        )
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise SettingsError(
            "OPENAI_API_KEY has a character that no key has (a space, or one outside ASCII). "
            f"Copy it again. {where}"
        )
    return key


def environment() -> Mapping[str, str]:
    """The environment, with a file named .env behind it: what the environment sets, wins."""
    return {**_dotenv(str(Path.cwd())), **os.environ}


@lru_cache(maxsize=8)
def _dotenv(folder: str) -> dict[str, str]:
    try:
        from dotenv import dotenv_values
    except ModuleNotFoundError:  # in a browser's Python
        return {}
    for place in (Path(folder), ROOT):
        file = place / ".env"
        if file.is_file():
            return {name: value for name, value in dotenv_values(file).items() if value is not None}
    return {}


def data_dir() -> Path:
    """The learner's data folder, made when it is missing; COURSE_DATA_DIR overrules the place."""
    named = environment().get("COURSE_DATA_DIR")
    if named:
        folder = Path(named).expanduser()
    else:
        try:
            from platformdirs import user_data_path

            folder = user_data_path("openai-api-course", appauthor=False)
        except ModuleNotFoundError:  # in a browser's Python
            folder = Path.home() / ".openai-api-course"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
