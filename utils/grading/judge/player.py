"""Plays calls to a function in the sandbox; scenario, spies, cases and verdict stay out here."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from ...exercises.deadline import FAR, TimeLimit
from ...exercises.plain import decode, encode
from ...exercises.playing import Call, Outcome, Spy
from ...scripted import OffScript, ScriptedAPI, SentRequest
from ...scripted.clock import LONGEST
from . import sandbox
from .channel import Channel, ChannelClosed, Garbage, Silent
from .cpu import LOOK, SHORTEST

CELL_SECONDS = 10.0
"""Seconds of CPU time that one cell may use."""

CELLS_SECONDS = 40.0
"""Seconds of CPU time that all cells of a notebook may use together."""

GRACE = 2.0
"""Seconds beyond a limit until a process that does not stop itself is killed."""

MOST_MESSAGES = 3000
"""Messages of one call, or of running the cells."""

MOST_AFTER_END = 100
"""Requests beyond the end of a scenario (several may be on their way) until the child is killed."""

MOST_STARTS = 12
"""How often a submission that ends or hangs its process gets a new one."""


@dataclass(frozen=True)
class Problem:
    """What went wrong with a submission outside any exercise, such as a cell that failed.

    `cell` counts the code cells from 1; 0 is the submission itself. `kind` is the exception's name.
    """

    text: str
    cell: int = 0
    kind: str = ""
    line: int | None = None
    source: str = ""
    syntax: bool = False

    def __str__(self) -> str:
        said = f"{self.kind}: {self.text}" if self.kind else self.text
        where = ""
        if self.line is not None:
            where = f" (line {self.line}{': ' + self.source if self.source else ''})"
        return f"Cell {self.cell}: {said}{where}" if self.cell else said

    def to_plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SubmissionPart:
    """One notebook or Python file of a submission: its cells, and files that lie beside it.

    `may_fail` numbers the cells that are tagged to show an error.
    """

    name: str
    cells: tuple[str, ...]
    files: tuple[tuple[str, str], ...] = ()
    may_fail: tuple[int, ...] = ()

    def cell_of(self, function: str) -> int | None:
        """The number of the last cell that defines `function`, from 1."""
        name = re.escape(function)
        defines = re.compile(
            rf"^[ \t]*(?:async[ \t]+)?def[ \t]+{name}\b|^{name}[ \t]*=", re.MULTILINE
        )
        found = [n for n, source in enumerate(self.cells, 1) if defines.search(source)]
        return found[-1] if found else None


class ChildSource(Protocol):
    """Gives processes, one at a time; `links` are names in the folder where the cells run."""

    links: dict[str, str]

    @property
    def memory_exceeded(self) -> bool: ...

    def cpu_seconds(self) -> float: ...

    def child(self) -> Channel: ...

    def end_child(self) -> None: ...


class Lost(Exception):
    """The process of the submission is gone. The message is a sentence for the learner."""

    def __init__(self, sentence: str, slow: bool = False) -> None:
        super().__init__(sentence)
        self.slow = slow


class SandboxPlayer:
    """A `Player` over a process of a host, with the cells of one part run in it.

    A call that ends or hangs the process costs that call: the next one gets a fresh process, in
    which the cells run again, without those that ended or hung it.
    """

    def __init__(self, seat: ChildSource, part: SubmissionPart) -> None:
        self.seat, self.part = seat, part
        self.problems: dict[int, Problem] = {}
        self._channel: Channel | None = None
        self._left_out: set[int] = set()
        self._current = 0
        self._alone = True
        self._starts = 0
        self._serial = 0
        self._spent = 0.0

    # -- the process and its cells ---------------------------------------------------------------

    def prepare(self) -> None:
        """Have a process in which the cells have run. Raises Lost, HostGone."""
        while self._channel is None:
            if self._starts >= MOST_STARTS or self._spent > 2 * FAR * CELLS_SECONDS:
                raise Lost("its notebook ended or hung the Python process again and again")
            self._starts += 1
            self._channel = self.seat.child()
            started = time.monotonic()
            self._current = 0
            try:
                self._run_cells(self._channel)
            except Lost as lost:
                self._drop()
                if not self._current or self._current in self._left_out:
                    raise
                self._left_out.add(self._current)
                self._note(Problem(str(lost), self._current))
            finally:
                self._spent += time.monotonic() - started

    def _run_cells(self, channel: Channel) -> None:
        """Run the cells; `_current` is the number of the one that runs. Raises Lost."""
        numbered = [
            (n, source)
            for n, source in enumerate(self.part.cells, 1)
            if n not in self._left_out and source.strip()
        ]
        channel.send(
            {
                "do": "cells",
                "cells": numbered,
                "files": dict(self.part.files),
                "links": self.seat.links,
                "cell_seconds": CELL_SECONDS,
                "seconds": CELLS_SECONDS,
            }
        )
        together = self._limit(CELLS_SECONDS)
        for _ in range(MOST_MESSAGES):
            message = self._receive(channel, self._limit(CELL_SECONDS), together)
            if message["do"] == "ready":
                return
            if message["do"] == "cell" and isinstance(message.get("cell"), int):
                self._current = message["cell"]
            elif message["do"] == "problem":
                self._note(_problem(message))
        raise Lost("it wrote to the grader's own channel")

    def _note(self, problem: Problem) -> None:
        if len(self.problems) < 200:
            self.problems.setdefault(problem.cell, problem)

    def _limit(self, seconds: float) -> TimeLimit:
        """A limit on the CPU time of the submission's processes, from now on."""
        return TimeLimit(seconds, self.seat.cpu_seconds)

    def _receive(self, channel: Channel, *limits: TimeLimit) -> dict[str, Any]:
        """The next message. Raises Lost if a limit is passed by `GRACE`, or nothing more comes."""
        try:
            while True:
                left, limit = min(((n.left(GRACE), n) for n in limits), key=lambda pair: pair[0])
                if left <= 0:
                    raise Lost(limit.sentence(), slow=True)
                try:
                    return channel.receive(time.monotonic() + max(SHORTEST, min(left, LOOK)))
                except Silent:
                    continue
        except ChannelClosed:
            if self.seat.memory_exceeded:
                most = sandbox.TOGETHER_BYTES / (1 << 30)
                raise Lost(f"it used more than {most:g} GiB of memory, and was stopped") from None
            raise Lost("it ended the Python process") from None
        except Garbage:
            raise Lost("it wrote to the grader's own channel") from None

    def _drop(self) -> None:
        self._channel = None
        self.seat.end_child()

    def close(self) -> None:
        """End the process."""
        self._drop()

    # -- calls -----------------------------------------------------------------------------------

    def play(self, call: Call, api: ScriptedAPI) -> Outcome:
        """Make `call` in the sandbox, answering its requests from `api`. Raises HostGone."""
        try:
            self.prepare()
        except Lost as lost:
            return Outcome(stopped=str(lost), slow=lost.slow)
        channel = self._channel
        assert channel is not None
        self._serial += 1
        channel.send({"do": "call", "serial": self._serial, "call": call.to_plain()})
        try:
            outcome = self._play(channel, call, api)
        except Lost as lost:
            self._drop()
            return Outcome(stopped=str(lost), slow=lost.slow)
        if outcome.slow or not self._alone:
            # Stopped in the middle of anything, or with processes beside it that would disturb.
            self._drop()
        return outcome

    def _play(self, channel: Channel, call: Call, api: ScriptedAPI) -> Outcome:
        limit = self._limit(call.seconds)
        spies = call.spies()
        refused = 0
        for _ in range(MOST_MESSAGES):
            message = self._receive(channel, limit)
            if message.get("serial") != self._serial:
                continue
            try:
                if message["do"] == "request":
                    reply = _answer(api, message)
                    refused += "stop" in reply
                elif message["do"] == "spy":
                    reply = _answer_spy(spies, message)
                elif message["do"] == "done":
                    self._alone = message["alone"] is True
                    return _outcome(api, message)
                else:
                    continue
            except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
                raise Lost("it wrote to the grader's own channel") from error
            if refused > MOST_AFTER_END:
                break
            channel.send({"number": message.get("number"), **reply})
        raise Lost("it sent more and more requests, and was stopped")


