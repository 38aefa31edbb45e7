"""Secrets are found and are not recorded, and what only resembles one is left alone."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from utils import leaks
from utils.recordings import Recorder, RecordingError, read

from .samples import ORIGIN, ask, chunk, completion, request
from .test_recording import SSE, recording_client

LONG = "Ab3dEf6hIj9lMn2pQr5t"

SECRETS = {
    "sk-proj-abcdefgh12345678": "OpenAI",
    "sk-" + "AbCdEfGh" * 4: "OpenAI",
    "ek_68af" + LONG: "client secret",
    "whsec_" + LONG: "webhooks",
    "org-" + LONG: "organization",
    "org-ab12-cd34-ef56-gh78": "organization",
    "proj_" + LONG: "project",
    "user-" + LONG: "user",
    "Bearer " + LONG: "bearer",
    "AKIA" + "ABCDEFGH12345678": "AWS",
    "AIza" + LONG + LONG: "Google",
    "github_pat_" + LONG: "GitHub",
    "ghp_" + LONG: "GitHub",
    "glpat-" + LONG: "GitLab",
    "xoxb-123456789012-abc": "Slack",
    "hf_" + "abcdefghij" * 3: "Hugging Face",
    "AccountKey=" + LONG + "==": "Azure storage",
    "https://x.blob.core.windows.net/a?sv=1&sig=" + LONG + "%3D": "signature",
    "https://ada:s3cretpassw0rd@example.com/v1": "password",
    "https://example.com/v1?key=" + LONG: "key",
    "-----BEGIN EC PRIVATE KEY-----": "private key",
    "/home/ada/course": "path",
}

HARMLESS = (
    "OPENAI_API_KEY=sk-...",
    "a task-oriented-assistant-with-many-words",
    "org-wide and user-friendly and user-defined-functions",
    "http://127.0.0.1:8089/v1 and https://example.com/a:b@c",
    "seek_and_destroy, week_2026_11_28_report",
    "postgres://localhost:5432/shop",
    "https://example.com/?key=value&token=...",
    "the signature=yes flag",
    "see /tmpfiles and src/root",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_each_kind_is_named(secret: str) -> None:
    found = [str(leak) for leak in leaks.in_value({"a": [f"one\n{secret}\nthree"]})]
    assert any(SECRETS[secret] in told for told in found), found
    assert not any(secret in told for told in found if "path" not in told), "never in full"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_resembles_it_is_left_alone(text: str) -> None:
    assert list(leaks.in_value({"a": text})) == []
    assert list(leaks.in_text(text)) == []


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"tools": [{"headers": {"X-Api-Key": "abc"}}]}, 1),
        ({"tools": [{"type": "mcp", "authorization": "abc"}]}, 1),
        ({"authorization": "..."}, 0),
        ({"properties": {"authorization": {"type": "string"}}}, 0),
        ({"user": "ada@example.com"}, 1),
        ({"user": "8f14e45f"}, 0),
        ({"content": "write to ada@example.com"}, 0),
    ],
)
def test_fields_that_hold_secrets_are_known_by_their_names(value: Any, found: int) -> None:
    assert len(list(leaks.in_value(value))) == found


def test_numbers_and_pictures_are_no_secrets() -> None:
    noise = base64.b64encode(bytes(n * 7 % 256 for n in range(30_000))).decode()
    assert list(leaks.in_value({"embedding": [0.5] * 100, "b64": noise})) == []


def test_a_request_with_a_secret_is_not_sent_when_it_would_be_recorded(tmp_path: Path) -> None:
    sent: list[httpx2.Request] = []

    def server(each: httpx2.Request) -> httpx2.Response:
        sent.append(each)
        return httpx2.Response(200, json=completion("Hello"))

    path = tmp_path / "01_test.json"
    client = recording_client(path, server)
    client.chat.completions.create(**ask("Hi"))
    with pytest.raises(RecordingError) as caught:
        client.chat.completions.create(**ask("my key:\nsk-proj-abcdefgh12345678"))
    assert "request 2 of this recording, POST /chat/completions" in str(caught.value)
    assert "request.body.messages[0].content" in str(caught.value)
    assert len(sent) == 1
    assert len(read(path).interactions) == 1


def test_an_answer_with_a_secret_is_not_stored_and_the_others_are(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    secret = "sk-proj-abcdefgh12345678"
    told = [completion("Hello"), completion(f"It is:\n{secret}"), completion("Bye")]
    replies = [httpx2.Response(200, json=body) for body in told]
    client = recording_client(path, lambda _: replies.pop(0))
    client.chat.completions.create(**ask("1"))
    with pytest.raises(RecordingError, match=r"the answer to request 2 .*was not stored"):
        client.chat.completions.create(**ask("2"))
    client.chat.completions.create(**ask("3"))
    pieces = "".join(chunk(piece) for piece in (secret[:6], secret[6:])) + "data: [DONE]\n\n"
    client = recording_client(
        path, lambda _: httpx2.Response(200, headers=SSE, content=pieces.encode())
    )
    with pytest.raises(RecordingError, match="of all events"):
        list(client.chat.completions.create(**ask("4", stream=True)))
    assert len(read(path).interactions) == 2
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert secret.encode() not in kept
    assert json.dumps(secret[6:]).encode() not in kept


def test_the_number_in_the_message_is_that_of_the_request(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "01_test.json", ORIGIN)
    recorder.abandon(recorder.reserve(request("Hi")))
    with pytest.raises(RecordingError, match="request 2 of this recording"):
        recorder.reserve(request("sk-proj-abcdefgh12345678"))
    recorder.close()
