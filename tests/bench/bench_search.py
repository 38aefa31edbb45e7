"""How long one search takes, by the number of vectors: NumPy's brute force beside sqlite-vec.

    course bench bench_search                          measures and prints
    python tests/bench/bench_search.py --store NAME    keeps the figures for the chapter

NAME says what kind of machine it is, such as "a server, 2 cores". The vectors are random: for an
exact search their content makes no difference.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import apsw
import numpy as np
import sqlite_vec

sys.path.insert(0, str(Path(__file__).parents[2]))
from utils.settings import ROOT

DIMENSIONS, NEAREST, ROUNDS = 384, 10, 15
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
STORED = ROOT / "chapters" / "data" / "search_speed.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", metavar="NAME", help="the kind of machine; keeps the figures")
    name = parser.parse_args().store
    found = measure(SIZES)
    print(f"{'vectors':>9}  {'NumPy':>9}  {'sqlite-vec':>10}  {'ratio':>5}")
    for size, one, other in zip(SIZES, *found.values(), strict=True):
        print(f"{size:>9,}  {one:>6.2f} ms  {other:>7.2f} ms  {other / one:>5.1f}")
    if name:
        kept = {
            "about": "Median time of one search for the 10 nearest of so many vectors of 384 "
            "numbers, measured by tests/bench/bench_search.py.",
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "machine": name,
            "milliseconds": {key: [round(ms, 3) for ms in times] for key, times in found.items()},
            "vectors": list(SIZES),
        }
        STORED.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
        print(f"stored in {STORED.relative_to(ROOT)}")


def measure(sizes: tuple[int, ...]) -> dict[str, list[float]]:
    """Median milliseconds of a search by method, for each number of vectors."""
    random = np.random.default_rng(0)
    vectors = random.normal(size=(max(sizes), DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    questions = vectors[:ROUNDS] + 0.01
    found: dict[str, list[float]] = {"NumPy, all in memory": [], "sqlite-vec, one file": []}
    for size in sizes:
        index = np.ascontiguousarray(vectors[:size])
        with tempfile.TemporaryDirectory() as folder:
            store = filled(Path(folder) / "vectors.db", index)
            one, other = in_numpy(index), in_store(store)
            for question in questions[:3]:
                if one(question) != other(question):
                    raise SystemExit(f"{size} vectors: the two searches find different ones")
            for times, search in zip(found.values(), (one, other), strict=True):
                times.append(median_ms(search, questions))
            store.close()
    return found


def median_ms(search: Callable[[np.ndarray], object], questions: np.ndarray) -> float:
    times = []
    for question in questions:
        started = time.perf_counter()
        search(question)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def in_numpy(index: np.ndarray) -> Callable[[np.ndarray], list[int]]:
    def search(question: np.ndarray) -> list[int]:
        scores = index @ question
        best = np.argpartition(-scores, NEAREST)[:NEAREST]
        return best[np.argsort(-scores[best])].tolist()

    return search


def in_store(store: apsw.Connection) -> Callable[[np.ndarray], list[int]]:
    def search(question: np.ndarray) -> list[int]:
        sql = "SELECT rowid FROM passages WHERE vector MATCH ? AND k = ? ORDER BY distance"
        return [row for (row,) in store.execute(sql, (question.tobytes(), NEAREST))]

    return search


def filled(path: Path, index: np.ndarray) -> apsw.Connection:
    """A store with these vectors."""
    store = apsw.Connection(str(path))
    store.enable_load_extension(True)
    store.load_extension(sqlite_vec.loadable_path())
    kind = f"vector float[{DIMENSIONS}] distance_metric=cosine"
    store.execute(f"CREATE VIRTUAL TABLE passages USING vec0({kind})")
    with store:
        rows = ((number, vector.tobytes()) for number, vector in enumerate(index))
        store.executemany("INSERT INTO passages(rowid, vector) VALUES (?, ?)", rows)
    return store


if __name__ == "__main__":
    main()
