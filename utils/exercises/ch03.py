"""Exercises of chapter 3: streams, their ends, their timing, and their rendering."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any

import openai

from ..scripted import (
    Reply,
    SentRequest,
    Step,
    fails,
    response_fails,
    returns,
    says,
    streams,
    tokens,
    truncated,
)
from ..scripted.answers import Ids
from .model import Exercise, Result, Run, Spy, expect, short

QUESTIONS = (
    "How do I wash a down jacket?",
    "Which stove works at minus ten degrees?",
    "How do I fold the Skarn 2 tent?",
    "What do I do with a wet sleeping bag?",
    "How long do hiking boots last?",
)
SENTENCES = (
    "Close every zip and turn the jacket inside out.",
    "Wash it cold, with a soap that is made for down.",
    "Let it drip, then dry it slowly with two tennis balls.",
    "Air it for a day before you put it away.",
    "Keep it loose in a large bag, never pressed together.",
    "Look at the seams once a year.",
)
NAMES = ("check_stock", "find_order", "book_repair", "list_stores")


def pieces_of(rng: random.Random, sentences: int = 2) -> list[str]:
    """Some sentences as a model streams them: words with the space in front."""
    words = " ".join(rng.sample(SENTENCES, sentences)).split(" ")
    return [words[0], *(" " + word for word in words[1:])]


def sse(*events: Any, end: str = "data: [DONE]\n\n") -> Step:
    """A stream of exactly these events."""
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + end
    return returns(body, content_type="text/event-stream")


def chunk(*choices: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A chunk of a chat completion with these choices, if any."""
    base = {"id": "chatcmpl-simulated", "object": "chat.completion.chunk", "created": 1}
    return {**base, "model": "simulated", "choices": list(choices), **more}


def choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    """The only choice of a chunk."""
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


@dataclass(frozen=True)
class Paused(Step):
    """A step whose parts come after pauses of their own, in seconds."""

    step: Step
    pauses: tuple[float, ...]

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        made = self.step.reply(sent, ids)
        pauses = [*self.pauses, *[0.0] * len(made.parts)]
        parts = [replace(part, after=p) for part, p in zip(made.parts, pauses, strict=False)]
        return replace(made, parts=tuple(parts))


def streamed(result: Result, number: int = 1) -> None:
    """The request asked for a stream."""
    result.request(number).has("stream", True)


# -- chunks ---------------------------------------------------------------------------------------

READ = Exercise(
    id="03.1",
    function="read_stream",
    title="join the pieces of a stream",
    difficulty="easy",
    covers=["B1"],
    points=4,
    hints=[
        "create(..., stream=True) returns something you can loop over.",
        "A chunk has a list of choices, and the list may be empty: loop over it, too.",
        'choice.delta.content may be None: (choice.delta.content or "").',
    ],
)


@READ.case("it streams, and returns the whole text")
def _(run: Run) -> None:
    pieces, question = pieces_of(run.rng), run.choose(*QUESTIONS)
    result = run([streams(*pieces)], question)
    result.returned("".join(pieces))
    result.sent(1)
    result.request(1).went_to("chat")
    streamed(result)
    expect(question in result.request(1).text(), "the question is not in the request")


@READ.case("a chunk without choices does not break it", hint="chunk.choices may be empty")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng, 1)
    events = [chunk(choice({"content": piece})) for piece in pieces]
    events.insert(run.rng.randrange(len(events)), chunk())
    usage = tokens(20, len(pieces)).chat()
    script = [sse(chunk(), *events, chunk(choice({}, "stop")), chunk(usage=usage))]
    run(script, run.choose(*QUESTIONS)).returned("".join(pieces))


@READ.case("a delta without content counts as nothing")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng, 1)
    events = [chunk(choice({"content": piece})) for piece in pieces]
    middle = run.rng.randrange(1, len(events))
    events[middle:middle] = [chunk(choice({"content": None})), chunk(choice({"content": ""}))]
    script = [sse(chunk(choice({"role": "assistant"})), *events, chunk(choice({}, "stop")))]
    run(script, run.choose(*QUESTIONS)).returned("".join(pieces))