def _time(value: Any) -> float:
    """A simulated second. Raises ValueError unless it is one."""
    seconds = float(value)
    if not (math.isfinite(seconds) and 0 <= seconds <= LONGEST):
        raise ValueError("not a simulated second")
    return seconds


def _answer(api: ScriptedAPI, message: Mapping[str, Any]) -> dict[str, Any]:
    sent = SentRequest.from_plain(message["request"])
    _time(sent.at)
    try:
        return {"reply": api.answer(sent).to_plain()}
    except OffScript as error:
        return {"stop": str(error)}
    except Exception as error:  # a step of the scenario that this request is too strange for
        return {"error": f"the simulated service cannot answer this request ({error})"}


def _answer_spy(spies: Mapping[str, Spy], message: Mapping[str, Any]) -> dict[str, Any]:
    spy = spies[message["name"]]
    args, kwargs = decode(message["args"]), decode(message["kwargs"])
    try:
        value = spy.answer(
            tuple(args), {str(k): v for k, v in kwargs.items()}, _time(message["at"])
        )
        return {"value": encode(value)}
    except OffScript as error:
        return {"raises": ["RuntimeError", str(error)]}
    except Exception as error:
        return {"raises": [type(error).__name__, str(error)]}


def _outcome(api: ScriptedAPI, message: Mapping[str, Any]) -> Outcome:
    """What the child says about the run, put where a run in this process would have put it."""
    outcome = Outcome.from_plain(message["outcome"])
    for sent, (parts_read, closed) in zip(api.requests, message["reads"], strict=False):
        sent.parts_read, sent.closed = int(parts_read), bool(closed)
    api.most_in_flight = min(int(message["most_in_flight"]), len(api.requests))
    api.clock.sleeps = [_time(seconds) for seconds in message["sleeps"]]
    api.clock.latest = _time(message["now"])
    return outcome


def _problem(message: Mapping[str, Any]) -> Problem:
    def text(name: str) -> str:
        value = message.get(name)
        return value[:500] if isinstance(value, str) else ""

    cell, line = message.get("cell"), message.get("line")
    return Problem(
        " ".join(text("text").split()),
        cell if isinstance(cell, int) and cell > 0 else 0,
        text("kind"),
        line if isinstance(line, int) else None,
        text("source"),
        message.get("syntax") is True,
    )
