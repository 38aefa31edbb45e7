"""Exercises as data, and what a case can say about a run of the learner's function.

```python
RETRY = Exercise("08.2", "ask", points=..., difficulty="medium", task="...", hints=[...])

@RETRY.case("after a 429 it waits as long as Retry-After says, then tries again", points=2)
def honors_retry_after(run):
    seconds = run.rng.randint(3, 9)
    result = run([fails(429, retry_after=seconds), says("Bergen")], "Which city?")
    result.returned("Bergen")
    result.waited(at_least=seconds, between=(1, 2), because=f"Retry-After said {seconds} s")
```

Every assertion that fails raises `Wrong` with one sentence that says what was sent or returned and
what was expected. Sentences start in lower case ("it sent 2 requests, and 1 was expected").
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from ..scripted import Script, ScriptedAPI, SentRequest
from .plain import Described, alike, short
from .playing import SECONDS, Call, Failure, Outcome, Player, Spy, SpyCall, qualified

Difficulty = Literal["easy", "medium", "stretch"]


class Wrong(Exception):
    """A case is not met; the message is a sentence for the learner."""


class RaisedInstead(Wrong):
    """The function raised something the case did not expect."""

    def __init__(self, failure: Failure) -> None:
        where = ""
        if failure.source:
            where = f" (your line {failure.line}: {failure.source})"
        text = f": {short_message(failure.message)}" if failure.message else ""
        super().__init__(f"it raised {failure.name}{text}{where}")
        self.failure = failure


class TookTooLong(Wrong):
    """The function had to be stopped."""


class Missing(Wrong):
    """There is no function of that name."""


def short_message(text: str, longest: int = 240) -> str:
    """An exception's message on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 3] + "..."


def expect(condition: object, sentence: str) -> None:
    """Raise `Wrong(sentence)` unless `condition` holds."""
    if not condition:
        raise Wrong(sentence)


def wrong(sentence: str) -> NoReturn:
    """Say that the case is not met."""
    raise Wrong(sentence)


CaseFunction = Callable[["Run"], None]


@dataclass(frozen=True)
class Case:
    """One scenario and what must come of it. Hidden cases are played for a class only."""

    name: str
    function: CaseFunction
    points: int = 1
    hidden: bool = False
    hint: str | None = None


@dataclass
class Exercise:
    """An exercise: its id, the function to write, hints from a nudge to nearly all, and cases.

    Args:
        id: Chapter and number, `"01.2"`.
        function: Name of the function the learner writes; `client` is its first argument.
        title: What it practises, in a few words, for dashboards and reports.
        difficulty: `easy`, `medium` or `stretch`.
        hints: Two or more.
        covers: Rows of the coverage table, `("A1",)`.
        points: What the visible and hidden cases are worth together; a test compares it.
        asynchronous: The function is a coroutine function and gets an `AsyncOpenAI`.
        client: Options of the client that the function gets.
        seconds: Real seconds that one call may take.
        live_rules: Whether requests must be acceptable to the live default model.
    """

    id: str
    function: str
    title: str
    difficulty: Difficulty
    hints: Sequence[str]
    points: int
    covers: Sequence[str] = ()
    asynchronous: bool = False
    client: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = SECONDS
    live_rules: bool = True
    cases: list[Case] = field(default_factory=list)

    def case(
        self, name: str, *, points: int = 1, hidden: bool = False, hint: str | None = None
    ) -> Callable[[CaseFunction], CaseFunction]:
        """Add the decorated function as a case. `hint` is shown when the case fails."""

        def add(function: CaseFunction) -> CaseFunction:
            if any(name == case.name for case in self.cases):
                raise ValueError(f"exercise {self.id} has two cases named {name!r}")
            self.cases.append(Case(name, function, points, hidden, hint))
            return function

        return add

    @property
    def chapter(self) -> str:
        """The chapter's number, two digits."""
        return self.id.partition(".")[0]

    def max_score(self, *, hidden: bool = False) -> int:
        """Points of the visible cases, or of all."""
        return sum(case.points for case in self.cases if hidden or not case.hidden)