@READ.case("an answer without text is an empty text", hidden=True)
def _(run: Run) -> None:
    run([sse(chunk(choice({"role": "assistant"})), chunk(choice({}, "stop")))], "Hello?").returned(
        ""
    )


BILL = Exercise(
    id="03.2",
    function="text_and_tokens",
    title="the tokens of a streamed answer",
    difficulty="easy",
    covers=["B1"],
    points=4,
    hints=[
        "A stream tells its usage only if the request asks for it, in stream_options.",
        'stream_options={"include_usage": True} adds a chunk at the end that has usage and no '
        "choices. In all other chunks usage is None.",
        "Start with tokens = None, and set it when chunk.usage is there.",
    ],
)


@BILL.case("the request asks for the usage")
def _(run: Run) -> None:
    result = run([streams(*pieces_of(run.rng), usage=tokens(30, 12))], run.choose(*QUESTIONS))
    result.finished()
    streamed(result)
    options = result.request(1).get("stream_options", dict, "stream_options with include_usage")
    expect(
        options.get("include_usage") is True,
        f"stream_options is {short(options)}, and include_usage was expected to be true",
    )


@BILL.case("it returns the text and the total", points=2)
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)
    used = tokens(run.rng.randint(20, 400), run.rng.randint(5, 90))
    result = run([streams(*pieces, usage=used)], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), used.prompt + used.completion))
    result.sent(1)


@BILL.case("a stream that ends before its usage has an unknown total")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng, 1)
    result = run([streams(*pieces, end="cut")], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), None), "no chunk had a usage")


# -- streams that do not end well -----------------------------------------------------------------

KEEP = Exercise(
    id="03.3",
    function="keep_what_arrived",
    title="keep the text of a broken stream, and say that it is broken",
    difficulty="medium",
    covers=["B1"],
    points=8,
    hints=[
        "Three things can tell you how a stream ended: its finish_reason, an exception, or that "
        "there was neither.",
        "Build the text outside the try, so that it is still there when the loop raises.",
        "Catch openai.APIError (an error event, a broken connection, a timeout) and "
        "json.JSONDecodeError (a line that is no JSON) around the loop, not around create().",
    ],
)


@KEEP.case("an answer that ends well is complete")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)
    result = run([streams(*pieces)], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": "complete"})
    streamed(result)


@KEEP.case("an answer that hit the cap has the ending length")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)[: run.rng.randint(4, 7)]
    result = run([streams(*pieces, finish_reason="length")], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": "length"})


def _broken(run: Run, end: Any, because: str) -> None:
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 9)]
    result = run([streams(*pieces, end=end)], run.choose(*QUESTIONS))
    result.returned({"text": "".join(pieces), "ending": "broken"}, because)
    result.sent(1)


@KEEP.case(
    "a stream that just stops is broken", points=2, hint="which finish_reason did you see last?"
)
def _(run: Run) -> None:
    _broken(run, "cut", "no chunk had a finish_reason")


@KEEP.case("a connection that breaks is broken, and the text is kept")
def _(run: Run) -> None:
    _broken(run, "drop", "the connection broke")


@KEEP.case("an error event in the stream is broken, and the text is kept")
def _(run: Run) -> None:
    _broken(run, "error", "an event said error")


@KEEP.case("an error before the stream is let out")
def _(run: Run) -> None:
    run([fails(401)], run.choose(*QUESTIONS)).raised(openai.AuthenticationError)


@KEEP.case("a line that is no JSON is broken", hidden=True)
def _(run: Run) -> None:
    _broken(run, "malformed", "a line was cut")


# -- time -----------------------------------------------------------------------------------------

MEASURE = Exercise(
    id="03.4",
    function="measure",
    title="time to first token, total and longest gap",
    difficulty="medium",
    covers=["B3"],
    points=6,
    hints=[
        "Read the clock before create(): the time to the first token includes the way there.",
        "The first chunk only brings the role. Note the time of chunks whose delta has content.",
        "Gaps are differences of neighbors in that list: "
        "[b - a for a, b in zip(times, times[1:])].",
    ],
)


