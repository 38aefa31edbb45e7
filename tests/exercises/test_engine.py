"""The engine: what crosses the seam, how runs are judged, and how endless code is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from time import sleep
from typing import Any

import openai
import pytest

from utils.exercises import (
    BadExerciseFile,
    Call,
    DuplicateExercise,
    Exercise,
    LocalPlayer,
    Outcome,
    Spy,
    UnknownExercise,
    every,
    expect,
    get,
    judge,
    model,
)
from utils.exercises.judging import Judgment
from utils.exercises.model import hinting
from utils.exercises.plain import Described, copied, decode, encode, short
from utils.exercises.playing import perform
from utils.exercises.registry import collected, mismatches
from utils.scripted import OffScript, Reply, ScriptedAPI, SentRequest, fails, says, streams


def make(id: str = "99.1", **more: Any) -> Exercise:
    return Exercise(
        **{
            "id": id,
            "function": "ask",
            "title": "t",
            "difficulty": "easy",
            "hints": ["a", "b"],
            **more,
        }
    )


ASK = make(seconds=0.5)


@ASK.case(hint="look at output_text")
def returns_answer(run):
    """it returns the answer"""
    answer = run.choose("Bergen", "Oslo", "Voss")
    result = run([says(answer)], "Where?")
    result.returned(answer)
    result.sent(1)


@ASK.case(points=2)
def retry_after(run):
    """after a 429 it waits as long as Retry-After says"""
    seconds = run.rng.randint(3, 9)
    result = run([fails(429, retry_after=seconds), says("Bergen")], "Where?")
    result.returned("Bergen")
    result.waited(at_least=seconds, between=(1, 2), because=f"Retry-After said {seconds} s")


@ASK.case(points=2, hidden=True)
def wrong_key(run):
    """a wrong key is not tried again"""
    result = run([fails(401)] * 3, "Where?")
    result.raised(openai.AuthenticationError)
    result.sent(1)


def right(client, question):
    return client.responses.create(model="m", input=question).output_text


async def right_async(client, question):
    return (await client.responses.create(model="m", input=question)).output_text


def own_loop(client, question):
    client = client.with_options(max_retries=0)
    while True:
        try:
            return client.responses.create(model="m", input=question).output_text
        except openai.RateLimitError as error:
            sleep(float(error.response.headers["retry-after"]))


@pytest.mark.parametrize("function", [right, right_async, own_loop])
def test_behavior_is_judged_and_not_form(function):
    judgment = judge(ASK, LocalPlayer(function), hidden=True)
    assert judgment.verdict == "right", judgment.text
    assert (judgment.score, judgment.max_score) == (5, 5)


def test_hidden_cases_count_only_for_a_class():
    assert judge(ASK, LocalPlayer(right)).max_score == 3


def test_async_functions_work_while_this_thread_runs_a_loop():
    async def kernel():
        return judge(ASK, LocalPlayer(right_async))

    assert asyncio.run(kernel()).verdict == "right"


def test_an_async_call_ends_at_the_second_at_which_it_returned():
    """Neither the simulated timer of a cut wait nor the clean-up of a task left behind counts."""

    async def left_behind():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(50)

    async def f(client):
        task = asyncio.create_task(left_behind())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(100), 7)
        return task.done()

    outcome = perform(f, Call("f").to_plain(), ScriptedAPI([]), lambda *_: None)
    assert outcome.value is False, outcome
    assert outcome.ended_at == 7


def test_async_functions_work_without_threads_too(monkeypatch):
    """As in a browser, where the running loop has to step aside."""
    monkeypatch.setattr("utils.exercises.playing.can_stop", lambda: False)

    async def kernel():
        before = asyncio.get_running_loop(), asyncio.current_task()
        judgment = judge(ASK, LocalPlayer(right_async))
        assert (asyncio.get_running_loop(), asyncio.current_task()) == before
        await asyncio.sleep(0)
        return judgment

    assert asyncio.run(kernel()).verdict == "right"


def test_a_failed_case_is_one_sentence_with_the_learners_own_line():
    def ask(client, question):
        return client.responses.create(model="m", input=question).choices[0]

    text = judge(ASK, LocalPlayer(ask)).text
    assert (
        "It raised AttributeError: 'Response' object has no attribute 'choices' (your line" in text
    )
    assert "return client.responses.create(model=" in text
    assert "Hint: look at output_text" not in text, "a case's hint is for its own assertions"


def test_the_hint_of_a_case_comes_with_its_assertions():
    assert "Hint: look at output_text" in judge(ASK, LocalPlayer(lambda *_: "Bergen?")).text


def test_waits_that_are_too_short_are_told_in_seconds():
    def ask(client, question):
        client = client.with_options(max_retries=0)
        for _ in range(3):
            try:
                return client.responses.create(model="m", input=question).output_text
            except openai.RateLimitError:
                time.sleep(1)

    judgment = judge(ASK, LocalPlayer(ask))
    assert judgment.verdict == "partly right"
    message = judgment.cases[1].message
    assert message.startswith("Retry-After said ")
    assert "it waited 1 s between request 1 and request 2, not at least" in message


def test_waits_that_are_too_long_are_told_in_seconds():
    exercise = make()

    @exercise.case()
    def waits(run):
        """it waits as long as Retry-After says, and hardly longer"""
        result = run([fails(429, retry_after=6), says("x")], "Where?")
        waited = result.waited(at_least=6, at_most=7, between=(1, 2), because="it said 6 s")
        expect(6 <= waited <= 7, "it returned other seconds")

    def ask(seconds):
        def wait_and_ask(client, question):
            with contextlib.suppress(openai.RateLimitError):
                return right(client.with_options(max_retries=0), question)
            time.sleep(seconds)
            return right(client, question)

        return wait_and_ask

    assert judge(exercise, LocalPlayer(ask(6))).verdict == "right"
    assert judge(exercise, LocalPlayer(ask(7))).verdict == "right"
    judgment = judge(exercise, LocalPlayer(ask(7.5)))
    assert judgment.verdict == "wrong"
    assert judgment.cases[0].message == (
        "it said 6 s, and it waited 7.5 s between request 1 and request 2, not at most 7 s"
    )


def stop_me(client, question):
    while True:
        pass


def stop_me_if_you_can(client, question):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


async def stop_my_loop(client, question):
    while True:
        await asyncio.sleep(0)


async def stop_my_task(client, question):
    while True:
        pass


ENDLESS = [stop_me, stop_me_if_you_can, stop_my_loop, stop_my_task]


@pytest.mark.parametrize("function", ENDLESS)
def test_endless_loops_are_stopped(function):
    judgment = judge(ASK, LocalPlayer(function))
    assert judgment.verdict == "too slow"
    assert judgment.cases[0].message == (
        "it was still running after 0.5 s of CPU time, or 2.5 s in all, and was stopped "
        "(an endless loop?)"
    )
    assert "not played" in judgment.cases[1].message


@pytest.mark.parametrize("function", ENDLESS)
def test_endless_loops_are_stopped_without_alarms_as_on_windows(function, monkeypatch):
    monkeypatch.delattr("signal.setitimer")
    before = threading.active_count()
    assert judge(ASK, LocalPlayer(function)).verdict == "too slow"
    assert judge(ASK, LocalPlayer(right)).verdict == "right"
    for _ in range(50):  # a thread that is ending still counts for a moment
        if threading.active_count() <= before + 1:
            break
        time.sleep(0.1)
    assert threading.active_count() <= before + 1, threading.enumerate()


def wait_for_a_lock(client, question):
    lock = threading.Lock()
    with lock, lock:
        pass


def wait_for_input(client, question):
    here, there = os.pipe()
    try:
        return os.read(here, 1)
    finally:
        os.close(here)
        os.close(there)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows interrupts no such wait")
@pytest.mark.parametrize("function", [wait_for_a_lock, wait_for_input])
def test_a_wait_that_never_ends_is_stopped_though_it_uses_no_cpu_time(function):
    judgment = judge(dataclasses.replace(ASK, seconds=0.3), LocalPlayer(function))
    assert judgment.verdict == "too slow"
    assert judgment.cases[0].message == (
        "it was still waiting after 1.5 s, and was stopped (for input, or a lock?)"
    )


def test_a_wait_in_a_worker_that_never_ends_is_left_behind(monkeypatch):
    monkeypatch.setattr("utils.exercises.playing.PATIENCE", 0.3)
    free = threading.Event()

    async def waits(client, question):
        free.wait()

    try:
        judgment = judge(dataclasses.replace(ASK, seconds=0.3), LocalPlayer(waits))
    finally:
        free.set()
    assert judgment.verdict == "too slow"
    assert judgment.cases[0].message == (
        "it was still waiting after 1.5 s, and could not be stopped (for input, or a lock?). "
        "It is still running: restart the kernel to get rid of it"
    )


@pytest.mark.parametrize("windows", [False, True], ids=["here", "as on windows"])
def test_real_time_that_passes_for_others_is_no_time_of_the_function(windows, monkeypatch):
    """As on a busy machine: it takes twice as long as its limit, but hardly computes."""
    if windows:
        monkeypatch.delattr("signal.setitimer", raising=False)
    others = threading.Event()

    def ask(client, question):
        others.wait(1.0)  # real seconds
        return right(client, question)

    async def ask_async(client, question):
        others.wait(1.0)
        return await right_async(client, question)

    for function in (ask, ask_async):
        judgment = judge(ASK, LocalPlayer(function))
        assert judgment.verdict == "right", judgment.text


def test_the_first_use_of_the_sdk_is_no_time_of_the_function():
    code = """
