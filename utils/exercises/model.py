"""Exercises as data, and what a case can say about a run of the learner's function.

```python
from utils.exercises import Exercise, Run
from utils.scripted import fails, says

RETRY = Exercise(
    id="08.2",
    function="ask_patiently",
    title="retry with backoff that doesn't multiply",
    difficulty="medium",
    hints=["The client retries by itself.", "time.sleep(float(...)) waits."],
)


@RETRY.case(points=2, hint="The header is text.")
def retry_after(run: Run) -> None:
    '''a Retry-After is honored'''
    seconds = run.rng.randint(3, 9)
    result = run([fails(429, retry_after=seconds), says("Bergen")], "Which city?")
    result.returned("Bergen")
    result.waited(at_least=seconds, between=(1, 2), because=f"Retry-After said {seconds} s")
```

The function's name says the case to people who read the code, its docstring says it to the learner.
Every assertion that fails raises `Wrong` with one sentence that says what was sent or returned and
what was expected. Sentences start in lower case ("it sent 2 requests, and 1 was expected").
"""

from __future__ import annotations

import contextlib
import inspect
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..scripted import Script, ScriptedAPI, ScriptError, SentRequest
from .assertions import (
    Value,
    Wrong,
    changed,
    count,
    expect,
    expected,
    parted,
    reason,
    same,
    was,
    wrong,
)
from .plain import Described, alike, short
from .playing import SECONDS, Call, Failure, Outcome, Player, Spy, SpyCall, qualified

Difficulty = Literal["easy", "medium", "stretch"]


class RaisedInstead(Wrong):
    """The function raised something the case did not expect."""

    def __init__(self, failure: Failure) -> None:
        where = ""
        if failure.source:
            where = f" (your line {failure.line}: {failure.source})"
        text = f": {short_message(failure.message)}" if failure.message else ""
        if failure.is_a(SystemExit):
            where += ", which ends the whole program: return a value, or raise an exception"
        said = f"it raised {failure.name}{text}{where}"
        if failure.is_a(ScriptError):
            said = f"its request has no answer in this case{where}{text}"
        line = f" in line {failure.line}" if failure.source else text
        super().__init__(said, cause=f"{failure.name}{line}", about_case=False)
        self.failure = failure


class TookTooLong(Wrong):
    """The function had to be stopped."""

    def __init__(self, message: str) -> None:
        super().__init__(message, about_case=False)


class Missing(Wrong):
    """There is no function of that name."""


@contextlib.contextmanager
def hinting(hint: str, *kinds: type[BaseException]) -> Iterator[None]:
    """Give the assertions in the block a hint of their own.

    ```python
    ranks = [1, 2, 3]
    with hinting("Count from 1."):
        if ranks[0] != 1:
            raise Wrong("the first rank is not 1")
    ```

    Args:
        hint: Shown when one of them fails, instead of the case's hint.
        kinds: Exceptions of the function that it helps with, too. It is not shown for others: a
            `TypeError` has nothing to do with the order. Nor is it for what is not about the case,
            such as a value of the wrong kind.
    """
    try:
        yield
    except TookTooLong:
        raise
    except RaisedInstead as problem:
        if problem.hint is None and any(problem.failure.is_a(kind) for kind in kinds):
            problem.hint = hint
        raise
    except Wrong as problem:
        if problem.about_case:
            problem.hint = problem.hint or hint
        raise


