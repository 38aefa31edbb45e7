"""Calling a learner's function: who calls it, with what, and what comes back.

A case never touches the learner's function. It hands a `Call` (a function's name and plain
arguments) and a scenario (`ScriptedAPI`) to a `Player` and gets an `Outcome`, which is plain data:

    case --Call, ScriptedAPI--> Player --> learner's function
                                  |  requests go to api.answer(SentRequest) -> Reply
                                  |  calls of Spy arguments go to Spy.answer(args, kwargs)
    case <------Outcome---------- Player

`LocalPlayer` calls the function in this process: that is `check()` in a notebook. A player for
untrusted code keeps `ScriptedAPI`, spies, cases and verdict in the parent, sends `Call.to_plain()`
to a child, and answers what the child asks for:

* a request: `api.answer(SentRequest.from_plain(message))`, then `Reply.to_plain()` back;
  `OffScript` is sent back as an order to stop, and `Run` looks at `api.overrun` whatever the child
  then claims,
* a call of a spy: `spies[name].answer(args, kwargs)`, decoded and encoded with `plain`,
* the end: `Outcome.from_plain(message)`.

The child runs `perform()`, with two functions that cross the pipe in the place of `api.answer` and
`Spy.answer`. It needs `utils.scripted`, `utils.async_client`, and of this package only `plain`,
`own_code`, `deadline`, `restart`, `leaving` and `playing`. Time lives with `perform`, on a
simulated clock, and arrives as `SentRequest.at`: a sleep crosses nothing. A child can lie about
time only as far as it could have slept, since sleeping is free.
"""

from __future__ import annotations

import asyncio
import contextlib
import dis
import functools
import inspect
import io
import linecache
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any, Protocol

import httpx2
import openai

from ..async_client import OrderedAsyncOpenAI
from ..scripted import (
    AnsweredTransport,
    Clock,
    OffScript,
    Reply,
    ScriptedAPI,
    SentRequest,
    SimulatedLoop,
    WaitedTooLong,
    embeds,
    says,
    streams,
)
from ..scripted.api import BASE_URL
from .deadline import TimeLimit, TooSlow, can_stop, in_worker, on_main_thread, within
from .leaving import LeftProgram, kept_running
from .own_code import is_own
from .plain import copied, decode, encode
from .restart import DAY, luck, own_codes, process_number, restarted

SECONDS = 4.0
"""Seconds of CPU time a call may use unless the exercise says otherwise (see `deadline`)."""

MOST_PRINTED = 10_000
"""Characters of printed output that are kept for each call."""


@dataclass
class Spy:
    """A function as an argument: it runs on the side of the case, and every call of it is kept.

    `function` gets what the learner's code passed, as plain data, and returns plain data or raises;
    an exception reaches the learner's code as the built-in of the same name, or as RuntimeError.
    `asynchronous` makes the learner's side of it a coroutine function.
    """

    name: str
    function: Callable[..., Any]
    asynchronous: bool = False
    calls: list[SpyCall] = field(default_factory=list)

    def answer(self, args: tuple[Any, ...], kwargs: dict[str, Any], at: float = 0.0) -> Any:
        """Keep the call and say what it returns."""
        args, kwargs, values = in_order(self.function, args, kwargs)
        self.calls.append(SpyCall(args, kwargs, at, values))
        return copied(self.function(*args, **kwargs))


def in_order(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any], tuple[Any, ...]]:
    """Positional arguments and keywords as they were given, then all values in the right order.

    A single keyword that the function does not know becomes its one argument: the learner was
    told what to pass, but not what the spy calls it.
    """
    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        if len(kwargs) == 1 and not args:
            args, kwargs = tuple(kwargs.values()), {}
        return args, kwargs, (*args, *kwargs.values())  # or the call fails, as it should
    except ValueError:  # a built-in function without a signature
        return args, kwargs, (*args, *kwargs.values())
    return args, kwargs, (*bound.args, *bound.kwargs.values())


