"""When the pieces of a recorded stream arrived, and what that means for somebody who reads it.

Every number here is computed from the times in a recording, so it is the same in every run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .. import recordings, settings, sse
from ..recordings import RecordingMissing

WORDS_PER_MINUTE = 238
"""Silent reading of English nonfiction, on average, in words per minute.

Source: Brysbaert, 2019, Journal of Memory and Language.
"""


@dataclass(frozen=True)
class StreamTiming:
    """One recorded stream.

    Attributes:
        at: seconds from sending the request to the arrival of each piece of text.
        pieces: the pieces; empty ones are left out.
        total: seconds until the connection ended.
        events: how many server-sent events arrived, those without text included.
        ended: how the connection ended if it did not end well, such as "closed by reader".
    """

    at: tuple[float, ...]
    pieces: tuple[str, ...]
    total: float
    events: int
    ended: str | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.pieces)

    def text_by(self, moment: float) -> str:
        """What had arrived a number of seconds after the request."""
        return "".join(p for at, p in zip(self.at, self.pieces, strict=True) if at <= moment)

    @property
    def first(self) -> float:
        """Seconds until the first piece of text; until the end if there was none."""
        return self.at[0] if self.at else self.total

    @property
    def gaps(self) -> list[float]:
        """Seconds between one piece and the next."""
        return [later - earlier for earlier, later in pairwise(self.at)]


NOT_COMPARED = ("model", "stream")
"""Parameters of a request that do not matter for finding it: a stream is looked for anyway."""


def recorded_streams(chapter: str, **body: Any) -> list[StreamTiming]:
    """Recorded streams of a request, in the order of recording.

    Args:
        chapter: name of the recording, such as "03_streaming/c_what_the_reader_feels".
        body: all parameters of the request; `model` and `stream` may be left out.

    Raises:
        RecordingMissing: if there is no such stream in the recording.
        RecordingError: if the recording is damaged.
    """
    path = settings.load().recordings / f"{chapter}.json"
    wanted = _compared(json.loads(json.dumps(body)))
    found = [
        timing_of(interaction.response)
        for interaction in recordings.read(path).interactions
        if interaction.response.events is not None and _compared(interaction.request.body) == wanted
    ]
    if not found:
        raise RecordingMissing(
            f"{path.name} has no stream for a request with {', '.join(body) or 'no parameters'} "
            "of these values. Timings come from the recording: undo the change to see them."
        )
    return found


def _compared(body: Any) -> dict[str, Any]:
    """The parameters that tell requests apart."""
    given = body if isinstance(body, dict) else {}
    return {name: value for name, value in given.items() if name not in NOT_COMPARED}


def timing_of(response: recordings.Response) -> StreamTiming:
    """The timing of a recorded answer, from its events."""
    events = response.events or []
    decoder = sse.Decoder()
    pairs = [
        (ms / 1000, piece)
        for ms, text in events
        for body in sse.bodies(decoder.feed(text.encode()))
        if isinstance(body, dict)
        for piece in _pieces_of(body)
    ]
    return StreamTiming(
        at=tuple(at for at, _ in pairs),
        pieces=tuple(piece for _, piece in pairs),
        total=response.ms / 1000,
        events=len(events),
        ended=response.ended.how if response.ended else None,
    )


def _pieces_of(body: dict[str, Any]) -> Iterator[str]:
    """The text in the body of one event of either API."""
    if body.get("type") == "response.output_text.delta" and body["delta"]:
        yield body["delta"]
    for choice in body.get("choices") or ():
        if piece := (choice.get("delta") or {}).get("content"):
            yield piece


@dataclass(frozen=True)
class Reader:
    """Somebody who reads an answer as soon as there is something to read.

    Attributes:
        blank: seconds before the first word can be read.
        arrived: for each word, seconds until it was on the page.
        read: for each word, seconds until it has been read.
    """

    blank: float
    arrived: tuple[float, ...]
    read: tuple[float, ...]

    @property
    def done(self) -> float:
        """Seconds until everything has been read."""
        return self.read[-1] if self.read else self.blank


def words_at(timing: StreamTiming) -> list[float]:
    """For each word of the text, seconds until all of it had arrived."""
    arrived: list[float] = []
    text = ""
    for at, piece in zip(timing.at, timing.pieces, strict=True):
        text += piece
        whole = len(text.split()) - (0 if text[-1].isspace() else 1)
        arrived += [at] * (whole - len(arrived))
    return arrived + [timing.at[-1]] * (len(text.split()) - len(arrived)) if timing.at else []


def reader(
    timing: StreamTiming, streamed: bool, words_per_minute: float = WORDS_PER_MINUTE
) -> Reader:
    """Follow somebody who reads the answer.

    Args:
        timing: the recorded stream.
        streamed: whether words are shown as they arrive, or all of them at the end.
        words_per_minute: how fast they read.
    """
    arrived = words_at(timing)
    if not streamed:
        arrived = [timing.total] * len(arrived)
    pace = 60 / words_per_minute
    read: list[float] = []
    for at in arrived:
        read.append(max(at, read[-1] if read else 0.0) + pace)
    return Reader(arrived[0] if arrived else timing.total, tuple(arrived), tuple(read))


def paint_times(at: Sequence[float], per_second: float) -> list[float]:
    """When a page is painted that shows every piece, at most `per_second` times a second.

    A piece that comes too early waits until the next paint is allowed, so that the last one is
    always shown.

    Args:
        at: arrival of the pieces, in seconds, in order.
        per_second: the limit.
    """
    pause = 1 / per_second
    paints: list[float] = []
    for time in at:
        if paints and time <= paints[-1]:
            continue  # that paint shows this piece, too
        paints.append(max(time, paints[-1] + pause) if paints else time)
    return paints


def characters_painted(timing: StreamTiming, paints: Sequence[float]) -> int:
    """Characters that are drawn when each paint draws the whole text so far."""
    drawn = number = length = 0
    for paint in paints:
        while number < len(timing.at) and timing.at[number] <= paint:
            length += len(timing.pieces[number])
            number += 1
        drawn += length
    return drawn


def faster(timing: StreamTiming, factor: float) -> StreamTiming:
    """The same stream as it would arrive from a model that writes `factor` times as fast."""
    return StreamTiming(
        tuple(at / factor for at in timing.at),
        timing.pieces,
        timing.total / factor,
        timing.events,
        timing.ended,
    )
