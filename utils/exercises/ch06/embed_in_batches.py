"""More texts than one request may have, with blank ones among them."""

from __future__ import annotations

import openai

from ...scripted import fails
from ..model import Exercise, Result, Run, expect, hinting
from .vectors import (
    Vector,
    Vectors,
    inputs_of,
    known_vectors,
    sent_all,
    sent_texts,
    service,
    vectors_are,
)

BATCHES = Exercise(
    id="06.4",
    function="embed_in_batches",
    title="embed many texts in batches",
    difficulty="medium",
    covers=["E1"],
    hints=[
        "First find out which texts are to be sent: [n for n, text in enumerate(texts) if "
        "text.strip()].",
        "Cut that list into slices: places[start : start + size] for start in range(0, ..., size).",
        "Begin with vectors = [None] * len(texts), and fill in vectors[batch[item.index]] for the "
        "items of each answer.",
    ],
)

BLANKS = ("", " ", "\n", "  \t ", "\u2003\xa0")


def in_batches(
    run: Run, count: int, size: int, blanks: int = 0
) -> tuple[Result, list[str], dict[str, Vector]]:
    """Play so many texts, among blank ones, the first of which come first.

    Returns:
        The result, the texts, and their vectors.
    """
    known = known_vectors(run, count)
    blank = [run.choose(*BLANKS) for _ in range(blanks)]
    rest = [*known, *blank[blanks // 2 :]]
    run.rng.shuffle(rest)
    texts = [*blank[: blanks // 2], *rest]
    return run(service(run, known), texts, size), texts, known


@BATCHES.case()
def size_limit(run: Run) -> None:
    """no request has more texts than size"""
    size = run.rng.randint(3, 5)
    for count in (2 * size + 1, 2 * size):
        result, _, known = in_batches(run, count, size)
        result.items(count, "one for each text")
        sent_all(result, list(known))
        for number, sent in enumerate(result.requests, 1):
            have = len(inputs_of(sent))
            expect(have <= size, f"request {number} has {have} texts, and at most {size} may be")


@BATCHES.case()
def fewest_requests(run: Run) -> None:
    """it sends no more requests than needed"""
    size = run.rng.randint(3, 5)
    for count in (2 * size, 2 * size + 1, size, 1):
        result, texts, known = in_batches(run, count, size, 2 * (size - 1))
        result.items(len(texts), "one for each text")
        sent_all(result, list(known))
        with hinting("Drop the blank texts before you cut the list into batches."):
            result.sent(-(-count // size), f"{count} texts are not blank, and {size} fit in one")


@BATCHES.case(points=2)
def own_vector(run: Run) -> None:
    """each text gets its own vector"""
    size = run.rng.randint(3, 5)
    result, texts, known = in_batches(run, 2 * size + run.rng.randint(1, size - 1), size)
    with hinting("index counts within one request."):
        vectors_are(result, texts, [known[text] for text in texts])


@BATCHES.case(points=2)
def blank_texts(run: Run) -> None:
    """a blank text is None and is never sent"""
    known, size = known_vectors(run, 7), run.rng.randint(3, 5)
    texts = [*known, *BLANKS]
    run.rng.shuffle(texts)
    result = run(service(run, known), texts, size)
    with hinting("text.strip() is empty for all of these."):
        for text in sent_texts(result):
            expect(text.strip(), f"it sent the blank text {text!r}")
    vectors_are(result, texts, [known.get(text) for text in texts])


@BATCHES.case()
def only_blanks(run: Run) -> None:
    """if there are only blank texts, or none, it sends nothing"""
    result, texts, known = in_batches(run, 2, 3)
    vectors_are(result, texts, [known[text] for text in texts])
    for count in (run.rng.randint(1, 4), 0):
        result = run(service(run, known), list(BLANKS[:count]), 3)
        result.returned([None] * count)
        result.sent(0)


@BATCHES.case()
def failure(run: Run) -> None:
    """the error of a request that fails propagates"""
    known = known_vectors(run, 4)
    script = [Vectors(known=known), fails(400, code="invalid_request_error")]
    result = run(script, list(known), 2)
    result.sent(2)
    result.raised(openai.BadRequestError, "the second request failed")


@BATCHES.case(hidden=True)
def other_lists(run: Run) -> None:
    """other lists"""
    for count, size in ((9, 2), (5, 5), (4, 1)):
        result, texts, known = in_batches(run, count, size, 3)
        vectors_are(result, texts, [known.get(text) for text in texts])
        result.sent(-(-count // size))