import time
from utils.exercises import Call, LocalPlayer
from utils.scripted import ScriptedAPI, says

def ask(client):
    began = time.process_time()
    client.responses.create(model="m", input="?")
    return time.process_time() - began

first, second = (
    LocalPlayer(ask).play(Call("ask"), ScriptedAPI([says("x")])).value for _ in range(2)
)
assert first < 3 * second + 0.1, (first, second)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_worker_that_resists_is_left_behind_and_nothing_stays_replaced(monkeypatch):
    monkeypatch.setattr("utils.exercises.playing.PATIENCE", 0.3)
    monkeypatch.setattr("utils.exercises.deadline._put_into", lambda *_: None)
    free = threading.Event()
    real = time.sleep, sys.stdout

    async def stubborn(client, question):
        while not free.is_set():
            pass

    try:
        judgment = judge(ASK, LocalPlayer(stubborn))
    finally:
        free.set()
    assert judgment.verdict == "too slow"
    assert "It is still running: restart the kernel" in judgment.text
    assert (time.sleep, sys.stdout) == real


def test_ctrl_c_ends_a_check_at_once(monkeypatch):
    import _thread

    def ask(client, question):
        _thread.interrupt_main()
        while True:
            pass

    for windows in (False, True):
        if windows:
            monkeypatch.delattr("signal.setitimer")
        with pytest.raises(KeyboardInterrupt):
            judge(ASK, LocalPlayer(ask))


