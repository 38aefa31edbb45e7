"""A limit for code that may never end: seconds of CPU time, and a far cap in real time.

On a busy machine real time also passes while something else runs, and a right answer must not be
judged by that. So a limit counts the CPU time of this process. Code that waits for what never comes
(input, a lock, a real connection) uses none; it ends at the cap, `FAR` times as many real seconds.

On the main thread of Unix an alarm interrupts even a call into C. On the main thread of Windows a
simulated Ctrl-C does, and on any other thread an exception is put into the thread. All of them
repeat, because code may swallow the first; on a main thread two come so close together that the
second arrives while the first is being swallowed (on Windows, a trace function raises it). A worker
thread that swallows everything is left behind (`in_worker`). A browser's Python has neither signals
nor threads: there only closing the page ends an endless loop, see `can_stop`.
"""

from __future__ import annotations

import _thread
import contextvars
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, TypeVar

from .own_code import is_own

T = TypeVar("T")

FAR = 5
"""Real seconds that code may take for each second of CPU time that it may use."""

AGAIN = 0.1
"""Seconds until the exception is raised once more, at first."""

POLITE = 3
"""How often it is raised at that pace; then it comes as fast as possible."""

FAST = 2e-5

RETRY = 0.001
"""Real seconds until it is tried again, when a library was running and nothing of the learner's."""

PEACE = 2.0
"""Real seconds for which a library is left alone: it may be ending what the learner's code left."""

LOOK = 0.5
"""Real seconds between two looks at a limit, at most."""

SHORTEST = 0.01
"""Real seconds between two looks at a limit, at least."""

# The real functions, kept before a simulated clock or the code under test replaces them.
_real_monotonic = time.monotonic
_real_process_time = time.process_time
_real_wait = threading.Event.wait


class TooSlow(BaseException):
    """Raised inside code that ran longer than it may; `within` raises it with a sentence."""


class TimeLimit:
    """A number of seconds of CPU time, and `FAR` times as many in real time, from now on.

    Args:
        seconds: CPU time, in seconds.
        used: Returns the CPU time that has been used so far, in seconds; by default that of this
            process with all its threads.
    """

    def __init__(self, seconds: float, used: Callable[[], float] = _real_process_time) -> None:
        self.seconds = seconds
        self._used, self._used_before = used, used()
        self._began = _real_monotonic()

    def left(self, grace: float = 0.0) -> float:
        """Real seconds that have to pass before the limit is reached; none are left at 0 or less.

        `grace` seconds are added to both limits.
        """
        computed = self._used() - self._used_before
        passed = _real_monotonic() - self._began
        return min(self.seconds - computed, FAR * self.seconds - passed) + grace

    def sentence(self, outcome: str = "was stopped") -> str:
        """What became of code that reached the limit, and why, for the learner."""
        computed = self._used() - self._used_before
        real = f"{FAR * self.seconds:g} s"
        if computed < self.seconds / 10:
            return f"it was still waiting after {real}, and {outcome} (for input, or a lock?)"
        return (
            f"it was still running after {self.seconds:g} s of CPU time, or {real} in all, and "
            f"{outcome} (an endless loop?)"
        )


def can_stop() -> bool:
    """Whether code that never ends can be stopped on this platform."""
    return sys.platform != "emscripten"


def within(limit: TimeLimit, function: Callable[[], T]) -> T:
    """Call `function` and stop it at a limit.

    Raises:
        TooSlow: if it was stopped; the message is `limit.sentence()`.
    """
    if not can_stop():
        return function()
    try:
        if not on_main_thread():
            return _with_injection(limit, function)
        if hasattr(signal, "setitimer"):
            return _with_alarm(limit, function)
        return _with_interrupt(limit, function)
    except TooSlow:
        raise TooSlow(limit.sentence()) from None


def on_main_thread() -> bool:
    """Whether this is the main thread, the only one that signals reach."""
    return threading.current_thread() is threading.main_thread()


def in_worker(function: Callable[[], object], seconds: float, patience: float) -> str | None:
    """Run `function`, which limits itself with `within`, in a thread of its own and wait for it.

    What it raises is raised here.

    Args:
        seconds: the limit that `function` sets itself.
        patience: seconds beyond it, of CPU time and of real time.

    Returns:
        None if it has ended. Otherwise it resists being stopped and is left behind: the sentence
        that says which limit it reached.
    """
    trouble: list[BaseException] = []

    def body() -> None:
        try:
            function()
        except BaseException as error:
            trouble.append(error)

    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: context.run(body), name="course-check", daemon=True)
    limit = TimeLimit(seconds)
    thread.start()
    try:
        while thread.is_alive() and (left := limit.left(patience)) > 0:
            thread.join(min(left, LOOK))
    except BaseException:  # Ctrl-C here: end the thread as well
        _put_into(thread.ident or 0, TooSlow)
        raise
    if trouble:
        raise trouble[0]
    return limit.sentence("could not be stopped") if thread.is_alive() else None


def _limited(function: Callable[[], T]) -> T:
    """Marks the frames that an alarm may interrupt: only those under a call of this function."""
    return function()


