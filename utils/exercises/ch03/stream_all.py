"""Several questions whose answers stream at different paces, one of them broken."""

from __future__ import annotations

from typing import NamedTuple

from ...scripted import SentRequest, Step, streams
from ..model import Exercise, Result, Run, Spy, Value, expect
from .streams import QUESTIONS, pieces_of

STREAM_ALL = Exercise(
    id="03.7",
    function="stream_all",
    title="stream several answers concurrently",
    difficulty="medium",
    covers=["B1"],
    asynchronous=True,
    hints=[
        "Write a coroutine function for one question first, then gather it over all questions.",
        "async for needs a stream: async with await client.chat.completions.create(...) as stream.",
        "Catch openai.APIError inside the function for one question; then gather never sees it.",
    ],
)


class Answers(NamedTuple):
    """Streams that were played: the pieces of each, and the seconds that the longest takes."""

    result: Result
    pieces: list[list[str]]
    longest: float

    def texts(self) -> list[str]:
        return ["".join(pieces) for pieces in self.pieces]


def stream_answers(run: Run, count: int, failing: int | None = None) -> Answers:
    """Answer so many questions, told apart by their texts, each at its own pace."""
    questions: list[str] = [*run.rng.sample(QUESTIONS, count)]
    answers = [pieces_of(run.rng, 1) for _ in questions]
    paces = [run.rng.choice([0.2, 0.3, 0.5]) for _ in questions]

    def answer(sent: SentRequest) -> Step:
        number = next((n for n, q in enumerate(questions) if q in sent.text()), 0)
        end = "drop" if number == failing else "done"
        return streams(*answers[number], end=end, takes=0.5, every=paces[number])

    result = run([answer] * count, questions, Spy("on_text", lambda *_: None))
    longest = max(0.5 + pace * (len(a) + 1) for a, pace in zip(answers, paces, strict=True))
    return Answers(result, answers, longest)


@STREAM_ALL.case()
def in_order(run: Run) -> None:
    """the texts come back in the order of the questions"""
    count = run.rng.randint(3, 4)
    answers = stream_answers(run, count)
    answers.result.returned(answers.texts())
    answers.result.sent(count)
    for number in range(1, count + 1):
        answers.result.request(number).has("stream", True)


@STREAM_ALL.case(points=2)
def concurrent(run: Run) -> None:
    """all streams are read at the same time"""
    result, _, longest = stream_answers(run, 4)
    result.finished()
    took = max((call.at for call in result.calls("on_text")), default=0.0)
    expect(
        took <= longest + 0.01,
        f"4 streams took {took:.1f} s together, and the longest of them takes {longest:.1f} s",
    )


@STREAM_ALL.case()
def passes_pieces_on(run: Run) -> None:
    """each piece is passed on with its number as it arrives"""
    result, answers, _ = stream_answers(run, 3)
    result.finished()
    calls = result.calls("on_text")
    for number, pieces in enumerate(answers):
        mine = [call.args[1] for call in calls if len(call.args) == 2 and call.args[0] == number]
        passed = [piece for piece in mine if piece]
        Value(passed, f"what it passed on for question {number}").equals(pieces)
    order = [call.args[0] for call in calls]
    expect(order != sorted(order), "the pieces of one answer were held back until another was done")


@STREAM_ALL.case(points=2)
def failing_stream(run: Run) -> None:
    """a stream that fails gives None and disturbs no other"""
    failing = run.rng.randrange(3)
    answers = stream_answers(run, 3, failing)
    want = [None if n == failing else text for n, text in enumerate(answers.texts())]
    answers.result.returned(want, f"the connection of question {failing} broke")
