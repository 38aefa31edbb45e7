"""A limit in real time for code that may never end.

On the main thread of Unix an alarm interrupts even a call into C. Everywhere else (Windows, worker
threads) an exception is put into the thread. Both repeat, because code may swallow the first,
and soon repeat fast: one that arrives while another is being swallowed gets out. A browser's Python
has neither: there only closing the page ends an endless loop, see `can_stop`.
"""

from __future__ import annotations

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
_real_sleep = time.sleep


class TooSlow(BaseException):
    """Raised inside code that ran longer than it may."""


def can_stop() -> bool:
    """Whether code that never ends can be stopped on this platform."""
    return sys.platform != "emscripten"


def within(seconds: float, function: Callable[[], T]) -> T:
    """Call `function`; raises TooSlow in it, and lets that out, after `seconds` of real time."""
    if not can_stop():
        return function()
    if threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer"):
        return _with_alarm(seconds, function)
    return _with_injection(seconds, function)


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


def _with_injection(seconds: float, function: Callable[[], T]) -> T:
    import ctypes

    put = ctypes.pythonapi.PyThreadState_SetAsyncExc
    me = ctypes.c_ulong(threading.get_ident())
    lock = threading.Lock()
    over = threading.Event()

    def inject() -> None:
        with lock:
            if not over.is_set():
                put(me, ctypes.py_object(TooSlow))

    def watch() -> None:
        if over.wait(seconds):
            return
        for _ in range(POLITE):
            inject()
            if over.wait(AGAIN):
                return
        # With quick thread switches, the next one arrives while the last is being swallowed.
        usual = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        try:
            while not over.is_set():
                inject()
                _real_sleep(0)
        finally:
            sys.setswitchinterval(usual)

    watchdog = threading.Thread(target=watch, name="course-deadline", daemon=True)
    watchdog.start()
    try:
        return function()
    finally:
        _until_done(lambda: _settle(lock, over, lambda: put(me, None)))


def interrupt(thread: threading.Thread) -> None:
    """Raise TooSlow once in another thread."""
    import ctypes

    if thread.ident is not None and thread.is_alive():
        put = ctypes.pythonapi.PyThreadState_SetAsyncExc
        put(ctypes.c_ulong(thread.ident), ctypes.py_object(TooSlow))


def _settle(lock: threading.Lock, over: threading.Event, clear: Callable[[], Any]) -> None:
    over.set()
    with lock:
        clear()


def _until_done(step: Callable[[], None]) -> None:
    """Finish `step` although one last TooSlow may arrive while it runs."""
    while True:
        try:
            step()
            return
        except TooSlow:
            continue