def _paced(run: Run, count: int) -> tuple[Result, float, list[float], float]:
    """A stream with random pauses: time until it begins, pauses before the pieces, end."""
    takes = run.rng.randint(5, 30) / 10
    pauses = [run.rng.randint(3, 90) / 100 for _ in range(count)]
    end = run.rng.randint(1, 9) / 10
    step = streams(*pieces_of(run.rng)[:count], takes=takes)
    result = run([Paused(step, (0.0, *pauses, end))], run.choose(*QUESTIONS))
    return result, takes, pauses, end


def _number(result: Result, name: str) -> Any:
    value = result.value
    expect(isinstance(value, dict), f"it returned {short(value)}, and a dictionary was expected")
    expect(name in value, f"the dictionary has no {name}; its keys are {', '.join(value)}")
    return value[name]


def _close(result: Result, name: str, want: float, because: str) -> None:
    have = _number(result, name)
    expect(
        isinstance(have, int | float) and abs(have - want) < 1e-6,
        f"{name} is {short(have)}, and {want:.3f} was expected ({because})",
    )


@MEASURE.case(
    "first runs from sending the request to the first piece of text",
    points=2,
    hint="the chunk that brings the role has no text",
)
def _(run: Run) -> None:
    result, takes, pauses, _ = _paced(run, 5)
    streamed(result)
    because = f"the stream began after {takes:g} s, its text {pauses[0]:g} s later"
    _close(result, "first", takes + pauses[0], because)


@MEASURE.case("total runs to the end of the stream")
def _(run: Run) -> None:
    result, takes, pauses, end = _paced(run, 5)
    _close(result, "total", takes + sum(pauses) + end, f"the last piece came {end:g} s before it")


@MEASURE.case("longest_gap is the longest wait between two pieces of text")
def _(run: Run) -> None:
    result, _, pauses, _ = _paced(run, 6)
    _close(result, "longest_gap", max(pauses[1:]), "between two pieces, not before the first")


@MEASURE.case("one piece has no gap")
def _(run: Run) -> None:
    result, *_ = _paced(run, 1)
    _close(result, "longest_gap", 0.0, "there is only one piece")


@MEASURE.case("an answer without text has no first", hidden=True)
def _(run: Run) -> None:
    step = sse(chunk(choice({"role": "assistant"})), chunk(choice({}, "stop")))
    result = run([step], run.choose(*QUESTIONS))
    first = _number(result, "first")
    expect(first is None, f"first is {short(first)}, and None was expected")


# -- hanging up -----------------------------------------------------------------------------------

FIRST_LINE = Exercise(
    id="03.5",
    function="first_line",
    title="read one line and hang up",
    difficulty="easy",
    covers=["B3", "B1"],
    points=5,
    hints=[
        "Collect the text and leave the loop as soon as there is a line break in it.",
        "break leaves the loop; with create(..., stream=True) as stream: closes the connection.",
        'text.partition("\\n")[0] is what stands before the first line break, or everything.',
    ],
)


def _poem(run: Run) -> tuple[list[str], list[str]]:
    """Pieces of the first line and of a long rest, the line break in a piece of its own."""
    first = pieces_of(run.rng, 1)
    return first, ["\n", *pieces_of(run.rng, 4), "\n", *pieces_of(run.rng, 4)]


@FIRST_LINE.case("it returns the first line")
def _(run: Run) -> None:
    first, rest = _poem(run)
    result = run([streams(*first, *rest)], run.choose(*QUESTIONS))
    result.returned("".join(first))
    streamed(result)
    result.sent(1)


@FIRST_LINE.case("it does not read the rest", hint="leave the loop at the line break")
def _(run: Run) -> None:
    first, rest = _poem(run)
    result = run([streams(*first, *rest, every=0.5)], run.choose(*QUESTIONS))
    result.finished()
    needed, read = len(first) + 2, result.request(1).sent.parts_read
    expect(
        read <= needed + 1,
        f"it read {read} events, and the line break came in event {needed}",
    )


