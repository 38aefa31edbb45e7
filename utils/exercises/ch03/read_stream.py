"""Chunks without choices and deltas without content come between the pieces of a text."""

from __future__ import annotations

from typing import Any

from ...scripted import streams, tokens
from ..model import Exercise, Run, hinting
from .streams import QUESTIONS, choice, chunk, pieces_of, sse, streamed

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


def joined(run: Run, *deltas: dict[str, Any] | None) -> None:
    """Play a stream of these deltas (None: a chunk without choices), and expect their text."""
    chunks = [chunk() if delta is None else chunk(choice(delta)) for delta in deltas]
    usage = tokens(20, len(deltas)).chat()
    script = [sse(*chunks, chunk(choice({}, "stop")), chunk(usage=usage))]
    text = "".join(delta.get("content") or "" for delta in deltas if delta)
    result = run(script, run.choose(*QUESTIONS))
    result.returned(text)
    streamed(result)


@READ.case()
def whole_text(run: Run) -> None:
    """it streams, and returns the whole text"""
    pieces, question = pieces_of(run.rng), run.choose(*QUESTIONS)
    result = run([streams(*pieces)], question)
    result.returned("".join(pieces))
    result.sent(1)
    streamed(result)


@READ.case()
def chunk_without_choices(run: Run) -> None:
    """a chunk without choices doesn't break it"""
    deltas = [{"content": piece} for piece in pieces_of(run.rng, 1)]
    middle = run.rng.randrange(1, len(deltas))
    with hinting("chunk.choices may be empty.", IndexError):
        joined(run, None, *deltas[:middle], None, *deltas[middle:], None)


@READ.case()
def delta_without_content(run: Run) -> None:
    """a delta without content, and an empty piece, count as nothing"""
    deltas = [{"content": piece} for piece in pieces_of(run.rng, 1)]
    middle = run.rng.randrange(1, len(deltas))
    for nothing in ({"content": None}, {"content": ""}, {"role": "assistant"}, {}):
        joined(run, nothing, *deltas[:middle], nothing, *deltas[middle:], nothing)


@READ.case()
def no_text(run: Run) -> None:
    """an answer without text gives an empty text"""
    joined(run, {"role": "assistant"}, {"content": run.choose("Yes.", "No.", "We do.")})
    joined(run, {"role": "assistant"})


@READ.case(hidden=True)
def all_at_once(run: Run) -> None:
    """none of these disturbs another text, either"""
    pieces = pieces_of(run.rng, 2)
    joined(run, None, {"content": pieces[0]}, {}, *({"content": p} for p in pieces[1:]), None)