@dataclass(frozen=True)
class SpyCall:
    """One call of a spy: its arguments as plain data, and the simulated second.

    `values` has all arguments in the order of the spy's function: `pay(key="a", amount=1)` and
    `pay(1, "a")` have the same.
    """

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    at: float
    values: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Call:
    """What to call: the function's name, arguments after `client`, and limits.

    Arguments are plain data (see `plain`), or a `Spy`. `client` holds options of the client the
    function gets (`max_retries`, `timeout` in seconds). `asynchronous` gives it an `AsyncOpenAI`;
    None does so if the function is a coroutine function. `seconds` is CPU time (see `deadline`).
    `restarts` says how often the program has started again before this call (see `restart`), and
    `luck` decides what `random` draws in it.
    """

    function: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    client: Mapping[str, Any] = field(default_factory=dict)
    asynchronous: bool | None = None
    seconds: float = SECONDS
    restarts: int = 0
    luck: str = ""

    def spies(self) -> dict[str, Spy]:
        """The spies among the arguments, by name."""
        given = (*self.args, *self.kwargs.values())
        nested = [v for a in given if isinstance(a, dict) for v in a.values()]
        nested += [v for a in given if isinstance(a, list | tuple) for v in a]
        return {spy.name: spy for spy in (*given, *nested) if isinstance(spy, Spy)}

    def to_plain(self) -> dict[str, Any]:
        """The call as JSON-able data; a spy becomes `{"$spy": name}`."""
        return {
            "function": self.function,
            "args": [_encode_argument(a) for a in self.args],
            "kwargs": {k: _encode_argument(v) for k, v in self.kwargs.items()},
            "client": dict(self.client),
            "asynchronous": self.asynchronous,
            "seconds": self.seconds,
            "restarts": self.restarts,
            "luck": self.luck,
        }


def _encode_argument(value: Any) -> Any:
    if isinstance(value, Spy):
        return {"$spy": value.name, "asynchronous": value.asynchronous}
    if isinstance(value, dict) and any(isinstance(v, Spy) for v in value.values()):
        return {"$spies": {k: _encode_argument(v) for k, v in value.items()}}
    if isinstance(value, list | tuple) and any(isinstance(v, Spy) for v in value):
        return {"$spies": [_encode_argument(v) for v in value]}
    return encode(value)


@dataclass(frozen=True)
class Failure:
    """An exception that left the learner's function.

    `kinds` are the qualified names of its classes, nearest first (`openai.RateLimitError`, ...).
    `line` and `source` are the last line of the learner's own code that was running.
    """

    kinds: tuple[str, ...]
    message: str
    line: int | None = None
    source: str | None = None

    @property
    def name(self) -> str:
        """The exception's name as people write it: `openai.RateLimitError`, `KeyError`."""
        first = self.kinds[0] if self.kinds else "Exception"
        module, _, name = first.rpartition(".")
        return first if module == "openai" else name

    def is_a(self, kind: type[BaseException]) -> bool:
        """Whether the exception is of this class, by name."""
        return qualified(kind) in self.kinds


def qualified(kind: type) -> str:
    """`openai.RateLimitError` for what the SDK exports, `module.Name` for the rest."""
    module = kind.__module__
    if module.startswith("openai.") and getattr(openai, kind.__name__, None) is kind:
        module = "openai"
    return f"{module}.{kind.__qualname__}"


