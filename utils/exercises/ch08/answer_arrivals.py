"""Questions that arrive at given seconds, and a service that is ill at some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...scripted import SentRequest, Step, drops, fails, says
from ..model import Exercise, Run, expect
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
        "Half-open needs no state of its own: when the time is over, the count still stands at the "
        "threshold, so that one more failure opens it again; a success sets it to 0.",
        "Count APIConnectionError and InternalServerError only. Another APIStatusError is "
        '"failed", but the service is well.',
    ],
)


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


def down(run: Run) -> Step:
    """A failure of the service."""
    return run.choose(fails(500), fails(503), drops("connecting"), drops("waiting"))


@BREAKER.case()
def all_well(run: Run) -> None:
    """as long as all is well, every question is answered when it arrives"""
    seconds = sorted(run.rng.sample(range(90), 6))
    Arrivals(run, seconds, lambda _: None).play(3, 30, "aaaaaa", "the service was well")


@BREAKER.case(points=2)
def opens(run: Run) -> None:
    """after `threshold` failures in a row it opens, and sends nothing"""
    threshold = run.rng.randint(2, 4)
    start = run.rng.randint(1, 9)
    seconds = [start + 2 * n for n in range(threshold + 3)]
    because = f"the service failed {threshold} times in a row"
    arrivals = Arrivals(run, seconds, lambda _: down(run))
    arrivals.play(threshold, 30, "f" * threshold + "sss", because)


@BREAKER.case()
def success_resets(run: Run) -> None:
    """a success in between starts the count anew"""
    well = (4, 10)
    arrivals = Arrivals(run, range(2, 16, 2), lambda at: None if at in well else down(run))
    arrivals.play(3, run.rng.randint(20, 60), "faffaff", "no three in a row")


@BREAKER.case(points=2)
def cool_down_over(run: Run) -> None:
    """after `cool_down` seconds one question tries, and a success closes it"""
    cool_down = run.rng.randint(20, 40)
    opened = 4
    seconds = [2, opened, 6, opened + cool_down - 1, opened + cool_down + 1]
    seconds += [seconds[-1] + 1, seconds[-1] + 2]
    arrivals = Arrivals(run, seconds, lambda at: down(run) if at <= opened else None)
    because = f"it opened at {opened} s, for {cool_down} s"
    arrivals.play(2, cool_down, "ffssaaa", because)


@BREAKER.case(points=2)
def trial_fails(run: Run) -> None:
    """a trial that fails opens it again at once"""
    cool_down = run.rng.randint(20, 40)
    trial = 3 + cool_down + 2
    seconds = [1, 2, 3, 5, trial, trial + 1, trial + cool_down - 1, trial + cool_down + 1]
    arrivals = Arrivals(run, seconds, lambda at: down(run) if at <= trial else None)
    because = f"the trial at {trial} s failed, and opened it for {cool_down} s"
    arrivals.play(3, cool_down, "fffsfssa", because)


@BREAKER.case(hidden=True)
def other_errors(run: Run) -> None:
    """errors that are not the service's do not open it"""
    status = run.choose(400, 404, 422)
    arrivals = Arrivals(run, range(1, 7), lambda _: fails(status))
    arrivals.play(2, 30, "ffffff", f"the status was {status}: the service is well")