class Run:
    """What a case gets: call it with a scenario and arguments to play the learner's function.

    Attributes:
        rng: `random.Random`, seeded by exercise, case and the number of the check, to vary values.
        results: Every result so far.
    """

    def __init__(self, exercise: Exercise, case: Case, player: Player, seed: int) -> None:
        self.exercise = exercise
        self.case = case
        self.player = player
        self.rng = random.Random(f"{exercise.id}/{case.name}/{seed}")
        self.results: list[Result] = []

    def __call__(self, script: Script | ScriptedAPI, *args: Any, **kwargs: Any) -> Result:
        """Play the function once: `function(client, *args, **kwargs)`.

        Arguments are plain data, or `Spy` objects for functions.
        """
        api = script if isinstance(script, ScriptedAPI) else ScriptedAPI(script)
        exercise = self.exercise
        call = Call(
            exercise.function,
            args,
            kwargs,
            exercise.client,
            True if exercise.asynchronous else None,
            exercise.seconds,
        )
        outcome = self.player.play(call, api)
        if outcome.missing:
            raise Missing(f"there is no function named {exercise.function}")
        if api.overrun and not outcome.stopped:  # whatever the other side claims
            outcome.stopped = (
                f"it sent request {len(api.script) + 1}, but this conversation ends after "
                f"{len(api.script)}"
            )
        result = Result(call, api, outcome)
        self.results.append(result)
        return result

    def choose(self, *options: Any) -> Any:
        """One of the options, another one in another run."""
        return self.rng.choice(options)


class Result:
    """What one call of the learner's function did, with assertions about it."""

    def __init__(self, call: Call, api: ScriptedAPI, outcome: Outcome) -> None:
        self.call = call
        self.api = api
        self.outcome = outcome
        self._may_raise = False

    @property
    def value(self) -> Any:
        """What it returned, as plain data; raises `Wrong` if it did not return."""
        self.finished()
        return self.outcome.value

    @property
    def requests(self) -> list[SentRequest]:
        """Every request it sent."""
        return self.api.requests

    @property
    def args(self) -> tuple[Any, ...]:
        """Its arguments after the call, to see whether it changed them."""
        return self.outcome.args

    @property
    def printed(self) -> str:
        """What it printed."""
        return self.outcome.printed

    def calls(self, name: str) -> list[SpyCall]:
        """How it called the spy of that name."""
        return self.call.spies()[name].calls

    # -- assertions ------------------------------------------------------------------------------

    def ended_as_expected(self) -> None:
        """It ran to its end, unless the case has said that it should raise.

        Asked of every run of a case that is met: a function that raised after it sent the right
        request has not met it.
        """
        if not self._may_raise:
            self.finished()

    def finished(self) -> None:
        """It ran to its end, without an exception."""
        if self.outcome.stopped:
            raise (TookTooLong if self.outcome.slow else Wrong)(self.outcome.stopped)
        if self.outcome.failure:
            raise RaisedInstead(self.outcome.failure)

    def returned(self, want: Any, because: str = "") -> None:
        """It returned `want`. Tuples and lists are alike; floats may differ in the ninth digit."""
        value = self.value
        if not _same(alike(value), alike(want)):
            reason = f" ({because})" if because else ""
            wrong(f"it returned {short(value)}, and {short(want)} was expected{reason}")

    def raised(self, kind: type[BaseException], because: str = "") -> Failure:
        """It let this exception out; returns its description."""
        if self.outcome.stopped:
            raise (TookTooLong if self.outcome.slow else Wrong)(self.outcome.stopped)
        self._may_raise = True
        failure = self.outcome.failure
        wanted = qualified(kind).removeprefix("builtins.")
        reason = f" ({because})" if because else ""
        if failure is None:
            wrong(f"it returned {short(self.outcome.value)}, and {wanted} was expected{reason}")
        if not failure.is_a(kind):
            if failure.is_a(NotImplementedError):
                raise RaisedInstead(failure)
            wrong(f"{RaisedInstead(failure)}, and {wanted} was expected{reason}")
        return failure

    def sent(self, number: int, because: str = "") -> None:
        """It sent exactly `number` requests."""
        self._not_stopped()
        if len(self.requests) != number:
            reason = f" ({because})" if because else ""
            was = "was" if number == 1 else "were"
            wrong(f"it sent {count(len(self.requests))}, and {number} {was} expected{reason}")

    def waited(
        self,
        *,
        at_least: float = 0.0,
        at_most: float = math.inf,
        between: tuple[int, int],
        because: str = "",
    ) -> float:
        """Simulated seconds between two requests, numbered from 1; returns them."""
        first, second = between
        waited = self.request(second).sent.at - self.request(first).sent.at
        if not at_least - 1e-6 <= waited <= at_most + 1e-6:
            limit = f"at least {at_least:g} s" if waited < at_least else f"at most {at_most:g} s"
            reason = f"{because}, and " if because else ""
            wrong(
                f"{reason}it waited {waited:.3g} s between request {first} and request {second}, "
                f"not {limit}"
            )
        return waited

    def request(self, number: int) -> RequestView:
        """The request of that number, from 1; raises `Wrong` if it was never sent."""
        if len(self.requests) < number:
            self.finished()
            wrong(f"it sent {count(len(self.requests))}, and at least {number} should be sent")
        return RequestView(self.requests[number - 1], number)

    def _not_stopped(self) -> None:
        if self.outcome.stopped:
            self.finished()