def test_asking_for_ever_ends_with_the_conversation_even_if_everything_is_caught():
    def ask(client, question):
        while True:
            try:
                return client.responses.create(model="m", input=question).choices
            except Exception:
                time.sleep(1)

    judgment = judge(ASK, LocalPlayer(ask))
    assert judgment.verdict == "wrong"
    assert "It sent request 2, but this conversation ends after 1." in judgment.text


def test_printing_closing_and_open_files_do_not_break_the_verdict(tmp_path):
    files = []

    def ask(client, question):
        files.append(open(tmp_path / "log.txt", "w"))  # noqa: SIM115
        print("x" * 50_000)
        print("asked", question)
        return right(client, question)

    before = sys.stdout
    assert judge(ASK, LocalPlayer(ask)).verdict == "right"
    assert sys.stdout is before
    assert not files[0].closed
    for file in files:
        file.close()


def test_what_a_wrong_answer_printed_is_shown():
    def ask(client, question):
        print("question:", question)

    text = judge(ASK, LocalPlayer(ask)).text
    assert "Your function printed, in the first case that failed:\n      question: Where?" in text


def test_exit_in_a_function_is_told_and_ends_nothing():
    def ask(client, question):
        sys.exit("enough")

    judgment = judge(ASK, LocalPlayer(ask))
    assert judgment.verdict == "raised"
    assert "It raised SystemExit: enough" in judgment.text


