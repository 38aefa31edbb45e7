"""Recording chapters again, from a server that runs in this process."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebooks.samples import (
    CHAPTER,
    CONNECT,
    Server,
    code,
    lesson,
    serving,
    write_recording,
    write_solution,
)
from utils import record, recordings, settings
from utils.notebooks.build import out_of_date
from utils.notebooks.changes import Change, answer_text
from utils.notebooks.files import Course, NotebookError, open_notebook
from utils.recordings import RecordingError, Response

CALLED = {"name": "f", "arguments": "{}"}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A local server, and the settings that lead to it."""
    with serving() as running:
        monkeypatch.setenv("COURSE_BASE_URL", running.address)
        yield running


def everything(course: Course) -> dict[str, bytes]:
    """All files of a course that are not hidden."""
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for path in course.root.rglob("*")
        if path.is_file()
    }


def test_a_chapter_is_recorded_and_both_notebooks_are_stored(
    course: Course, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solution(course, *lesson("Say hello."))
    write_recording(course, ("Say hello.", "Good day!"), ("Old question.", "Old answer."))
    server.answers["Say hello."] = "Hello from the model!"
    assert record._run(course, [CHAPTER], live=False, yes=False) == 0
    file = recordings.read(course.recording(CHAPTER))
    assert [answer_text(i.response) for i in file.interactions] == ["Hello from the model! [stop] "]
    assert file.origin.chat_model == "tiny-chat"
    for path in (course.lesson(CHAPTER), course.solution(CHAPTER)):
        assert "Hello from the model!" in path.read_text("utf-8")
    assert server.asked == ["Say hello."], "the notebooks are stored from replay"
    told = capsys.readouterr().out
    assert "1 answer recorded, of which 0 as before" in told
    assert '~ POST /chat/completions "Say hello."' in told
    assert 'was "Good day! [stop] "' in told
    assert 'is  "Hello from the model! [stop] "' in told
    assert '- POST /chat/completions "Old question."' in told
    assert re.search(r"[\d,]+ bytes before, [\d,]+ now\n", told)
    names = set(everything(course))
    assert names == {f"{folder}/{CHAPTER}.ipynb" for folder in ("chapters", "solutions")} | {
        f"recordings/{CHAPTER}.json",
        "syllabus.toml",
    }


def test_a_run_that_fails_changes_nothing(course: Course, server: Server) -> None:
    write_solution(course, *lesson(), code("bad-cell", "int('seven')"))
    write_recording(course, ("Say hello.", "Good day!"))
    before = everything(course)
    with pytest.raises(NotebookError, match=r"id bad-cell\) failed:\s+ValueError: invalid"):
        record._run(course, [CHAPTER], live=False, yes=False)
    assert server.asked == ["Say hello."]
    assert everything(course) == before


def test_a_recording_that_the_chapter_cannot_replay_changes_nothing(
    course: Course, server: Server
) -> None:
    only_recorded = "import os\nif os.environ.get('COURSE_MODE') != 'record':\n    1 / 0"
    write_solution(course, *lesson(), code("bad-cell", only_recorded))
    before = everything(course)
    with pytest.raises(NotebookError, match=r"id bad-cell\) failed:\s+ZeroDivisionError"):
        record._run(course, [CHAPTER], live=False, yes=False)
    assert everything(course) == before


def test_without_a_server_the_message_says_how_to_start_one(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving() as gone:
        monkeypatch.setenv("COURSE_BASE_URL", gone.address)
    write_solution(course, *lesson())
    with pytest.raises(settings.SettingsError, match="Start the local model in a second"):
        record._run(course, [CHAPTER], live=False, yes=False)


def test_the_command_shows_errors_without_a_traceback(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(record, "Course", lambda: course)
    write_solution(course, *lesson())
    parser = argparse.ArgumentParser()
    record.add_arguments(parser)
    assert record.run(parser.parse_args(["nothing"])) == 1
    assert "There is no lesson 'nothing'" in capsys.readouterr().err
    with serving() as gone:
        monkeypatch.setenv("COURSE_BASE_URL", gone.address)
    assert record.run(parser.parse_args([CHAPTER])) == 1
    told = capsys.readouterr().err
    assert told.startswith("course record: Nothing answers at")
    assert "Traceback" not in told


def test_a_learners_chapter_stops_recording_before_it_starts(
    course: Course, server: Server
) -> None:
    write_solution(course, *lesson())
    course.lesson(CHAPTER).write_bytes(course.solution(CHAPTER).read_bytes())
    with pytest.raises(NotebookError, match="Nothing was overwritten"):
        record._run(course, [CHAPTER], live=False, yes=False)
    assert server.asked == []


def test_one_chapter_is_not_recorded_from_another_model_than_the_rest(
    course: Course, server: Server
) -> None:
    for name in (CHAPTER, "02_conversations"):
        write_solution(course, *lesson(), name=name)
        write_recording(course, ("Say hello.", "Hi."), name=name, model="old-chat")
    with pytest.raises(settings.SettingsError) as error:
        record._run(course, [CHAPTER], live=False, yes=False)
    assert "tiny-chat answers now, but 02_conversations was recorded from old-chat" in str(
        error.value
    )
    assert server.asked == []


@pytest.mark.usefixtures("no_kernel")
def test_a_new_model_is_stored_when_all_chapters_have_been_recorded(
    course: Course, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [CHAPTER, "02_conversations"]
    for name in names:
        cells = lesson(f"Hello from {name}.")
        cells[1].source = cells[1].source.replace(CHAPTER, name)
        write_solution(course, *cells, name=name)
        write_recording(course, (f"Hello from {name}.", "Hi."), name=name, model="old-chat")
    assert record._run(course, names, live=False, yes=False) == 0
    for name in names:
        assert recordings.read(course.recording(name)).origin.chat_model == "tiny-chat"
        assert out_of_date(course, name) is None


@pytest.mark.usefixtures("no_kernel")
def test_a_new_model_that_fails_on_the_way_changes_nothing(
    course: Course, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [CHAPTER, "02_conversations"]
    for name in names:
        write_solution(
            course, *lesson(), *[code("bad-cell", "1 / 0")] * (name != CHAPTER), name=name
        )
        write_recording(course, ("Say hello.", "Hi."), name=name, model="old-chat")
    before = everything(course)
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        record._run(course, names, live=False, yes=False)
    assert everything(course) == before
    assert "Not stored, for they need the rest: 01_requests" in capsys.readouterr().out


@pytest.mark.usefixtures("no_kernel")
def test_a_damaged_recording_is_cured_by_recording_again(course: Course, server: Server) -> None:
    write_solution(course, *lesson())
    course.recording(CHAPTER).write_text('{"format": 1, "chap', "utf-8")
    assert record._run(course, [CHAPTER], live=False, yes=False) == 0
    assert len(recordings.read(course.recording(CHAPTER)).interactions) == 1


def test_a_damaged_recording_of_another_chapter_is_named(course: Course, server: Server) -> None:
    write_solution(course, *lesson())
    course.recording("02_other").write_text('{"format": 1, "chap', "utf-8")
    with pytest.raises(RecordingError, match=r"02_other\.json cannot be read"):
        record._run(course, [CHAPTER], live=False, yes=False)
    assert server.asked == []


def test_live_asks_for_the_key_then_says_what_it_costs_and_asks(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_solution(course, *lesson())
    write_recording(course, *[(f"Question {n}", "Hi.") for n in range(1000)])
    with pytest.raises(settings.SettingsError, match="OPENAI_API_KEY is not set"):
        record._run(course, [CHAPTER], live=True, yes=True)
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    monkeypatch.setattr("builtins.input", lambda prompt: "no")
    before = everything(course)
    assert record._run(course, [CHAPTER], live=True, yes=False) == 1
    told = capsys.readouterr().out
    # 10,000 tokens in at $0.10 a million and 5,000 out at $0.50 a million
    assert "1000 requests, 10,000 tokens in, 5,000 out, about $0.0035" in told
    assert "Nothing was sent." in told
    assert everything(course) == before


def test_no_answer_to_the_question_is_no(
    course: Course, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    write_solution(course, *lesson())
    assert record._run(course, [CHAPTER], live=True, yes=False) == 1
    assert "never recorded, so there is nothing to estimate from" in capsys.readouterr().out


def test_live_gives_the_kernel_the_key_and_local_does_not(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "made-up")
    for source, has_key in (("live", True), ("local", False)):
        current = settings.load("record", record_from=source)
        env = record.Session(course, current, {}).environment(Path("scratch"))
        assert ("OPENAI_API_KEY" in env) is has_key
        assert env["COURSE_RECORD_FROM"] == source
        assert env["COURSE_SPEND_LIMIT"] == "0.5"


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (Response(status=404, json={"error": {"message": "No such model"}}), "404 No such model"),
        (Response(status=200, json={"object": "list", "data": [{"id": "a"}]}), "a"),
        (
            Response(
                status=200, json={"object": "list", "data": [{"embedding": "AAAA", "index": 0}]}
            ),
            "1 vectors (",
        ),
        (
            Response(
                status=200,
                events=[
                    (1, 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n'),
                    (2, 'data: {"choices":[{"delta":{"content":"lo"}}]}\n\n'),
                    (3, "data: [DONE]\n\n"),
                ],
            ),
            "Hello",
        ),
        (
            Response(
                status=200,
                events=[
                    (1, 'event: response.output_text.delta\ndata: {"type":'),
                    (1, 'data: {"type": "response.output_text.delta", "delta": "Hi"}\n\n'),
                ][1:],
            ),
            "Hi",
        ),
        (
            Response(status=200, json={"output": [{"content": [{"text": "From Responses"}]}]}),
            "From Responses",
        ),
        (
            Response(
                status=200,
                json={
                    "choices": [
                        {
                            "message": {
                                "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]
                            }
                        }
                    ]
                },
            ),
            "f{}",
        ),
        (
            Response(status=None, ended={"how": "error", "error": "ReadError"}),  # pyright: ignore[reportArgumentType]
            "connection failed: ReadError",
        ),
    ],
)
def test_what_an_answer_says_is_read_from_every_kind_of_answer(
    response: Response, said: str
) -> None:
    assert said in answer_text(response)


def test_the_same_answers_are_not_reported_as_changed(course: Course) -> None:
    file = recordings.read(write_recording(course, ("Say hello.", "Hello!")))
    told = str(Change(CHAPTER, file, file, 10, 10))
    assert told == f"{CHAPTER}: 1 answer recorded, of which 1 as before; 10 bytes before, 10 now"


STREAM = """\
stream = client.chat.completions.create(
    model=CHAT_MODEL, messages=[{"role": "user", "content": "Stream."}], stream=True
)
for chunk in stream:
    stream.close()
    break"""


@pytest.mark.usefixtures("no_kernel")
def test_a_stream_is_left_early_only_where_that_is_the_lesson(
    course: Course, server: Server
) -> None:
    write_solution(course, code("connect-client", CONNECT), code("leave-stream", STREAM))
    before = everything(course)
    with pytest.raises(NotebookError, match="a stream that was left before its end"):
        record._run(course, [CHAPTER], live=False, yes=False)
    assert everything(course) == before
    tagged = code("leave-stream", STREAM, tags=["leaves-stream"])
    write_solution(course, code("connect-client", CONNECT), tagged)
    assert record._run(course, [CHAPTER], live=False, yes=False) == 0
    ended = recordings.read(course.recording(CHAPTER)).interactions[0].response.ended
    assert ended is not None
    assert ended.how == "closed by reader"


def test_a_chapter_without_requests_has_no_recording(course: Course, server: Server) -> None:
    write_solution(course, code("sum-numbers", "print(1 + 1)"))
    assert record._run(course, [CHAPTER], live=False, yes=False) == 0
    assert not course.recording(CHAPTER).exists()
    cell = open_notebook(course.lesson(CHAPTER)).notebook.cells[0]
    assert cell.outputs[0].text == "2\n"
