"""Questions that arrive at given seconds, and a service that is ill at some of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ...scripted import SentRequest, Step, drops, fails, says
from ..model import Exercise, Run, expect, hinting
from ..world import ANSWERS, QUESTIONS

BREAKER = Exercise(
    id="08.8",
    function="answer_arrivals",
    title="build a circuit breaker",
    difficulty="stretch",
    covers=["F2", "F1"],
    client={"max_retries": 0},
    hints=[
        "Two numbers are the whole breaker: failures in a row, and the second until which it stays "
        "open.",
        "Sleep until the question arrives. If failures have reached the threshold and it is still "
        'open: "skipped", and on to the next.',
        "Half-open needs no extra state: when the time is over, the count is still at the "
        "threshold, so that one more failure opens it again; a success sets it to 0.",
        "Count APIConnectionError and InternalServerError only. Another APIStatusError is "
        '"failed", but the service is well.',
    ],
)


def down(takes: float = 0.0) -> Iterator[Step]:
    """Failures of the service, one kind after the other, each after so many seconds."""
    kinds = [fails(status, takes=takes) for status in (500, 503, 502, 504)]
    broken = [replace(drops(when), takes=takes) for when in ("connecting", "waiting")]
    return itertools.cycle([kinds[0], broken[0], *kinds[1:], broken[1]])


@dataclass
class Arrivals:
    """Questions that arrive at given seconds, and a service that is ill at some of them."""

    run: Run
    seconds: Sequence[float]
    ill: Callable[[float], Step | None]

    def play(self, threshold: int, cool_down: float, want: str, because: str) -> None:
        """Play them, and expect what `want` says.

        It has a letter for each question: a(nswered), f(ailed), s(kipped).
        """
        arrivals: list[tuple[float, str]] = []
        answers = []
        for n, second in enumerate(self.seconds):
            arrivals.append((second, f"{self.run.choose(*QUESTIONS)} (ticket {100 + n})"))
            answers.append(f"{self.run.choose(*ANSWERS)} [{n}]")

        def step(sent: SentRequest) -> Step:
            number = next((n for n, (_, q) in enumerate(arrivals) if q in sent.text()), 0)
            return self.ill(self.seconds[number]) or says(answers[number])

        script = [step] * (2 * len(arrivals))
        result = self.run(script, arrivals, threshold, cool_down)
        items = result.items(len(want), "one for each question")
        words = {"f": "failed", "s": "skipped"}
        expected = [words.get(letter) or answers[n] for n, letter in enumerate(want)]
        for (second, _), item, wanted in zip(arrivals, items, expected, strict=True):
            item.equals(wanted, f"the question arrived at {second:g} s; {because}")
        times = [s for s, letter in zip(self.seconds, want, strict=True) if letter != "s"]
        result.sent(len(times), because)
        for sent, second in zip(result.requests, times, strict=True):
            expect(
                abs(sent.at - second) < 0.01,
                f"a question arrived at {second:g} s and was sent at {sent.at:.1f} s",
            )


@BREAKER.case()
def all_well(run: Run) -> None:
    """as long as all is well, every question is answered when it arrives"""
    seconds = [0, 0.5, *sorted(run.rng.sample(range(1, 90), 4))]
    Arrivals(run, seconds, lambda _: None).play(3, 30, "aaaaaa", "the service was well")


@BREAKER.case(points=2)
def opens(run: Run) -> None:
    """after `threshold` failures in a row it opens, and sends nothing"""
    for threshold in (run.rng.randint(2, 4), 1, 6):
        start, kinds = run.rng.randint(1, 9), down()
        seconds = [start + 2 * n for n in range(threshold + 3)]
        because = f"the service failed, and threshold is {threshold}"
        arrivals = Arrivals(run, seconds, lambda _, kinds=kinds: next(kinds))
        arrivals.play(threshold, 30, "f" * threshold + "sss", because)


@BREAKER.case(points=2)
def success_resets(run: Run) -> None:
    """after a success it counts from 0 again"""
    well, kinds = (4, 10), down()
    seconds = range(2, 20, 2)
    arrivals = Arrivals(run, seconds, lambda at: None if at in well else next(kinds))
    because = "threshold is 3, and a success starts the count again"
    arrivals.play(3, run.rng.randint(20, 60), "faffafffs", because)


@BREAKER.case(points=2)
def cool_down_over(run: Run) -> None:
    """after `cool_down` seconds the next question is sent, and a success closes it"""
    cool_down, kinds = run.rng.randint(20, 40), down()
    opened = 4
    trial = opened + cool_down + 1
    seconds = [2, opened, 6, opened + cool_down - 1, trial]
    seconds += [trial + 1, trial + 2, trial + 3, trial + 4, trial + 5]
    ill = (*seconds[:2], *seconds[5:])
    arrivals = Arrivals(run, seconds, lambda at: next(kinds) if at in ill else None)
    because = f"threshold is 2, it opened at {opened} s for {cool_down} s"
    arrivals.play(2, cool_down, "ffssaffsss", because)


@BREAKER.case(points=2)
def trial_fails(run: Run) -> None:
    """if that question fails, it opens again at once"""
    cool_down, kinds = run.rng.randint(20, 40), down()
    trial = 3 + cool_down + 2
    seconds = [1, 2, 3, 5, trial, trial + 1, trial + cool_down - 1, trial + cool_down + 1]
    arrivals = Arrivals(run, seconds, lambda at: next(kinds) if at <= trial else None)
    because = f"threshold is 3, and the question at {trial} s failed: open for {cool_down} s again"
    arrivals.play(3, cool_down, "fffsfssa", because)


@BREAKER.case()
def slow_failures(run: Run) -> None:
    """it stays open for `cool_down` seconds after the failure came, however slow it was"""
    cool_down, slow = run.rng.randint(20, 40), run.rng.randint(5, 9)
    kinds = down(takes=slow)
    came = 11 + slow
    seconds = [1, 11, came + 1, came + cool_down - 1, came + cool_down + 1]
    arrivals = Arrivals(run, seconds, lambda at: next(kinds) if at <= 11 else None)
    because = f"threshold is 2, and the failure came at {came} s: open for {cool_down} s"
    arrivals.play(2, cool_down, "ffssa", because)


@BREAKER.case()
def other_errors(run: Run) -> None:
    """a status below 500 is failed, too, and doesn't count"""
    kinds = [fails(status) for status in (400, 401, 404, 408, 409, 422, 429, 499)]
    below = itertools.cycle(kinds)
    arrivals = Arrivals(run, range(1, 10), lambda _: next(below))
    with hinting("Count only errors without a response, and statuses of 500 or more."):
        arrivals.play(1, 30, "fffffffff", "every status was below 500: the service is well")
    days = itertools.cycle([fails(500), *kinds, fails(503)])
    arrivals = Arrivals(run, range(1, 12), lambda _: next(days))
    with hinting("Only an answer sets the count to 0, and an error isn't one."):
        because = "threshold is 2, and the statuses between the two failures were below 500"
        arrivals.play(2, 30, "ffffffffffs", because)
    days = itertools.cycle([fails(500), fails(502), *kinds, fails(503)])
    cool_down = run.rng.randint(20, 40)
    seconds = [1, 2, 3, *range(cool_down + 3, cool_down + 13)]
    arrivals = Arrivals(run, seconds, lambda _: next(days))
    because = "threshold is 2, and a status below 500 leaves the breaker as it was, half-open"
    arrivals.play(2, cool_down, "ffsfffffffffs", because)


@BREAKER.case(hidden=True)
def other_days(run: Run) -> None:
    """other days"""
    kinds = down()
    arrivals = Arrivals(run, range(0, 24, 2), lambda at: next(kinds) if 4 <= at < 16 else None)
    arrivals.play(2, 7, "aaffsssfsssa", "it was ill from 4 s to 16 s")