def test_an_unfinished_function_is_not_attempted_but_an_unfinished_branch_is_tried():
    def stub(client, question):
        raise NotImplementedError

    def branch(client, question):
        client = client.with_options(max_retries=0)
        try:
            return client.responses.create(model="m", input=question).output_text
        except openai.RateLimitError:
            raise NotImplementedError("later") from None

    assert judge(ASK, LocalPlayer(stub)).verdict == "not attempted"
    judgment = judge(ASK, LocalPlayer(branch))
    assert (judgment.verdict, judgment.score) == ("partly right", 1)


def test_a_case_that_meets_a_strange_shape_says_so():
    exercise = make()

    @exercise.case()
    def short_message(run):
        """the first message is short"""
        result = run([says("x")])
        expect(len(result.requests[0].json["messages"][0]["content"]) < 9, "it is long")

    def ask(client):
        client.chat.completions.create(model="m", messages=[{"role": "user"}])

    judgment = judge(exercise, LocalPlayer(ask))
    assert judgment.verdict == "wrong"
    assert "does not have the expected shape (no 'content' is where it should be)" in judgment.text


def test_requests_that_the_live_model_rejects_fail_the_case_unless_switched_off():
    def ask(client, question):
        return client.responses.create(model="m", input=question, temperature=1.5).output_text

    judgment = judge(ASK, LocalPlayer(ask))
    assert judgment.verdict == "wrong"
    assert "would reject request 1: Unsupported parameter: 'temperature'" in judgment.text
    free = dataclasses.replace(ASK, live_rules=False)
    assert judge(free, LocalPlayer(ask)).verdict == "right"


def test_arguments_of_a_case_cannot_be_changed_by_the_function():
    exercise = make()
    examples = [["a", "b"]]

    @exercise.case()
    def sees_examples(run):
        """it sees the examples"""
        result = run([says("x")], examples)
        expect(result.args[0] == [], "it did not empty its list")

    def ask(client, given):
        given.clear()
        client.responses.create(model="m", input="x")

    assert judge(exercise, LocalPlayer(ask)).verdict == "right"
    assert examples == [["a", "b"]]


def begins_to_read(client: openai.OpenAI, close: bool) -> str:
    messages: Any = [{"role": "user", "content": "Where?"}]
    stream = client.with_options(max_retries=1).chat.completions.create(
        model="m", messages=messages, stream=True
    )
    for _ in stream:
        break
    if close:
        stream.close()
    return "Bergen"


@pytest.mark.parametrize("close", [True, False])
def test_a_stream_that_is_left_open_is_not_closed_by_the_garbage_collector(close: bool):
    api = ScriptedAPI([streams("Ber", "gen")])
    outcome = LocalPlayer(begins_to_read).play(Call("ask", (close,)), api)
    assert outcome.value == "Bergen"
    assert api.requests[0].closed is close


@pytest.mark.parametrize(
    ("answer", "hint"),
    [("Oslo", "look at the map"), (ValueError("no"), "look at the map"), (TypeError("no"), None)],
)
def test_a_hint_belongs_to_the_assertion_that_failed(answer: Any, hint: str | None):
    exercise = make()

    @exercise.case()
    def returns_answer(run):
        """it returns the answer"""
        result = run([], "Where?")
        result.sent(0)
        with hinting("look at the map", ValueError):
            result.returned("Bergen")

    def ask(client, question):
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert judge(exercise, LocalPlayer(ask)).cases[0].hint == hint

    def sends_a_request(client, question):
        return client.responses.create(model="m", input=question).output_text

    assert judge(exercise, LocalPlayer(sends_a_request)).cases[0].hint is None


