"""Bytes come back as bytes."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import openai
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from utils import connect
from utils.bodies import content, kept, written
from utils.recordings import Recorder, Response, plain
from utils.recordings.journal import encoded
from utils.transport import WatchingTransport

from .samples import ORIGIN, ask

JSON = "application/json"
OBJECT = {"a": [1, 1.5, None, "caf\u00e9 \U0001f600"], "b": {}}
FORMS = ("", "compact", "indented", "ascii", "compact ascii", "indented ascii newline", "newline")


@pytest.mark.parametrize("form", FORMS)
def test_json_in_a_usual_form_is_kept_as_json_and_byte_for_byte(form: str) -> None:
    body = written(OBJECT, form).encode()
    fields = kept(body, JSON, "/chat/completions")
    assert fields["json"] == OBJECT
    assert content(Response(status=200, **fields)) == body


FILES = [
    (b'{"custom_id": "a",  "x":1.0}\n', "application/octet-stream", "text"),
    (b'{"custom_id": "a",  "x":1.0}\n', JSON, "text"),
    (b"1.10", "text/csv", "text"),
    (b"42.50\n", "text/plain; charset=utf-8", "text"),
    (b'{"a": 1, "a": 2}', JSON, "text"),
    (b'{"a": 1.10}', JSON, "text"),
    (b'{"a": 1}', "", "text"),
    (b"null", JSON, "text"),
    (b"", JSON, "text"),
    (b"\xff\x00", JSON, "base64"),
    (b"\xef\xbb\xbf{}", JSON, "text"),
    (b'{"a": "\\ud83d"}', JSON, "text"),
    (b"[" * 950 + b"]" * 950, JSON, "text"),
    (b"[" * 100_000, JSON, "text"),
    (b"<html>", "text/html", "text"),
]


@pytest.mark.parametrize(("body", "kind", "field"), FILES)
def test_a_file_comes_back_as_it_was(recordings: Path, body: bytes, kind: str, field: str) -> None:
    assert list(kept(body, kind, "/files/f1/content")) == [field]
    path = recordings / "01_test.json"
    headers = {"content-type": kind} if kind else {}
    inner = httpx2.MockTransport(lambda _: httpx2.Response(200, headers=headers, content=body))
    transport = WatchingTransport((), Recorder(path, ORIGIN), inner)
    http = httpx2.Client(transport=transport)
    client = openai.OpenAI(api_key="x", http_client=http)
    live = client.files.content("f1")
    for answer in (live, connect("01_test").files.content("f1")):
        assert answer.read() == body
        assert answer.response.headers.get("content-type", "") == kind


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"a": 1e-7}', "json"),
        (b'{"a":  1}', "json"),
        (b'{"a": 1,"a": 2}', "text"),
        (b'{"a" : "\\ud83d"}', "text"),
        (b'{"a": 1', "text"),
    ],
)
def test_an_answer_in_an_unusual_form_keeps_its_values(body: bytes, field: str) -> None:
    fields = kept(body, "application/json; charset=utf-8", "/chat/completions")
    assert list(fields) == [field]
    answer = Response(status=200, **fields)
    if field == "json":
        assert json.loads(content(answer)) == json.loads(body)
    else:
        assert content(answer) == body


def test_an_odd_answer_does_not_keep_others_from_being_recorded(recordings: Path) -> None:
    path = recordings / "01_test.json"
    bodies = ['{"a": "x"}', '{"content": "x \\ud83d"}', "[" * 900 + "]" * 900, '{"b": "y"}']
    left = list(bodies)

    def server(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": JSON}, content=left.pop(0).encode())

    transport = WatchingTransport((), Recorder(path, ORIGIN), httpx2.MockTransport(server))
    http = httpx2.Client(transport=transport)
    client = openai.OpenAI(api_key="x", http_client=http)
    asked = [ask(str(n)) for n in range(4)]
    live = [client.chat.completions.with_raw_response.create(**each).text for each in asked]
    again = connect("01_test")
    replayed = [again.chat.completions.with_raw_response.create(**each).text for each in asked]
    assert replayed == live == bodies


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(
    st.binary(max_size=40)
    | st.tuples(VALUES, st.sampled_from(FORMS)).map(
        lambda given: written(*given).encode("utf-8", "surrogatepass")
    ),
    st.sampled_from([JSON, "text/plain", "application/problem+json", ""]),
)
@example(b"1" * 5000, JSON)
@example(b"NaN", JSON)
@example(b'"\\ud83d\\ude00"', JSON)
def test_any_body_of_a_file_comes_back(body: bytes, kind: str) -> None:
    answer = Response(status=200, **kept(body, kind, "/files/f1/content"))
    stored = Response.model_validate(json.loads(encoded(plain(answer))))
    assert content(stored) == body
