"""Articles of several lengths, and a tokenizer that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...scripted.answers import vector_for
from ..model import Exercise, Result, Run, Spy, expect, short
from .vectors import ARTICLES, TEXTS, alike, service

PASSAGES = Exercise(
    id="06.5",
    function="embed_passages",
    title="split articles into overlapping passages",
    difficulty="medium",
    covers=["E2"],
    hints=[
        "encode(text) gives a list of tokens; slices of it go back to text with decode.",
        "A passage begins size - overlap tokens after the one before it. "
        "range(0, len(tokens) - overlap, size - overlap) stops before a passage that would hold "
        "nothing new, but is empty for a text of at most overlap tokens: take "
        "max(len(tokens) - overlap, 1) for the end.",
        "Collect (id, text) of all articles first, then send all the texts in one request and put "
        "each vector beside its text. Check overlap < size before anything else.",
    ],
)


class Tokenizer:
    """Tokens of at most four characters; decoding what was encoded gives the text back."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def encode(self, text: str) -> list[int]:
        found = re.findall(r"\s?[^\s]{1,4}|\s", text)
        for piece in found:
            if piece not in self.pieces:
                self.pieces.append(piece)
        return [self.pieces.index(piece) for piece in found]

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(self.pieces[token] for token in tokens)

    def spies(self) -> tuple[Spy, Spy]:
        return Spy("encode", self.encode), Spy("decode", self.decode)


def _articles(run: Run, *lengths: int) -> dict[str, str]:
    """Articles of so many sentences, by id."""
    ids = run.rng.sample(ARTICLES, len(lengths))
    return {id: " ".join(run.rng.sample(TEXTS, n)) for id, n in zip(ids, lengths, strict=True)}


def _cut(run: Run, articles: dict[str, str], size: int, overlap: int) -> tuple[Result, list[Any]]:
    """Play, and say which (id, text) pairs are right."""
    tokenizer = Tokenizer()
    want = []
    for id, text in articles.items():
        tokens = tokenizer.encode(text)
        starts = range(0, max(len(tokens) - overlap, 1), size - overlap) if tokens else []
        want += [(id, tokenizer.decode(tokens[start : start + size])) for start in starts]
    api = service(run, {text: vector_for(text, 6) for _, text in want})
    return run(api, articles, size, overlap, *tokenizer.spies()), want


def _pairs(result: Result) -> list[tuple[str, str]]:
    """Ids and texts of what it returned."""
    value = result.value
    good = isinstance(value, list | tuple) and all(
        isinstance(v, list | tuple) and len(v) == 3 and isinstance(v[1], str) for v in value
    )
    expect(good, f"it returned {short(value)}, and a list of (id, text, vector) was expected")
    return [(v[0], v[1]) for v in value]


def plural(passages: int) -> str:
    """`1 passage`, `2 passages`."""
    return "1 passage" if passages == 1 else f"{passages} passages"


def same_passages(have: list[tuple[str, str]], want: list[tuple[str, str]]) -> None:
    for number, (mine, right) in enumerate(zip(have, want, strict=False)):
        expect(
            tuple(mine) == tuple(right),
            f"passage {number} is {short(tuple(mine))}, and {short(right)} was expected",
        )
    expect(
        len(have) == len(want),
        f"it returned {plural(len(have))}, where {plural(len(want))} should be"
        + (": the last one holds nothing new" if len(have) > len(want) else ""),
    )


@PASSAGES.case()
def short_article(run: Run) -> None:
    """a short article is one passage"""
    result, want = _cut(run, _articles(run, 1, 1, 1), 40, run.rng.randint(5, 20))
    same_passages(_pairs(result), want)


@PASSAGES.case()
def size_limit(run: Run) -> None:
    """no passage has more than size tokens"""
    size = run.rng.randint(12, 20)
    result, _ = _cut(run, _articles(run, 4, 3), size, run.rng.randint(2, 6))
    for number, (_, text) in enumerate(_pairs(result)):
        count = len(re.findall(r"\s?[^\s]{1,4}|\s", text))
        expect(
            count <= size, f"passage {number} has {count} tokens, and at most {size} are allowed"
        )


@PASSAGES.case(points=3)
def overlap(run: Run) -> None:
    """neighbors share overlap tokens, nothing is lost or repeated"""
    for overlap in (0, run.rng.randint(3, 6)):
        result, want = _cut(run, _articles(run, 5), run.rng.randint(12, 18), overlap)
        same_passages(_pairs(result), want)


@PASSAGES.case(hint="cut each article by itself")
def separate_articles(run: Run) -> None:
    """articles do not run into each other"""
    result, want = _cut(run, _articles(run, 1, 4, 2), run.rng.randint(14, 18), 3)
    same_passages(_pairs(result), want)


@PASSAGES.case()
def own_vector(run: Run) -> None:
    """one request, and each passage has its own vector"""
    result, _ = _cut(run, _articles(run, 3, 2), run.rng.randint(14, 18), 4)
    pairs = _pairs(result)
    result.sent(1)
    for number, ((_, text), (*_, have)) in enumerate(zip(pairs, result.value, strict=True)):
        expect(
            alike(have, vector_for(text, 6)),
            f"the vector beside passage {number} ({short(text, 50)}) belongs to another text",
        )


@PASSAGES.case()
def overlap_too_large(run: Run) -> None:
    """an overlap that is not below size is a ValueError, before anything is sent"""
    size = run.rng.randint(5, 9)
    for overlap in (size, size + 2):
        articles, tokenizer = _articles(run, 2), Tokenizer()
        result = run(service(run, {}), articles, size, overlap, *tokenizer.spies())
        result.raised(ValueError, f"size is {size}, overlap {overlap}")
        result.sent(0)


@PASSAGES.case(hidden=True)
def empty_article(run: Run) -> None:
    """an empty article has no passage"""
    articles = {**_articles(run, 2), "draft": ""}
    result, want = _cut(run, articles, 20, 5)
    same_passages(_pairs(result), want)