async def leaves_tasks(client, how):
    async def ask():
        await client.responses.create(model="m", input="Where?")

    task = asyncio.create_task(ask())
    if how == "shielded":
        task = asyncio.ensure_future(asyncio.shield(task))
    await asyncio.sleep(1)
    if how != "left":
        task.cancel()
    if how == "awaited":
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("how", "left"), [("left", 1), ("shielded", 1), ("canceled", 0), ("awaited", 0)]
)
def test_tasks_that_a_function_leaves_running_are_counted(how: str, left: int):
    api = ScriptedAPI([says("Bergen", takes=60)])
    outcome = LocalPlayer(leaves_tasks).play(Call("ask", (how,), asynchronous=True), api)
    assert outcome.left_running == left
    assert Outcome.from_plain(outcome.to_plain()).left_running == left


def test_spies_are_functions_for_the_learner_and_records_for_the_case():
    exercise = make()

    @exercise.case()
    def calls_tool(run):
        """it calls the tool"""
        tools = {"add": Spy("add", lambda a, b: a + b)}
        result = run([says("x")], tools, Spy("write", lambda piece: None, asynchronous=True))
        result.returned(5)
        expect(result.calls("add")[0].kwargs == {"a": 2, "b": 3}, "other arguments")
        expect(result.calls("write")[0].args == ("done",), "it wrote something else")

    async def ask(client, tools, write):
        await client.responses.create(model="m", input="x")
        await write("done")
        assert tools["add"].__name__ == "add"
        return tools["add"](a=2, b=3)

    judgment = judge(exercise, LocalPlayer(ask))
    assert judgment.verdict == "right", judgment.text


def test_same_seed_same_values_other_seed_other_values():
    def values(seed):
        seen = []

        def ask(client, question):
            seen.append(right(client, question))
            return seen[-1]

        assert judge(ASK, LocalPlayer(ask), seed=seed).verdict == "right"
        return seen[0]

    assert values(1) == values(1)
    assert len({values(seed) for seed in range(9)}) > 1


def test_a_judgment_survives_as_json():
    judgment = judge(ASK, LocalPlayer(lambda client, question: None))
    assert Judgment.from_plain(json.loads(json.dumps(judgment.to_plain()))) == judgment


# -- another process ------------------------------------------------------------------------------

CHILD = """
import json, sys
from utils.exercises.playing import perform
from utils.scripted import OffScript, Reply

namespace = {}
exec(json.loads(sys.stdin.readline()), namespace)
for line in sys.stdin:
    call = json.loads(line)
    def ask(message):
        print(json.dumps(message), flush=True, file=sys.__stdout__)
        return json.loads(sys.stdin.readline())
    def answer(sent):
        reply = ask({"request": sent.to_plain()})
        if "stop" in reply:
            raise OffScript(reply["stop"])
        return Reply.from_plain(reply)
    def spy(name, args, kwargs, at):
        raise NotImplementedError
    outcome = perform(namespace.get(call["function"]), call, answer, spy)
    print(json.dumps({"done": outcome.to_plain()}), flush=True, file=sys.__stdout__)
"""


class PipePlayer:
    """A player whose function lives in another process; requests cross as JSON lines."""

    def __init__(self, source: str) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-c", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.tell(source)

    def tell(self, message: Any) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(json.dumps(message) + "\n")
        self.child.stdin.flush()

    def play(self, call: Call, api: ScriptedAPI) -> Outcome:
        assert self.child.stdout is not None
        self.tell(call.to_plain())
        for line in self.child.stdout:
            message = json.loads(line)
            if "done" in message:
                return Outcome.from_plain(message["done"])
            try:
                self.tell(api.answer(SentRequest.from_plain(message["request"])).to_plain())
            except OffScript as stop:
                self.tell({"stop": str(stop)})
        raise AssertionError("the child ended")

    def __enter__(self) -> PipePlayer:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.kill()
        self.child.communicate()


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("return client.responses.create(model='m', input=question).output_text", "right"),
        ("client.responses.create(model='m', input=question)", "wrong"),
        ("return client.responses.create(model='m', input=question).choices", "raised"),
        ("raise NotImplementedError", "not attempted"),
        ("\n    while True: pass", "too slow"),
        (
            "\n    while True:\n        try: client.responses.create(model='m', input=question)"
            "\n        except Exception: pass",
            "wrong",
        ),
    ],
)
def test_the_verdict_is_the_same_when_the_function_lives_in_another_process(body, verdict):
    source = f"def ask(client, question): {body}\n"
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    here = judge(ASK, LocalPlayer(namespace["ask"]))
    with PipePlayer(source) as player:
        there = judge(ASK, player)
    assert there.verdict == here.verdict == verdict
    assert there.text == here.text


