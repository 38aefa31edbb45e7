"""Programs that the course runs end with it, whatever ends it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from utils import child_process
from utils.settings import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

PATIENCE = 60
"""Seconds after which something that should have ended did not. Ending takes far less."""

RUNNER = """
import sys
from utils import child_process
code = child_process.run([sys.executable, "-c", sys.argv[1]], grace=float(sys.argv[2]))
print("ENDED", code, flush=True)
sys.exit(code)
"""

SERVER = """
import os, signal, subprocess, sys, time
{first}
helper = subprocess.Popen([sys.executable, "-c", {helper!r}], stdout=subprocess.PIPE)
helper.stdout.readline()
print("READY", os.getpid(), os.getpgid(0), helper.pid, flush=True)
{then}
"""
HELPER = "import signal, sys, time; {first}; print(flush=True); time.sleep(600)"


def program(first: str = "", then: str = "time.sleep(600)", helper: str = "pass") -> str:
    """A server with a helper process: what it does when it starts, what then, and its helper."""
    return SERVER.format(first=first, then=then, helper=HELPER.format(first=helper))


class Running:
    """A process that runs a server through `child_process.run`.

    Attributes:
        process: the one that runs it.
        server, group, helper: process ids.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        line = next(line for line in process.stdout if line.startswith("READY"))
        self.server, self.group, self.helper = map(int, line.split()[1:])

    def there(self) -> bool:
        """Whether anything is left of the server's group."""
        try:
            os.killpg(self.group, 0)
        except ProcessLookupError:
            return False
        return True


def _ready_for_signals() -> None:
    """Tests that run under nohup or in the background would hand down that signals are ignored."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def running(server: str, grace: float = 30, **options: Any) -> Iterator[Running]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUNNER, server, str(grace)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        **{"preexec_fn": _ready_for_signals, **options},
    )
    found = None
    try:
        found = Running(process)
        yield found
    finally:
        process.kill()
        process.communicate()
        if found is not None:
            with suppress(ProcessLookupError):
                os.killpg(found.group, signal.SIGKILL)


def wait_until_gone(found: Running) -> None:
    """Fail if the group is still there after a while."""
    until = time.monotonic() + PATIENCE
    while found.there():
        assert time.monotonic() < until, "the group is still there"
        time.sleep(0.02)


POLITE = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))"
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_the_server_and_what_it_started(sent: signal.Signals) -> None:
    with running(program(POLITE)) as found:
        found.process.send_signal(sent)
        said, _ = found.process.communicate(timeout=PATIENCE)
        assert said == "ENDED 7\n"
        assert found.process.returncode == 7
        wait_until_gone(found)


def test_ctrl_c_is_an_interrupt_that_the_server_may_answer() -> None:
    asks = 'signal.signal(signal.SIGINT, lambda *_: print("SURE?", flush=True))'
    with running(program(f"{asks}\n{POLITE}")) as found:
        assert found.process.stdout is not None
        for _ in range(2):
            found.process.send_signal(signal.SIGINT)
            assert found.process.stdout.readline() == "SURE?\n"
        assert found.there()
        found.process.send_signal(signal.SIGTERM)
        found.process.communicate(timeout=PATIENCE)
        wait_until_gone(found)


def test_what_ignores_being_asked_is_killed() -> None:
    with running(program(STUBBORN, helper=STUBBORN), grace=0.3) as found:
        found.process.send_signal(signal.SIGTERM)
        said, _ = found.process.communicate(timeout=PATIENCE)
        assert said == f"ENDED {128 + signal.SIGKILL}\n"
        wait_until_gone(found)


@pytest.mark.parametrize("helper", ["pass", STUBBORN])
def test_a_server_that_ends_by_itself_leaves_no_helper(helper: str) -> None:
    with running(program(then="sys.exit(3)", helper=helper), grace=0.3) as found:
        said, _ = found.process.communicate(timeout=PATIENCE)
        assert said == "ENDED 3\n"
        wait_until_gone(found)


def test_a_closed_terminal_ends_them() -> None:
    main, other = os.openpty()

    def take_terminal() -> None:
        import fcntl
        import termios

        os.setsid()
        fcntl.ioctl(other, termios.TIOCSCTTY, 0)

    with running(program(POLITE), stdin=other, preexec_fn=take_terminal) as found:
        os.close(other)
        assert os.getsid(found.server) != os.getsid(found.process.pid)
        os.close(main)
        assert found.process.wait(PATIENCE) == 7
        wait_until_gone(found)


def test_a_hangup_that_is_ignored_stays_ignored() -> None:
    def nohup() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    answers = 'signal.signal(signal.SIGUSR1, lambda *_: print("STILL HERE", flush=True))'
    with running(program(f"{answers}\n{POLITE}"), preexec_fn=nohup) as found:
        assert found.process.stdout is not None
        found.process.send_signal(signal.SIGHUP)
        os.kill(found.server, signal.SIGHUP)
        os.kill(found.server, signal.SIGUSR1)
        assert found.process.stdout.readline() == "STILL HERE\n"
        found.process.send_signal(signal.SIGTERM)
        found.process.communicate(timeout=PATIENCE)
        wait_until_gone(found)


def test_a_signal_while_the_program_starts_is_not_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = subprocess.Popen

    def start(*args: Any, **options: Any) -> Any:
        process = real(*args, **options)
        signal.raise_signal(signal.SIGTERM)
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    before = signal.getsignal(signal.SIGTERM)
    call = [sys.executable, "-c", "import time; time.sleep(600)"]
    assert child_process.run(call, cwd=tmp_path) == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_program_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        child_process.run(["/no/such/program"])


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_within_a_block_signals_raise(sent: signal.Signals) -> None:
    before = signal.getsignal(sent)
    with pytest.raises(child_process.Terminated) as caught, child_process.terminable():
        signal.raise_signal(sent)
    assert caught.value.signal == signal.SIGTERM
    assert signal.getsignal(sent) is before


def test_the_structures_of_windows_have_the_sizes_that_windows_expects() -> None:
    from utils.windows_job import BasicLimits, JobLimits

    if ctypes.sizeof(ctypes.c_void_p) != 8:
        pytest.skip("the sizes are those of a 64-bit system")
    assert (ctypes.sizeof(BasicLimits), ctypes.sizeof(JobLimits)) == (64, 144)
