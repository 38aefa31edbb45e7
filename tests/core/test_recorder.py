"""A recorder loses nothing, delays nobody, and gets along with others."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from utils import atomic
from utils.recordings import (
    Recorder,
    RecordingError,
    Response,
    journal,
    read,
)
from utils.recordings import (
    recorder as recorder_module,
)
from utils.settings import ROOT

from .samples import ORIGIN, answers, request, store


def record(recorder: Recorder, question: str, answer: str = "x") -> None:
    recorder.finish(recorder.reserve(request(question)), answers(answer))


def asked(path: Path) -> list[str]:
    return [i.request.body["messages"][0]["content"] for i in read(path).interactions]


def beside(path: Path) -> list[str]:
    """Files of a recording's folder that are neither it nor its lock."""
    return [
        p.name for p in path.parent.iterdir() if p.name not in (path.name, f".{path.name}.lock")
    ]


class Writes:
    """Counts the threads that write files; `gate` holds them up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.threads: list[str] = []
        self.gate, self.done = threading.Event(), threading.Event()
        real = atomic.write

        def write(*given: Any, **named: Any) -> None:
            self.threads.append(threading.current_thread().name)
            assert self.gate.wait(30)
            real(*given, **named)
            self.done.set()

        monkeypatch.setattr(atomic, "write", write)


def test_saving_is_left_to_a_thread_and_done_for_many_answers_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store(tmp_path, *((request(f"old {n}"), answers("x")) for n in range(20)))
    writes = Writes(monkeypatch)
    recorder = Recorder(path, ORIGIN)
    places = [recorder.reserve(request(f"new {n}")) for n in range(20)]
    for place in reversed(places):  # none of these calls waits for the file
        recorder.finish(place, answers("x"))
    assert asked(path)[20:] == [f"new {n}" for n in range(20)]
    assert "new 0" not in path.read_text("utf-8")
    writes.gate.set()
    assert writes.done.wait(30)
    assert set(writes.threads) == {"recorder"}
    assert len(writes.threads) < 5
    recorder.close()
    assert "new 19" in path.read_text("utf-8")
    assert beside(path) == []


def test_nothing_is_saved_while_an_answer_is_awaited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path / "01_test.json", ORIGIN)
    slow = recorder.reserve(request("slow"))
    record(recorder, "quick")
    now = recorder_module.time.monotonic()
    later = [now + 1, now + recorder_module.LONGEST_WAIT + 1]
    due = []
    for moment in later:
        monkeypatch.setattr(recorder_module.time, "monotonic", lambda moment=moment: moment)
        due.append(recorder._is_due())
    monkeypatch.undo()
    assert due == [False, True]
    recorder.abandon(slow)
    recorder.close()


def test_an_answer_is_laid_out_once_however_often_the_file_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = store(tmp_path, *((request(f"old {n}"), answers("x")) for n in range(9)))
    laid: Counter[str] = Counter()
    real = recorder_module._laid

    def counted(one: Any) -> Any:
        laid[one.request.body["messages"][0]["content"]] += 1
        return real(one)

    monkeypatch.setattr(recorder_module, "_laid", counted)
    recorder = Recorder(path, ORIGIN)
    for n in range(9):
        record(recorder, f"new {n}")
        recorder.flush()
    recorder.close()
    assert len(asked(path)) == 18
    assert set(laid.values()) == {1}


CODE = """
import os, signal, sys
from pathlib import Path
from tests.core.samples import ORIGIN, answers, request
from utils.recordings import Recorder
path, name, count, end = sys.argv[1:]
recorder = Recorder(Path(path), ORIGIN)
print("ready", flush=True)
input()
for number in range(int(count)):
    recorder.finish(recorder.reserve(request(f"question {number}")), answers(f"{name} {number}"))
if end == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


def process(path: Path, name: str, count: int, end: str = "well") -> subprocess.Popen[str]:
    """A process that records, and waits for a line before its first answer."""
    command = [sys.executable, "-c", CODE, str(path), name, str(count), end]
    pipe = subprocess.PIPE
    started = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def go(*running: subprocess.Popen[str]) -> list[int]:
    for each in running:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    return [each.wait(60) for each in running]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_a_killed_process_loses_no_complete_answer(tmp_path: Path) -> None:
    path = store(tmp_path, (request("question 1"), answers("old")), (request("old"), answers("o")))
    assert go(process(path, "a", 5, "killed")) == [-signal.SIGKILL]
    expected = ["old", *(f"question {n}" for n in range(5))]
    assert asked(path) == expected
    [left] = beside(path)
    whole = (tmp_path / left).read_bytes()
    (tmp_path / left).write_bytes(whole[:-30])
    assert asked(path) == expected[:-1], "a line that was cut off is no answer"
    (tmp_path / left).write_bytes(whole)
    Recorder(path, ORIGIN).close()
    assert asked(path) == expected
    assert beside(path) == []