def test_a_function_that_is_missing_in_the_other_process_is_not_attempted():
    with PipePlayer("x = 1") as player:
        judgment = judge(ASK, player)
    assert judgment.verdict == "not attempted"
    assert "There is no function named ask yet" in judgment.text


def test_a_lie_about_the_end_does_not_hide_a_request_too_many():
    class Liar:
        def play(self, call, api):
            def answer(sent: SentRequest) -> Reply:
                return api.answer(sent)

            perform(right, call.to_plain(), answer, lambda *_: None)
            with pytest.raises(OffScript):
                api.answer(api.requests[0])
            return Outcome(value="Bergen")

    judgment = judge(ASK, Liar())
    assert judgment.score == 0
    assert "but this conversation ends after" in judgment.text


@pytest.mark.parametrize("plain", [{}, {"value": {"$tuple": 1}}, None, []])
def test_a_malformed_outcome_is_refused(plain):
    with pytest.raises(ValueError, match=r"not an outcome|not a described value"):
        Outcome.from_plain({**Outcome().to_plain(), **plain} if plain else plain)  # type: ignore[arg-type]


# -- plain data -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        3,
        -0.5,
        "ä\n",
        [1, [2]],
        (1, ("a",)),
        {"a": (1,)},
        {1: "x", "$y": 2},
        {"$tuple": 3},
        frozenset({"a"}),
        b"\x00",
        float("inf"),
    ],
)
def test_plain_values_come_back_as_they_were(value):
    assert decode(json.loads(json.dumps(encode(value)))) == value


def test_other_values_are_described():
    answer = ScriptedAPI([says("x")]).client().responses.create(model="m", input="x")
    made = copied({"answer": answer})["answer"]
    assert isinstance(made, Described)
    assert made.fields["status"] == "completed"
    assert short(made) == "a Response object"
    assert copied(ASK).type == "Exercise"
    assert copied(object()).type == "object"


def test_values_that_misbehave_are_still_described():
    class Bad:
        def __repr__(self):
            raise RuntimeError("no")

    loop: list[Any] = []
    loop.append(loop)
    assert copied(Bad()).type == "Bad"
    assert "nested too deeply" in json.dumps(encode(loop))


# -- registry -------------------------------------------------------------------------------------


EXERCISE = """
from utils.exercises import Exercise
{name} = Exercise("{id}", "{function}", "title", "easy", ["a", "b"])
"""


