"""A clock that moves when somebody waits, so that waiting costs nothing.

`Clock.installed()` makes `time.sleep`, `time.monotonic`, `time.perf_counter`, `time.time`,
`asyncio.sleep`, `anyio.sleep` and `threading.Event().wait` use it, for the thread that installs it
and for the threads that start afterwards. Every other thread (a Jupyter kernel has several) keeps
the real time. In the namespace of the code under test it also replaces `datetime.now`, and clocks
that were taken earlier, as by a default argument (see `captured`).

Inside a `SimulatedLoop` the event loop itself runs on the clock: when every task waits, it jumps to
the next timer, so that concurrent tasks overlap as they would in reality. Outside it, a thread or a
task has a time line of its own, which starts where its parent stood.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import itertools
import math
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator, MutableMapping
from contextvars import ContextVar
from types import ModuleType
from typing import Any, TypeVar

import anyio

from .captured import Held

T = TypeVar("T")

EPOCH = 1_795_000_000.0
"""Unix time, in seconds, at which a simulated clock starts (November 2026)."""

STARTS = {"monotonic": 4096.0, "perf_counter": 1024.0}
"""What clocks without a calendar show at the start, in seconds: not 0, since real ones never do."""

REAL_WAIT = 1.0
"""Real seconds that other threads get to set an event, before simulated time moves on."""

OURS = "course-"
"""How the names of threads begin that watch the code under test."""

LONGEST = 24 * 3600.0
"""Simulated seconds after which a run is stopped: nothing in the course waits for a day."""

_line: ContextVar[tuple[int, float] | None] = ContextVar("simulated_time", default=None)
_serials = itertools.count(1)

# The real functions, kept before anything is replaced.
_asyncio_sleep = asyncio.sleep
_anyio_sleep = anyio.sleep
_event_wait = threading.Event.wait
_real_time = time.time


class WaitedTooLong(BaseException):
    """More than a day of simulated waiting, or a wait for something that can never come.

    A `BaseException`, so that `except Exception` in the code under test cannot swallow it.
    """


class Clock:
    """Simulated seconds since the start, moved by every wait.

    `sleeps` lists the waits in order, in seconds. `epoch` is the Unix time of the start.
    """

    def __init__(self, epoch: float = EPOCH) -> None:
        self.epoch = epoch
        self.sleeps: list[float] = []
        self.latest = 0.0
        self._serial = next(_serials)
        self._owner_now = 0.0
        self._owner = threading.get_ident()
        self._older_threads: frozenset[int] | None = None

    # -- reading and moving ------------------------------------------------------------------

    @property
    def now(self) -> float:
        """Simulated seconds since the start, as the calling thread or task sees them."""
        if self._loop() is not None:
            return self.latest
        line = _line.get()
        return line[1] if line and line[0] == self._serial else self._owner_now

    def advance(self, seconds: float) -> None:
        """Move the clock of the calling thread or task forward by `seconds`."""
        now = (self.latest if self._loop() is not None else self.now) + seconds
        self.latest = max(self.latest, now)
        if self._loop() is None:
            _line.set((self._serial, now))
        if threading.get_ident() == self._owner:
            self._owner_now = now
        if not now < LONGEST:
            raise WaitedTooLong("it waited for more than a day of simulated time, and was stopped")

    def sleep(self, seconds: float) -> None:
        """What `time.sleep` does on this clock.

        Raises TypeError or ValueError for what the real one refuses.
        """
        seconds = float(seconds) if not isinstance(seconds, str) else _refuse(seconds)
        if math.isnan(seconds):
            raise ValueError("Invalid value NaN (not a number)")
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.sleeps.append(seconds)
        self.advance(seconds)

    async def wait(self, seconds: float) -> None:
        """What `asyncio.sleep` does on this clock."""
        if seconds > 0:
            self.sleeps.append(float(seconds))
        await self.pause(seconds)

    async def pause(self, seconds: float) -> None:
        """Let `seconds` pass without noting a sleep: the service took its time."""
        if self._loop() is not None:
            await _asyncio_sleep(seconds)
            return
        if seconds > 0:
            self.advance(seconds)
        await _anyio_sleep(0)

    def wait_for(self, event: threading.Event, timeout: float | None = None) -> bool:
        """What `event.wait(timeout)` does on this clock."""
        if timeout is None or event.is_set():
            return _event_wait(event, timeout)
        if self._other_threads():  # one of them may be about to set it
            _event_wait(event, min(timeout, REAL_WAIT))
        if not event.is_set():
            self.sleep(max(0.0, timeout))
        return event.is_set()

    def _other_threads(self) -> bool:
        """Whether the code under test runs other threads besides the calling one."""
        older, me = self._older_threads or frozenset(), threading.get_ident()
        return any(
            thread.ident not in older and thread.ident != me and not thread.name.startswith(OURS)
            for thread in threading.enumerate()
        )

    def _loop(self) -> SimulatedLoop | None:
        loop = asyncio._get_running_loop()
        return loop if isinstance(loop, SimulatedLoop) and loop.clock is self else None

    # -- taking the place of the real one ----------------------------------------------------

    def covers_this_thread(self) -> bool:
        """Whether the calling thread lives on this clock while it is installed."""
        if self._older_threads is None:
            return False
        me = threading.get_ident()
        return me == self._owner or me not in self._older_threads

    @contextlib.contextmanager
    def installed(
        self, namespace: MutableMapping[str, Any] | None = None, root: Any = None
    ) -> Iterator[Clock]:
        """Put this clock in the place of the real one until the block ends.

        Args:
            namespace: The globals of the code under test. Names that are bound to a real clock
                there (`from time import sleep`) are replaced for the duration, and so are clocks
                that its functions, classes and objects keep.
            root: The function under test, which may be in no namespace.
        """
        replaced = self._replacements()
        saved = [(module, name, getattr(module, name)) for module, name, _ in replaced]
        by_identity: dict[int, Any] = {
            id(old): new for (_, _, old), (_, _, new) in zip(saved, replaced, strict=True)
        }
        calendar = _simulated_datetime(self)
        by_identity[id(datetime.datetime)] = calendar
        by_identity[id(datetime)] = _module_with(datetime, datetime=calendar)

        def replacement(value: Any) -> Any:
            owner = getattr(value, "__self__", None)
            if owner is datetime.datetime and callable(value):  # datetime.now, taken earlier
                return getattr(calendar, value.__name__, None)
            return by_identity.get(id(value))

        names: dict[str, Any] = {}
        if namespace is not None:
            names = {k: v for k, v in list(namespace.items()) if id(v) in by_identity}
        self._owner = threading.get_ident()
        self._owner_now = self.now
        self._older_threads = frozenset(t.ident for t in threading.enumerate() if t.ident)
        for module, name, new in replaced:
            setattr(module, name, new)
        stand_ins = {k: by_identity[id(v)] for k, v in names.items()}
        held = Held(namespace, replacement, root) if namespace is not None else None
        if namespace is not None:
            namespace.update(stand_ins)
        try:
            if held is not None:
                held.replace()
            yield self
        finally:
            if held is not None:
                held.restore()
            for module, name, old in saved:
                setattr(module, name, old)
            if namespace is not None:
                for key, old in names.items():
                    if namespace.get(key) is stand_ins[key]:
                        namespace[key] = old
            self._older_threads = None

    def _replacements(self) -> list[tuple[Any, str, Callable[..., Any]]]:
        def choose(real: Callable[..., Any], simulated: Callable[..., Any]) -> Callable[..., Any]:
            def either(*args: Any, **kwargs: Any) -> Any:
                chosen = simulated if self.covers_this_thread() else real
                return chosen(*args, **kwargs)

            either.__name__ = getattr(real, "__name__", "either")
            either.__doc__ = real.__doc__
            return either

        async def asyncio_sleep(delay: float, result: Any = None) -> Any:
            if not self.covers_this_thread():
                return await _asyncio_sleep(delay, result)
            await self.wait(delay)
            return result

        async def anyio_sleep(delay: float) -> None:
            if not self.covers_this_thread():
                await _anyio_sleep(delay)
            else:
                await self.wait(delay)

        pairs: list[tuple[Any, str, Callable[..., Any]]] = [
            (time, "sleep", choose(time.sleep, self.sleep)),
            (asyncio, "sleep", asyncio_sleep),
            (anyio, "sleep", anyio_sleep),
            (
                asyncio.events,
                "new_event_loop",
                choose(asyncio.events.new_event_loop, lambda: SimulatedLoop(self)),
            ),
        ]

        def event_wait(event: threading.Event, timeout: float | None = None) -> bool:
            wait = self.wait_for if self.covers_this_thread() else _event_wait
            return wait(event, timeout)

        pairs.append((threading.Event, "wait", event_wait))
        for name, start in (*STARTS.items(), ("time", self.epoch)):
            pairs.append(
                (time, name, choose(getattr(time, name), lambda start=start: start + self.now))
            )
            pairs.append(
                (
                    time,
                    f"{name}_ns",
                    choose(
                        getattr(time, f"{name}_ns"),
                        lambda start=start: int((start + self.now) * 1e9),
                    ),
                )
            )
        return pairs


def _simulated_datetime(clock: Clock) -> type[datetime.datetime]:
    """`datetime.datetime`, except that `now`, `utcnow` and `today` tell the time of a clock."""
    real = datetime.datetime

    def seconds() -> float:
        return clock.epoch + clock.now if clock.covers_this_thread() else _real_time()

    class AnyDatetime(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

    class SimulatedDatetime(real, metaclass=AnyDatetime):
        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return real(*args, **kwargs)

        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return real.fromtimestamp(seconds(), tz)

        @classmethod
        def utcnow(cls) -> Any:
            return real.fromtimestamp(seconds(), datetime.UTC).replace(tzinfo=None)

        @classmethod
        def today(cls) -> Any:
            return real.fromtimestamp(seconds())

    SimulatedDatetime.__name__ = SimulatedDatetime.__qualname__ = "datetime"
    return SimulatedDatetime


def _module_with(module: ModuleType, **names: Any) -> ModuleType:
    """A module like another one, with other values for some names."""
    made = ModuleType(module.__name__, module.__doc__)
    vars(made).update({**vars(module), **names})
    return made


def _refuse(value: str) -> float:
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")


class SimulatedLoop(asyncio.BaseEventLoop):
    """An asyncio event loop on a `Clock`: when every task waits, time jumps to the next timer.

    It has no sockets: everything the code under test awaits is a timer, a thread or another task.
    It needs no operating system facilities, so it also runs in a browser.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock
        self._wake = threading.Event()
        self._threads = 0
        self._selector = _TimersOnly(self)

    def time(self) -> float:
        return self.clock.latest

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        if sys.platform == "emscripten":  # a browser's Python has no threads
            done = self.create_future()
            try:
                done.set_result(func(*args))
            except Exception as error:
                done.set_exception(error)
            return done
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._thread_done)
        return future

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Wait for the threads as long as they take.

        `asyncio.run` gives them a timeout, which on this clock would be over at once.
        """
        self._threads += 1  # the one that waits for the others
        try:
            await super().shutdown_default_executor()
        finally:
            self._threads -= 1

    def _thread_done(self, future: object) -> None:
        self._threads -= 1

    def _process_events(self, event_list: list[Any]) -> None:
        return

    def _write_to_self(self) -> None:
        self._wake.set()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run `coroutine` to its end, cancel what it left behind, close the loop."""
        try:
            return self.run_until_complete(coroutine)
        finally:
            try:
                left = asyncio.all_tasks(self)
                for task in left:
                    task.cancel()
                if left:
                    self.run_until_complete(asyncio.gather(*left, return_exceptions=True))
                self.run_until_complete(self.shutdown_asyncgens())
            finally:
                self.close()


