"""What a replayed call costs, beside the SDK on a constant answer and beside vcrpy."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import openai
import vcr
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.core.samples import answers, ask, completion, file_of, request, streams
from utils.recordings import Recording, read, write
from utils.transport import ReplayTransport

CALLS, ROUNDS = 60, 9


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        replayed_calls(Path(folder))
        pace(Path(folder))
        concurrency(Path(folder))
    first_answer()


def client(transport: httpx2.BaseTransport) -> openai.OpenAI:
    return openai.OpenAI(api_key="x", http_client=httpx2.Client(transport=transport))


Call = Callable[[], object]
Calls = dict[str, tuple[Callable[[], AbstractContextManager[object]], Call]]
"""Name: (what is open while the calls are made, one call)."""


def median_us(calls: Calls) -> dict[str, float]:
    """Median microseconds of each call; the calls take turns, so that noise hits all of them."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, (opened, call) in calls.items():
            with opened():
                call()
                for _ in range(CALLS):
                    started = time.perf_counter()
                    call()
                    taken[name].append(time.perf_counter() - started)
    return {name: statistics.median(times) * 1e6 for name, times in taken.items()}


def recording(folder: Path, size: int) -> Path:
    path = folder / f"{size:05}.json"
    write(path, file_of(*((request(f"number {n}"), answers(f"answer {n}")) for n in range(size))))
    return path


def replayed_calls(folder: Path) -> None:
    constant = client(httpx2.MockTransport(lambda _: httpx2.Response(200, json=completion("Hi"))))
    calls: Calls = {
        "the SDK on a constant answer": (
            nullcontext,
            lambda: constant.chat.completions.create(**ask("number 0")),
        )
    }
    for size in (1, 500, 10_000, 100_000):
        path = recording(folder, size)
        started = time.perf_counter()
        file = read(path)
        loaded = time.perf_counter() - started
        print(f"load {size:>6,} recordings ({path.stat().st_size / 1e6:.1f} MB): {loaded:.3f} s")
        replay = client(ReplayTransport(Recording(path, file), pace=0))
        last = partial(replay.chat.completions.create, **ask(f"number {size - 1}"))
        calls[f"replayed, {size:,} recordings"] = (nullcontext, last)
    for size in (1, 500):
        calls[f"vcrpy, {size:,} recordings"] = vcr_call(folder, size)
    result = median_us(calls)
    floor = result["the SDK on a constant answer"]
    for name, us in result.items():
        print(f"{name:<30} {us:9,.0f} \u00b5s  {us / floor:6.2f} x")


class Constant(BaseHTTPRequestHandler):
    """A server on this machine that gives everyone the same answer."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps(completion("Hi")).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


def vcr_call(folder: Path, size: int) -> tuple[Callable[[], AbstractContextManager[object]], Call]:
    """The last of `size` requests that vcrpy has recorded."""
    path, match = folder / f"vcr{size}.yaml", ["method", "path", "body"]
    with ThreadingHTTPServer(("127.0.0.1", 0), Constant) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/v1"
        with vcr.use_cassette(str(path), match_on=match):
            asking = openai.OpenAI(api_key="x", base_url=address)
            for n in range(size):
                asking.chat.completions.create(**ask(f"number {n}"))
        server.shutdown()

    def opened() -> AbstractContextManager[object]:
        return vcr.use_cassette(
            str(path), match_on=match, record_mode="none", allow_playback_repeats=True
        )

    replaying = openai.OpenAI(api_key="x", base_url=address)
    return opened, lambda: replaying.chat.completions.create(**ask(f"number {size - 1}"))


def pace(folder: Path) -> None:
    path = folder / "stream.json"
    write(path, file_of((request("Hi", stream=True), streams(*("x" * 30), every=20))))
    replay = client(ReplayTransport(Recording.load(path), pace=1))
    late = []
    list(replay.chat.completions.create(**ask("Hi", stream=True)))  # the SDK's first call is slow
    for _ in range(5):
        started = time.perf_counter()
        for n, _piece in enumerate(replay.chat.completions.create(**ask("Hi", stream=True))):
            late.append((time.perf_counter() - started - 0.020 * (n + 1)) * 1000)
    print(
        "a stream of 30 chunks at pace 1: each later than recorded by "
        f"{statistics.median(late):.1f} ms (median), {max(late):.1f} ms (most)"
    )


def concurrency(folder: Path) -> None:
    path = recording(folder, 200)

    async def all_at_once() -> float:
        http = httpx2.AsyncClient(transport=ReplayTransport(Recording.load(path), pace=0))
        async with openai.AsyncOpenAI(api_key="x", http_client=http) as replay:
            started = time.perf_counter()
            await asyncio.gather(
                *(replay.chat.completions.create(**ask(f"number {n}")) for n in range(200))
            )
            return time.perf_counter() - started

    print(f"200 concurrent requests: {asyncio.run(all_at_once()):.2f} s")


def first_answer() -> None:
    cells = ['from utils import CHAT_MODEL, connect\nclient = connect("08_errors")']
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    first = (
        "from utils.recordings import read\nfrom utils.settings import ROOT\n"
        "r = read(ROOT / 'recordings' / '08_errors.json').interactions\n"
        "q = next(i.request for i in r if i.request.path == '/chat/completions')\n"
        "client.post('/chat/completions', body=q.body, cast_to=object)"
    )
    notebook.cells.append(new_code_cell(first))
    started = time.perf_counter()
    NotebookClient(notebook).execute()
    taken = time.perf_counter() - started
    print(f"first answer in a notebook, from starting the kernel: {taken:.2f} s")


if __name__ == "__main__":
    main()
