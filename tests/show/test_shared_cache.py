"""The cache that chapter 6 writes out holds what the chapter says, with real processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from utils.settings import ROOT

HEAD = """
import sqlite3, sys, time
import numpy as np
from openai import OpenAI, omit
from utils.scripted import ScriptedAPI, embeds
EMBED_MODEL = "simulated"
"""
WORK = """
api = ScriptedAPI([], otherwise=embeds())
db = open_cache(sys.argv[1])
for start in range(0, 120, 5):
    got = cached_embed(api.client(), db, [f"text {n}" for n in range(start, start + 5)])
print(len(api.requests), got.shape)
"""


def cells(*ids: str) -> str:
    """Sources of some cells of the chapter."""
    notebook = nbformat.read(ROOT / "solutions" / "06_embeddings.ipynb", as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    return "\n".join(sources[id] for id in ids)


def program(work: str = WORK, change: tuple[str, str] = ("", "")) -> str:
    """The chapter's cache, changed in one place if asked, and what to do with it."""
    source = cells("open-cache", "cached-embed")
    assert change[0] in source
    return HEAD + source.replace(*change) + work


def run(program: str, path: Path, times: int = 1) -> list[subprocess.CompletedProcess[str]]:
    """Run a program in several processes at once."""
    command = [sys.executable, "-c", program, str(path)]
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(times)]
    done = []
    for process in running:
        out, err = process.communicate(timeout=60)
        done.append(subprocess.CompletedProcess(command, process.returncode, out, err))
    return done


def stored(path: Path) -> int:
    with sqlite3.connect(path) as db:
        return db.execute("SELECT count(*) FROM vectors").fetchone()[0]


def test_two_processes_share_the_cache(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    for done in run(program(), path, times=2):
        assert done.returncode == 0, done.stderr
    assert stored(path) == 120


def test_a_later_process_sends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cache.db"
    first, second = run(program(), path) + run(program(), path)
    assert first.stdout.startswith("24 ")
    assert second.stdout.startswith("0 (5, 8)"), second.stderr


def test_without_patience_a_locked_cache_is_an_error(tmp_path: Path) -> None:
    work = (
        "\nwriter = open_cache(sys.argv[1])\nwriter.execute('BEGIN IMMEDIATE')\n"
        "cached_embed(ScriptedAPI([], otherwise=embeds()).client(), "
        "open_cache(sys.argv[1], patience=0), ['new'])"
    )
    (done,) = run(program(work), tmp_path / "cache.db")
    assert "database is locked" in done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("INSERT OR IGNORE", "INSERT"), "UNIQUE constraint failed"),
        (("PRIMARY KEY (model, dimensions, text)", "PRIMARY KEY (text)"), "one vector for two"),
    ],
)
def test_each_part_of_the_cache_is_needed(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    work = """
api = ScriptedAPI([], otherwise=embeds())
one = open_cache(sys.argv[1])
class Late:  # another process stores the same text while this one waits for its answer
    class embeddings:
        @staticmethod
        def create(**asked):
            cached_embed(api.client(), one, asked["input"])
            return api.client().embeddings.create(**asked)
cached_embed(Late, open_cache(sys.argv[1]), ["tent"])
cached_embed(api.client(), one, ["tent"], 4)
rows = one.execute("SELECT count(*) FROM vectors").fetchone()[0]
print("one vector for two" if rows == 1 else "fine")
"""
    (whole,) = run(program(work), tmp_path / "whole.db")
    assert whole.stdout.strip() == "fine", whole.stderr
    (broken,) = run(program(work, change), tmp_path / "broken.db")
    assert said in broken.stdout + broken.stderr
