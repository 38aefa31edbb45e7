"""Many questions at once, some of which fail or take too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...scripted import SentRequest, Step, drops, fails, says
from ..model import Exercise, Result, Run, count, expect, hinting
from ..world import ANSWERS, QUESTIONS
from .failures import SOON

MANY = Exercise(
    id="08.4",
    function="ask_many",
    title="limit concurrency and cancel on time",
    difficulty="medium",
    covers=["F3"],
    asynchronous=True,
    client={"max_retries": 0},
    hints=[
        "Write a coroutine function for one question with `async with semaphore:` around its "
        "request, and make a task of it for each question: asyncio.create_task(ask(question)).",
        "asyncio.wait(tasks, timeout=seconds) comes back after that time, whatever is still open. "
        "It cancels nothing: that is task.cancel(), for each task.",
        "asyncio.gather(*tasks, return_exceptions=True) gives results, errors and CancelledError "
        "in the order of the tasks. CancelledError isn't an Exception but a BaseException.",
    ],
)


NAMES: dict[int | str, str] = {
    400: "BadRequestError",
    401: "AuthenticationError",
    429: "RateLimitError",
    503: "InternalServerError",
    "dropped": "APIConnectionError",
}
"""What happens to a request, and the name of the error's class."""


@dataclass
class QuestionDesk:
    """A service with an answer, a failure and a duration for each question."""

    questions: list[str]
    answers: list[str]
    takes: list[float]
    failing: dict[int, int | str]

    @classmethod
    def made(cls, run: Run, count: int) -> QuestionDesk:
        """A service for so many questions, none of which fails."""
        questions = [
            f"{run.choose(*QUESTIONS)} (ticket {run.rng.randint(1000, 9999)}-{n})"
            for n in range(count)
        ]
        answers = [f"{run.choose(*ANSWERS)} [{n}]" for n in range(count)]
        takes = [run.rng.randint(4, 20) / 4 for _ in questions]
        return cls(questions, answers, takes, {})

    def number(self, sent: SentRequest) -> int:
        """Which question a request asks; -1 for none."""
        found = (n for n, question in enumerate(self.questions) if question in sent.text())
        return next(found, -1)

    def script(self) -> list[Callable[[SentRequest], Step]]:
        """An answer to each question."""
        return [self.step] * len(self.questions)

    def step(self, sent: SentRequest) -> Step:
        """The answer to a request, or its failure."""
        number = self.number(sent)
        if number < 0:
            return fails(400, "The request has none of the questions (simulated).")
        kind = self.failing.get(number)
        if kind == "dropped":
            return drops("waiting")
        if isinstance(kind, int):
            return fails(kind, takes=self.takes[number])
        return says(self.answers[number], takes=self.takes[number])

    def spans(self, result: Result) -> list[tuple[float, float]]:
        """When each request began, and when it would have ended by itself."""
        return [(s.at, s.at + self.takes[self.number(s)]) for s in result.requests]


def most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    """The largest number of requests that were open at the same time."""
    return max(
        (sum(a - SOON <= start < b - SOON for a, b in spans) for start, _ in spans), default=0
    )


@MANY.case()
def in_order(run: Run) -> None:
    """it sends each question once, and returns the answers in the order of the questions"""
    service = QuestionDesk.made(run, run.rng.randint(5, 8))
    result = run(service.script(), service.questions, 3, 600)
    result.returned(service.answers)
    result.sent(len(service.questions))


@MANY.case(points=2)
def concurrency_limit(run: Run) -> None:
    """never more than `at_once` requests are open, and that many as long as there is work"""
    for at_once in (run.rng.randint(3, 5), 2):
        service = QuestionDesk.made(run, 9)
        slow = run.rng.randint(14, 20) / 4  # one slow answer in each batch, if somebody makes them
        service.takes = [slow if n % at_once == 0 else 0.5 for n in range(9)]
        result = run(service.script(), service.questions, at_once, 600)
        result.returned(service.answers)
        most = most_at_once(service.spans(result))
        expect(most <= at_once, f"{most} requests were open at once, and {at_once} were allowed")
        expect(most == at_once, f"at most {most} of {at_once} requests were open at the same time")
        busy = sum(service.takes) / at_once + max(service.takes)
        because = f"{at_once} at once, and the next one starts as soon as one is done"
        result.ended(at_most=busy, because=because)


@MANY.case(points=2)
def failing_request(run: Run) -> None:
    """a request that fails gives the name of its error's class, and disturbs no other"""
    names = dict(NAMES)
    service = QuestionDesk.made(run, len(names) + 3)
    want = list(service.answers)
    order = run.rng.sample(range(len(want)), len(names))
    for number, (kind, name) in zip(order, names.items(), strict=True):
        service.failing[number] = kind
        want[number] = name
    result = run(service.script(), service.questions, 3, 600)
    result.returned(want)
    result.sent(len(want))


def cut_short(run: Run) -> tuple[Result, QuestionDesk, float]:
    """Play six questions, two at once, with time for two answers."""
    service = QuestionDesk.made(run, 6)
    seconds = 5.9
    service.takes = [1.5, 40.0, 2.25, 3.5, 50.0, 1.0]
    result = run(service.script(), service.questions, 2, seconds)
    return result, service, seconds


@MANY.case(points=2)
def time_is_up(run: Run) -> None:
    """when time is up, what has no answer is canceled, and it returns at once"""
    result, service, seconds = cut_short(run)
    want = list(service.answers)
    # Two at once: 0 and 1 start, then 2 at 1.5 s, 3 at 3.75 s would end at 7.25 s.
    for number in (1, 3, 4, 5):
        want[number] = "canceled"
    result.returned(want, f"after {seconds:g} s")
    result.ended(at_most=seconds + 0.1, because=f"the time was up after {seconds:g} s")


@MANY.case(points=2)
def nothing_left_running(run: Run) -> None:
    """after that time nothing is sent, and nothing is left running"""
    result, service, seconds = cut_short(run)
    result.output.items(6, "one for each question")[0].equals(service.answers[0])
    late = [sent.at for sent in result.requests if sent.at > seconds + SOON]
    expect(not late, f"it sent {count(len(late), 'more request')} after {seconds:g} s")
    result.sent(4, "the others had no room in time")
    left = result.outcome.left_running
    with hinting("asyncio.wait cancels nothing, and asyncio.shield keeps a task from it."):
        tasks = "a task was" if left == 1 else f"{left} tasks were"
        expect(not left, f"when it returned, {tasks} still running: cancel what is open")


@MANY.case(hidden=True)
def other_failures(run: Run) -> None:
    """other failures"""
    service = QuestionDesk.made(run, 3)
    broken = run.rng.randrange(3)
    service.failing[broken] = "dropped"
    result = run(service.script(), service.questions, 3, 600)
    want = list(service.answers)
    want[broken] = "APIConnectionError"
    result.returned(want, "its connection broke")