@FIRST_LINE.case("it closes the connection", hint="with create(..., stream=True) as stream:")
def _(run: Run) -> None:
    first, rest = _poem(run)
    result = run([streams(*first, *rest)], run.choose(*QUESTIONS))
    result.finished()
    expect(result.request(1).sent.closed, "the connection was still open when it returned")


@FIRST_LINE.case("an answer of one line is returned whole")
def _(run: Run) -> None:
    first, _ = _poem(run)
    run([streams(*first)], run.choose(*QUESTIONS)).returned("".join(first))


@FIRST_LINE.case("a line break inside a piece is found, too", hidden=True)
def _(run: Run) -> None:
    first, rest = _poem(run)
    pieces = [*first[:-1], first[-1] + "\nAnd" + rest[1], *rest[2:]]
    run([streams(*pieces)], run.choose(*QUESTIONS)).returned("".join(first))


# -- rendering ------------------------------------------------------------------------------------

SHOW = Exercise(
    id="03.6",
    function="show_while_streaming",
    title="show a growing text at most so many times a second",
    difficulty="medium",
    covers=["B3"],
    points=7,
    hints=[
        "Remember when you called show last, and call it only if 1 / per_second has passed.",
        "After the loop, show the text once more if the last call did not have all of it.",
        "If that last call would come too early, time.sleep until it may. A chunk without text is "
        "no reason to show anything.",
    ],
)


def _shown(
    run: Run, pieces: Sequence[str], every: float, per_second: float
) -> tuple[Result, list[tuple[float, str]]]:
    show = Spy("show", lambda *_: None)
    result = run([streams(*pieces, every=every)], run.choose(*QUESTIONS), show, per_second)
    result.finished()
    calls = result.calls("show")
    for call in calls:
        expect(
            len(call.args) == 1 and isinstance(call.args[0], str) and not call.kwargs,
            f"it called show with {short([*call.args, *call.kwargs.values()])}, and one text was "
            "expected",
        )
    return result, [(call.at, call.args[0]) for call in calls]


def _fast(run: Run) -> tuple[list[str], float, float]:
    """Pieces that come far more often than they may be shown."""
    return pieces_of(run.rng, 5), run.rng.choice([0.01, 0.02, 0.03]), run.rng.choice([4, 5, 8])


@SHOW.case("it returns the whole text, and the last thing shown is the whole text", points=2)
def _(run: Run) -> None:
    pieces, every, limit = _fast(run)
    result, shown = _shown(run, pieces, every, limit)
    result.returned("".join(pieces))
    streamed(result)
    last = shown[-1][1] if shown else ""
    expect(
        last == "".join(pieces),
        f"the last text shown ends with {short(last[-30:])}, and the answer ends with "
        f"{short(''.join(pieces)[-30:])}",
    )


@SHOW.case("never more often than per_second", points=2)
def _(run: Run) -> None:
    pieces, every, limit = _fast(run)
    _, shown = _shown(run, pieces, every, limit)
    for (before, _), (now, _) in pairwise(shown):
        expect(
            now - before >= 1 / limit - 1e-6,
            f"it called show {now - before:.3f} s after the call before, and {limit} times a "
            f"second is every {1 / limit:.3f} s",
        )


@SHOW.case("the first piece is shown at once")
def _(run: Run) -> None:
    pieces, every, limit = _fast(run)
    _, shown = _shown(run, pieces, every, limit)
    expect(shown, "it never called show")
    at, text = shown[0]
    expect(
        text == pieces[0] and at <= every + 1e-6,
        f"the first text shown is {short(text)} after {at:.2f} s, and {short(pieces[0])} arrived "
        f"after {every:.2f} s",
    )


@SHOW.case("slow pieces are shown one by one")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng, 1)
    _, shown = _shown(run, pieces, run.rng.choice([0.6, 0.8]), 2)
    want = list(accumulate(pieces))
    have = [text for _, text in shown]
    missing = [text for text in want if text not in have]
    expect(not missing, f"it never showed {short(missing and missing[0])}, though there was time")


@SHOW.case("nothing is shown twice", hidden=True)
def _(run: Run) -> None:
    _, shown = _shown(run, pieces_of(run.rng, 1), 0.7, 2)
    texts = [text for _, text in shown]
    again = [text for before, text in pairwise(texts) if before == text]
    expect(not again, f"it showed the same text twice: {short(again and again[0])}")