@dataclass
class Outcome:
    """What a call did, as plain data.

    `value` and `args` (the arguments after the call) are plain or `Described`. `stopped` is a
    sentence if the run was ended from outside, and `slow` says that time ran out; `missing` that
    there is no such function. At most one of `failure`, `stopped`, `missing` is set. `left_running`
    counts the tasks that a coroutine function neither awaited nor canceled. `real_clocks` names
    clocks in the learner's code that do not move while waiting is simulated.
    """

    value: Any = None
    failure: Failure | None = None
    stopped: str | None = None
    slow: bool = False
    missing: bool = False
    printed: str = ""
    args: tuple[Any, ...] = ()
    ended_at: float = 0.0
    left_running: int = 0
    real_clocks: tuple[str, ...] = ()
    held: list[Any] = field(default_factory=list, repr=False, compare=False)

    def to_plain(self) -> dict[str, Any]:
        failure = self.failure and {
            "kinds": list(self.failure.kinds),
            "message": self.failure.message,
            "line": self.failure.line,
            "source": self.failure.source,
        }
        return {
            "value": encode(self.value),
            "failure": failure,
            "stopped": self.stopped,
            "slow": self.slow,
            "missing": self.missing,
            "printed": self.printed,
            "args": encode(list(self.args)),
            "ended_at": self.ended_at,
            "left_running": self.left_running,
            "real_clocks": list(self.real_clocks),
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Outcome:
        """The outcome that `to_plain` described; raises ValueError for anything else."""
        try:
            given = plain["failure"]
            failure = given and Failure(
                tuple(str(k) for k in given["kinds"]),
                str(given["message"]),
                None if given["line"] is None else int(given["line"]),
                None if given["source"] is None else str(given["source"]),
            )
            stopped = plain["stopped"]
            return cls(
                decode(plain["value"]),
                failure or None,
                None if stopped is None else str(stopped),
                bool(plain["slow"]),
                bool(plain["missing"]),
                str(plain["printed"])[:MOST_PRINTED],
                tuple(decode(plain["args"])),
                float(plain["ended_at"]),
                int(plain.get("left_running", 0)),
                tuple(name for name in REAL_CLOCKS if name in plain.get("real_clocks", ())),
            )
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not an outcome: {error}") from error


class Player(Protocol):
    """Calls the learner's function for a case. See the module's docstring."""

    def play(self, call: Call, api: ScriptedAPI) -> Outcome:
        """Make `call`, answering its requests from `api`."""
        ...


class LocalPlayer:
    """Calls a function of this process."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def play(self, call: Call, api: ScriptedAPI) -> Outcome:
        """Make `call` here and now, on the clock of `api`."""
        spies = call.spies()

        def answer_spy(name: str, args: Any, kwargs: Any, at: float) -> Any:
            return spies[name].answer(args, kwargs, at)

        return perform(self.function, call.to_plain(), api, answer_spy)


# -- the side of the learner's function -----------------------------------------------------------


def perform(
    function: Callable[..., Any] | None,
    call: Mapping[str, Any],
    answer: AnsweredTransport | Callable[[SentRequest], Reply],
    answer_spy: Callable[[str, Any, Any, float], Any],
) -> Outcome:
    """Make a described call of `function`; every request goes to `answer`.

    Never raises what the function raises, except KeyboardInterrupt. `answer` may raise `OffScript`.
    """
    if function is None:
        return Outcome(missing=True)
    if can_stop():
        warm_up()
    transport = answer if isinstance(answer, AnsweredTransport) else AnsweredTransport(answer)
    clock = transport.clock
    restarts = int(call.get("restarts", 0))
    clock.epoch += DAY * restarts
    own: Any = inspect.unwrap(function)
    if restarts and isinstance(own, FunctionType):
        function = restarted(own, getattr(function, "__name__", own.__name__))
        own = inspect.unwrap(function)
    called: Callable[..., Any] = function
    args = [_decode_argument(a, answer_spy, clock) for a in call["args"]]
    kwargs = {k: _decode_argument(v, answer_spy, clock) for k, v in call["kwargs"].items()}
    coroutine = inspect.iscoroutinefunction(inspect.unwrap(function))
    asynchronous = call["asynchronous"] if call["asynchronous"] is not None else coroutine
    options = {"api_key": "sk-simulated", "base_url": BASE_URL, **call["client"]}
    held: list[Any] = []
    if asynchronous:
        client: Any = OrderedAsyncOpenAI(
            **options, http_client=httpx2.AsyncClient(transport=transport)
        )
    else:
        client = _holding(held)(**options, http_client=httpx2.Client(transport=transport))
    printed = _Printed()
    outcome = Outcome()
    seconds = float(call["seconds"])
    ended: list[tuple[float, int]] = []

    def made() -> Any:
        return called(client, *args, **kwargs)

    def inside() -> None:
        try:
            if coroutine or asynchronous:
                value = within(TimeLimit(seconds), lambda: _awaited(clock, made, ended))
            else:
                value = within(TimeLimit(seconds), made)
                if inspect.isgenerator(value):
                    value = within(TimeLimit(seconds), lambda: list(value))
            outcome.value = copied(value)
        except (OffScript, WaitedTooLong, LeftProgram) as error:
            outcome.stopped = str(error)
        except TooSlow as late:
            outcome.slow = True
            outcome.stopped = str(late)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            outcome.failure = describe(error)
        outcome.ended_at, outcome.left_running = ended[0] if ended else (clock.latest, 0)

    namespace = getattr(own, "__globals__", None)
    with (
        luck(str(call.get("luck", ""))),
        process_number(restarts, namespace),
        kept_running(namespace),
        clock.installed(namespace, function),
        contextlib.redirect_stdout(printed),
    ):
        if not can_stop():
            _aside(inside)
        elif coroutine or asynchronous or not on_main_thread():
            # A kernel's thread already runs a loop; a thread of its own has none.
            if resisted := in_worker(inside, seconds, PATIENCE):
                outcome = Outcome(slow=True, stopped=f"{resisted}. {_RESTART}")
        else:
            inside()
    outcome.held = held
    outcome.printed = printed.getvalue()
    outcome.real_clocks = real_clocks(own)
    outcome.args = tuple(copied(a) if not callable(a) else None for a in args)
    return outcome


def _holding(held: list[Any]) -> type[openai.OpenAI]:
    """An `openai.OpenAI` that puts whatever a request returns into `held`, as do its copies."""

    class OpenAI(openai.OpenAI):
        def request(self, *args: Any, **kwargs: Any) -> Any:
            returned = super().request(*args, **kwargs)
            held.append(returned)
            return returned

    return OpenAI


@functools.cache
def warm_up() -> None:
    """Let the SDK load what it loads with its first requests, once in a process.

    That takes up to seconds of CPU time, which the limit of a learner's function must not pay for.
    """
    client = ScriptedAPI([says("a"), says("b"), streams("c"), streams("d"), embeds([1.0])]).client()
    ask: Any = [{"role": "user", "content": "?"}]
    with contextlib.suppress(Exception):  # a learner's code may have changed the SDK
        client.chat.completions.create(model="m", messages=ask)
        client.responses.create(model="m", input="?")
        list(client.chat.completions.create(model="m", messages=ask, stream=True))
        list(client.responses.create(model="m", input="?", stream=True))
        client.embeddings.create(model="m", input="?")


PATIENCE = 3.0
"""Seconds beyond its limit that a worker thread gets to end."""

_RESTART = "It is still running: restart the kernel to get rid of it"


def _decode_argument(value: Any, answer_spy: Callable[..., Any], clock: Clock) -> Any:
    if isinstance(value, dict) and "$spies" in value:
        inner = value["$spies"]
        if isinstance(inner, dict):
            return {k: _decode_argument(v, answer_spy, clock) for k, v in inner.items()}
        return [_decode_argument(v, answer_spy, clock) for v in inner]
    if not (isinstance(value, dict) and "$spy" in value):
        return decode(value)
    name = value["$spy"]

    def spied(*args: Any, **kwargs: Any) -> Any:
        return answer_spy(name, copied(args), copied(kwargs), clock.now)

    async def spied_async(*args: Any, **kwargs: Any) -> Any:
        return spied(*args, **kwargs)

    made = spied_async if value["asynchronous"] else spied
    made.__name__ = made.__qualname__ = name
    return made


async def _finish(value: Any) -> Any:
    if inspect.isasyncgen(value):
        return [item async for item in value]
    return await value if inspect.isawaitable(value) else value


def _awaited(clock: Clock, make: Callable[[], Any], ended: list[tuple[float, int]]) -> Any:
    """Run what `make` returns.

    `ended` gets the second at which it ended, and how many tasks it left running, before any
    clean-up. A task that was told to cancel isn't left running, though it may not have ended yet.
    """

    async def main() -> Any:
        try:
            return await _finish(make())
        finally:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            ended.append((clock.latest, sum(not task.cancelling() for task in others)))

    return SimulatedLoop(clock).run(main())


def _aside(inside: Callable[[], None]) -> None:
    """Run `inside`, which may run a loop, while the loop that this thread runs steps aside."""
    running = asyncio._get_running_loop()
    swap = getattr(asyncio.tasks, "_swap_current_task", None)
    task = swap(running, None) if swap and running else None
    asyncio._set_running_loop(None)
    try:
        inside()
    finally:
        asyncio._set_running_loop(running)
        if swap and running:
            swap(running, task)


class _Printed(io.StringIO):
    """Keeps the first characters printed, so that a flood costs no memory."""

    def write(self, text: str) -> int:
        room = MOST_PRINTED - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


# -- the learner's own code -----------------------------------------------------------------------


def describe(error: BaseException) -> Failure:
    """An exception as plain data, with the last line of the learner's own code."""
    kinds = tuple(qualified(kind) for kind in type(error).__mro__ if kind is not object)
    try:
        message = str(error)[:500]
    except Exception:
        message = "(its message cannot be shown)"
    own = [f for f in traceback.extract_tb(error.__traceback__) if is_own(f.filename)]
    if not own:
        return Failure(kinds, message)
    last = own[-1]
    source = (last.line or linecache.getline(last.filename, last.lineno or 0)).strip()
    return Failure(kinds, message, last.lineno, source or None)


REAL_CLOCKS = {
    "time.process_time": "process_time",
    "time.process_time_ns": "process_time_ns",
    "time.thread_time": "thread_time",
    "time.clock_gettime": "clock_gettime",
    "datetime.now": "now",
    "datetime.utcnow": "utcnow",
}
"""Clocks that go on in real time, and how they are named in code; the last two if the function
itself imports `datetime` (otherwise they are simulated)."""


def real_clocks(function: Any) -> tuple[str, ...]:
    """The clocks in a function's own code, and in what it uses, that are not simulated."""
    if not isinstance(function, FunctionType):
        return ()
    names: set[str] = set()
    for code in own_codes(function):
        used = set(code.co_names)
        inside = "datetime" in code.co_names and _imports(code, "datetime")
        names |= used if inside else used - {"now", "utcnow"}
    return tuple(name for name, word in REAL_CLOCKS.items() if word in names)


def _imports(code: CodeType, module: str) -> bool:
    return any(
        step.opname == "IMPORT_NAME" and step.argval == module
        for step in dis.get_instructions(code)
    )


def main_namespace() -> dict[str, Any]:
    """The names of the notebook, or of the program that runs."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None:
        return shell.user_ns
    return vars(sys.modules["__main__"])