def test_two_processes_with_the_same_requests_keep_both_answers(tmp_path: Path) -> None:
    path = store(tmp_path, (request("question 0"), answers("old")))
    running = [process(path, name, 15) for name in ("left", "right")]
    assert go(*running) == [0, 0]
    found = [
        i.response.json_body["choices"][0]["message"]["content"] for i in read(path).interactions
    ]
    expected = {f"{name} {number}" for name in ("left", "right") for number in range(15)}
    assert set(found) == expected
    assert len(found) == len(expected)
    assert beside(path) == []


def test_an_answer_that_is_the_same_as_before_is_not_lost(tmp_path: Path) -> None:
    path = store(tmp_path, *[(request("again"), answers("same"))] * 2, (request("x"), answers("y")))
    recorder = Recorder(path, ORIGIN)
    for count in (1, 2, 3):
        record(recorder, "again", "same")
        assert asked(path) == ["x", *["again"] * count]
        recorder.flush()
        assert asked(path) == ["x", *["again"] * count]
    recorder.close()
    record(recorder, "x", "new")  # a new take
    recorder.close()
    assert asked(path) == [*["again"] * 3, "x"]


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, int]]:
    """A disk with room for some bytes, until `room` is raised."""
    disk = {"room": 300}
    real = os.write

    def write(handle: int, content: bytes) -> int:
        if disk["room"] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(handle, content[: disk["room"]])
        disk["room"] -= written
        return written

    monkeypatch.setattr(journal.os, "write", write)
    yield disk
    monkeypatch.undo()


def test_a_full_disk_is_said_and_nothing_is_lost(tmp_path: Path, full_disk: dict[str, int]) -> None:
    path = tmp_path / "01_test.json"
    recorder = Recorder(path, ORIGIN)
    place = recorder.reserve(request("first"))
    with pytest.raises(
        RecordingError, match=r"01_test\.json cannot be written: No space.*Make room"
    ):
        recorder.finish(place, answers("x"))
    with pytest.raises(RecordingError, match="No space"):
        recorder.reserve(request("second"))
    full_disk["room"] = 1_000_000
    record(recorder, "second")
    assert asked(path) == ["first", "second"]
    recorder.close()
    assert asked(path) == ["first", "second"]


def test_a_disk_that_is_almost_full_is_said_before_anything_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path / "01_test.json", ORIGIN)
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(RecordingError, match="less than 10 MB are free"):
        recorder.reserve(request("Hi"))
    recorder.close()


def test_a_place_that_cannot_be_written_is_found_out_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RecordingError, match=r"01_test\.json cannot be .*director"):
        Recorder(tmp_path / "file" / "01_test.json", ORIGIN)
    (tmp_path / "02_test.json").mkdir()
    with pytest.raises(RecordingError, match=r"02_test\.json cannot be read: Is a directory"):
        Recorder(tmp_path / "02_test.json", ORIGIN)


def test_answers_of_two_models_are_not_put_under_one_header(tmp_path: Path) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")))
    other = ORIGIN.model_copy(update={"chat_model": "another-model"})
    with pytest.raises(RecordingError, match=r"test-model \(test\), and another-model"):
        Recorder(path, other)


def test_an_answer_that_cannot_be_kept_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    recorder = Recorder(path, ORIGIN)
    record(recorder, "before")
    place = recorder.reserve(request("broken"))
    with pytest.raises(RecordingError, match="the answer to POST /chat/completions cannot be kept"):
        recorder.finish(place, Response(status=200, text="\ud83d"))
    record(recorder, "after")
    recorder.close()
    assert asked(path) == ["before", "after"]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links")
def test_a_link_is_recorded_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = store(tmp_path / "real", (request("old"), answers("x")))
    link = tmp_path / "01_test.json"
    link.symlink_to(real)
    recorder = Recorder(link, ORIGIN)
    record(recorder, "new")
    recorder.close()
    assert link.is_symlink()
    assert asked(real) == asked(link) == ["old", "new"]


def test_answers_are_there_at_once_in_the_order_of_sending(tmp_path: Path) -> None:
    path = tmp_path / "01_test.json"
    recorder = Recorder(path, ORIGIN)
    first, second = recorder.reserve(request("1")), recorder.reserve(request("2"))
    recorder.finish(second, answers("two"))
    assert [i.request for i in read(path).interactions] == [request("2")]
    recorder.finish(first, answers("one"))
    assert [i.request for i in read(path).interactions] == [request("1"), request("2")]
    assert not list(tmp_path.glob("*.part"))


def test_a_recorder_keeps_what_it_did_not_ask(tmp_path: Path) -> None:
    path = store(tmp_path, (request("old"), answers("o")), (request("asked again"), answers("a")))
    recorder = Recorder(path, ORIGIN)
    recorder.finish(recorder.reserve(request("asked again")), answers("b"))
    found = {i.request.body["messages"][0]["content"]: i.response for i in read(path).interactions}
    assert found == {"old": answers("o"), "asked again": answers("b")}


def test_a_recorder_refuses_to_start_on_a_damaged_file(tmp_path: Path) -> None:
    path = store(tmp_path, (request("Hi"), answers("Hello")))
    path.write_text(path.read_text("utf-8")[:200], "utf-8")
    before = path.read_bytes()
    with pytest.raises(RecordingError):
        Recorder(path, ORIGIN)
    assert path.read_bytes() == before