def count(requests: int) -> str:
    """`no request`, `1 request`, `2 requests`."""
    return {0: "no request", 1: "1 request"}.get(requests, f"{requests} requests")


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same(a[k], b[k]) for k in a)
    return type(a) is type(b) and a == b


class RequestView:
    """One request with assertions about it; its fields are untrusted and checked when read."""

    def __init__(self, sent: SentRequest, number: int) -> None:
        self.sent = sent
        self.number = number

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return self.sent.json

    def went_to(self, endpoint: Literal["chat", "responses", "embeddings"]) -> None:
        """It went to this endpoint."""
        want = {
            "chat": "/chat/completions",
            "responses": "/responses",
            "embeddings": "/embeddings",
        }[endpoint]
        expect(
            self.sent.endpoint == endpoint,
            f"request {self.number} went to {self.sent.path}, and {want} was expected",
        )

    def has(self, name: str, want: Any, because: str = "") -> None:
        """A parameter has this value."""
        reason = f" ({because})" if because else ""
        if name not in self.body:
            wrong(f"request {self.number} has no {name}, and {short(want)} was expected{reason}")
        if not _same(alike(self.body[name]), alike(want)):
            wrong(
                f"request {self.number} has {name}={short(self.body[name])}, and {short(want)} was "
                f"expected{reason}"
            )

    def lacks(self, name: str, because: str = "") -> None:
        """A parameter is not sent."""
        if name in self.body:
            reason = f": {because}" if because else ""
            wrong(
                f"request {self.number} has {name}={short(self.body[name])}, and it should not be "
                f"sent{reason}"
            )

    def get(self, name: str, kind: type | tuple[type, ...], what: str = "") -> Any:
        """A parameter that must be there and of this type."""
        value = self.body.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            have = f"{name}={short(value)}" if name in self.body else f"no {name}"
            wrong(f"request {self.number} has {have}{what and f', and {what} was expected'}")
        return value

    @property
    def messages(self) -> list[Message]:
        """The messages of a Chat request, or the input items of a Responses request.

        `instructions` and a plain `input` text count as a developer and a user message.
        """
        if self.sent.endpoint == "responses":
            given = self.body.get("input")
            items = [{"role": "user", "content": given}] if isinstance(given, str) else given
            instructions = self.body.get("instructions")
            if isinstance(instructions, str) and isinstance(items, list):
                items = [{"role": "developer", "content": instructions}, *items]
            name = "input"
        else:
            items, name = self.body.get("messages"), "messages"
        if not isinstance(items, list) or not all(isinstance(m, dict) for m in items):
            wrong(f"request {self.number} has no list of messages in {name}")
        return [Message(str(m.get("role")), text_of(m.get("content")), m) for m in items]

    def text(self) -> str:
        """All its messages' text, one below the other."""
        return "\n".join(m.text for m in self.messages)


@dataclass(frozen=True)
class Message:
    """Role and text of one message, and the whole of it as it was sent."""

    role: str
    text: str
    raw: Mapping[str, Any]


def text_of(content: Any) -> str:
    """The text of a message's content, which may be a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = [p.get("text") or p.get("refusal") for p in content if isinstance(p, dict)]
        return "".join(p for p in parts if isinstance(p, str))
    return ""


__all__ = [
    "Case",
    "Described",
    "Difficulty",
    "Exercise",
    "Message",
    "Missing",
    "RaisedInstead",
    "RequestView",
    "Result",
    "Run",
    "Spy",
    "TookTooLong",
    "Wrong",
    "count",
    "expect",
    "short",
    "text_of",
    "wrong",
]
