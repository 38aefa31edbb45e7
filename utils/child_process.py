"""Run a program so that nothing of it goes on after this process has been asked to end.

`course lab` and `course site` run programs that serve until somebody stops them. A SIGTERM from a
process manager, or the SIGHUP of a terminal that is closed, reaches only this process, so it is
passed on.

- POSIX: the program gets a session of its own, and with it a process group. What this process is
  asked is asked of the whole group: Ctrl-C stays an interrupt, everything else that ends a process
  becomes SIGTERM, at which a server cleans up. Whatever is left of the group after `GRACE` seconds,
  or when the program itself has ended, is killed. A signal that is ignored here, as SIGHUP is under
  `nohup`, stays ignored.
- Windows: the program is put into a job that ends with this process. Ctrl-C reaches both through
  the console.

Standard library only: `python -m utils` uses it before anything is installed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Any

GRACE = 10.0
"""Seconds between asking a program to end and killing it. JupyterLab ends its kernels meanwhile."""

ENDING = ("SIGTERM", "SIGHUP", "SIGQUIT")
"""Signals that ask a process to end; a system may lack some of them."""


class Terminated(BaseException):
    """This process was asked to end. Not an Exception, so that nothing on the way swallows it.

    Attributes:
        signal: the number of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by signal {number}")
        self.signal = number


@contextmanager
def terminable() -> Iterator[None]:
    """Within the block, SIGTERM raises Terminated, as Ctrl-C raises KeyboardInterrupt.

    So do SIGHUP and SIGQUIT: each becomes a SIGTERM, for which a server that runs in the block may
    have a handler of its own.
    """

    def terminate(number: int, _: FrameType | None) -> None:
        raise Terminated(number)

    def as_sigterm(_: int, __: FrameType | None) -> None:
        signal.raise_signal(signal.SIGTERM)

    handlers = {name: terminate if name == "SIGTERM" else as_sigterm for name in ENDING}
    with _handling(handlers):
        yield


def run(
    call: Sequence[str],
    *,
    cwd: str | Path | None = None,
    env: Mapping[str, str] | None = None,
    grace: float = GRACE,
) -> int:
    """Run a program to its end, and leave nothing of it behind.

    Args:
        call: the program and its arguments.
        cwd: the folder it runs in, by default this process's.
        env: all its environment variables, by default this process's.
        grace: seconds between asking it to end and killing it.

    Returns:
        Its exit code; 128 and the number of the signal if a signal has ended it.

    Raises:
        OSError: if it cannot be started.
    """
    runner = _run_in_job if sys.platform == "win32" else _run_in_session
    return runner(call, cwd, env, grace)


@contextmanager
def _handling(handlers: Mapping[str, Any]) -> Iterator[None]:
    """Handle signals by their names within the block, except those that are ignored."""
    before: dict[int, Any] = {}
    try:
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            main = threading.current_thread() is threading.main_thread()
            if main and number is not None and signal.getsignal(number) != signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# POSIX


def _run_in_session(
    call: Sequence[str], cwd: str | Path | None, env: Mapping[str, str] | None, grace: float
) -> int:
    early: list[int] = []
    process: subprocess.Popen[bytes] | None = None
    last_resort: threading.Timer | None = None

    def pass_on(number: int, _: FrameType | None = None) -> None:
        nonlocal last_resort
        if process is None:
            early.append(number)
        elif number == signal.SIGINT:
            _signal_group(process.pid, signal.SIGINT)
        else:
            _signal_group(process.pid, signal.SIGTERM)
            if last_resort is None:
                kill = (process.pid, signal.SIGKILL)
                last_resort = threading.Timer(grace, _signal_group, kill)
                last_resort.daemon = True
                last_resort.start()

    with _handling(dict.fromkeys((*ENDING, "SIGINT"), pass_on)):
        process = subprocess.Popen(call, cwd=cwd, env=env, start_new_session=True)
        try:
            for number in early:
                pass_on(number)
            code = process.wait()
        finally:
            if last_resort is not None:
                last_resort.cancel()
            _end_group(process, grace)
    return code if code >= 0 else 128 - code


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; False if nothing is left of it."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS refuses a group of zombies
        return False
    return True


def _end_group(leader: subprocess.Popen[bytes], grace: float) -> None:
    """End what is left of a group: ask first, then kill."""
    if _signal_group(leader.pid, signal.SIGTERM):
        until = time.monotonic() + grace
        while time.monotonic() < until:
            leader.poll()  # an ended leader that nobody waited for counts as being there
            if not _signal_group(leader.pid, 0):
                return
            time.sleep(0.05)
        _signal_group(leader.pid, signal.SIGKILL)
    leader.wait()


# Windows


def _run_in_job(
    call: Sequence[str], cwd: str | Path | None, env: Mapping[str, str] | None, _: float
) -> int:
    from .windows_job import WindowsJob

    process = subprocess.Popen(call, cwd=cwd, env=env)
    with WindowsJob(process):
        while True:
            with suppress(KeyboardInterrupt):  # the program heard it, too, and decides
                return process.wait()