# -- several streams ------------------------------------------------------------------------------

STREAM_ALL = Exercise(
    id="03.7",
    function="stream_all",
    title="several streams in one thread",
    difficulty="medium",
    covers=["B1"],
    points=6,
    asynchronous=True,
    hints=[
        "Write a coroutine function for one question first, then gather it over all questions.",
        "async for needs a stream: async with await client.chat.completions.create(...) as stream.",
        "Catch openai.APIError inside the function for one question; then gather never sees it.",
    ],
)


def _desk(run: Run, count: int, failing: int | None = None) -> tuple[Result, list[str], list, Any]:
    """Answers to `count` questions, told apart by the question, each at a pace of its own."""
    questions: list[str] = [*run.rng.sample(QUESTIONS, count)]
    answers = [pieces_of(run.rng, 1) for _ in questions]
    paces = [run.rng.choice([0.2, 0.3, 0.5]) for _ in questions]

    def answer(sent: SentRequest) -> Step:
        number = next((n for n, q in enumerate(questions) if q in sent.text()), 0)
        end = "drop" if number == failing else "done"
        return streams(*answers[number], end=end, takes=0.5, every=paces[number])

    said = Spy("on_text", lambda *_: None)
    result = run([answer] * count, questions, said)
    longest = max(0.5 + pace * (len(a) + 1) for a, pace in zip(answers, paces, strict=True))
    return result, questions, answers, longest


@STREAM_ALL.case("the texts come back in the order of the questions")
def _(run: Run) -> None:
    result, questions, answers, _ = _desk(run, run.rng.randint(3, 4))
    result.returned(["".join(pieces) for pieces in answers])
    result.sent(len(questions))
    for number in range(1, len(questions) + 1):
        streamed(result, number)


@STREAM_ALL.case("all streams are read at the same time", points=2)
def _(run: Run) -> None:
    result, questions, _, longest = _desk(run, 4)
    result.finished()
    took = max((call.at for call in result.calls("on_text")), default=0.0)
    expect(
        took <= longest + 0.01,
        f"{len(questions)} streams took {took:.1f} s together, and the longest of them takes "
        f"{longest:.1f} s",
    )


@STREAM_ALL.case("each piece is passed on with its number as it arrives")
def _(run: Run) -> None:
    result, _, answers, _ = _desk(run, 3)
    result.finished()
    calls = result.calls("on_text")
    for number, pieces in enumerate(answers):
        mine = [call.args[1] for call in calls if len(call.args) == 2 and call.args[0] == number]
        expect(
            [piece for piece in mine if piece] == pieces,
            f"for question {number} it passed on {short(mine)}, and {short(pieces)} arrived",
        )
    order = [call.args[0] for call in calls]
    expect(order != sorted(order), "the pieces of one answer were held back until another was done")


@STREAM_ALL.case("a stream that fails gives None and disturbs no other", points=2)
def _(run: Run) -> None:
    failing = run.rng.randrange(3)
    result, _, answers, _ = _desk(run, 3, failing)
    want = [None if n == failing else "".join(pieces) for n, pieces in enumerate(answers)]
    result.returned(want, f"the connection of question {failing} broke")


# -- tool calls -----------------------------------------------------------------------------------

COLLECT = Exercise(
    id="03.8",
    function="collect_calls",
    title="tool calls from their fragments",
    difficulty="stretch",
    covers=["C2", "B1"],
    points=8,
    hints=[
        "Keep a dictionary from index to call. A fragment adds to the call of its index.",
        "id and name come once, in the first fragment; arguments come in pieces and are joined as "
        "text. Only at the end they are JSON.",
        "Remember finish_reason. Only tool_calls and stop mean that everything is there: for "
        "anything else, None included, raise ValueError.",
        "Errors of the stream are openai.APIError; turn them into ValueError with raise ... from.",
    ],
)
_TOOL = {
    "type": "function",
    "function": {
        "name": "check_stock",
        "description": "Look up how many pieces of a product a store has.",
        "parameters": {
            "type": "object",
            "properties": {"product": {"type": "string"}},
            "required": ["product"],
            "additionalProperties": False,
        },
        "strict": True,
    },
}


