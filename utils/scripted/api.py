"""ScriptedAPI: an httpx2 transport that plays a scenario and keeps what was sent."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Coroutine, Iterator, MutableMapping
from dataclasses import replace
from typing import Any, TypeVar

import httpx2
import openai

from ..async_client import OrderedAsyncOpenAI
from .answers import Ids
from .clock import Clock, paused_loop, run_simulated
from .steps import Script, Step
from .wire import AnsweredTransport, Reply, SentRequest

T = TypeVar("T")

BASE_URL = "http://simulated.invalid/v1"
"""The address of clients made here; `.invalid` never resolves, so nothing can leave the machine."""


class OffScript(BaseException):
    """A request beyond the end of the scenario.

    A `BaseException`, so that neither `except Exception` nor the SDK's retries swallow it.
    """


class ScriptedAPI(AnsweredTransport):
    """Plays a scenario, one step a request, and keeps every request.

    ```python
    from utils.scripted import ScriptedAPI, fails, says

    api = ScriptedAPI([fails(429, retry_after=7), says("Paris")])
    with api.simulated_time():
        api.client().responses.create(model=CHAT_MODEL, input="Capital of France?")
    assert api.requests[1].at == 7.0  # simulated seconds after the first
    ```

    It is an ordinary httpx2 transport, sync and async:
    `OpenAI(api_key="test", http_client=httpx2.Client(transport=ScriptedAPI([...])))`.
    A step may also be a function that looks at the request and returns a step. `otherwise` answers
    every request beyond the script; without it such a request raises `OffScript`.

    Attributes:
        requests: Every request, in the order of arrival.
        clock: Simulated time; waits of the service move it and take no real time.
        overrun: Whether a request came after the end of the scenario.
        most_in_flight: The largest number of requests that were open at once.
    """

    def __init__(
        self, script: Script, *, otherwise: Step | None = None, clock: Clock | None = None
    ) -> None:
        super().__init__(self.answer, clock)
        self.script = list(script)
        self.otherwise = otherwise
        self.requests: list[SentRequest] = []
        self.overrun = False
        self._ids = Ids()
        self._lock = threading.Lock()

    def answer(self, sent: SentRequest) -> Reply:
        """Keep `sent` and say what the service does with it; raises OffScript beyond the end."""
        with self._lock:
            sent.number = len(self.requests)
            self.requests.append(sent)
            step = self.otherwise
            if sent.number < len(self.script):
                given = self.script[sent.number]
                step = given if isinstance(given, Step) else given(sent)
            if step is None:
                self.overrun = True
                raise OffScript(
                    f"it sent request {len(self.requests)}, but this conversation ends after "
                    f"{len(self.script)}"
                )
            reply = step.reply(sent, self._ids)
        if reply.failure:
            return reply
        own = {name.lower() for name, _ in reply.headers}
        usual = (
            ("x-request-id", f"req_simulated_{sent.number + 1}"),
            ("openai-processing-ms", f"{reply.after * 1000:.0f}"),
            ("openai-version", "2020-10-01"),
        )
        return replace(
            reply, headers=(*reply.headers, *(pair for pair in usual if pair[0] not in own))
        )

    def client(self, **options: Any) -> openai.OpenAI:
        """An ordinary client that talks to this scenario. `options` are those of `OpenAI`."""
        return openai.OpenAI(
            **{"api_key": "sk-simulated", "base_url": BASE_URL, **options},
            http_client=httpx2.Client(transport=self),
        )

    def async_client(self, **options: Any) -> openai.AsyncOpenAI:
        """The same, async. Requests sent at once arrive in the order in which tasks start."""
        return OrderedAsyncOpenAI(
            **{"api_key": "sk-simulated", "base_url": BASE_URL, **options},
            http_client=httpx2.AsyncClient(transport=self),
        )

    @contextlib.contextmanager
    def simulated_time(self, namespace: MutableMapping[str, Any] | None = None) -> Iterator[Clock]:
        """Inside the block every wait of this thread moves `clock` and takes no real time.

        `namespace=globals()` also covers names imported from `time` or `asyncio` there.
        """
        with self.clock.installed(namespace) as clock:
            yield clock

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the simulated clock, concurrent waits overlapping.

        In a notebook, whose kernel runs an event loop in the same thread, the kernel's loop stands
        still meanwhile: simulated waits take no time. Raises RuntimeError inside another `run`.
        """
        with self.clock.installed(), paused_loop():
            return run_simulated(self.clock, coroutine)