@pytest.fixture
def chapter(tmp_path, monkeypatch):
    """Makes a package of a chapter from files' contents, and says what the registry makes of it."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def made(shared: tuple[str, ...] = (), **files: str) -> list[str]:
        folder = tmp_path / "ch01"
        folder.mkdir()
        (folder / "__init__.py").write_text(f"SHARED = {shared!r}\n", "utf-8")
        for name, source in files.items():
            (folder / f"{name}.py").write_text(source, "utf-8")
        package = importlib.import_module("ch01")
        return [exercise.id for exercise in collected(package, "01")]

    yield made
    for name in [name for name in sys.modules if name.partition(".")[0] == "ch01"]:
        del sys.modules[name]


def file_of(id: str, function: str, name: str = "ASK") -> str:
    return EXERCISE.format(id=id, function=function, name=name)


def test_every_module_of_a_chapter_is_an_exercise_but_those_that_are_shared(chapter):
    shared = "TEXTS = ()\n"
    found = chapter(
        ("texts",), say=file_of("01.10", "say"), ask=file_of("01.9", "ask"), texts=shared
    )
    assert found == ["01.9", "01.10"]


def test_a_duplicate_id_is_refused_with_both_files(chapter):
    said = r"01\.1 is defined twice, in ch01/ask\.py and in ch01/say\.py"
    with pytest.raises(DuplicateExercise, match=said):
        chapter(ask=file_of("01.1", "ask"), say=file_of("01.1", "say"))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"ask": "TEXTS = ()"}, r"ch01/ask\.py holds no Exercise.*SHARED in ch01/__init__\.py"),
        (
            {"ask": file_of("01.1", "ask") + file_of("01.2", "say", "SAY")},
            r"ch01/ask\.py holds the exercises 01\.1 and 01\.2",
        ),
        ({"ask": file_of("01.1", "say")}, r"ch01/ask\.py .* Rename the file to say\.py"),
        ({"ask": file_of("02.1", "ask")}, r"ch01/ask\.py: exercise 02\.1 does not belong to"),
        ({"ask": file_of("01.01", "ask")}, r"exercise 01\.01 does not belong to chapter 01"),
    ],
)
def test_a_file_that_is_not_one_exercise_is_refused(chapter, files, said):
    with pytest.raises(BadExerciseFile, match=said):
        chapter(**files)


def test_a_shared_module_that_does_not_exist_is_refused(chapter):
    with pytest.raises(
        BadExerciseFile, match=r"SHARED in ch01/__init__\.py names texts, and there"
    ):
        chapter(("texts",), ask=file_of("01.1", "ask"))


def test_only_the_chapter_that_is_asked_for_is_loaded():
    code = (
        "import sys; from utils.exercises import get; get('03.4'); start = 'utils.exercises.ch'; "
        "print([n for n in sys.modules if n.startswith(start) and n.count('.') == 2])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['utils.exercises.ch03']\n"


def test_cells_without_an_exercise_and_exercises_without_a_cell_are_named():
    cells = [(e.id, f"s.ipynb, cell {n}") for n, e in enumerate(every()) if e.id != "03.4"]
    found = mismatches([*cells, ("77.1", "s.ipynb, cell 90"), ("01.1", "s.ipynb, cell 91")])
    assert len(found) == 3
    assert found[0].startswith("s.ipynb, cell 90: there is no exercise 77.1.")
    assert found[1].startswith(
        "s.ipynb, cell 91: exercise 01.1 has its solution in s.ipynb, cell 0"
    )
    assert found[2].startswith("utils/exercises/ch03/measure.py: no cell of the solutions has")


def test_a_case_needs_a_name_and_a_sentence_of_its_own():
    exercise = make()

    @exercise.case()
    def answers(run):
        """it
        answers"""

    assert exercise.cases[0].sentence == "it answers"
    with pytest.raises(ValueError, match="two cases named answers"):
        exercise.case()(answers)

    def again(run):
        """it answers"""

    with pytest.raises(ValueError, match="two cases that say 'it answers'"):
        exercise.case()(again)

    def _(run):
        """it says more"""

    with pytest.raises(ValueError, match="a case named _; name its function"):
        exercise.case()(_)

    def silent(run): ...

    with pytest.raises(ValueError, match="the case silent has no docstring"):
        exercise.case()(silent)


def test_points_are_the_sum_over_the_cases():
    assert (ASK.max_score(), ASK.max_score(hidden=True)) == (3, 5)


def test_the_example_in_the_docstring_of_model_runs():
    source = (model.__doc__ or "").split("```python")[1].split("```")[0]
    namespace: dict[str, Any] = {}
    exec(source, namespace)

    def waits_too_little(client, question):
        client = client.with_options(max_retries=0)
        try:
            return client.responses.create(model="m", input=question).output_text
        except openai.RateLimitError:
            return client.responses.create(model="m", input=question).output_text

    exercise = namespace["RETRY"]
    assert judge(exercise, LocalPlayer(own_loop)).verdict == "right"
    text = judge(exercise, LocalPlayer(waits_too_little)).text
    assert "it waited 0 s between request 1 and request 2" in text
    assert "Hint: The header is text." in text


@pytest.mark.parametrize("id", ["1.2", "99.1", "01.99", "", None])
def test_an_unknown_id_is_told_what_ids_there_are(id):
    with pytest.raises(UnknownExercise, match=r"looks like|no exercise"):
        get(id)
