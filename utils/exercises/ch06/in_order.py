"""A service that returns the vectors of its texts in any order."""

from __future__ import annotations

from ..model import Exercise, Run, hinting
from .vectors import known_vectors, sent_all, service, vectors_are

ORDER = Exercise(
    id="06.1",
    function="in_order",
    title="return vectors in the order of the texts",
    difficulty="easy",
    covers=["E1"],
    hints=[
        "input takes a list of texts. Each item of response.data says in index which one it is.",
        "sorted(response.data, key=lambda item: item.index) puts them in order. An empty list may "
        "not be sent at all.",
    ],
)


@ORDER.case()
def one_request(run: Run) -> None:
    """one request carries all texts"""
    known = known_vectors(run, run.rng.randint(3, 6))
    result = run(service(run, known), list(known))
    result.items(len(known), "one for each text")
    result.sent(1, "input takes a list of texts")
    result.request(1).field("model").text()
    sent_all(result, list(known))


@ORDER.case(points=2)
def own_vector(run: Run) -> None:
    """each text gets its own vector"""
    with hinting("Sort the items by index."):
        for count in (run.rng.randint(5, 9), 1):
            known = known_vectors(run, count)
            result = run(service(run, known), list(known))
            vectors_are(result, list(known), list(known.values()))


@ORDER.case()
def repeated_text(run: Run) -> None:
    """a text that comes twice has its vector in both places"""
    known = known_vectors(run, 3)
    texts = [*known, next(iter(known))]
    vectors_are(run(service(run, known), texts), texts, [known[text] for text in texts])


@ORDER.case()
def no_texts(run: Run) -> None:
    """for no texts it returns an empty list and sends nothing"""
    known = known_vectors(run, 2)
    vectors_are(run(service(run, known), list(known)), list(known), list(known.values()))
    result = run(service(run, known), [])
    result.sent(0, "the service refuses an empty list")
    result.returned([])


@ORDER.case(hidden=True)
def many_texts(run: Run) -> None:
    """more texts"""
    known = known_vectors(run, 14)
    vectors_are(run(service(run, known), list(known)), list(known), list(known.values()))
