"""Proxies, certificates and odd gateways, as the SDK has them, on real sockets of this machine."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import httpx2
import openai
import pytest

from utils import connect, model_ids, network
from utils.settings import SettingsError, load
from utils.transport import WatchingTransport

from .samples import ask, completion

KEY = "sk-" + "t" * 20


class Listener(http.server.BaseHTTPRequestHandler):
    """A server, or a proxy, that keeps what it is asked."""

    seen: ClassVar[list[str]]
    answers: ClassVar[dict[str, tuple[int, object]]]

    def _reply(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        self.rfile.read(int(self.headers.get("content-length") or 0))
        place = self.path.removeprefix("http://api.invalid")
        status, body = self.answers.get(place, (404, {"error": {"message": "not for you"}}))
        content = json.dumps(body).encode()
        self.send_response(status)
        if status == 307:
            self.send_header("location", str(body))
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self._reply()

    def do_CONNECT(self) -> None:
        self.seen.append(f"CONNECT {self.path}")
        self.send_error(502)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def listening(**answers: tuple[int, object]) -> Iterator[tuple[str, list[str]]]:
    """An address, and what was asked there."""
    seen: list[str] = []
    table = {name.replace("_", "/"): answer for name, answer in answers.items()}
    kind = type("Own", (Listener,), {"seen": seen, "answers": table})

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", seen
        server.shutdown()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    model_ids._served.cache_clear()


MODELS = (200, {"data": [{"id": "tiny"}, {"id": "tiny-embed"}]})
CHAT = (200, completion("Hello"))


def test_a_proxy_is_used_for_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as (proxy, seen):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        client = connect("01_test", mode="live", max_retries=0)
        with pytest.raises(openai.APIConnectionError):
            client.chat.completions.create(**ask("Hi"))
    assert seen == ["CONNECT api.openai.com:443"]


def test_a_proxy_is_used_for_another_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(_v1_models=MODELS, _v1_chat_completions=CHAT) as (proxy, seen):
        monkeypatch.setenv("HTTP_PROXY", proxy)
        monkeypatch.setenv("COURSE_BASE_URL", "http://api.invalid/v1")
        client = connect("01_test", mode="local")
        client.chat.completions.create(**ask("Hi"))
    assert "GET http://api.invalid/v1/models" in seen
    assert seen[-1] == "POST http://api.invalid/v1/chat/completions"


def test_no_proxy_is_used_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        listening() as (proxy, refused),
        listening(_v1_models=MODELS, _v1_chat_completions=CHAT) as (server, seen),
    ):
        for name in ("HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.setenv("COURSE_BASE_URL", server + "/v1")
        connect("01_test", mode="local").chat.completions.create(**ask("Hi"))
        monkeypatch.setenv("COURSE_BASE_URL", server.replace("127.0.0.1", "127.0.0.5") + "/v1")
        with pytest.raises(SettingsError, match=r"Nothing answers at http://127\.0\.0\.5"):
            connect("01_test", mode="local")
        assert seen[-1] == "POST /v1/chat/completions"
        with network.client("https://api.openai.com/v1") as client:  # redirected, for instance
            assert client.get(server + "/v1/models").status_code == 200
    assert refused == []


def test_redirects_are_followed_as_by_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    moved = (307, "/new/chat/completions")
    with listening(_v1_chat_completions=moved, _new_chat_completions=CHAT) as (server, seen):
        transport = WatchingTransport(base_url=server + "/v1")
        http = openai.DefaultHttpxClient(transport=transport)
        client = openai.OpenAI(api_key="x", base_url=server + "/v1", http_client=http)
        client.chat.completions.create(**ask("Hi"))
        assert seen[-1] == "POST /new/chat/completions"
        monkeypatch.setenv("COURSE_BASE_URL", server + "/v1")
        monkeypatch.setenv("COURSE_CHAT_MODEL", "m")
        own = connect("01_test", mode="local")
        assert own.chat.completions.create(**ask("Hi")).choices


def test_the_pool_has_the_limits_of_the_sdk() -> None:
    with network.client() as ours, openai.OpenAI(api_key="x") as sdk:
        pools = [each._transport._pool for each in (ours, sdk._client)]  # pyright: ignore
        found = [(p._max_connections, p._max_keepalive_connections) for p in pools]
    assert found[0] == found[1] == (1000, 100)


def test_an_unknown_certificate_is_named_and_not_a_missing_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    why = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate"

    def refuse(*_: object, **__: object) -> None:
        raise httpx2.ConnectError(why)

    monkeypatch.setattr(httpx2.Client, "get", refuse)
    monkeypatch.setenv("COURSE_BASE_URL", "https://gateway.example/v1")
    with pytest.raises(SettingsError) as caught:
        connect("01_test", mode="local")
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)
    assert "SSL_CERT_FILE" in str(caught.value)
    assert "Nothing answers" not in str(caught.value)


def test_a_gateway_without_a_list_of_models_is_taken_at_our_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with listening(_v1_chat_completions=CHAT) as (server, seen):
        monkeypatch.setenv("COURSE_BASE_URL", server + "/v1")
        with pytest.raises(SettingsError, match=r"404 \(not for you\).*COURSE_CHAT_MODEL"):
            connect("01_test", mode="local")
        monkeypatch.setenv("COURSE_CHAT_MODEL", "named")
        connect("01_test", mode="local").chat.completions.create(**ask("Hi"))
        assert seen[-1] == "POST /v1/chat/completions"
        origin = model_ids.origin_of(load("local"))
        assert (origin["chat_model"], origin["embed_model"]) == ("named", None)
    with pytest.raises(SettingsError, match="Nothing answers"):
        connect("01_test", mode="local")


def test_a_proxy_that_cannot_be_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ftp://proxy.example")
    with pytest.raises(SettingsError, match="HTTPS_PROXY"):
        network.client()
