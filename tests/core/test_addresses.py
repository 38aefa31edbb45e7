"""The mode decides where requests go, and recordings fit every server."""

from __future__ import annotations

from pathlib import Path

import httpx2
import openai
import pytest

from utils import connect, connect_async, model_ids
from utils.addresses import is_loopback, relative_path, without_secrets
from utils.bodies import read_request
from utils.client import OPENAI_BASE_URL
from utils.recordings import Recorder, read
from utils.settings import SettingsError
from utils.transport import WatchingTransport

from .samples import ORIGIN, answers, ask, completion, request, store

KEY = "sk-" + "t" * 20

BASES = (
    "https://api.openai.com/v1",
    "https://openrouter.ai/api/v1",
    "https://example.com/v1beta/openai/",
    "https://example.com/v1/v1",
    "https://r.openai.azure.com/openai/v1",
    "https://r.openai.azure.com/openai/deployments/my-model",
    "https://example.com/a/gateway/without/version",
    "http://127.0.0.1:8089",
)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("known", [True, False], ids=["known", "of a copy"])
def test_what_any_server_answers_is_replayed_by_the_course(
    recordings: Path, base: str, known: bool
) -> None:
    if not known and "without" in base:
        pytest.skip("nothing in this address says where the API begins")
    path = recordings / "01_test.json"
    inner = httpx2.MockTransport(lambda _: httpx2.Response(200, json=completion("Hello")))
    recorder = Recorder(path, ORIGIN)
    transport = WatchingTransport((), recorder, inner, base_url=base if known else OPENAI_BASE_URL)
    http = httpx2.Client(transport=transport)
    client = openai.OpenAI(api_key="x", base_url=OPENAI_BASE_URL, http_client=http)
    client.with_options(base_url=base).chat.completions.create(
        **ask("Hi"), extra_query={"api-version": "2026-10-01"}
    )
    assert [i.request for i in read(path).interactions] == [request("Hi")]
    answer = connect("01_test").chat.completions.create(**ask("Hi"))
    assert answer.choices[0].message.content == "Hello"


def test_the_variable_of_the_sdk_changes_nothing(
    recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://openrouter.ai/api/v1")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    store(recordings, (request("Hi"), answers("Hello")))
    assert connect("01_test").chat.completions.create(**ask("Hi"))
    for client in (connect("01_test"), connect_async("01_test"), connect("01_test", mode="live")):
        assert str(client.base_url) == "https://api.openai.com/v1/"


@pytest.mark.parametrize(
    ("path", "base", "relative"),
    [
        ("/v1/files/v2/content", "", "/files/v2/content"),
        ("/files/f1/content", "", "/files/f1/content"),
        ("/models/v1", "", "/models/v1"),
        ("/openai/responses", "", "/responses"),
        ("/v1", "/v1", "/v1"),
        ("/gateway/chat/completions", "/gateway/", "/chat/completions"),
        ("/gateways/chat/completions", "/gateway", "/gateways/chat/completions"),
    ],
)
def test_a_path_is_relative_to_the_place_of_the_api(path: str, base: str, relative: str) -> None:
    assert relative_path(path, base) == relative


def test_secrets_in_a_query_are_neither_kept_nor_compared() -> None:
    both = [
        read_request(
            httpx2.Request("GET", f"https://example.com/v1/files?api_key={key}&limit=2"), b""
        )
        for key in ("AbC123", "xyz")
    ]
    assert both[0] == both[1]
    assert both[0].query == [["api_key", "..."], ["limit", "2"]]


def test_a_password_in_the_address_is_neither_shown_nor_stored(
    recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COURSE_BASE_URL", "http://ada:s3cret@127.0.0.1:9/v1?key=s3cret")
    monkeypatch.setattr(model_ids, "ask", lambda *_: {"data": [{"id": "m"}, {"id": "embed"}]})
    shown: list[object] = []
    monkeypatch.setattr("utils.client._show", shown.append)
    client = connect("01_test", mode="record")
    assert client.base_url.username == "ada"
    transport = client._client._transport
    assert isinstance(transport, WatchingTransport)
    assert transport.recorder is not None
    origin = transport.recorder.origin.model_dump()
    assert origin["server"] == "http://127.0.0.1:9/v1"
    assert "s3cret" not in f"{origin} {shown}"
    transport.recorder.close()
    assert without_secrets("https://u:p@h/v1?k=1#x") == "https://h/v1"


def test_keys_and_names_of_openai_stay_with_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    monkeypatch.setattr(model_ids, "ask", lambda *_: {"data": [{"id": "m"}, {"id": "embed"}]})
    sent: list[httpx2.Request] = []

    def server(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200, json=completion("Hello"))

    local = connect("01_test", mode="local", default_headers={"x-own": "1"})
    live = connect("01_test", mode="live")
    for client in (local, local.with_options(max_retries=1), live):
        client._client._transport._inner = httpx2.MockTransport(server)  # pyright: ignore
        client.chat.completions.create(**ask("Hi"))
    assert ["openai-organization" in each.headers for each in sent] == [False, False, True]
    assert ["openai-project" in each.headers for each in sent] == [False, False, True]
    assert [each.headers.get("x-own") for each in sent] == ["1", "1", None]
    with pytest.raises(SettingsError, match=r"example\.com is not OpenAI"):
        connect("01_test", mode="live", base_url="https://example.com/v1")
    monkeypatch.setenv("COURSE_BASE_URL", "https://api.openai.com/v1")
    with pytest.raises(SettingsError, match="COURSE_MODE=live"):
        connect("01_test", mode="local")


def test_the_http_client_is_the_courses_own(recordings: Path) -> None:
    store(recordings, (request("Hi"), answers("Hello")))
    with httpx2.Client() as own, pytest.raises(SettingsError, match="Leave it out"):
        connect("01_test", http_client=own)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("x.localhost", True),
        ("example.com", False),
        ("10.0.0.1", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_names(host: str, own: bool) -> None:
    assert is_loopback(host) is own
