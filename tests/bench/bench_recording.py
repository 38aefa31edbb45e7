"""What watching and recording cost, beside the same requests without either.

CPU time is that of this process; the server is played by a transport in it, so nothing else runs.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import httpx2
import openai

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.core.samples import ORIGIN, SSE, answers, ask, chunk, completion, request, store
from utils.async_client import OrderedAsyncOpenAI
from utils.recordings import Recorder, read
from utils.transport import WatchingTransport


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        many_at_once(Path(folder))
        true_times(Path(folder))
        large_answers(Path(folder))


class Delayed(httpx2.AsyncBaseTransport):
    """A server that takes its time.

    Args:
        seconds: until an answer comes.
        gaps: pauses between the events of a stream.
    """

    def __init__(self, seconds: float, gaps: int = 0) -> None:
        self.seconds, self.gaps = seconds, gaps

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.gaps:
            return httpx2.Response(200, headers=SSE, stream=Events(self.seconds, self.gaps))
        await asyncio.sleep(self.seconds)
        return httpx2.Response(200, json=completion("Hello"))


class Events(httpx2.AsyncByteStream):
    """A stream with an event after each pause."""

    def __init__(self, seconds: float, count: int) -> None:
        self.seconds, self.count = seconds, count

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.count):
            await asyncio.sleep(self.seconds)
            yield chunk("word ").encode()
        yield b"data: [DONE]\n\n"


async def all_at_once(
    transport: httpx2.AsyncBaseTransport, count: int, stream: bool
) -> list[list[float]]:
    """Send requests at once; returns when each piece of each stream was read, in seconds."""
    http = httpx2.AsyncClient(transport=transport)
    async with OrderedAsyncOpenAI(api_key="x", http_client=http) as client:

        async def one(number: int) -> list[float]:
            answer = await client.chat.completions.create(**ask(str(number), stream=stream))
            return [time.perf_counter() async for _ in answer] if stream else []

        return await asyncio.gather(*map(one, range(count)))


def many_at_once(folder: Path) -> None:
    """500 answers at once, not watched and recorded."""
    taken: dict[str, list[float]] = {"sent": [], "recorded": []}
    for turn in range(5):
        path = folder / f"many{turn}.json"
        for name in taken:
            started = time.process_time()
            if name == "sent":
                asyncio.run(all_at_once(Delayed(0.05), 500, False))
            else:
                recorder = Recorder(path, ORIGIN)
                transport = WatchingTransport((), recorder, async_inner=Delayed(0.05))
                asyncio.run(all_at_once(transport, 500, False))
                recorder.close()
            taken[name].append(time.process_time() - started)
        assert len(read(path).interactions) == 500
    direct, recorded = (statistics.median(times) for times in taken.values())
    print(
        f"500 answers at once: {direct:.2f} s of CPU sent, {recorded:.2f} s recorded "
        f"({recorded / direct:.2f} x); recording alone {recorded - direct:.2f} s"
    )


def true_times(folder: Path) -> None:
    """What is recorded of 20 answers of 300 ms, and of 20 streams with 50 ms between events."""
    old = ((request(f"old {n}"), answers("word " * 600)) for n in range(90))
    path = store(folder, *old, lesson="full")
    size = path.stat().st_size / 1000
    recorder = Recorder(path, ORIGIN)
    asyncio.run(all_at_once(WatchingTransport((), recorder, async_inner=Delayed(0.3)), 20, False))
    recorder.close()
    times = [i.response.ms for i in read(path).interactions[90:]]
    print(
        f"20 answers of 300 ms into a file of {size:.0f} kB: {min(times)} / "
        f"{statistics.median(times):.0f} / {max(times)} ms (least, median, most)"
    )
    inner = Delayed(0.05, gaps=20)
    read_at = asyncio.run(all_at_once(inner, 20, True))
    report_gaps("not recorded, as they were read", [[1000 * at for at in one] for one in read_at])
    recorder = Recorder(folder / "streams.json", ORIGIN)
    asyncio.run(all_at_once(WatchingTransport((), recorder, async_inner=inner), 20, True))
    recorder.close()
    streams = [each.response.events or [] for each in read(folder / "streams.json").interactions]
    report_gaps("recorded", [[ms for ms, _ in events[:-1]] for events in streams])


def report_gaps(what: str, streams: Sequence[Sequence[float]]) -> None:
    """Print the gaps between the events of streams, whose times are in milliseconds."""
    gaps = [later - earlier for times in streams for earlier, later in pairwise(times)]
    print(
        f"20 streams with 50 ms between events, {what}: {min(gaps):.0f} / "
        f"{statistics.median(gaps):.0f} / {max(gaps):.0f} ms (least, median, most)"
    )


class Pieces(httpx2.SyncByteStream):
    """A body in pieces."""

    def __init__(self, body: bytes, size: int) -> None:
        self.body, self.size = body, size

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self.body), self.size):
            yield self.body[start : start + self.size]


def large_answers(folder: Path) -> None:
    """An answer of 2 MB in pieces of 4 kB: a file, one event, and many events."""
    event = b'data: {"choices": [], "x": "' + b"A" * 2_000_000 + b'"}\n\n'
    events = b"".join(chunk(f"word{n} ").encode() for n in range(10_000))
    kinds = {
        "a file": ("application/octet-stream", bytes(2_000_000)),
        "one event": ("text/event-stream", event + b"data: [DONE]\n\n"),
        "10,000 events": ("text/event-stream", events + b"data: [DONE]\n\n"),
    }
    for name, (kind, body) in kinds.items():
        headers = {"content-type": kind}
        inner = httpx2.MockTransport(
            lambda _, headers=headers, body=body: httpx2.Response(
                200, headers=headers, stream=Pieces(body, 4_096)
            )
        )
        taken: dict[str, list[float]] = {"direct": [], "watched": [], "recorded": []}
        for turn in range(7):
            recorder = Recorder(folder / f"{name}{turn}.json", ORIGIN)
            transports = {
                "direct": inner,
                "watched": WatchingTransport((), None, inner),
                "recorded": WatchingTransport((), recorder, inner),
            }
            for way, transport in transports.items():
                http = httpx2.Client(transport=transport)
                client = openai.OpenAI(api_key="x", http_client=http)
                started = time.process_time()
                if kind == "text/event-stream":
                    list(client.chat.completions.create(**ask("Hi", stream=True)))
                else:
                    client.files.content("f1").read()
                taken[way].append(time.process_time() - started)
            recorder.close()
        direct, watched, recorded = (statistics.median(times) for times in taken.values())
        print(
            f"2 MB in 4 kB pieces, {name:<14} {direct * 1000:7.1f} ms direct, watched "
            f"{watched / direct:5.2f} x, recorded {recorded / direct:5.2f} x"
        )


if __name__ == "__main__":
    main()