def short_message(text: str, longest: int = 240) -> str:
    """An exception's message on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 3] + "..."


CaseFunction = Callable[["Run"], None]


@dataclass(frozen=True)
class Case:
    """One scenario and what must come of it. Hidden cases are played for a class only.

    Attributes:
        name: The function's name, unique in the exercise.
        sentence: What the learner reads, from the function's docstring.
        function: Plays the scenario; raises `Wrong` if the case is not met.
        points: What it is worth.
        hint: Shown when an assertion of the case fails that has no hint of its own.
    """

    name: str
    sentence: str
    function: CaseFunction
    points: int = 1
    hidden: bool = False
    hint: str | None = None


@dataclass
class Exercise:
    """An exercise: its id, the function to write, hints from a nudge to nearly all, and cases.

    Args:
        id: Chapter and number, `"01.2"`.
        function: Name of the function the learner writes; `client` is its first argument. The
            exercise's module has the same name.
        title: The job, as an imperative in lower case; the heading in the notebook, the dashboard
            and reports show it.
        difficulty: `easy`, `medium` or `stretch`.
        hints: Two or more.
        covers: Rows of the coverage table, `("A1",)`.
        asynchronous: The function is a coroutine function and gets an `AsyncOpenAI`.
        client: Options of the client that the function gets.
        seconds: CPU time that one call may use, in seconds.
        live_rules: Whether requests must be acceptable to the live default model.
    """

    id: str
    function: str
    title: str
    difficulty: Difficulty
    hints: Sequence[str]
    covers: Sequence[str] = ()
    asynchronous: bool = False
    client: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = SECONDS
    live_rules: bool = True
    cases: list[Case] = field(default_factory=list)

    def case(
        self, *, points: int = 1, hidden: bool = False, hint: str | None = None
    ) -> Callable[[CaseFunction], CaseFunction]:
        """Add the decorated function as a case.

        Args:
            points: What the case is worth.
            hidden: Play it for a class only.
            hint: Shown when an assertion of the case fails that has no hint of its own (see
                `hinting`), and never when the function raised.

        Raises:
            ValueError: The function's name says nothing (`_`), or it has no docstring, or another
                case of the exercise has the same name or docstring.
        """

        def add(function: CaseFunction) -> CaseFunction:
            name = function.__name__
            sentence = " ".join(inspect.cleandoc(function.__doc__ or "").split())
            if not name.isidentifier() or name.startswith("_"):
                raise ValueError(
                    f"exercise {self.id} has a case named {name}; name its function for the case"
                )
            if not sentence:
                raise ValueError(
                    f"exercise {self.id}: the case {name} has no docstring, which is the sentence "
                    "that the learner reads"
                )
            for case in self.cases:
                if name == case.name:
                    raise ValueError(f"exercise {self.id} has two cases named {name}")
                if sentence == case.sentence:
                    raise ValueError(f"exercise {self.id} has two cases that say {sentence!r}")
            self.cases.append(Case(name, sentence, function, points, hidden, hint))
            return function

        return add

    @property
    def chapter(self) -> str:
        """The chapter's number, two digits."""
        return self.id.partition(".")[0]

    @property
    def heading(self) -> str:
        """What stands above the exercise in the notebook, without the marks of a heading."""
        return f"Exercise {self.id}: {self.title} ({self.difficulty})"

    def max_score(self, *, hidden: bool = False) -> int:
        """Points of the visible cases, or of all."""
        return sum(case.points for case in self.cases if hidden or not case.hidden)


