"""More texts than one request may have, with blank ones among them."""

from __future__ import annotations

import openai

from ...scripted import fails
from ..model import Exercise, Result, Run, expect
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

BLANKS = ("", " ", "\n", "  \t ")


def in_batches(run: Run, blanks: int = 0) -> tuple[Result, list[str], int, dict[str, Vector]]:
    """Play more texts than fit into two requests; result, texts, size, and the vectors."""
    size = run.rng.randint(3, 5)
    known = known_vectors(run, size * 2 + run.rng.randint(1, size - 1))
    texts = [*known, *run.rng.sample(BLANKS, blanks)]
    run.rng.shuffle(texts)
    return run(service(run, known), texts, size), texts, size, known


@BATCHES.case()
def size_limit(run: Run) -> None:
    """no request has more texts than size"""
    result, _, size, known = in_batches(run)
    result.finished()
    sent_all(result, list(known))
    for number, sent in enumerate(result.requests, 1):
        have = len(inputs_of(sent))
        expect(have <= size, f"request {number} has {have} texts, and at most {size} are allowed")


@BATCHES.case(hint="fill each batch before you send it")
def fewest_requests(run: Run) -> None:
    """as few requests as possible"""
    result, _, size, known = in_batches(run, blanks=2)
    result.finished()
    sent_all(result, list(known))
    result.sent(-(-len(known) // size), f"{len(known)} texts are not blank, {size} fit in one")


@BATCHES.case(points=2, hint="index counts within one request")
def own_vector(run: Run) -> None:
    """each text gets its own vector"""
    result, texts, _, known = in_batches(run)
    vectors_are(result, texts, [known[text] for text in texts])


@BATCHES.case(points=2, hint="text.strip()")
def blank_texts(run: Run) -> None:
    """a blank text is None and is never sent"""
    result, texts, _, known = in_batches(run, blanks=3)
    for text in sent_texts(result):
        expect(text.strip(), f"it sent the blank text {text!r}")
    vectors_are(result, texts, [known.get(text) for text in texts])


@BATCHES.case()
def only_blanks(run: Run) -> None:
    """only blank texts are no request"""
    count = run.rng.randint(1, 4)
    result = run(service(run, known_vectors(run, 1)), list(BLANKS[:count]), 3)
    result.returned([None] * count)
    result.sent(0)


@BATCHES.case(hidden=True)
def failure(run: Run) -> None:
    """a failure is not hidden"""
    known = known_vectors(run, 4)
    script = [Vectors(known=known), fails(400, code="invalid_request_error")]
    run(script, list(known), 2).raised(openai.BadRequestError)