class _Aim:
    """Decides whether an exception may be raised in what runs right now.

    It may where the learner's code runs, or something that this code has called. A library that
    called the learner's code (IPython, an event loop) is not to be torn from its cleaning up, or
    the next cell finds it in disorder; only if it runs on and on, it is not spared either.
    """

    def __init__(self) -> None:
        self._spared_since: float | None = None

    def hits(self, frame: FrameType | None) -> bool | None:
        """Whether to raise; None if the frame is not under a limit."""
        own = False
        while frame is not None and frame.f_code is not _limited.__code__:
            own = own or _is_theirs(frame)
            frame = frame.f_back
        if frame is None:
            return None
        now = _real_monotonic()
        if own or (self._spared_since is not None and now - self._spared_since > PEACE):
            self._spared_since = None
            return True
        if self._spared_since is None:
            self._spared_since = now
        return False


def _is_theirs(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return is_own(name) or name == "<string>"


def _with_alarm(limit: TimeLimit, function: Callable[[], T]) -> T:
    aim, times, over = _Aim(), 0, False

    def alarm(signum: int, frame: FrameType | None) -> None:
        nonlocal times
        if over:
            return
        if not times and (left := limit.left()) > 0:
            signal.setitimer(signal.ITIMER_REAL, max(left, SHORTEST), AGAIN)
            return
        hits = aim.hits(frame)
        if hits:
            times += 1
            if times > POLITE:
                signal.setitimer(signal.ITIMER_REAL, FAST, AGAIN)
            raise TooSlow
        if hits is False:
            signal.setitimer(signal.ITIMER_REAL, RETRY, AGAIN)

    before = signal.signal(signal.SIGALRM, alarm)
    left, interval = signal.setitimer(signal.ITIMER_REAL, limit.seconds, AGAIN)
    started = _real_monotonic()
    try:
        return _limited(function)
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            spent = _real_monotonic() - started
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left - spent), interval)


def _with_interrupt(limit: TimeLimit, function: Callable[[], T]) -> T:
    """For a main thread without alarms: another thread interrupts it, as Ctrl-C does."""
    me = threading.get_ident()
    before, tracing = signal.getsignal(signal.SIGINT), sys.gettrace()
    aim, times = _Aim(), 0

    def interrupted(signum: int, frame: FrameType | None) -> None:
        if not watch.striking:  # somebody pressed Ctrl-C
            handler = before if callable(before) else signal.default_int_handler
            handler(signum, frame)
            return
        nonlocal times
        if not aim.hits(frame):
            return
        theirs: list[FrameType] = []
        while frame is not None and frame.f_code is not _limited.__code__:
            theirs.append(frame)
            frame = frame.f_back
        times += 1
        if times > POLITE:  # they swallow it: raise again at the next line, where they swallow it
            sys.settrace(_sting)
            for each in theirs:
                each.f_trace = _sting
        raise TooSlow

    watch = _Watch(limit, lambda _: _thread.interrupt_main(signal.SIGINT))
    signal.signal(signal.SIGINT, interrupted)
    watch.start()
    try:
        return _limited(function)
    finally:
        _until_done(lambda: watch.end(me))
        sys.settrace(tracing)
        signal.signal(signal.SIGINT, before)


def _sting(frame: FrameType, event: str, argument: object) -> Any:
    """A trace function that raises at the next line of a frame."""
    if event == "line":
        raise TooSlow
    return _sting


def _with_injection(limit: TimeLimit, function: Callable[[], T]) -> T:
    me = threading.get_ident()
    watch = _Watch(limit, lambda _: _put_into(me, TooSlow))
    watch.start()
    try:
        return function()
    finally:
        _until_done(lambda: watch.end(me))


class _Watch:
    """A thread that strikes at a limit, and again until it is told that it is over."""

    def __init__(self, limit: TimeLimit, strike: Callable[[int], None]) -> None:
        self.striking = False
        self._limit, self._strike = limit, strike
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="course-deadline", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        wait, times = self._limit.seconds, 0
        while not _real_wait(self._over, wait):
            if not times and (left := self._limit.left()) > 0:
                wait = max(left, SHORTEST)
                continue
            with self._lock:
                if self._over.is_set():
                    return
                times += 1
                self.striking = True
                self._strike(times)
            wait = AGAIN if times < 50 else 1.0

    def end(self, thread: int) -> None:
        """No more strikes; one that is on its way to `thread` is taken back."""
        self._over.set()
        with self._lock:
            self.striking = False
            _put_into(thread, None)


def _put_into(thread: int, kind: type[BaseException] | None) -> None:
    """Raise an exception in a thread at its next step, or with None take the last one back."""
    import ctypes

    put = ctypes.pythonapi.PyThreadState_SetAsyncExc
    put(ctypes.c_ulong(thread), None if kind is None else ctypes.py_object(kind))


def _until_done(step: Callable[[], None]) -> None:
    """Finish `step` although one last TooSlow may arrive while it runs."""
    while True:
        try:
            step()
            return
        except TooSlow:
            continue