def _made_calls(run: Run, count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{run.rng.randint(100, 999)}_{number}",
            "name": run.choose(*NAMES),
            "arguments": {"product": f"article {run.rng.randint(10, 99)}", "note": 'a "b" {c}'},
        }
        for number in range(count)
    ]


def _fragments(run: Run, calls: list[dict[str, Any]], mixed: bool) -> list[dict[str, Any]]:
    """Deltas that bring these calls, each call's fragments in order."""
    queues = []
    for index, call in enumerate(calls):
        head = {"name": call["name"], "arguments": ""}
        made = [{"index": index, "id": call["id"], "type": "function", "function": head}]
        text = json.dumps(call["arguments"])
        made += [
            {"index": index, "function": {"arguments": text[i : i + 5]}}
            for i in range(0, len(text), 5)
        ]
        queues.append(made)
    deltas = [queue.pop(0) for queue in queues] if mixed else []
    while any(queues):
        queue = run.rng.choice([q for q in queues if q]) if mixed else next(q for q in queues if q)
        deltas.append(queue.pop(0))
    return [chunk(choice({"tool_calls": [delta]})) for delta in deltas]


def _collected(
    run: Run, calls: list[dict[str, Any]], mixed: bool = False, finish: str | None = "tool_calls"
) -> Result:
    events = [chunk(choice({"role": "assistant", "content": None}))]
    events += _fragments(run, calls, mixed)
    if finish:
        events.append(chunk(choice({}, finish)))
    return run([sse(*events, end="data: [DONE]\n\n" if finish else "")], "In stock?", [_TOOL])


@COLLECT.case("one call, from many fragments", points=2)
def _(run: Run) -> None:
    calls = _made_calls(run, 1)
    result = _collected(run, calls)
    result.returned(calls)
    streamed(result)
    result.request(1).has("tools", [_TOOL])


@COLLECT.case("two calls, interleaved", points=2, hint="the index says which call is meant")
def _(run: Run) -> None:
    calls = _made_calls(run, 2)
    _collected(run, calls, mixed=True).returned(calls)


@COLLECT.case("an answer without calls gives an empty list")
def _(run: Run) -> None:
    run([streams(*pieces_of(run.rng, 1))], run.choose(*QUESTIONS), [_TOOL]).returned([])


@COLLECT.case("a stream that stops early raises ValueError", hint="look at finish_reason")
def _(run: Run) -> None:
    _collected(run, _made_calls(run, 2), finish=None).raised(
        ValueError, "no chunk had a finish_reason"
    )


@COLLECT.case("an answer that hit the cap raises ValueError")
def _(run: Run) -> None:
    _collected(run, _made_calls(run, 1), finish="length").raised(
        ValueError, "finish_reason was length"
    )


@COLLECT.case("three calls keep the order of their index", hidden=True)
def _(run: Run) -> None:
    calls = _made_calls(run, 3)
    _collected(run, calls, mixed=True).returned(calls)


# -- Responses ------------------------------------------------------------------------------------

EVENTS = Exercise(
    id="03.9",
    function="read_events",
    title="how a Responses stream ended",
    difficulty="medium",
    covers=["A7", "B2"],
    points=7,
    hints=[
        "Every event has a type. Text comes in events of type response.output_text.delta.",
        "The last event is response.completed, response.incomplete or response.failed, each with "
        "the whole response in event.response. An error comes as an event of type error.",
        'Start with problem = "cut" and change it when one of these events comes.',
    ],
)


@EVENTS.case("a completed response: its text and no problem")
def _(run: Run) -> None:
    pieces, question = pieces_of(run.rng), run.choose(*QUESTIONS)
    result = run([streams(*pieces)], question)
    result.returned(("".join(pieces), None))
    result.request(1).went_to("responses")
    streamed(result)
    expect(question in result.request(1).text(), "the question is not in the request")


