"""Chunks without choices and deltas without content come between the pieces of a text."""

from __future__ import annotations

from ...scripted import streams, tokens
from ..model import Exercise, Run
from .streams import QUESTIONS, choice, chunk, pieces_of, sse

READ = Exercise(
    id="03.1",
    function="read_stream",
    title="join the pieces of a stream",
    difficulty="easy",
    covers=["B1"],
    hints=[
        "create(..., stream=True) returns something you can loop over.",
        "A chunk has a list of choices, and the list may be empty: loop over it, too.",
        'choice.delta.content may be None: (choice.delta.content or "").',
    ],
)


@READ.case()
def whole_text(run: Run) -> None:
    """it streams, and returns the whole text"""
    pieces, question = pieces_of(run.rng), run.choose(*QUESTIONS)
    result = run([streams(*pieces)], question)
    result.returned("".join(pieces))
    result.sent(1)
    result.request(1).went_to("chat")
    result.request(1).has("stream", True)
    result.request(1).contains(question)


@READ.case(hint="chunk.choices may be empty.")
def chunk_without_choices(run: Run) -> None:
    """a chunk without choices does not break it"""
    pieces = pieces_of(run.rng, 1)
    events = [chunk(choice({"content": piece})) for piece in pieces]
    events.insert(run.rng.randrange(len(events)), chunk())
    usage = tokens(20, len(pieces)).chat()
    script = [sse(chunk(), *events, chunk(choice({}, "stop")), chunk(usage=usage))]
    run(script, run.choose(*QUESTIONS)).returned("".join(pieces))


@READ.case()
def delta_without_content(run: Run) -> None:
    """a delta without content counts as nothing"""
    pieces = pieces_of(run.rng, 1)
    events = [chunk(choice({"content": piece})) for piece in pieces]
    middle = run.rng.randrange(1, len(events))
    events[middle:middle] = [chunk(choice({"content": None})), chunk(choice({"content": ""}))]
    script = [sse(chunk(choice({"role": "assistant"})), *events, chunk(choice({}, "stop")))]
    run(script, run.choose(*QUESTIONS)).returned("".join(pieces))


@READ.case(hidden=True)
def no_text(run: Run) -> None:
    """an answer without text is an empty text"""
    run([sse(chunk(choice({"role": "assistant"})), chunk(choice({}, "stop")))], "Hello?").returned(
        ""
    )