class Run:
    """What a case gets: call it with a scenario and arguments to play the learner's function.

    Attributes:
        rng: `random.Random`, seeded by exercise, case and seed, to vary values.
        results: Every result so far.
    """

    def __init__(self, exercise: Exercise, case: Case, player: Player, seed: int) -> None:
        self.exercise = exercise
        self.case = case
        self.player = player
        self.rng = random.Random(f"{exercise.id}/{case.name}/{seed}")
        self.results: list[Result] = []
        self._restarts = 0
        self._luck = f"{exercise.id}/{case.name}/{seed}/luck"

    def __call__(self, script: Script | ScriptedAPI, *args: Any, **kwargs: Any) -> Result:
        """Play the function once: `function(client, *args, **kwargs)`.

        Arguments are plain data, or `Spy` objects for functions.
        """
        return self._play(script, args, kwargs)

    def after_restart(self, script: Script | ScriptedAPI, *args: Any, **kwargs: Any) -> Result:
        """The same, as if the program had ended and was started again on the next day.

        The function has lost everything that it kept in memory, and `hash`, `id`, `random` and
        the date give something else; see the module `restart`.
        """
        self._restarts += 1
        return self._play(script, args, kwargs)

    def _play(
        self, script: Script | ScriptedAPI, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Result:
        api = script if isinstance(script, ScriptedAPI) else ScriptedAPI(script)
        exercise = self.exercise
        call = Call(
            exercise.function,
            args,
            kwargs,
            exercise.client,
            True if exercise.asynchronous else None,
            exercise.seconds,
            self._restarts,
            f"{self._luck}/{len(self.results)}",
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

    @property
    def output(self) -> Value:
        """What it returned, with assertions; raises `Wrong` if it did not return."""
        return Value(self.value)

    def field(self, key: str, because: str = "") -> Value:
        """What it returned under this key of a dictionary."""
        return self.output.field(key, because)

    def items(self, number: int | None = None, because: str = "") -> list[Value]:
        """The items of the list that it returned; so many, if `number` is given."""
        return self.output.items(number, because)

    def argument(self, index: int, name: str) -> Value:
        """An argument after the call, counted from 0 without the client.

        `name` is what sentences call it. After `raised` it can be asked for, too.
        """
        self.ended_as_expected()
        return Value(self.args[index], name)

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
        self.output.equals(want, because)

    def left_alone(self, index: int, name: str) -> None:
        """It did not change this argument, counted from 0 without the client."""
        change = changed(self.call.args[index], self.argument(index, name).value, name)
        expect(not change, f"it {change}")

    def raised(self, kind: type[BaseException], because: str = "", *, saying: str = "") -> Failure:
        """This exception was raised to the caller, with `saying` in its message."""
        if self.outcome.stopped:
            raise (TookTooLong if self.outcome.slow else Wrong)(self.outcome.stopped)
        self._may_raise = True
        failure = self.outcome.failure
        wanted = qualified(kind).removeprefix("builtins.")
        if failure is None:
            have = short(self.outcome.value)
            wrong(f"it returned {have}, and {wanted} was expected{reason(because)}")
        if not failure.is_a(kind):
            if failure.is_a(NotImplementedError):
                raise RaisedInstead(failure)
            wrong(f"{RaisedInstead(failure)}, and {wanted} was expected{reason(because)}")
        if saying not in failure.message:
            wrong(
                f"the message of the {failure.name} is {short(failure.message)}, without "
                f"{short(saying)}{reason(because)}"
            )
        return failure

    def sent(self, number: int, because: str = "") -> None:
        """It sent exactly `number` requests."""
        self._not_stopped()
        if len(self.requests) != number:
            have = count(len(self.requests), "request")
            wrong(f"it sent {have}, and {expected(number)}{reason(because)}")

    def sent_at_most(self, number: int, because: str = "") -> None:
        """It sent `number` requests or fewer."""
        have = count(len(self.requests), "request")
        expect(
            len(self.requests) <= number,
            f"it sent {have}, and at most {expected(number)}{reason(because)}",
        )
        self._not_stopped()

    def called(self, name: str, number: int, because: str = "") -> list[SpyCall]:
        """It called the spy of that name so many times; returns the calls."""
        calls = self.calls(name)
        if len(calls) != number:
            times = count(len(calls), "time")
            have = f"it called {name} {times}" if calls else f"it never called {name}"
            want = f"{count(number, 'call')} {was(number)} expected" if number else "it should not"
            wrong(f"{have}, and {want}{reason(because)}")
        return calls

    def ended(self, *, at_most: float, because: str = "") -> None:
        """It ended after at most so many simulated seconds."""
        self._not_stopped()
        have = self.outcome.ended_at
        if have > at_most + 1e-6:
            wrong(f"it ended after {have:.3g} s, and {at_most:.3g} s were enough{reason(because)}")

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
            start = f"{because}, and " if because else ""
            wrong(
                f"{start}it waited {waited:.3g} s between request {first} and request {second}, "
                f"not {limit}"
            )
        return waited

    def request(self, number: int) -> RequestView:
        """The request of that number, from 1; raises `Wrong` if it was never sent."""
        if len(self.requests) < number:
            self.finished()
            have = count(len(self.requests), "request")
            said = f"it sent {have}, and at least {expected(number)}"
            raise Wrong(said, about_case=bool(self.requests))
        return RequestView(self.requests[number - 1], number)

    def _not_stopped(self) -> None:
        if self.outcome.stopped:
            self.finished()


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
        if name not in self.body:
            wanted = f"{short(want)} was expected{reason(because)}"
            wrong(f"request {self.number} has no {name}, and {wanted}")
        have = self.body[name]
        if same(alike(have), alike(want)):
            return
        if name == "tool_choice" and choice_of(self.body, have) == choice_of(self.body, want):
            return
        if isinstance(want, dict | list):
            self.field(name).equals(want, because)
        wrong(
            f"request {self.number} has {name}={short(have)}, and {short(want)} was "
            f"expected{reason(because)}"
        )

    def has_default(self, name: str, default: Any, because: str = "") -> None:
        """A parameter has the value that the service takes anyway, or is not sent, or null."""
        if self.body.get(name) is not None:
            self.has(name, default, because)

    def lacks(self, name: str, because: str = "") -> None:
        """A parameter is not sent, or sent as null, which says the same."""
        if self.body.get(name) is not None:
            why = f": {because}" if because else ""
            wrong(
                f"request {self.number} has {name}={short(self.body[name])}, and it should not be "
                f"sent{why}"
            )

    def field(self, name: str, because: str = "") -> Value:
        """A parameter with assertions; raises `Wrong` if it was not sent."""
        if name not in self.body:
            wrong(f"request {self.number} has no {name}{reason(because)}")
        return Value(self.body, f"request {self.number}").field(name)

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

    def contains(self, text: str, what: str = "the question", *, role: str = "") -> None:
        """Some message, or one of this role, has this text.

        `what` says in a sentence which text that is.
        """
        messages = [m for m in self.messages if not role or m.role == role]
        if not any(text in message.text for message in messages):
            there = f"no {role} message of request {self.number} has" if role else ""
            wrong(f"{there or f'request {self.number} lacks'} {what}: {short(text, 60)}")

    def omits(self, text: str, because: str) -> None:
        """No message has this text."""
        expect(
            text not in self.text(),
            f"request {self.number} has {short(text, 60)} in it: {because}",
        )

    def has_roles(self, *want: str) -> None:
        """Its messages have these roles, in this order."""
        have = [message.role for message in self.messages]
        roles = f"the roles {', '.join(have)}" if have else "no roles"
        expect(
            have == list(want),
            f"request {self.number} has messages with {roles}, and {', '.join(want)} "
            f"{was(len(want))} expected",
        )

    def has_messages(
        self, want: Sequence[Mapping[str, Any]], because: str = "", *, besides: str = ""
    ) -> None:
        """It has these messages, compared by role and text; the first that differs is named.

        Args:
            want: Dictionaries with `role` and `content`.
            because: The reason, for the sentence.
            besides: Leave out messages of this role before comparing.
        """
        have = [message for message in self.messages if message.role != besides]
        label = f"request {self.number}"
        if besides:
            label += f", without its {besides} messages,"
        for number, (sent, wanted) in enumerate(zip(have, want, strict=False), 1):
            if (sent.role, sent.text) == (wanted["role"], wanted["content"]):
                continue
            first, second = sent.text, wanted["content"]
            if sent.role == wanted["role"]:
                first, second = parted(first, second)
            else:
                first, second = short(first, 60), short(second, 60)
            wrong(
                f"message {number} of {label} is {sent.role}: {first}, and {wanted['role']}: "
                f"{second} was expected{reason(because)}"
            )
        expect(
            len(have) == len(want),
            f"{label} has {count(len(have), 'message')}, and {expected(len(want))}"
            f"{reason(because)}",
        )


def choice_of(body: Mapping[str, Any], choice: Any) -> tuple[str, frozenset[Any]]:
    """What a `tool_choice` says: `auto`, `required` or `none`, and the names it is about.

    A choice has several forms: `required` with one tool names that tool, and so does a list of one
    allowed tool.

    Args:
        body: The request, with the tools that it offers.
        choice: The value of `tool_choice`.
    """
    offered = body.get("tools")
    tools = offered if isinstance(offered, list) else []
    every = frozenset(_tool_name(tool) for tool in tools if isinstance(tool, dict))
    if choice is None or isinstance(choice, str):
        return choice or "auto", every if choice != "none" else frozenset()
    if not isinstance(choice, dict):
        return repr(choice), frozenset()
    if choice.get("type") != "allowed_tools":
        return "required", frozenset([_tool_name(choice)])
    allowed = choice.get("allowed_tools", choice)
    if not isinstance(allowed, dict):
        return repr(choice), frozenset()
    names = [_tool_name(tool) for tool in allowed.get("tools") or () if isinstance(tool, dict)]
    return str(allowed.get("mode")), frozenset(names)


def _tool_name(tool: Mapping[str, Any]) -> Any:
    """The name of a tool, in the form of Chat Completions or of Responses."""
    for kind in ("function", "custom"):
        if isinstance(inner := tool.get(kind), dict):
            return inner.get("name")
    return tool.get("name", tool.get("type"))


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
    "Value",
    "Wrong",
    "count",
    "expect",
    "hinting",
    "reason",
    "short",
    "text_of",
    "wrong",
]
