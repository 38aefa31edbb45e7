"""Exercises of chapter 6: vectors in order, passages, search, its measure, caches and labels."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import openai

from ..scripted import Reply, ScriptedAPI, SentRequest, fails, returns
from ..scripted.answers import Ids, embeddings, vector_for
from ..scripted.steps import Embeds
from .model import Exercise, Result, Run, Spy, expect, short, wrong

TEXTS: tuple[str, ...] = (
    "Are gift cards valid for three years?",
    "The zip of my jacket jumps open.",
    "How long does a parcel to Norway take?",
    "My mat goes flat overnight.",
    "Which stove works in frost?",
    "I was charged twice for one order.",
    "Can the Fellside boots get new soles?",
    "Is the store in Brixham open on Sundays?",
    "Wash down with a soap made for it.",
    "Never cook inside a closed tent.",
    "A voucher may be spent in several steps.",
    "Pole set B fits the Skarn 2.",
    "The filter must not freeze.",
    "Send me the invoice once more, please.",
    "Where is the tracking number?",
    "These trousers are too long.",
    "A cartridge cannot travel by plane.",
    "What does an R-value of 4.2 mean?",
)
ARTICLES: tuple[str, ...] = (
    "returns-policy",
    "refunds",
    "guarantee",
    "repair-zip",
    "delivery-times",
    "gift-card",
    "care-tent",
    "safety-water",
    "product-ember",
    "product-ember-pro",
    "store-bristol",
    "sizing-boots",
)
TEAMS: tuple[str, ...] = ("returns", "delivery", "repairs", "payment", "products")
TOLERANCE = 1e-5
"""How far a number of a vector may be off: a float32 has about seven digits."""

Vector = list[float]


@dataclass(frozen=True)
class Vectors(Embeds):
    """Embeddings that a case knows: the vector given for a text, in an order that says nothing."""

    known: Mapping[str, Sequence[float]] = field(default_factory=dict)
    seed: int = 0

    def reply(self, sent: SentRequest, ids: Ids) -> Reply:
        if sent.endpoint != "embeddings":
            return super().reply(sent, ids)
        texts = inputs_of(sent)
        if not texts or "" in texts:
            refused = "'input' cannot be an empty list or contain an empty string"
            return fails(400, message=refused).reply(sent, ids)
        ids.answers += 1
        size = len(next(iter(self.known.values()), [0.0] * 8))
        vectors = [self.known.get(text) or vector_for(text, size) for text in texts]
        body = embeddings(sent, vectors, None)
        order = list(range(len(body["data"])))
        while len(order) > 1 and order == sorted(order):
            random.Random(f"{self.seed}/{sent.number}/{len(order)}").shuffle(order)
            order = order if order != sorted(order) else order[::-1]
        return returns({**body, "data": [body["data"][n] for n in order]}).reply(sent, ids)


def inputs_of(sent: SentRequest) -> list[str]:
    """The texts of an embeddings request, as a list."""
    given = sent.json.get("input")
    return [str(text) for text in given] if isinstance(given, list) else [str(given)]


def service(run: Run, known: Mapping[str, Sequence[float]]) -> ScriptedAPI:
    """A service that knows these vectors and answers any number of requests."""
    return ScriptedAPI([], otherwise=Vectors(known=known, seed=run.rng.randrange(10**6)))


def vector(rng: random.Random, size: int = 6) -> Vector:
    """Some vector whose numbers survive float32 unchanged."""
    return [rng.choice((-1, 1)) * rng.randint(1, 96) / 32 for _ in range(size)]


def some(run: Run, count: int) -> dict[str, Vector]:
    """Texts and a vector for each."""
    return {text: vector(run.rng) for text in run.rng.sample(TEXTS, count)}


def alike(a: Any, b: Any) -> bool:
    """Whether two vectors are the same but for rounding."""
    if not isinstance(a, list | tuple) or not isinstance(b, list | tuple):
        return a is None and b is None
    if len(a) != len(b) or any(isinstance(x, bool) or not isinstance(x, int | float) for x in a):
        return False
    return all(abs(x - y) <= TOLERANCE for x, y in zip(a, b, strict=True))


def vectors_are(
    result: Result, texts: Sequence[str], want: Sequence[Vector | None], because: str = ""
) -> None:
    """It returned these vectors for these texts, in order."""
    value = result.value
    expect(
        isinstance(value, list | tuple),
        f"it returned {short(value)}, and a list of vectors was expected",
    )
    expect(
        len(value) == len(want),
        f"it returned {len(value)} entries, and {len(want)} were expected, one for each text",
    )
    for number, (have, right) in enumerate(zip(value, want, strict=True)):
        if alike(have, right):
            continue
        text = texts[number]
        if right is None:
            wrong(f"entry {number} is {short(have)}, and None was expected for {short(text)}")
        owner = next((t for t, w in zip(texts, want, strict=True) if w and alike(have, w)), None)
        if owner is not None:
            wrong(f"entry {number} is the vector of {short(owner)}, not the one of {short(text)}")
        reason = f" ({because})" if because else ""
        wrong(f"entry {number} is {short(have, 60)}, not {short(right, 60)}{reason}")


def sent_texts(result: Result) -> list[str]:
    """All texts that were sent to be embedded, in order."""
    for number in range(1, len(result.requests) + 1):
        result.request(number).went_to("embeddings")
    return [text for sent in result.requests for text in inputs_of(sent)]


def sent_all(result: Result, texts: Sequence[str]) -> None:
    """These texts were sent, each once, whatever the order."""
    sent = sent_texts(result)
    missing = [text for text in texts if text not in sent]
    expect(not missing, f"{short(missing and missing[0])} was never sent")
    extra = [text for text in sent if text not in texts]
    expect(not extra, f"it sent {short(extra and extra[0])}, which nobody asked for")
    twice = [text for text in texts if sent.count(text) > 1]
    expect(not twice, f"it sent {short(twice and twice[0])} more than once")


# -- vectors in order -----------------------------------------------------------------------------

ORDER = Exercise(
    id="06.1",
    function="in_order",
    title="one request, and the vectors in the order of the texts",
    difficulty="easy",
    covers=["E1"],
    points=5,
    hints=[
        "input takes a list of texts. Each item of response.data says in index which one it is.",
        "sorted(response.data, key=lambda item: item.index) puts them in order. An empty list may "
        "not be sent at all.",
    ],
)


@ORDER.case("one request carries all texts")
def _(run: Run) -> None:
    known = some(run, run.rng.randint(3, 6))
    result = run(service(run, known), list(known))
    result.finished()
    result.sent(1, "input takes a list of texts")
    result.request(1).get("model", str, "the model")
    sent_all(result, list(known))


@ORDER.case("each text gets its own vector", points=2, hint="sort by index")
def _(run: Run) -> None:
    known = some(run, run.rng.randint(5, 9))
    result = run(service(run, known), list(known))
    vectors_are(result, list(known), list(known.values()))


@ORDER.case("no texts are an empty list, and no request")
def _(run: Run) -> None:
    result = run(service(run, some(run, 1)), [])
    result.sent(0, "the service refuses an empty list")
    result.returned([])


@ORDER.case("a text that comes twice has two vectors", hidden=True)
def _(run: Run) -> None:
    known = some(run, 3)
    texts = [*known, next(iter(known))]
    vectors_are(run(service(run, known), texts), texts, [known[text] for text in texts])


# -- similarity -----------------------------------------------------------------------------------

SIMILAR = Exercise(
    id="06.2",
    function="most_similar",
    title="the most similar text, for vectors of any length",
    difficulty="easy",
    covers=["E1"],
    points=6,
    hints=[
        "Send the text and the candidates in one list: [text, *candidates].",
        "Cosine: the dot product divided by both lengths. math.hypot(*vector) is a length.",
        "A vector of zeros has no direction: give it the similarity 0 instead of dividing.",
    ],
)

# Arrows for a question that points to (3, 4, 0): near in angle, near in distance, or just long.
AT, SHORT_BUT_RIGHT, CLOSE, LONG = (3, 4, 0), (0.375, 0.5, 0.0625), (3, 3, 1), (16, 2, 12)


def _arrows(run: Run, *arrows: Sequence[float]) -> tuple[str, list[str], ScriptedAPI]:
    """A text in the direction `AT`, candidates with these arrows, and their service."""
    text, *candidates = run.rng.sample(TEXTS, len(arrows) + 1)
    axes, scale = run.rng.sample(range(3), 3), run.choose(0.5, 1, 2)
    turned = [[arrow[axis] * scale for axis in axes] for arrow in (AT, *arrows)]
    return text, candidates, service(run, dict(zip((text, *candidates), turned, strict=True)))


def _picked(run: Run, because: str, *arrows: Sequence[float]) -> Result:
    """The first arrow is right; the candidates come in random order."""
    text, candidates, api = _arrows(run, *arrows)
    given = run.rng.sample(candidates, len(candidates))
    result = run(api, text, given)
    result.returned(candidates[0], because)
    return result


@SIMILAR.case("one request carries the text and the candidates")
def _(run: Run) -> None:
    text, candidates, api = _arrows(run, (3, 3.5, 0), (-1, 2, 1), (0, 0, 5), (1, -1, 0))
    result = run(api, text, candidates)
    result.finished()
    result.sent(1)
    sent_all(result, [text, *candidates])
    result.returned(candidates[0], "its arrow points nearly the same way")


@SIMILAR.case("a long vector is not more similar for being long", hint="divide by both lengths")
def _(run: Run) -> None:
    _picked(run, "its direction is nearest; another vector is longer", SHORT_BUT_RIGHT, LONG)


@SIMILAR.case("the direction counts, not the distance", hint="compare angles, not distances")
def _(run: Run) -> None:
    _picked(run, "its direction is nearest; another one's tip is nearer", SHORT_BUT_RIGHT, CLOSE)


@SIMILAR.case("no candidates are None, and no request")
def _(run: Run) -> None:
    result = run(service(run, some(run, 1)), run.choose(*TEXTS), [])
    result.returned(None)
    result.sent(0)


@SIMILAR.case("a vector of zeros is similar to nothing")
def _(run: Run) -> None:
    _picked(run, "the other vector is all zeros", (4, 3, -1), (0, 0, 0))


@SIMILAR.case("the least different one wins if all point away", hidden=True)
def _(run: Run) -> None:
    _picked(run, "the similarities are negative", (-4, 1, 2), (-3, -4, 1), (-3, -3, 0))


# -- shorter vectors ------------------------------------------------------------------------------

SHORTER = Exercise(
    id="06.3",
    function="shortened",
    title="cut vectors and make their length 1 again",
    difficulty="easy",
    covers=["E1"],
    points=6,
    hints=[
        "Ask for the whole vectors, without dimensions, and keep vector[:size].",
        "Divide each number of the cut vector by the cut vector's own length.",
        "A cut vector may be all zeros: (length or 1.0) keeps you from dividing by zero.",
    ],
)


def _unit(values: Sequence[float]) -> Vector:
    length = math.hypot(*values)
    return [value / (length or 1.0) for value in values]


def _shortened(run: Run, size: int) -> tuple[Result, list[str]]:
    known = {text: _unit(vector(run.rng, 8)) for text in run.rng.sample(TEXTS, 4)}
    result = run(service(run, known), list(known), size)
    vectors_are(result, list(known), [_unit(values[:size]) for values in known.values()])
    return result, list(known)


@SHORTER.case("one request, without dimensions")
def _(run: Run) -> None:
    known = some(run, 3)
    result = run(service(run, known), list(known), 4)
    result.finished()
    result.sent(1)
    result.request(1).lacks("dimensions", "this model does not know it")
    sent_all(result, list(known))


@SHORTER.case("the vectors have the size that was asked for")
def _(run: Run) -> None:
    size, known = run.rng.randint(2, 5), some(run, 3)
    value = run(service(run, known), list(known), size).value
    sizes = [len(v) if isinstance(v, list | tuple) else None for v in value]
    expect(
        sizes == [size] * 3,
        f"the vectors have {short(sizes)} numbers, and {size} were expected for each",
    )


@SHORTER.case("their length is 1", points=2, hint="divide by the length of what is left")
def _(run: Run) -> None:
    known = some(run, 4)
    value = run(service(run, known), list(known), run.rng.randint(2, 5)).value
    for number, have in enumerate(value):
        length = math.hypot(*have)
        expect(
            abs(length - 1) <= TOLERANCE,
            f"vector {number} has the length {length:.4g}, and 1 was expected",
        )
    _shortened(run, run.rng.randint(2, 5))


@SHORTER.case("a vector of which only zeros are left stays zero")
def _(run: Run) -> None:
    size = run.rng.randint(2, 4)
    known = some(run, 3)
    empty = run.choose(*known)
    known[empty] = [0.0] * size + [1.0] * (6 - size)
    result = run(service(run, known), list(known), size)
    vectors_are(result, list(known), [_unit(values[:size]) for values in known.values()])


@SHORTER.case("a size above the vector's keeps all its numbers", hidden=True)
def _(run: Run) -> None:
    _shortened(run, 50)


# -- batches --------------------------------------------------------------------------------------

BATCHES = Exercise(
    id="06.4",
    function="embed_in_batches",
    title="many texts in batches, without the blank ones",
    difficulty="medium",
    covers=["E1"],
    points=8,
    hints=[
        "First find out which texts are to be sent: [n for n, text in enumerate(texts) if "
        "text.strip()].",
        "Cut that list into slices: places[start : start + size] for start in range(0, ..., size).",
        "Begin with vectors = [None] * len(texts), and fill in vectors[batch[item.index]] for the "
        "items of each answer.",
    ],
)
BLANKS = ("", " ", "\n", "  \t ")


def _batches(run: Run, blanks: int = 0) -> tuple[Result, list[str], int, dict[str, Vector]]:
    size = run.rng.randint(3, 5)
    known = some(run, size * 2 + run.rng.randint(1, size - 1))
    texts = [*known, *run.rng.sample(BLANKS, blanks)]
    run.rng.shuffle(texts)
    return run(service(run, known), texts, size), texts, size, known


@BATCHES.case("no request has more texts than size")
def _(run: Run) -> None:
    result, _, size, known = _batches(run)
    result.finished()
    sent_all(result, list(known))
    for number, sent in enumerate(result.requests, 1):
        have = len(inputs_of(sent))
        expect(have <= size, f"request {number} has {have} texts, and at most {size} are allowed")


@BATCHES.case("as few requests as possible", hint="fill each batch before you send it")
def _(run: Run) -> None:
    result, _, size, known = _batches(run, blanks=2)
    result.finished()
    sent_all(result, list(known))
    result.sent(-(-len(known) // size), f"{len(known)} texts are not blank, {size} fit in one")


@BATCHES.case("each text gets its own vector", points=2, hint="index counts within one request")
def _(run: Run) -> None:
    result, texts, _, known = _batches(run)
    vectors_are(result, texts, [known[text] for text in texts])


@BATCHES.case("a blank text is None and is never sent", points=2, hint="text.strip()")
def _(run: Run) -> None:
    result, texts, _, known = _batches(run, blanks=3)
    blank = next((text for text in sent_texts(result) if not text.strip()), None)
    expect(blank is None, f"it sent the blank text {blank!r}")
    vectors_are(result, texts, [known.get(text) for text in texts])


@BATCHES.case("only blank texts are no request")
def _(run: Run) -> None:
    count = run.rng.randint(1, 4)
    result = run(service(run, some(run, 1)), list(BLANKS[:count]), 3)
    result.returned([None] * count)
    result.sent(0)


@BATCHES.case("a failure is not hidden", hidden=True)
def _(run: Run) -> None:
    known = some(run, 4)
    script = [Vectors(known=known), fails(400, code="invalid_request_error")]
    run(script, list(known), 2).raised(openai.BadRequestError)


# -- passages -------------------------------------------------------------------------------------

PASSAGES = Exercise(
    id="06.5",
    function="embed_passages",
    title="articles cut into passages by tokens, with overlap",
    difficulty="medium",
    covers=["E2"],
    points=9,
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


def _same_passages(have: list[tuple[str, str]], want: list[tuple[str, str]]) -> None:
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


@PASSAGES.case("a short article is one passage")
def _(run: Run) -> None:
    result, want = _cut(run, _articles(run, 1, 1, 1), 40, run.rng.randint(5, 20))
    _same_passages(_pairs(result), want)


@PASSAGES.case("no passage has more than size tokens")
def _(run: Run) -> None:
    size = run.rng.randint(12, 20)
    result, _ = _cut(run, _articles(run, 4, 3), size, run.rng.randint(2, 6))
    for number, (_, text) in enumerate(_pairs(result)):
        count = len(re.findall(r"\s?[^\s]{1,4}|\s", text))
        expect(
            count <= size, f"passage {number} has {count} tokens, and at most {size} are allowed"
        )


@PASSAGES.case("neighbors share overlap tokens, nothing is lost or repeated", points=3)
def _(run: Run) -> None:
    for overlap in (0, run.rng.randint(3, 6)):
        result, want = _cut(run, _articles(run, 5), run.rng.randint(12, 18), overlap)
        _same_passages(_pairs(result), want)


@PASSAGES.case("articles do not run into each other", hint="cut each article by itself")
def _(run: Run) -> None:
    result, want = _cut(run, _articles(run, 1, 4, 2), run.rng.randint(14, 18), 3)
    _same_passages(_pairs(result), want)


@PASSAGES.case("one request, and each passage has its own vector")
def _(run: Run) -> None:
    result, _ = _cut(run, _articles(run, 3, 2), run.rng.randint(14, 18), 4)
    pairs = _pairs(result)
    result.sent(1)
    for number, ((_, text), (*_, have)) in enumerate(zip(pairs, result.value, strict=True)):
        expect(
            alike(have, vector_for(text, 6)),
            f"the vector beside passage {number} ({short(text, 50)}) belongs to another text",
        )


@PASSAGES.case("an overlap that is not below size is a ValueError, before anything is sent")
def _(run: Run) -> None:
    size = run.rng.randint(5, 9)
    for overlap in (size, size + 2):
        articles, tokenizer = _articles(run, 2), Tokenizer()
        result = run(service(run, {}), articles, size, overlap, *tokenizer.spies())
        result.raised(ValueError, f"size is {size}, overlap {overlap}")
        result.sent(0)


@PASSAGES.case("an empty article has no passage", hidden=True)
def _(run: Run) -> None:
    articles = {**_articles(run, 2), "draft": ""}
    result, want = _cut(run, articles, 20, 5)
    _same_passages(_pairs(result), want)


# -- search ---------------------------------------------------------------------------------------

SEARCH = Exercise(
    id="06.6",
    function="best_articles",
    title="the k best articles for a question",
    difficulty="medium",
    covers=["E2"],
    points=7,
    hints=[
        "Embed the question, then compute the dot product with every vector of the index.",
        "Sort the passages by score, best first, and only then take each article once: "
        "dict.fromkeys keeps the first of each id. Cut to k at the very end.",
        "zip(question_vector, vector, strict=True) raises ValueError for different sizes.",
    ],
)


def scored(scores: Sequence[Sequence[float]]) -> list[Vector]:
    """Unit vectors with these scores for the questions on the first axes."""
    rest = [math.sqrt(1 - sum(s * s for s in row)) for row in scores]
    return [[*row, extra] for row, extra in zip(scores, rest, strict=True)]


def axis(number: int, size: int) -> Vector:
    """The unit vector along one axis: the vector of a question."""
    return [1.0 if n == number else 0.0 for n in range(size)]


def distinct(run: Run, count: int) -> list[float]:
    """Scores between 0.1 and 0.9 that differ by at least 0.02, best first."""
    return sorted((n / 50 for n in run.rng.sample(range(5, 46), count)), reverse=True)


def _index(run: Run, owners: Sequence[str]) -> tuple[str, ScriptedAPI, list[list[Any]]]:
    """A question and an index in which the passages of `owners` come best first, shuffled."""
    question = run.choose(*TEXTS)
    vectors = scored([[score] for score in distinct(run, len(owners))])
    index = [[owner, values] for owner, values in zip(owners, vectors, strict=True)]
    run.rng.shuffle(index)
    return question, service(run, {question: axis(0, 2)}), index


@SEARCH.case("it embeds the question alone")
def _(run: Run) -> None:
    question, api, index = _index(run, run.rng.sample(ARTICLES, 4))
    result = run(api, question, index, 2)
    result.finished()
    result.sent(1, "the index has its vectors already")
    sent_all(result, [question])


@SEARCH.case("the best k articles, best first", points=2)
def _(run: Run) -> None:
    owners = run.rng.sample(ARTICLES, 7)
    question, api, index = _index(run, owners)
    k = run.rng.randint(2, 4)
    run(api, question, index, k).returned(owners[:k])


@SEARCH.case(
    "an article with several passages comes once, at its best place",
    points=2,
    hint="first make the articles unique, then take k of them",
)
def _(run: Run) -> None:
    a, b, c, d = run.rng.sample(ARTICLES, 4)
    question, api, index = _index(run, [a, b, b, c, b, c, b, d])
    run(api, question, index, 3).returned([a, b, c], f"{b} has four passages")


@SEARCH.case("if there are fewer than k articles, it returns them all")
def _(run: Run) -> None:
    owners = run.rng.sample(ARTICLES, 3)
    question, api, index = _index(run, [*owners, owners[0]])
    run(api, question, index, run.rng.randint(5, 9)).returned(owners)


@SEARCH.case(
    "vectors of another size are a ValueError, not a result",
    hint="zip(..., strict=True)",
)
def _(run: Run) -> None:
    question, _, index = _index(run, run.rng.sample(ARTICLES, 3))
    api = service(run, {question: axis(0, run.rng.randint(3, 6))})
    run(api, question, index, 2).raised(ValueError, "the index was made by another model")


# -- measuring a search ---------------------------------------------------------------------------

EVALUATE = Exercise(
    id="06.7",
    function="evaluate",
    title="recall@1, recall@5 and MRR",
    difficulty="medium",
    covers=["E2"],
    points=8,
    hints=[
        "Embed all questions in one request. For each, rank the articles as in exercise 6, without "
        "cutting the list.",
        "rank = next((n for n, id in enumerate(found, 1) if id in right), None)",
        "recall@5 counts the ranks from 1 to 5; MRR adds up 1 / rank, and nothing for None. Divide "
        "both by the number of questions.",
    ],
)


def _evaluate(run: Run, ranks: Sequence[int | None], doubles: int = 0) -> Result:
    """Play with questions whose first right article has these ranks among eight articles."""
    articles = run.rng.sample(ARTICLES, 8)
    size = len(ranks) + 1
    rows: list[list[float]] = [[] for _ in articles]
    questions, known = [], {}
    top = 0.9 / math.sqrt(len(ranks))
    for number, (text, rank) in enumerate(
        zip(run.rng.sample(TEXTS, len(ranks)), ranks, strict=True)
    ):
        order = run.rng.sample(range(8), 8)
        for place, article in enumerate(order):
            rows[article].append(top * (1 - place / 10))
        right = ["an-article-without-passages"]
        if rank:
            right = [articles[n] for n in order[rank - 1 :]][:2]
            run.rng.shuffle(right)
        questions.append({"question": text, "articles": right})
        known[text] = axis(number, size)
    vectors = scored(rows)
    index = [[owner, values] for owner, values in zip(articles, vectors, strict=True)]
    for place in range(doubles):  # a second passage of the same article, a little less similar
        worse = [value * 0.97 for value in rows[place]]
        index.append([articles[place], scored([worse])[0]])
    run.rng.shuffle(index)
    return run(service(run, known), questions, index)


def _metric(result: Result, name: str, want: float, because: str) -> None:
    value = result.value
    expect(
        isinstance(value, dict) and name in value,
        f"it returned {short(value)}, and a dictionary with {name} was expected",
    )
    have = value[name]
    good = isinstance(have, int | float) and not isinstance(have, bool)
    expect(
        good and abs(have - want) <= 1e-6,
        f"for {name!r} it returned {short(have)}, and {want:.4f} was expected ({because})",
    )


def _ranks(run: Run) -> list[int | None]:
    ranks: list[int | None] = [1, 1, run.rng.randint(2, 4), 5, run.rng.randint(6, 8)]
    run.rng.shuffle(ranks)
    return ranks


@EVALUATE.case("one request carries all questions")
def _(run: Run) -> None:
    result = _evaluate(run, _ranks(run))
    result.finished()
    result.sent(1, "a request takes a list")
    expect(len(sent_texts(result)) == 5, f"it sent {len(sent_texts(result))} texts, not 5")


@EVALUATE.case("recall@1 and recall@5", points=2)
def _(run: Run) -> None:
    ranks = _ranks(run)
    result = _evaluate(run, ranks)
    because = f"the first right articles have the ranks {ranks}"
    _metric(result, "recall@1", 2 / 5, because)
    _metric(result, "recall@5", 4 / 5, because)


@EVALUATE.case("the MRR looks at the whole ranking", points=2, hint="do not cut it at five")
def _(run: Run) -> None:
    ranks = _ranks(run)
    want = sum(1 / rank for rank in ranks if rank) / len(ranks)
    _metric(_evaluate(run, ranks), "mrr", want, f"the first right articles have the ranks {ranks}")


@EVALUATE.case("what is not found counts as 0", hint="next(..., None)")
def _(run: Run) -> None:
    ranks = [None, run.rng.randint(1, 4), None]
    result = _evaluate(run, ranks)
    found = ranks[1] or 1
    _metric(result, "mrr", 1 / found / 3, f"two questions of three have no answer, ranks {ranks}")
    _metric(result, "recall@5", 1 / 3, f"ranks {ranks}")


@EVALUATE.case("ranks count articles, not passages", points=2, hint="take each article once")
def _(run: Run) -> None:
    rank = run.rng.randint(3, 6)
    result = _evaluate(run, [rank], doubles=8)
    _metric(result, "mrr", 1 / rank, f"every article has two passages, and the rank is {rank}")


# -- a cache --------------------------------------------------------------------------------------

CACHED = Exercise(
    id="06.8",
    function="cached",
    title="a cache that knows model, dimensions and text",
    difficulty="stretch",
    covers=["E3"],
    points=11,
    hints=[
        "The key holds everything that decides about the vector. A tuple (model, dimensions, text) "
        "is a key, and no two of them can be confused.",
        "new = [text for text in dict.fromkeys(texts) if key(text) not in cache] are the texts to "
        "send: no known ones, and none twice. Send nothing if it is empty.",
        "cache[key(new[item.index])] = item.embedding for the items of the answer; then return "
        "[cache[key(text)] for text in texts]. dimensions=dimensions or openai.omit leaves the "
        "parameter out.",
    ],
)
MODELS: tuple[str, ...] = (
    "text-embedding-3-small",
    "text-embedding-3-large",
    "all-minilm-l6-v2",
    "house-model",
)


def _cache(result: Result) -> Any:
    """The cache after the call, as it would come back from a store."""
    result.finished()
    cache = result.args[0]
    expect(isinstance(cache, dict), f"the cache is now {short(cache)}, not a dictionary")
    return cache


def _filled(run: Run, count: int, model: str) -> tuple[dict[str, Vector], Any]:
    known = some(run, count)
    result = run(service(run, known), {}, list(known), model)
    return known, _cache(result)


@CACHED.case("with an empty cache it sends all, in one request, and keeps their order")
def _(run: Run) -> None:
    known, model = some(run, run.rng.randint(4, 7)), run.choose(*MODELS)
    result = run(service(run, known), {}, list(known), model)
    vectors_are(result, list(known), list(known.values()))
    result.sent(1)
    result.request(1).has("model", model)


@CACHED.case("only new texts are sent", points=2, hint="look into the cache first")
def _(run: Run) -> None:
    model = run.choose(*MODELS)
    known, cache = _filled(run, 3, model)
    text = run.rng.choice([t for t in TEXTS if t not in known])
    known[text] = vector(run.rng)
    texts = run.rng.sample(list(known), 4)
    result = run(service(run, {text: known[text]}), cache, texts, model)
    result.finished()
    result.sent(1)
    sent_all(result, [text])
    vectors_are(result, texts, [known[t] for t in texts])


@CACHED.case("if nothing is new, nothing is sent")
def _(run: Run) -> None:
    model = run.choose(*MODELS)
    known, cache = _filled(run, 3, model)
    texts = list(known)[::-1]
    result = run(service(run, {}), cache, texts, model)
    result.finished()
    result.sent(0, "the cache has all of them")
    vectors_are(result, texts, [known[t] for t in texts])


@CACHED.case("a text that comes twice is sent once", hint="dict.fromkeys(texts)")
def _(run: Run) -> None:
    known = some(run, 3)
    texts = [*known, *known]
    run.rng.shuffle(texts)
    result = run(service(run, known), {}, texts, run.choose(*MODELS))
    result.finished()
    sent_all(result, list(known))
    vectors_are(result, texts, [known[t] for t in texts])


@CACHED.case("another model has other vectors", hint="the model belongs in the key")
def _(run: Run) -> None:
    model, other = run.rng.sample(MODELS, 2)
    known, cache = _filled(run, 2, model)
    texts, changed = list(known), {text: vector(run.rng) for text in known}
    result = run(service(run, changed), cache, texts, other)
    vectors_are(result, texts, [changed[t] for t in texts], f"that is the vector of {other}")
    again = run(service(run, {}), _cache(result), texts, model)
    vectors_are(again, texts, [known[t] for t in texts], f"that is the vector of {model}")


@CACHED.case("other dimensions are other vectors", hint="the dimensions belong in the key")
def _(run: Run) -> None:
    model, size = run.choose(*MODELS), run.rng.randint(2, 5)
    known, cache = _filled(run, 2, model)
    texts, cut = list(known), {text: values[:size] for text, values in known.items()}
    result = run(service(run, cut), cache, texts, model, size)
    vectors_are(result, texts, [cut[t] for t in texts], f"that is the one for dimensions={size}")


@CACHED.case("dimensions is sent if it was given, and left out otherwise")
def _(run: Run) -> None:
    known, size = some(run, 2), run.rng.randint(2, 6)
    given = run(service(run, known), {}, list(known), run.choose(*MODELS), size)
    given.finished()
    given.request(1).has("dimensions", size)
    without = run(service(run, known), {}, list(known), run.choose(*MODELS))
    without.finished()
    without.request(1).lacks("dimensions", "nobody asked for it")


@CACHED.case("keys cannot be confused", points=2, hidden=True)
def _(run: Run) -> None:
    model = run.choose(*MODELS)
    digit = run.rng.randint(1, 9)
    first, second = f"{digit} pairs of boots", " pairs of boots"
    one, two = vector(run.rng, 2), vector(run.rng, 2)
    result = run(service(run, {first: one}), {}, [first], model, 2)
    other = run(service(run, {second: two}), _cache(result), [second], model, 20 + digit)
    other.sent(1, f"({model}, 2, {first!r}) and ({model}, {20 + digit}, {second!r}) differ")
    vectors_are(other, [second], [two])


@CACHED.case("a failed request leaves the cache as it was", hidden=True)
def _(run: Run) -> None:
    model = run.choose(*MODELS)
    known, cache = _filled(run, 2, model)
    text = run.rng.choice([t for t in TEXTS if t not in known])
    result = run([fails(400, code="invalid_request_error")], cache, [*known, text], model)
    result.raised(openai.BadRequestError)
    expect(
        len(result.args[0]) == len(cache),
        f"the cache had {len(cache)} entries before the failure and has {len(result.args[0])} now",
    )


# -- classification -------------------------------------------------------------------------------

CLASSIFY = Exercise(
    id="06.9",
    function="classify",
    title="the label of the nearest example, or nobody's",
    difficulty="medium",
    covers=["E1"],
    points=8,
    hints=[
        "Send the texts of the examples and the messages in one list, and part the vectors again "
        "after sorting by index.",
        "For each message: best, label = max((dot(message, example), label) ...).",
        "Compare best with least: below it the answer is None, since the nearest example always "
        "exists.",
    ],
)


def _classify(
    run: Run, rows: Sequence[Sequence[float]], labels: Sequence[str], least: float
) -> tuple[Result, list[str]]:
    """Play with examples whose similarities to the messages are the numbers of their row."""
    count = len(rows[0])
    texts = run.rng.sample(TEXTS, len(rows) + count)
    examples, messages = texts[: len(rows)], texts[len(rows) :]
    known = dict(zip(examples, scored(rows), strict=True))
    known |= {text: axis(number, count + 1) for number, text in enumerate(messages)}
    pairs = [[text, label] for text, label in zip(examples, labels, strict=True)]
    run.rng.shuffle(pairs)
    return run(service(run, known), pairs, messages, least), texts


def _near(run: Run) -> tuple[list[list[float]], list[str], list[str]]:
    """Rows, labels, and the label that each of two messages should get."""
    labels = run.rng.sample(TEAMS, 4)
    high, low = run.rng.randint(60, 68) / 100, run.rng.randint(10, 40) / 100
    rows = [[high, low], [low - 0.05, high - 0.05], [low, low - 0.1], [0.05, 0.0]]
    return rows, labels, [labels[0], labels[1]]


@CLASSIFY.case("one request carries examples and messages")
def _(run: Run) -> None:
    rows, labels, _ = _near(run)
    result, texts = _classify(run, rows, labels, 0.3)
    result.finished()
    result.sent(1)
    sent_all(result, texts)


@CLASSIFY.case("each message gets the label of its nearest example", points=2)
def _(run: Run) -> None:
    rows, labels, want = _near(run)
    result, _ = _classify(run, rows, labels, 0.45)
    result.returned(want)


@CLASSIFY.case("one near example counts more than many that are less near", hint="max, not a sum")
def _(run: Run) -> None:
    many, one = run.rng.sample(TEAMS, 2)
    rows = [[0.55], [0.5], [0.52], [0.62]]
    result, _ = _classify(run, rows, [many, many, many, one], 0.4)
    result.returned([one], f"three examples of {many} are at 0.55 and less, one of {one} at 0.62")


@CLASSIFY.case("below least a message gets None", points=2, hint="the nearest always exists")
def _(run: Run) -> None:
    labels = run.rng.sample(TEAMS, 3)
    least = run.rng.randint(40, 55) / 100
    rows = [[least + 0.04, 0.1], [0.2, least - 0.04], [0.1, -0.2]]
    result, _ = _classify(run, rows, labels, least)
    because = f"the nearest examples are at {least + 0.04:.2f} and {least - 0.04:.2f}"
    result.returned([labels[0], None], f"{because}, and least is {least:.2f}")


@CLASSIFY.case("without examples every message is None, and nothing is sent")
def _(run: Run) -> None:
    messages = run.rng.sample(TEXTS, run.rng.randint(1, 4))
    result = run(service(run, {}), [], messages, 0.3)
    result.returned([None] * len(messages))
    result.sent(0, "there is nothing to compare with")


@CLASSIFY.case("a negative least accepts a negative similarity", hidden=True)
def _(run: Run) -> None:
    labels = run.rng.sample(TEAMS, 2)
    result, _ = _classify(run, [[-0.3], [-0.5]], labels, -0.4)
    result.returned([labels[0]], "the nearest example is at -0.3, and least is -0.4")


# -- a search tool --------------------------------------------------------------------------------

REPORT = Exercise(
    id="06.10",
    function="search_report",
    title="project: a hybrid search with its measured recall",
    difficulty="stretch",
    covers=["E2"],
    points=12,
    hints=[
        "Embed the texts of the passages and the questions, at most two requests. Rank the "
        "articles of each question by the dot product of their best passage.",
        "Reciprocal rank fusion: an article gets 1 / (60 + rank) from each of the two rankings "
        "that has it, with ranks counted from 1. Sort by the sum.",
        "A Counter adds up the points, and most_common() keeps the order of insertion for ties: "
        "go through the ranking by vectors first.",
        "A hit: set(ranking[:k]) & set(question['articles']). Count hits for each of the three "
        "rankings, divide by the number of questions, and note the questions that both misses.",
    ],
)


@dataclass
class Shop:
    """A small help center: passages, questions, rankings by words, and what a search must say."""

    passages: list[list[str]]
    questions: list[dict[str, Any]]
    by_words: list[list[str]]
    known: dict[str, Vector]
    by_vectors: list[list[str]]

    def fused(self) -> list[list[str]]:
        """The rankings that reciprocal rank fusion makes of the two."""
        made = []
        for vectors, words in zip(self.by_vectors, self.by_words, strict=True):
            points: dict[str, float] = {}
            for ranking in (vectors, words):
                for rank, article in enumerate(ranking, 1):
                    points[article] = points.get(article, 0.0) + 1 / (60 + rank)
            made.append(sorted(points, key=lambda article: -points[article]))
        return made

    def recall(self, rankings: list[list[str]], k: int) -> float:
        """Share of questions with a right article among the first k."""
        hits = [self.hit(number, ranking, k) for number, ranking in enumerate(rankings)]
        return sum(hits) / len(hits)

    def hit(self, number: int, ranking: list[str], k: int) -> bool:
        return bool(set(ranking[:k]) & set(self.questions[number]["articles"]))


def _shop(run: Run, count: int = 4, *, doubles: bool = False) -> Shop:
    """Some questions over eight articles; `doubles` gives every article a second passage."""
    articles = run.rng.sample(ARTICLES, 8)
    texts = run.rng.sample(TEXTS, count)
    rows: list[list[float]] = [[] for _ in articles]
    by_vectors, by_words, questions, known = [], [], [], {}
    top = 0.9 / math.sqrt(count)
    for number, text in enumerate(texts):
        order = run.rng.sample(range(8), 8)
        for place, article in enumerate(order):
            rows[article].append(top * (1 - place / 10))
        by_vectors.append([articles[n] for n in order])
        words = run.rng.sample(articles, 1 if number % 3 == 0 else run.rng.randint(2, 5))
        by_words.append(words)
        right = run.choose(by_vectors[-1][run.rng.randrange(4)], words[0])
        questions.append({"question": text, "articles": [right]})
        known[text] = axis(number, count + 1)
    passages = []
    for row, article in zip(rows, articles, strict=True):
        for part, factor in enumerate((1.0, 0.97) if doubles else (1.0,), 1):
            text = f"{article}, part {part} ({run.rng.randrange(10**6)})"
            passages.append([article, text])
            known[text] = scored([[value * factor for value in row]])[0]
    run.rng.shuffle(passages)
    return Shop(passages, questions, by_words, known, by_vectors)


def _telling(run: Run, k: int, **options: Any) -> Shop:
    """A shop whose rankings have different recalls, so that a wrong fusion shows."""
    shop = _shop(run, 6, **options)
    pairs = list(zip(shop.by_vectors, shop.by_words, strict=True))
    fused = shop.fused()
    in_both = [
        [article for article in ranking if article in vectors and article in words]
        for ranking, (vectors, words) in zip(fused, pairs, strict=True)
    ]
    for _ in range(5000):
        for question, vectors in zip(shop.questions, shop.by_vectors, strict=True):
            question["articles"] = [run.rng.choice(vectors)]
        both = shop.recall(fused, k)
        others = [shop.recall(r, k) for r in (shop.by_vectors, shop.by_words, in_both)]
        twice = [[article for article in r for _ in range(2)] for r in shop.by_vectors]
        repeated = shop.recall(twice, k)  # what a ranking of passages would find
        if both not in others and 0 < both < 1 and others[0] not in (others[1], repeated):
            return shop
    raise RuntimeError("no scenario was found")  # pragma: no cover


def _report(run: Run, shop: Shop, k: int) -> Result:
    return run(service(run, shop.known), shop.passages, shop.questions, shop.by_words, k)


@REPORT.case("it embeds every text once, in at most two requests", points=2)
def _(run: Run) -> None:
    shop = _shop(run)
    result = _report(run, shop, 3)
    result.finished()
    sent_all(
        result, [*(text for _, text in shop.passages), *(q["question"] for q in shop.questions)]
    )
    expect(len(result.requests) <= 2, f"it sent {len(result.requests)} requests, and 2 are enough")


@REPORT.case("words: the share of questions that the given rankings answer")
def _(run: Run) -> None:
    k = run.rng.randint(2, 3)
    shop = _telling(run, k)
    _metric(_report(run, shop, k), "words", shop.recall(shop.by_words, k), f"k is {k}")


@REPORT.case("vectors: the share that the embeddings answer", points=2)
def _(run: Run) -> None:
    k = run.rng.randint(2, 3)
    shop = _telling(run, k)
    _metric(_report(run, shop, k), "vectors", shop.recall(shop.by_vectors, k), f"k is {k}")


@REPORT.case("both: the share after reciprocal rank fusion", points=3, hint="1 / (60 + rank)")
def _(run: Run) -> None:
    k = run.rng.randint(2, 3)
    shop = _telling(run, k)
    _metric(_report(run, shop, k), "both", shop.recall(shop.fused(), k), f"k is {k}")


@REPORT.case("missed: the questions that both misses, in order")
def _(run: Run) -> None:
    k = 2
    shop = _telling(run, k)
    value = _report(run, shop, k).value
    want = [
        shop.questions[n]["question"]
        for n, ranking in enumerate(shop.fused())
        if not shop.hit(n, ranking, k)
    ]
    have = value.get("missed") if isinstance(value, dict) else None
    expect(
        list(have) == want if isinstance(have, list | tuple) else False,
        f"for 'missed' it returned {short(have)}, and {short(want)} was expected",
    )


@REPORT.case("an article counts once in a ranking, at its best passage", points=2)
def _(run: Run) -> None:
    k = run.rng.randint(2, 3)
    shop = _telling(run, k, doubles=True)
    result = _report(run, shop, k)
    because = f"every article has two passages, k is {k}"
    _metric(result, "vectors", shop.recall(shop.by_vectors, k), because)
    _metric(result, "both", shop.recall(shop.fused(), k), because)


@REPORT.case("no passages leave the keywords alone", hidden=True)
def _(run: Run) -> None:
    shop = _shop(run)
    shop.passages, shop.by_vectors = [], [[] for _ in shop.questions]
    result = _report(run, shop, 3)
    _metric(result, "vectors", 0.0, "there is nothing to rank")
    _metric(result, "both", shop.recall(shop.by_words, 3), "only the rankings by words are left")
