from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.recordings import (
    Recording,
    RecordingError,
    RecordingMissing,
    Response,
    read,
    read_origin,
    write,
)

from .samples import ORIGIN, answers, fails, request, store, streams


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    pairs = [
        (request("Hi"), answers("Hello, \u4f60\u597d")),
        (request("Hi", stream=True), streams("Hel", "lo")),
        (request("Hi", n=2), fails(429, **{"retry-after": "7"})),
        (request("raw"), Response(status=200, base64="AAEC")),
    ]
    found = read(store(tmp_path, *pairs)).interactions
    assert [(i.request, i.response) for i in found] == pairs


def test_a_file_reads_well_in_a_diff(tmp_path: Path) -> None:
    text = store(tmp_path, (request("Hi"), streams("Hel", "lo"))).read_text("utf-8")
    event_lines = [line for line in text.splitlines() if "data: " in line]
    assert len(event_lines) == 3  # one event a line
    assert text.endswith("}\n")


def test_origin_is_read_without_the_answers(tmp_path: Path) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")))
    damaged = path.read_text("utf-8").replace("Hello", "HELLO")
    path.write_text(damaged, "utf-8")
    assert read_origin(path) == ORIGIN


def test_the_origin_of_a_truncated_file_is_not_looked_for_without_end(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    path.write_text('{"format": 1, "chap', "utf-8")
    with pytest.raises(RecordingError, match="truncated"):
        read_origin(path)


def test_equal_requests_get_their_answers_in_order_and_then_go_round(tmp_path: Path) -> None:
    path = store(tmp_path, *((request("Hi"), answers(text)) for text in "abc"))
    recording = Recording.load(path)
    heard = [recording.answer(request("Hi")).json_body for _ in range(7)]
    assert [body["choices"][0]["message"]["content"] for body in heard] == list("abcabca")


def test_the_order_of_keys_does_not_matter(tmp_path: Path) -> None:
    path = store(tmp_path, (request("Hi", n=2, seed=1), answers("yes")))
    Recording.load(path).answer(request("Hi", seed=1, n=2))


def damage(path: Path, how: str) -> None:
    text = path.read_text("utf-8")
    data = json.loads(text)
    first = data["interactions"][0]
    if how == "truncated":
        path.write_text(text[: len(text) // 2], "utf-8")
        return
    if how == "not JSON":
        path.write_text(text.replace('"status"', "status", 1), "utf-8")
        return
    if how == "not text":
        path.write_bytes(b"\xff\xfe" + text.encode())
        return
    if how == "a list":
        data = [data]
    elif how == "newer":
        data["format"] = 99
    elif how == "wrong type":
        first["response"]["status"] = "200"
    elif how == "wrong event":
        first["response"]["events"] = [["soon", "data: {}"]]
    elif how == "missing":
        del first["request"]
    elif how == "unknown field":
        first["response"]["cookie"] = "x"
    elif how == "edited":
        first["response"]["json"]["choices"][0]["message"]["content"] = "a nicer answer"
    elif how == "renamed model":
        data["origin"]["chat_model"] = "a-greater-model"
    elif how == "one removed":
        data["interactions"].pop()
    elif how == "reversed":
        data["interactions"].reverse()
    elif how == "unsealed":
        del data["sha256"]
    path.write_text(json.dumps(data), "utf-8")


@pytest.mark.parametrize(
    ("how", "place", "why"),
    [
        ("truncated", "line ", "truncated"),
        ("not JSON", "line ", "property name"),
        ("not text", "byte 0", "UTF-8"),
        ("a list", "the top level", "dictionary"),
        ("newer", "format 99", "git pull"),
        ("wrong type", "interactions[0].response.status", "integer"),
        ("wrong event", "interactions[0].response.events[0][0]", "integer"),
        ("missing", "interactions[0].request", "required"),
        ("unknown field", "interactions[0].response.cookie", "not permitted"),
        ("edited", "interactions[0]", "changed after recording"),
        ("renamed model", "sha256", "origin"),
        ("one removed", "sha256", "order"),
        ("reversed", "sha256", "order"),
        ("unsealed", "sha256", "changed after recording"),
    ],
)
def test_a_damaged_file_is_named_with_the_place(
    tmp_path: Path, how: str, place: str, why: str
) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")), (request("Bye"), answers("Bye")))
    damage(path, how)
    with pytest.raises(RecordingError) as caught:
        read(path)
    assert "01_test.json" in str(caught.value)
    assert place in str(caught.value)
    assert why.lower() in str(caught.value).lower()


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_damage_goes_unnoticed_or_unnamed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any single changed character gives the same content or one clear error."""
    path = store(tmp_path_factory.mktemp("damage"), (request("Hi"), answers("Hello")))
    original, text = read(path), path.read_text("utf-8")
    at = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.characters(codec="utf-8", exclude_categories=["Cs"]))
    path.write_text(text[:at] + new + text[at + 1 :], "utf-8", newline="")
    with suppress(RecordingError):
        found = read(path)
        assert (found.origin, found.interactions) == (original.origin, original.interactions)


def test_a_file_of_the_first_format_is_read_and_written_in_the_present_one(tmp_path: Path) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")))
    sealed = path.read_text("utf-8")
    data = json.loads(sealed)
    del data["sha256"]
    path.write_text(json.dumps(data | {"format": 1}), "utf-8")
    write(path, read(path))
    assert path.read_text("utf-8") == sealed


def test_a_missing_answer_is_explained_in_fifteen_lines(tmp_path: Path) -> None:
    long = "word " * 200
    pairs = [(request(f"{long} {n}"), answers("x")) for n in range(50)]
    recording = Recording.load(store(tmp_path, *pairs))
    many = {f"field_{n}": n for n in range(40)}
    with pytest.raises(RecordingMissing) as caught:
        recording.answer(request(f"{long} 7, changed", **many))
    shown = caught.value._render_traceback_()
    assert len(shown) <= 15
    assert all(len(line) <= 130 for line in shown)
    assert "7, changed" in str(caught.value)
    assert "COURSE_MODE=local" in str(caught.value)


def test_the_difference_is_taken_from_the_nearest_recording(tmp_path: Path) -> None:
    path = store(
        tmp_path,
        (request("What is the weather in Oslo?", temperature=1), answers("a")),
        (request("Write a product text for a tent."), answers("b")),
    )
    with pytest.raises(
        RecordingMissing, match=r'(?s)- .*"Write a prod.*\+ .*"Write a prod.*jacket'
    ):
        Recording.load(path).answer(request("Write a product text for a jacket."))


def test_a_missing_file_names_the_nearest_one(tmp_path: Path) -> None:
    store(tmp_path, (request("Hi"), answers("Hello")), lesson="01_requests")
    with pytest.raises(RecordingMissing, match="Did you mean '01_requests'"):
        read(tmp_path / "01_request.json")
