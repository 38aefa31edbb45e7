"""What surrounds a function while it is played: clocks, luck, restarts, and ways out."""

from __future__ import annotations

import dataclasses
import datetime as calendar
import functools
import os
import random
import subprocess
import sys
import textwrap
import threading
import time
import uuid
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import FunctionType
from typing import Any

import pytest

from utils.exercises import Call, Exercise, LocalPlayer, Outcome, Run, Spy, judge
from utils.exercises.playing import perform
from utils.scripted import ScriptedAPI, says


def played(function: Callable[..., Any], *args: Any, **call: Any) -> Outcome:
    """What a function does on a simulated clock, without requests."""
    return LocalPlayer(function).play(Call("f", args, **call), ScriptedAPI([]))


# -- clocks that were taken early -----------------------------------------------------------------


class Throttle:
    """As the chapter on streaming has it: the clock is a default argument."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.clock, self.last = seconds, clock, clock()

    def ready(self) -> bool:
        return self.clock() - self.last >= self.seconds


@dataclasses.dataclass
class Stamped:
    at: float = dataclasses.field(default_factory=time.monotonic)


class Watch:
    clock = staticmethod(time.perf_counter)


def by_default(client, sleep=time.sleep, *, clock=time.monotonic):
    start = clock()
    sleep(5)
    return clock() - start


pause = functools.partial(time.sleep, 5)


def by_partial(client):
    start = time.monotonic()
    pause()
    return time.monotonic() - start


def closure(clock, sleep):
    def timed(client):
        start = clock()
        sleep(5)
        return clock() - start

    return timed


by_closure = closure(time.perf_counter, time.sleep)


def by_default_factory(client):
    start = Stamped().at
    time.sleep(5)
    return Stamped().at - start


def by_class_attribute(client):
    start = Watch.clock()
    time.sleep(5)
    return Watch.clock() - start


kept = Throttle(3)


def by_object(client):
    start = kept.clock()
    time.sleep(5)
    return kept.clock() - start


def by_datetime(client, now=datetime.now):
    start, other = now(), calendar.datetime.now(calendar.UTC)
    time.sleep(5)
    assert isinstance(start, datetime)
    assert isinstance(datetime(2026, 1, 2), calendar.date)
    seconds = (now() - start).total_seconds()
    assert seconds == (calendar.datetime.now(calendar.UTC) - other).total_seconds()
    return seconds


def by_event(client):
    start = time.monotonic()
    assert not threading.Event().wait(5)
    return time.monotonic() - start


def other_event(client):
    """A thread of the code under test sets the event, so that there is nothing to wait for."""
    event, start = threading.Event(), time.monotonic()
    threading.Timer(0, event.set).start()
    assert event.wait(100)
    time.sleep(5)
    return time.monotonic() - start


CLOCKS = [
    *(by_default, by_partial, by_closure, by_default_factory, by_class_attribute, by_object),
    *(by_datetime, by_event, other_event),
]


@pytest.mark.parametrize("function", CLOCKS, ids=lambda function: function.__name__)
def test_a_clock_is_simulated_wherever_it_was_taken(function):
    began = time.monotonic()
    outcome = played(function)
    assert outcome.failure is None, outcome.failure
    assert outcome.value == pytest.approx(5)
    assert outcome.ended_at == pytest.approx(5)
    assert time.monotonic() - began < 4


def test_every_clock_is_the_real_one_again_afterwards():
    played(by_default)
    assert by_default.__defaults__ == (time.sleep,)
    assert by_default.__kwdefaults__ == {"clock": time.monotonic}
    assert pause.func is time.sleep
    assert kept.clock is time.monotonic
    assert Watch.clock is time.perf_counter
    assert isinstance(vars(Watch)["clock"], staticmethod)
    assert Throttle(0).clock is time.monotonic
    assert datetime is calendar.datetime
    assert abs(Stamped().at - time.monotonic()) < 60
    began = time.monotonic()
    threading.Event().wait(0.05)
    assert time.monotonic() - began >= 0.04


def test_the_chapters_own_throttle_works_in_an_answer():
    def shown(client):
        throttle, times = Throttle(0.25), []
        for _ in range(10):
            time.sleep(0.1)
            if throttle.ready():
                times.append(time.monotonic())
                throttle.last = times[-1]
        return len(times)

    assert played(shown).value == 3


def test_no_clock_begins_at_zero():
    """A stopwatch that never subtracts its start must be wrong."""
    outcome = played(lambda client: [time.monotonic(), time.perf_counter(), time.time()])
    monotonic, counter, wall = outcome.value
    assert monotonic > counter > 100
    assert wall > 1.7e9


# -- luck -----------------------------------------------------------------------------------------

LUCK = Exercise("99.2", "draw", "t", "easy", ["a", "b"])


@LUCK.case()
def draws(run: Run) -> None:
    """it draws"""
    run([])
    run([])


def test_chance_is_the_same_in_every_check_and_not_in_every_call():
    drawn: list[float] = []

    def draw(client):
        drawn.append(random.random())

    before = random.getstate()
    judge(LUCK, LocalPlayer(draw))
    judge(LUCK, LocalPlayer(draw))
    assert random.getstate() == before
    assert drawn[:2] == drawn[2:]
    assert drawn[0] != drawn[1]


# -- a restart ------------------------------------------------------------------------------------

RESTART = Exercise("99.3", "pay", "t", "easy", ["a", "b"])


@RESTART.case()
def same_key(run: Run) -> None:
    """the key is the same after a restart"""
    keys = [
        start([says("1")], {"id": f"mail-{n}"}).value
        for n in range(2)
        for start in (run, run.after_restart)
    ]
    if keys[0] != keys[1] or keys[2] != keys[3]:
        raise AssertionError(keys)
    if keys[0] == keys[2]:
        raise AssertionError(keys)


def cell(body: str, before: str = "") -> FunctionType:
    """The function `pay` of a cell, as a notebook has it."""
    import linecache

    source = f"{textwrap.dedent(before)}\ndef pay(client, mail):\n    {body}\n"
    name = f"<cell {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": "__main__", "Any": Any}
    exec(compile(source, name, "exec"), namespace)
    return namespace["pay"]


IMPORTS = """
import functools, os, random, uuid
from datetime import date, datetime
KEYS = {}
"""


@pytest.mark.parametrize(
    "body",
    [
        "return f'refund-{mail[\"id\"]}'",
        "return str(uuid.uuid5(uuid.NAMESPACE_URL, mail['id']))",
        "return KEYS.setdefault(mail['id'], mail['id'] + 'x')",
        "import hashlib; return hashlib.sha256(mail['id'].encode()).hexdigest()",
        "return str(hash(42)) + mail['id']",
    ],
)
def test_a_key_that_is_made_of_facts_survives_a_restart(body):
    assert judge(RESTART, LocalPlayer(cell(body, IMPORTS))).verdict == "right"


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("return KEYS.setdefault(mail['id'], str(uuid.uuid4()))", IMPORTS),
        ('return f\'{mail["id"]} {hash(mail["id"])}\'', IMPORTS),
        ("return f'{mail[\"id\"]} {id(KEYS)}'", IMPORTS),
        ("return f'{mail[\"id\"]} {date.today()}'", IMPORTS),
        ("return f'{mail[\"id\"]} {datetime.now():%Y-%m-%d}'", IMPORTS),
        ("return f'{mail[\"id\"]} {random.random()}'", IMPORTS),
        ("return memory.setdefault(mail['id'], str(random.random()))", IMPORTS + "memory = dict()"),
        (
            "return remembered(mail['id'])",
            IMPORTS + "@functools.cache\ndef remembered(id):\n    return id + str(uuid.uuid4())",
        ),
        (
            "return Keys.all.setdefault(mail['id'], str(uuid.uuid4()))",
            IMPORTS + "class Keys:\n    all = {}",
        ),
        (
            "pay.keys = getattr(pay, 'keys', {}); "
            "return pay.keys.setdefault(mail['id'], str(uuid.uuid4()))",
            IMPORTS,
        ),
    ],
)
def test_a_key_that_is_kept_in_memory_or_drawn_does_not(body, before):
    with pytest.raises(AssertionError):
        judge(RESTART, LocalPlayer(cell(body, before)))


def test_state_in_another_cell_is_as_it_was_when_that_cell_ran():
    function = cell("return KEYS.setdefault(mail['id'], str(uuid.uuid4()))", "import uuid")
    history = ["", "KEYS = {}", "%magic", "other = KEYS"]
    function.__globals__.update({"KEYS": {}, "_ih": history})
    with pytest.raises(AssertionError):
        judge(RESTART, LocalPlayer(function))


def test_what_was_computed_otherwise_stays():
    """A client, or a table that was read from a file, is there after a restart."""
    before = "made = []\ndef load():\n    made.append(1)\n    return {'a': 1}\nTABLE = load()\n"
    function = cell("return mail['id'] + str(TABLE['a'])", before)
    assert judge(RESTART, LocalPlayer(function)).verdict == "right"
    assert function.__globals__["made"] == [1]


def test_names_of_the_notebook_are_as_before_after_a_restart():
    function = cell("return mail['id'] + str(hash('a'))", IMPORTS)
    before = set(function.__globals__)
    with pytest.raises(AssertionError):
        judge(RESTART, LocalPlayer(function))
    assert set(function.__globals__) == before


# -- ways out -------------------------------------------------------------------------------------

EXIT = Exercise("99.4", "ask", "t", "easy", ["a", "b"])


@EXIT.case()
def answers(run: Run) -> None:
    """it answers"""
    run([says("a")], "Where?").returned("a")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("exit()", "It called exit(), which ends the whole program"),
        ("quit(1)", "It called quit(), which ends the whole program"),
        ("__import__('os')._exit(0)", "It called os._exit(), which ends the whole program"),
        ("__import__('sys').exit()", "It raised SystemExit"),
        ("input('Where? ')", "It called input(), and nobody is there to type"),
        (
            "\n    try: exit()\n    except Exception: return 'a'",
            "It called exit(), which ends the whole program",
        ),
    ],
)
def test_a_way_out_is_explained(body, said):
    namespace: dict[str, Any] = {"exit": "as in a notebook"}
    exec(f"def ask(client, question):\n    {body}\n    return 'a'", namespace)
    judgment = judge(EXIT, LocalPlayer(namespace["ask"]))
    assert said in judgment.text
    assert judgment.score == 0
    assert namespace["exit"] == "as in a notebook"
    assert "input" not in namespace


def test_a_child_process_of_the_answer_may_end():
    def ask(client, question):
        done = os.waitstatus_to_exitcode(os.waitpid(os.fork() or os._exit(3), 0)[1])
        return "a" if done == 3 else done

    if hasattr(os, "fork"):
        assert judge(EXIT, LocalPlayer(ask)).verdict == "right"


def test_a_function_of_the_learners_that_is_called_quit_stays():
    namespace: dict[str, Any] = {}
    exec("def quit(): return 'a'\ndef ask(client, question):\n    return quit()", namespace)
    assert judge(EXIT, LocalPlayer(namespace["ask"])).verdict == "right"


def test_input_in_a_library_is_no_empty_stub():
    """A kernel without input raises a NotImplementedError of its own."""

    class StdinNotImplementedError(NotImplementedError): ...

    def ask(client, question):
        raise StdinNotImplementedError("no input")

    assert judge(EXIT, LocalPlayer(ask)).verdict == "raised"


# -- spies and amounts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda pay: pay(Decimal("231.12"), "a"),
        lambda pay: pay(231.12, key="a"),
        lambda pay: pay(key="a", amount=231.12),
    ],
)
def test_a_spy_may_be_called_by_name_and_with_decimals(call):
    spy = Spy("pay", lambda amount, key: {"amount": amount, "key": key})
    outcome = perform(
        lambda client, pay: call(pay),
        Call("f", (spy,)).to_plain(),
        ScriptedAPI([]),
        lambda name, args, kwargs, at: spy.answer(args, kwargs, at),
    )
    assert outcome.value == {"amount": 231.12, "key": "a"}
    assert [one.values for one in spy.calls] == [(231.12, "a")]


def test_a_single_argument_may_have_any_name():
    spy = Spy("log", lambda line: None)
    played(lambda client, log: log(entry={"a": 1}), spy)
    played(lambda client, log: log({"a": 2}), spy)
    assert [one.args[0] for one in spy.calls] == [{"a": 1}, {"a": 2}]


def test_a_call_that_the_function_refuses_still_fails():
    spy = Spy("pay", lambda amount, key: None)
    outcome = played(lambda client, pay: pay(1, wrong="a"), spy)
    assert outcome.failure is not None
    assert outcome.failure.name == "TypeError"


def test_date_and_uuid_in_a_real_new_process_differ_as_here():
    """The parts that are simulated are those that differ between two real processes."""
    code = "import uuid; print(hash('a'), uuid.uuid4())"
    env = {k: v for k, v in os.environ.items() if k != "PYTHONHASHSEED"}
    seen = {
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True).stdout
        for _ in range(2)
    }
    assert len(seen) == 2
    assert date.today() == calendar.date.today()
    assert uuid.uuid4() != uuid.uuid4()
