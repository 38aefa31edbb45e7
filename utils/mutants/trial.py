"""Playing a mutant to the cases of its exercise, and what it did differently if it survives."""

from __future__ import annotations

import random
import re
import uuid
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from ..exercises import Call, Exercise, LocalPlayer, Outcome, get
from ..exercises.judging import first_failure
from ..grading.solutions import defined
from ..scripted import ScriptedAPI
from .mutation import Mutant, solution_of

SECONDS = 1.5
"""CPU seconds that one call of a mutant may use, in the place of the exercise's own limit."""

Fate = Literal["killed", "survived", "lucky"]


@dataclass(frozen=True)
class Trial:
    """What came of a mutant.

    Attributes:
        mutant: The mutant that was played.
        fate: `killed` if a visible case failed under every seed. `survived` if none failed under
            the seed of `check`, `lucky` if none failed under another seed.
        seed: The seed under which no case failed.
        difference: What a survivor did that the solution does not do, in some visible case:
            "request 1 has other messages". Empty if nothing differs: then a scenario is missing,
            or the change makes no difference.
        hidden: Whether a hidden case notices the survivor.
        ended: Why it could not be played to the end; empty if it could.
    """

    mutant: Mutant
    fate: Fate
    seed: int = 0
    difference: str = ""
    hidden: bool = False
    ended: str = ""


Event = tuple[str, Any]
"""Something that can be seen from outside: its name, and a value to compare."""


class WatchedPlayer(LocalPlayer):
    """Calls the function of a mutant, and keeps all that can be seen of each call from outside."""

    def __init__(self, exercise: Exercise, source: str) -> None:
        self.events: list[Event] = []
        self._firsts: dict[str, Any] = {}
        super().__init__(defined(exercise.id, exercise.function, source, first=self._first))

    def _first(self, name: str, value: Any) -> Any:
        """The value that an argument had in the first call; see the operators."""
        return self._firsts.setdefault(name, value)

    def reset(self) -> None:
        """Begin again."""
        self.events.clear()
        self._firsts.clear()

    def play(self, call: Call, api: ScriptedAPI) -> Outcome:
        """Make `call`, and keep what was sent, asked of the spies, returned and printed, when."""
        outcome = super().play(call, api)
        for number, sent in enumerate(api.requests, 1):
            about = f"request {number}"
            self.events.append((f"{about} goes to another endpoint", sent.path))
            for name in sorted(sent.json):
                self.events.append((f"{about} has other {name}", sent.json[name]))
            self.events += [(f"{about} is sent at another second", round(sent.at, 6))]
            self.events += [(f"{about} has another timeout", sorted(sent.timeout.items()))]
            self.events += [(f"{about} is closed or left open", (sent.closed, sent.parts_read))]
        self.events.append(("it sends more or fewer requests", len(api.requests)))
        for name, spy in call.spies().items():
            made = [(one.args, one.kwargs) for one in spy.calls]
            self.events.append((f"it calls {name} differently", made))
            times = [round(one.at, 6) for one in spy.calls]
            self.events.append((f"it calls {name} at another second", times))
        failure = outcome.failure
        self.events.append(("it raises something else", failure and failure.kinds))
        self.events.append(("the exception says something else", failure and failure.message))
        self.events.append(("it returns something else", outcome.value))
        self.events.append(("it leaves an argument differently", outcome.args))
        self.events.append(("it prints something else", outcome.printed))
        self.events.append(("it ends at another second", round(outcome.ended_at, 6)))
        return outcome


def first_difference(events: list[Event], usual: list[Event]) -> str:
    """The name of the first event that differs; empty if none does."""
    for (name, value), (usual_name, usual_value) in zip(events, usual, strict=False):
        if name != usual_name:
            return min(name, usual_name)
        if _text(value) != _text(usual_value):
            return name
    return "" if len(events) == len(usual) else "it is called more or less often"


def _text(value: Any) -> str:
    return re.sub(r" at 0x\w+", "", repr(value))


@cache
def usual_events(exercise: str, seed: int) -> list[Event]:
    """What the solution itself does in the visible cases."""
    player = WatchedPlayer(get(exercise), solution_of(exercise).source)
    player.reset()
    problem = first_failure(get(exercise), player, seed=seed)
    if problem is not None:
        raise SolutionFails(f"the solution of {exercise} fails under seed {seed}: {problem}")
    return player.events


class SolutionFails(Exception):
    """A model solution does not meet a case of its exercise. The message says which, and why."""


def steady_luck() -> None:
    """Let `uuid4` draw from `random`, so that two plays of the same code do the same."""
    uuid.uuid4 = lambda: uuid.UUID(int=random.getrandbits(128), version=4)


def try_out(mutant: Mutant, seeds: int = 1) -> Trial:
    """Play a mutant to the visible cases under seeds 0 (that of `check`), 1, 2, ...

    It is killed when a case fails, under each of them.

    Raises:
        SolutionFails: The solution itself fails, so that nothing can be said of its mutants.
    """
    exercise = get(mutant.exercise)
    usual = exercise.seconds
    try:
        usual_events(exercise.id, 0)  # with the exercise's own limit
        exercise.seconds = SECONDS
        try:
            player = WatchedPlayer(exercise, mutant.source)
        except Exception as error:
            return Trial(mutant, "killed", ended=f"its cell raises {type(error).__name__}")
        for seed in range(seeds):
            player.reset()
            problem = first_failure(exercise, player, seed=seed)
            if problem is None:
                difference = first_difference(player.events, usual_events(exercise.id, seed))
                player.reset()
                hidden = first_failure(exercise, player, seed=seed, hidden=True) is not None
                fate: Fate = "lucky" if seed else "survived"
                return Trial(mutant, fate, seed, difference, hidden)
            if "still running" in str(problem) or "still waiting" in str(problem):
                return Trial(mutant, "killed", ended="it had to be stopped")
        return Trial(mutant, "killed")
    finally:
        exercise.seconds = usual
