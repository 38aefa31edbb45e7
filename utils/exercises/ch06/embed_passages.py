"""Articles of several lengths, and a tokenizer that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...scripted.answers import vector_for
from ..assertions import expected
from ..model import Exercise, Result, Run, Spy, count, expect, hinting, reason, short
from .vectors import ARTICLES, TEXTS, same_vector, service

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

    PIECE = re.compile(r"\s?[^\s]{1,4}|\s")

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def encode(self, text: str) -> list[int]:
        found = self.PIECE.findall(text)
        for piece in found:
            if piece not in self.pieces:
                self.pieces.append(piece)
        return [self.pieces.index(piece) for piece in found]

    def decode(self, tokens: Sequence[int]) -> str:
        return "".join(self.pieces[token] for token in tokens)

    def spies(self) -> tuple[Spy, Spy]:
        return Spy("encode", self.encode), Spy("decode", self.decode)


def some_articles(run: Run, *lengths: int) -> dict[str, str]:
    """Articles of so many tokens, by id."""
    ids = run.rng.sample(ARTICLES, len(lengths))
    return {id: words(run, n) for id, n in zip(ids, lengths, strict=True)}


def words(run: Run, count: int) -> str:
    """So many words, each of which is one token."""
    return " ".join(f"{run.rng.randrange(16**4):04x}" for _ in range(count))


def cut(run: Run, articles: dict[str, str], size: int, overlap: int) -> tuple[Result, list[Any]]:
    """Play, and say which (id, text) pairs are right."""
    tokenizer = Tokenizer()
    want = []
    for id, text in articles.items():
        tokens = tokenizer.encode(text)
        starts = range(0, max(len(tokens) - overlap, 1), size - overlap) if tokens else []
        want += [(id, tokenizer.decode(tokens[start : start + size])) for start in starts]
    api = service(run, {text: vector_for(text, 6) for _, text in want})
    return run(api, articles, size, overlap, *tokenizer.spies()), want


def passages_in(result: Result) -> list[tuple[Any, Any, Any]]:
    """Id, text and vector of each passage that it returned."""
    return [
        tuple(part.value for part in item.items(3, "id, text and vector"))
        for item in result.items()
    ]


def passages_are(result: Result, want: list[tuple[str, str]], because: str = "") -> None:
    """It returned passages with these ids and texts, in one request."""
    have = [(id, text) for id, text, _ in passages_in(result)]
    for number, (mine, right) in enumerate(zip(have, want, strict=False)):
        expect(
            mine == right,
            f"passage {number} is {short(mine)}, and {short(right)} was expected{reason(because)}",
        )
    tail = ": the last one holds nothing new" if len(have) > len(want) else ""
    expect(
        len(have) == len(want),
        f"it returned {count(len(have), 'passage')}, and {expected(len(want))}{tail}"
        f"{reason(because)}",
    )
    result.sent(1, "all passages in one request")


@PASSAGES.case()
def short_article(run: Run) -> None:
    """an article of at most size tokens is one passage, however few they are"""
    size, overlap = run.rng.randint(12, 16), run.rng.randint(4, 8)
    lengths = [(tokens, overlap) for tokens in (1, overlap, overlap + 1, size)]
    for tokens, overlap in (*lengths, (1, size - 1), (size, size - 1)):
        result, want = cut(run, some_articles(run, tokens), size, overlap)
        because = f"the article has {count(tokens, 'token')}, size is {size}, overlap {overlap}"
        passages_are(result, want, because)


@PASSAGES.case()
def size_limit(run: Run) -> None:
    """no passage has more than size tokens"""
    size = run.rng.randint(12, 20)
    articles = {
        id: " ".join(run.rng.sample(TEXTS, n))
        for id, n in zip(run.rng.sample(ARTICLES, 2), (4, 3), strict=True)
    }
    result, want = cut(run, articles, size, run.rng.randint(2, 6))
    for number, (_, text, _) in enumerate(passages_in(result)):
        have = len(Tokenizer.PIECE.findall(text))
        expect(have <= size, f"passage {number} has {have} tokens, and at most {size} may be")
    passages_are(result, want)


@PASSAGES.case(points=3)
def overlap(run: Run) -> None:
    """each passage begins size - overlap tokens after the last, to the end of the article"""
    size = run.rng.randint(8, 12)
    for overlap in (0, run.rng.randint(2, 5), size - 1):
        step = size - overlap
        for tokens in (size + 1, size + 2 * step - 1, size + 2 * step, size + 2 * step + 1):
            result, want = cut(run, some_articles(run, tokens), size, overlap)
            because = f"the article has {count(tokens, 'token')}, size is {size}, overlap {overlap}"
            passages_are(result, want, because)


@PASSAGES.case()
def separate_articles(run: Run) -> None:
    """each article is cut by itself, in order, and an empty one has no passage"""
    size = run.rng.randint(14, 18)
    articles = some_articles(run, 5, 40, 1, 25, 3)
    for id in list(articles)[:3:2]:
        articles[id] = ""
    result, want = cut(run, articles, size, 3)
    passages_are(result, want)


@PASSAGES.case()
def own_vector(run: Run) -> None:
    """one request carries all passages, and each has its own vector"""
    result, want = cut(run, some_articles(run, 40, 30), run.rng.randint(14, 18), 4)
    passages_are(result, want)
    for number, (_, text, have) in enumerate(passages_in(result)):
        with hinting("Sort the items of the answer by index."):
            expect(
                same_vector(have, vector_for(text, 6)),
                f"the vector beside passage {number} ({short(text, 50)}) isn't that of its text",
            )


@PASSAGES.case()
def overlap_too_large(run: Run) -> None:
    """an overlap that isn't smaller than size is a ValueError, before anything is sent"""
    size = run.rng.randint(5, 9)
    result, want = cut(run, some_articles(run, size + 1), size, size - 1)
    passages_are(result, want, f"size is {size}, overlap {size - 1}")
    for overlap in (size, size + 2):
        articles, tokenizer = some_articles(run, 12), Tokenizer()
        result = run(service(run, {}), articles, size, overlap, *tokenizer.spies())
        result.raised(ValueError, f"size is {size}, overlap {overlap}")
        result.sent(0)


@PASSAGES.case(hidden=True)
def other_articles(run: Run) -> None:
    """other articles"""
    result, want = cut(run, {**some_articles(run, 31, 17), "draft": ""}, 20, 5)
    passages_are(result, want)
