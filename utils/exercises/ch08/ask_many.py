"""Many questions at once, some of which fail or take too long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...scripted import SentRequest, Step, drops, fails, says
from ..model import Exercise, Result, Run, expect
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
        "in the order of the tasks. CancelledError is no Exception, but a BaseException.",
    ],
)


@dataclass
class QuestionDesk:
    """A service with an answer, a failure and a duration for each question."""

    questions: list[str]
    answers: list[str]
    takes: list[float]
    failing: dict[int, int]

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
            return fails(400, "The request has none of the questions.")
        if number in self.failing:
            return fails(self.failing[number], takes=self.takes[number])
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
    """the answers come back in the order of the questions"""
    service = QuestionDesk.made(run, run.rng.randint(5, 8))
    result = run(service.script(), service.questions, 3, 600)
    result.returned(service.answers)
    result.sent(len(service.questions))


@MANY.case(points=2)
def concurrency_limit(run: Run) -> None:
    """never more than `at_once` requests are open, and as many as that"""
    service, at_once = QuestionDesk.made(run, 9), run.rng.randint(2, 5)
    slow = run.rng.randint(14, 20) / 4  # one slow answer in each batch, for those who make batches
    service.takes = [slow if n % at_once == 0 else 0.5 for n in range(9)]
    result = run(service.script(), service.questions, at_once, 600)
    result.finished()
    most = most_at_once(service.spans(result))
    expect(most <= at_once, f"{most} requests were open at once, and {at_once} were allowed")
    expect(most == at_once, f"at most {most} of {at_once} requests were open at the same time")
    busy = sum(service.takes) / at_once + max(service.takes)
    because = f"{at_once} at once, and the next one starts as soon as one is done"
    result.ended(at_most=busy, because=because)


@MANY.case(points=2)
def failing_request(run: Run) -> None:
    """a request that fails gives its error's name and disturbs no other"""
    service = QuestionDesk.made(run, 6)
    want = list(service.answers)
    kinds = {429: "RateLimitError", 400: "BadRequestError", 503: "InternalServerError"}
    for number in run.rng.sample(range(6), 2):
        status = service.failing[number] = run.choose(*kinds)
        want[number] = kinds[status]
    result = run(service.script(), service.questions, 3, 600)
    result.returned(want)


def cut_short(run: Run) -> tuple[Result, QuestionDesk, float]:
    """Play six questions, two at once, with time for three answers."""
    service = QuestionDesk.made(run, 6)
    seconds = 5.9
    service.takes = [1.5, 40.0, 2.25, 3.5, 50.0, 1.0]
    result = run(service.script(), service.questions, 2, seconds)
    return result, service, seconds


@MANY.case(points=2)
def time_is_up(run: Run) -> None:
    """when time is up, what is open is canceled, and it returns"""
    result, service, seconds = cut_short(run)
    want = list(service.answers)
    want[1] = want[4] = want[5] = "canceled"
    # Two at once: 0 and 1 start, then 2 at 1.5 s, 3 at 3.75 s would end at 7.25 s.
    want[3] = "canceled"
    result.returned(want, f"after {seconds:g} s")
    result.ended(at_most=seconds + 0.1, because=f"the time was up after {seconds:g} s")


@MANY.case()
def nothing_after_time(run: Run) -> None:
    """nothing is sent after the time is up"""
    result, _, seconds = cut_short(run)
    result.finished()
    late = [sent.at for sent in result.requests if sent.at > seconds + SOON]
    expect(not late, f"it sent {len(late)} more requests after {seconds:g} s")
    result.sent(4, "the others had no room in time")


@MANY.case(hidden=True)
def broken_connection(run: Run) -> None:
    """a broken connection is told by its name, too"""
    service = QuestionDesk.made(run, 3)
    broken = run.rng.randrange(3)

    def step(sent: SentRequest) -> Step:
        return drops("waiting") if service.number(sent) == broken else service.step(sent)

    result = run([step] * 3, service.questions, 3, 600)
    want = list(service.answers)
    want[broken] = "APIConnectionError"
    result.returned(want, "its connection broke")
