"""A limit in real time for code that may never end.

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

T = TypeVar("T")

AGAIN = 0.1
"""Seconds until the exception is raised once more, at first."""

POLITE = 3
"""How often it is raised at that pace; then it comes as fast as possible."""

FAST = 2e-5

_real_monotonic = time.monotonic


class TooSlow(BaseException):
    """Raised inside code that ran longer than it may."""


def can_stop() -> bool:
    """Whether code that never ends can be stopped on this platform."""
    return sys.platform != "emscripten"


def within(seconds: float, function: Callable[[], T]) -> T:
    """Call `function`; raises TooSlow in it, and lets that out, after `seconds` of real time."""
    if not can_stop():
        return function()
    if not on_main_thread():
        return _with_injection(seconds, function)
    if hasattr(signal, "setitimer"):
        return _with_alarm(seconds, function)
    return _with_interrupt(seconds, function)


def on_main_thread() -> bool:
    """Whether this is the main thread, the only one that signals reach."""
    return threading.current_thread() is threading.main_thread()


def in_worker(function: Callable[[], object], patience: float) -> bool:
    """Run `function`, which limits itself with `within`, in a thread of its own and wait for it.

    Returns False if it has not ended `patience` real seconds later: it resists being stopped, and
    is left behind. What it raises is raised here.
    """
    trouble: list[BaseException] = []

    def body() -> None:
        try:
            function()
        except BaseException as error:
            trouble.append(error)

    context = contextvars.copy_context()
    thread = threading.Thread(target=lambda: context.run(body), name="course-check", daemon=True)
    thread.start()
    try:
        thread.join(patience)
    except BaseException:  # Ctrl-C here: end the thread as well
        _put_into(thread.ident or 0, TooSlow)
        raise
    if trouble:
        raise trouble[0]
    return not thread.is_alive()


def _limited(function: Callable[[], T]) -> T:
    """Marks the frames that an alarm may interrupt: only those under a call of this function."""
    return function()


def _with_alarm(seconds: float, function: Callable[[], T]) -> T:
    times = 0

    def alarm(signum: int, frame: FrameType | None) -> None:
        nonlocal times
        while frame is not None:
            if frame.f_code is _limited.__code__:
                times += 1
                if times > POLITE:
                    signal.setitimer(signal.ITIMER_REAL, FAST, AGAIN)
                raise TooSlow
            frame = frame.f_back

    before = signal.signal(signal.SIGALRM, alarm)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    started = _real_monotonic()
    try:
        return _limited(function)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            spent = _real_monotonic() - started
            signal.setitimer(signal.ITIMER_REAL, max(0.001, left - spent), interval)


def _with_interrupt(seconds: float, function: Callable[[], T]) -> T:
    """For a main thread without alarms: another thread interrupts it, as Ctrl-C does."""
    me = threading.get_ident()
    before, tracing = signal.getsignal(signal.SIGINT), sys.gettrace()
    times = 0

    def interrupted(signum: int, frame: FrameType | None) -> None:
        if not watch.striking:  # somebody pressed Ctrl-C
            handler = before if callable(before) else signal.default_int_handler
            handler(signum, frame)
            return
        theirs: list[FrameType] = []
        while frame is not None and frame.f_code is not _limited.__code__:
            theirs.append(frame)
            frame = frame.f_back
        if frame is None:
            return  # not in their code
        nonlocal times
        times += 1
        if times > POLITE:  # they swallow it: raise again at the next line, where they swallow it
            sys.settrace(_sting)
            for each in theirs:
                each.f_trace = _sting
        raise TooSlow

    watch = _Watch(seconds, lambda _: _thread.interrupt_main(signal.SIGINT))
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


def _with_injection(seconds: float, function: Callable[[], T]) -> T:
    me = threading.get_ident()
    watch = _Watch(seconds, lambda _: _put_into(me, TooSlow))
    watch.start()
    try:
        return function()
    finally:
        _until_done(lambda: watch.end(me))


class _Watch:
    """A thread that strikes after some seconds, and again until it is told that it is over."""

    def __init__(self, seconds: float, strike: Callable[[int], None]) -> None:
        self.striking = False
        self._seconds, self._strike = seconds, strike
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="course-deadline", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        wait, times = self._seconds, 0
        while not self._over.wait(wait):
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