class _TimersOnly:
    """Stands where a loop has its selector."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self.loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        loop = self.loop
        if timeout is None or (timeout > 0 and loop._threads):
            # A thread may be about to finish: give it real time, in slices that can be interrupted.
            # On a busy machine even a short one takes a while to start, and time must not jump
            # over it.
            slices = 100
            while not _event_wait(loop._wake, 0.01):
                if loop._threads and timeout is None:
                    continue
                slices -= 1
                if slices <= 0:
                    break
            woken = loop._wake.is_set()
            loop._wake.clear()
            if woken:
                return []
            if timeout is None:
                raise WaitedTooLong("it awaits something that never comes, and was stopped")
        if timeout and timeout > 0:
            loop.clock.latest += timeout
            if not loop.clock.latest < LONGEST:
                raise WaitedTooLong(
                    "it waited for more than a day of simulated time, and was stopped"
                )
        return []


@contextlib.contextmanager
def paused_loop() -> Iterator[None]:
    """Let this thread run another event loop while its own waits, as in a notebook's cell.

    Raises RuntimeError inside a `SimulatedLoop`: code under test has to `await`, as everywhere.
    """
    outer = asyncio._get_running_loop()
    if outer is None:
        yield
        return
    if isinstance(outer, SimulatedLoop):
        raise RuntimeError("this already runs on a simulated clock: use `await` instead of `run`")
    task = asyncio.current_task(outer)
    if task is not None:
        asyncio.tasks._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if task is not None:
            asyncio.tasks._enter_task(outer, task)


def run_simulated(clock: Clock, coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` on `clock` in an event loop of its own, from any plain code.

    Raises RuntimeError, as `asyncio.run` does, when this thread already runs an event loop.
    """
    return SimulatedLoop(clock).run(coroutine)
