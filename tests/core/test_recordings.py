from __future__ import annotations

import base64
import json
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.recordings import (
    Ended,
    Recording,
    RecordingError,
    RecordingMissing,
    Request,
    Response,
    read,
    read_origin,
    write,
)
from utils.recordings.missing import changed_parts

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


def told(path: Path, asked: Request) -> list[str]:
    """What the learner sees of a request that was not recorded."""
    with pytest.raises(RecordingMissing) as caught:
        Recording.load(path).answer(asked)
    return caught.value._render_traceback_()


def test_every_changed_word_of_a_long_message_is_shown(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(400)]
    path = store(tmp_path, (request(" ".join(words)), answers("x")))
    words[40], words[200], words[390] = "EARLY", "MIDDLE", "LATE"
    shown = told(path, request(" ".join(words)))
    [before] = [line for line in shown if line.startswith("  - ")]
    [after] = [line for line in shown if line.startswith("  + ")]
    assert all(word in before for word in ("word40 ", "word200 ", "word390 "))
    assert all(word in after for word in ("EARLY", "MIDDLE", "LATE"))
    assert max(map(len, shown)) <= 130


def test_more_changes_than_there_is_room_for_are_counted(tmp_path: Path) -> None:
    words = [f"word{n}" for n in range(400)]
    path = store(tmp_path, (request(" ".join(words)), answers("x")))
    for n in range(0, 400, 50):
        words[n] = f"changed{n}"
    shown = "\n".join(told(path, request(" ".join(words))))
    assert "changed0" in shown
    assert "(5 more changes)" in shown


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("a" * 300, "a" * 300 + " and more", "and more"),
        ("x " * 200 + "end", "x " * 200 + "other", "other"),
        ("one " * 100, "", ""),
        ("Wort" * 3000, "Wort" * 2999 + "end", "..."),
    ],
)
def test_parts_of_long_texts_are_short(old: str, new: str, parts: str) -> None:
    shown = changed_parts(old, new, 88)
    assert parts in shown[1]
    assert all(len(text) <= 130 for text in shown)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "bb", "ccc", "\n", "\u2028"]), max_size=120), st.data())
def test_any_change_of_words_is_shown_in_short(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words)))
    changed = [*words[:at], "CHANGED", *words[at + data.draw(st.integers(0, 2)) :]]
    old, new = " ".join(words), " ".join(changed)
    shown = changed_parts(old, new, 40)
    assert "CHANGED" in shown[1]
    assert all(len(text) <= 120 for text in shown)


def test_a_picture_in_a_changed_request_is_not_printed(tmp_path: Path) -> None:
    def look(data: bytes, question: str) -> Request:
        url = "data:image/png;base64," + base64.b64encode(data).decode()
        parts = [{"type": "image_url", "image_url": {"url": url}}]
        return request("x", messages=[{"role": "user", "content": [*parts, question]}])

    path = store(tmp_path, (look(bytes(300_000), "What is it?"), answers("x")))
    shown = told(path, look(bytes(300_000), "Who is it?"))
    assert "Who is it?" in "\n".join(shown)
    other = told(path, look(bytes(299_999) + b"x", "What is it?"))
    assert "400,000 characters of data" in "\n".join(other)
    assert max(map(len, [*shown, *other])) <= 160


def test_the_page_names_no_command_that_it_does_not_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")))
    here = "\n".join(told(path, request("Bye")))
    monkeypatch.setattr(sys, "platform", "emscripten")
    there = "\n".join(told(path, request("Bye")))
    assert "course local" in here
    assert "COURSE_MODE" not in there
    assert "on your machine" in there
    assert all("Undo the change" in text for text in (here, there))


@pytest.mark.parametrize(
    ("recorded", "asked"), [({"temperature": 0}, {"temperature": 0.0}), ({"n": 1.0}, {"n": 1})]
)
def test_numbers_that_are_equal_match(
    tmp_path: Path, recorded: dict[str, float], asked: dict[str, float]
) -> None:
    path = store(tmp_path, (request("1.0 is not 1", **recorded), answers("yes")))
    assert Recording.load(path).answer(request("1.0 is not 1", **asked))
    told(path, request("1 is not 1", **asked))


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")))
    file = read(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path) == file


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")
def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    path.symlink_to(tmp_path / "gone.json")
    with pytest.raises(RecordingMissing, match=r"link to .*gone\.json"):
        read(path)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
RESPONSES = st.builds(
    Response,
    status=st.none() | st.integers(100, 599),
    headers=st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    ms=st.integers(0, 10**6),
    json=JSON_VALUES,
    text=st.none() | st.text(max_size=9),
    events=st.none() | st.lists(st.tuples(st.integers(0, 999), st.text(max_size=9)), max_size=3),
    ended=st.none() | st.builds(Ended, how=st.sampled_from(["error", "canceled"])),
)
REQUESTS = st.builds(Request, method=st.just("POST"), path=st.text(max_size=9), body=JSON_VALUES)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(REQUESTS, RESPONSES), max_size=3))
def test_any_recording_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[Request, Response]]
) -> None:
    path = store(tmp_path_factory.mktemp("any"), *pairs)
    assert [(i.request, i.response) for i in read(path).interactions] == pairs


@settings(max_examples=60, deadline=None)
@given(JSON_VALUES, st.sampled_from(["", "origin", "interactions", "sha256", "format", "lesson"]))
def test_whatever_is_in_a_file_there_is_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, value: object, place: str
) -> None:
    path = store(tmp_path_factory.mktemp("odd"), (request("Hi"), answers("Hello")))
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(data | {place: value} if place else value), "utf-8")
    said: list[str] = []
    for reader in (read, read_origin):
        try:
            reader(path)
        except RecordingError as error:
            said.append(str(error))
    for text in said:
        assert "01_test.json" in text
        assert "course record" in text or "git pull" in text
