"""Several questions whose answers stream at different paces, one of them broken."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...scripted import SentRequest, Step, fails, streams
from ..model import Exercise, Result, Run, Spy, Value, expect, short
from .streams import QUESTIONS, passed, pieces_of

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
        "Catch openai.APIError and json.JSONDecodeError inside the function for one question; then "
        "gather never sees them. Return the text only if finish_reason is stop.",
    ],
)


class Answers(NamedTuple):
    """Streams that were played: the pieces of each, and the seconds between its events."""

    result: Result
    pieces: list[list[str]]
    paces: list[float]

    def texts(self) -> list[str]:
        return ["".join(pieces) for pieces in self.pieces]


STARTS = 0.5
"""Seconds until a stream begins."""


def stream_answers(run: Run, count: int, failing: int | None = None, **ends: Any) -> Answers:
    """Answer so many questions, told apart by their texts, each at its own pace.

    The stream of the question `failing` ends as `ends` say, or is an error with the status
    `status`.
    """
    questions: list[str] = [*run.rng.sample(QUESTIONS, count)]
    answers = [pieces_of(run.rng, 1) for _ in questions]
    paces = [run.rng.choice([0.2, 0.3, 0.5]) for _ in questions]

    def answer(sent: SentRequest) -> Step:
        number = next((n for n, q in enumerate(questions) if q in sent.text()), 0)
        more = ends if number == failing else {}
        if "status" in more:
            return fails(more["status"])
        return streams(*answers[number], takes=STARTS, every=paces[number], **more)

    on_text = Spy("on_text", lambda number, text: None)
    return Answers(run([answer] * count, questions, on_text), answers, paces)


def passed_on(answers: Answers, *numbers: int) -> None:
    """The pieces of these questions were passed on, each when it arrived."""
    result = answers.result
    result.finished()
    calls = [(call.at, passed(call, "number", "text")) for call in result.calls("on_text")]
    for number in numbers:
        mine = [(at, c[1]) for at, c in calls if len(c) == 2 and c[0] == number and c[1]]
        pieces = [piece for _, piece in mine]
        Value(pieces, f"what it passed on for question {number}").equals(answers.pieces[number])
        for index, (at, piece) in enumerate(mine, 1):
            arrived = STARTS + index * answers.paces[number]
            expect(
                abs(at - arrived) < 0.01,
                f"it passed {short(piece)} of question {number} on after {at:.1f} s, and it "
                f"arrived after {arrived:.1f} s",
            )


@STREAM_ALL.case()
def in_order(run: Run) -> None:
    """the texts come back in the order of the questions"""
    for count in run.rng.sample(range(1, 6), 2):
        answers = stream_answers(run, count)
        answers.result.returned(answers.texts())
        answers.result.sent(count)
        for number in range(1, count + 1):
            request = answers.result.request(number)
            request.went_to("chat")
            request.has("stream", True)
            request.contains(answers.result.call.args[0][number - 1], role="user")


@STREAM_ALL.case(points=2)
def concurrent(run: Run) -> None:
    """all streams are read at the same time"""
    result, pieces, paces = stream_answers(run, 4)
    result.finished()
    longest = max(STARTS + p * (len(t) + 1) for t, p in zip(pieces, paces, strict=True))
    took = max((call.at for call in result.calls("on_text")), default=result.outcome.ended_at)
    expect(
        took <= longest + 0.01,
        f"4 streams took {took:.1f} s together, and the longest of them takes {longest:.1f} s",
    )
    result.returned(["".join(text) for text in pieces])


@STREAM_ALL.case()
def passes_pieces_on(run: Run) -> None:
    """each piece is passed on with its number as it arrives"""
    passed_on(stream_answers(run, 3), 0, 1, 2)


def one_is_none(run: Run, because: str, **ends: Any) -> None:
    """Play three streams, one of which ends so; its text is None, the others are whole."""
    failing = run.rng.randrange(3)
    answers = stream_answers(run, 3, failing, **ends)
    want = [None if n == failing else text for n, text in enumerate(answers.texts())]
    answers.result.returned(want, because.format(f"question {failing}"))
    passed_on(answers, *(n for n in range(3) if n != failing))


@STREAM_ALL.case(points=2)
def failing_stream(run: Run) -> None:
    """a stream that fails gives None and doesn't disturb the others"""
    one_is_none(run, "the connection of {} broke", end="drop")
    one_is_none(run, "an event of {} said error", end="error")
    one_is_none(run, "a line of {} was cut", end="malformed")
    one_is_none(run, "the service refused {}", status=404)


@STREAM_ALL.case(points=2, hint="Remember each stream's finish_reason. Only stop will do.")
def incomplete_answer(run: Run) -> None:
    """an answer that isn't complete gives None and doesn't disturb the others"""
    one_is_none(run, "the stream of {} had no finish_reason", end="cut")
    one_is_none(run, "the finish_reason of {} was length", finish_reason="length")
    one_is_none(run, "the finish_reason of {} was content_filter", finish_reason="content_filter")


@STREAM_ALL.case(hidden=True)
def five_streams(run: Run) -> None:
    """five streams, one of which fails"""
    answers = stream_answers(run, 5, 4, end="cut")
    answers.result.returned([*answers.texts()[:4], None], "the stream of question 4 was cut")
    passed_on(answers, 0, 1, 2, 3)