@EVENTS.case("an incomplete response: the text so far and the reason")
def _(run: Run) -> None:
    text = "".join(pieces_of(run.rng)[: run.rng.randint(3, 8)])
    result = run([truncated(text)], run.choose(*QUESTIONS))
    result.returned((text, "max_output_tokens"), "the last event was response.incomplete")


@EVENTS.case("a failed response: the message of its error")
def _(run: Run) -> None:
    message = run.choose("The model failed to answer.", "The model is being restarted.")
    result = run([response_fails("server_error", message)], run.choose(*QUESTIONS))
    result.returned(("", message), "the last event was response.failed")


@EVENTS.case("an error event: the text that arrived and the message", points=2)
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 8)]
    result = run([streams(*pieces, end="error")], run.choose(*QUESTIONS))
    message = "The server had an error while processing your request (simulated)."
    result.returned(("".join(pieces), message), "an event of type error came")


@EVENTS.case("a stream that just stops: cut")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)[: run.rng.randint(3, 8)]
    result = run([streams(*pieces, end="cut")], run.choose(*QUESTIONS))
    result.returned(("".join(pieces), "cut"), "there was no last event")


@EVENTS.case("reasoning before the message is not text", hidden=True)
def _(run: Run) -> None:
    answer = run.choose(*SENTENCES)
    script = [says(answer, reasoning="Look it up.", usage=tokens(20, 60, reasoning=40))]
    run(script, run.choose(*QUESTIONS)).returned((answer, None))


# -- asking again ---------------------------------------------------------------------------------

IN_FULL = Exercise(
    id="03.10",
    function="answer_in_full",
    title="ask again when a stream breaks",
    difficulty="stretch",
    covers=["B1", "F2"],
    points=9,
    client={"max_retries": 0},
    hints=[
        "One loop over attempts around one loop over chunks. Each attempt begins with no text.",
        "An attempt is good when it had a finish_reason, be it stop or length: return at once.",
        "Send the request outside of the try, and read the stream inside it: an error before the "
        "stream has to get out, one in the stream has not.",
        "Keep the longest text of the attempts that broke, in case that none gets to its end.",
    ],
)


@IN_FULL.case("an answer that arrives at once takes one request")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)
    result = run([streams(*pieces)], run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 1})
    result.sent(1)
    streamed(result)


@IN_FULL.case("after a stream that breaks it asks again, and starts anew", points=2)
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)
    broken = streams(*pieces_of(run.rng)[:5], end=run.choose("drop", "error"))
    result = run([broken, streams(*pieces)], run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 2})
    result.sent(2)


@IN_FULL.case("a stream that just stops counts as broken", hint="it has no finish_reason")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)
    script = [streams(*pieces[:4], end="cut"), streams(*pieces)]
    result = run(script, run.choose(*QUESTIONS), 2)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 2})


@IN_FULL.case("an answer that hit the cap is returned, not asked again")
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)[:6]
    result = run([streams(*pieces, finish_reason="length")], run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(pieces), "complete": False, "attempts": 1})
    result.sent(1)


@IN_FULL.case("after the last attempt it returns the longest text", points=2)
def _(run: Run) -> None:
    texts = [pieces_of(run.rng)[:count] for count in (3, 9, 5)]
    script = [streams(*texts[0], end="cut"), streams(*texts[1], end="drop")]
    script.append(streams(*texts[2], end="cut"))
    result = run(script, run.choose(*QUESTIONS), 3)
    result.returned({"text": "".join(texts[1]), "complete": False, "attempts": 3})
    result.sent(3)


@IN_FULL.case("an error before the stream is let out")
def _(run: Run) -> None:
    result = run([fails(401)], run.choose(*QUESTIONS), 3)
    result.raised(openai.AuthenticationError)
    result.sent(1)


@IN_FULL.case("a stream that stalls until the timeout counts as broken", hidden=True)
def _(run: Run) -> None:
    pieces = pieces_of(run.rng)
    script = [streams(*pieces[:3], end="stall"), streams(*pieces)]
    result = run(script, run.choose(*QUESTIONS), 2)
    result.returned({"text": "".join(pieces), "complete": True, "attempts": 2})
