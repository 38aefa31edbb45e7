from __future__ import annotations

from pathlib import Path

import pytest

import utils
from utils import connect, costs, models, settings
from utils.client import _plan
from utils.recordings import RecordingMissing
from utils.settings import SettingsError
from utils.transport import WatchingTransport

from .samples import answers, request, store

KEY = "sk-" + "t" * 20


def test_an_argument_beats_the_environment_which_beats_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("COURSE_PACE=0.25\nCOURSE_SPEND_LIMIT=2\nCOURSE_MODE=local\n")
    monkeypatch.chdir(tmp_path)
    settings._dotenv.cache_clear()
    monkeypatch.setenv("COURSE_PACE", "0.5")
    found = settings.load("replay")
    assert (found.mode, found.pace, found.spend_limit) == ("replay", 0.5, 2.0)
    settings._dotenv.cache_clear()


@pytest.mark.parametrize(
    ("variable", "value", "words"),
    [
        ("COURSE_MODE", "online", "replay, local, live, record"),
        ("COURSE_PACE", "fast", "a number"),
        ("COURSE_PACE", "-1", "a number"),
        ("COURSE_SPEND_LIMIT", "nan", "US dollars"),
        ("COURSE_SPEND_LIMIT", "inf", "US dollars"),
        ("COURSE_RECORD_FROM", "tape", "local, live"),
        ("COURSE_BASE_URL", "localhost:11434", "http://"),
    ],
)
def test_an_unusable_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, words: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert variable in str(caught.value)
    assert repr(value) in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "not set"),
        ("", "empty"),
        ("   ", "empty"),
        (f'"{KEY}"', "quotes"),
        (f"'{KEY}", "quotes"),
        (f"{KEY}\n", "line break"),
        (f" {KEY}", "line break"),
        (f"{KEY} {KEY}", "character"),
        (f"{KEY}\u2026", "character"),
    ],
)
def test_a_key_that_cannot_work_is_explained_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, key: str | None, words: str
) -> None:
    if key is not None:
        monkeypatch.setenv("OPENAI_API_KEY", key)
    with pytest.raises(SettingsError) as caught:
        connect("01_requests", mode="live")
    assert words in str(caught.value)
    assert "ttt" not in str(caught.value)


def test_a_key_alone_never_starts_live_mode(
    monkeypatch: pytest.MonkeyPatch, recordings: Path
) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert settings.load().mode == "replay"
    assert connect("01_test").api_key != KEY


def test_live_mode_is_capped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    client = connect("01_requests", mode="live")
    assert client.api_key == KEY
    assert str(client.base_url) == "https://api.openai.com/v1/"
    assert costs.LIVE_METER.limit == settings.DEFAULT_SPEND_LIMIT


def test_the_real_key_is_not_sent_to_a_local_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(
        "utils.model_ids.ask", lambda *_: {"data": [{"id": "llama"}, {"id": "nomic-embed"}]}
    )
    client = connect("01_requests", mode="local", max_retries=5)
    assert KEY not in client.api_key
    assert str(client.base_url).startswith(settings.LOCAL_BASE_URL)
    assert client.max_retries == 5


def test_a_local_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(SettingsError, match=r"127\.0\.0\.1:9.*course local"):
        connect("01_requests", mode="local")


@pytest.mark.parametrize("chapter", [None, "", "  ", 1])
def test_a_missing_chapter_name_lists_the_chapters(recordings: Path, chapter: object) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    with pytest.raises(SettingsError, match="There are: 01_test"):
        connect(chapter)  # pyright: ignore[reportArgumentType]


def test_a_recording_that_does_not_exist_lists_those_that_do(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    with pytest.raises(RecordingMissing, match="Did you mean '01_test'"):
        connect("01_tset")


def test_model_ids_come_from_the_recordings(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    assert utils.CHAT_MODEL == "test-model"


def test_no_recordings_at_all_is_said(recordings: Path) -> None:
    with pytest.raises(SettingsError, match="git checkout"):
        _ = utils.CHAT_MODEL


def test_recordings_of_two_models_are_refused(recordings: Path) -> None:
    path = store(recordings, (request("Hi"), answers("Hello")))
    other = path.read_text("utf-8").replace('"test-model"', '"other-model"', 1)
    (recordings / "02_other.json").write_text(other, "utf-8")
    with pytest.raises(SettingsError, match=r"01_test.*02_other|different models"):
        _ = utils.CHAT_MODEL


def test_model_ids_are_the_live_ones_in_live_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_MODE", "live")
    assert (utils.CHAT_MODEL, utils.EMBED_MODEL) == (
        models.LIVE_CHAT_MODEL,
        models.LIVE_EMBED_MODEL,
    )
    monkeypatch.setenv("COURSE_CHAT_MODEL", "gpt-6-luna-2027-01-01")
    assert utils.CHAT_MODEL == "gpt-6-luna-2027-01-01"


def test_shutdown_dates_are_read_from_the_sdk() -> None:
    dates = models.shutdown_dates()
    assert len(dates) > 40
    assert all(models.shutdown_date(model.id) is None for model in models.CHAT_MODELS)
    assert models.shutdown_date("gpt-3.5-turbo-1106") is not None


def test_the_clients_of_one_process_record_into_one_take(
    monkeypatch: pytest.MonkeyPatch, recordings: Path
) -> None:
    monkeypatch.setattr(
        "utils.model_ids.ask", lambda *_: {"data": [{"id": "llama"}, {"id": "nomic-embed"}]}
    )
    plans = [_plan("01_test", "record", fresh) for fresh in (True, False, True)]
    first, joined, again = (plan.transport for plan in plans)
    assert isinstance(first, WatchingTransport)
    assert isinstance(joined, WatchingTransport)
    assert isinstance(again, WatchingTransport)
    assert first.recorder is joined.recorder is not again.recorder
