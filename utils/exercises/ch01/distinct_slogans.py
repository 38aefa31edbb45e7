"""Several candidates in one answer, some of them empty or nearly the same."""

from __future__ import annotations

from ...scripted import refuses, says
from ..model import Exercise, Run
from ..world import PRODUCTS, SLOGANS, some

SLOGAN_LIST = Exercise(
    id="01.4",
    function="distinct_slogans",
    title="get distinct candidates from one request",
    difficulty="medium",
    covers=["A2"],
    hints=[
        "n is a parameter of the request. The response then has several choices.",
        "Compare the candidates stripped and casefolded. Keep them only stripped.",
        "The content of a choice can be None, empty, or only spaces. Skip those.",
    ],
)


@SLOGAN_LIST.case()
def one_request(run: Run) -> None:
    """it asks for n candidates in one request"""
    n = run.rng.randint(2, 5)
    slogans = some(run.rng, SLOGANS, n)
    result = run([says(*slogans)] + [says("one more")] * 5, run.choose(*PRODUCTS), n)
    result.finished()
    result.sent(1)
    result.request(1).has("n", n)


@SLOGAN_LIST.case()
def names_product(run: Run) -> None:
    """the product is in the request"""
    product = run.choose(*PRODUCTS)
    result = run([says(*some(run.rng, SLOGANS, 3))], product, 3)
    result.request(1).contains(product, "the product")


@SLOGAN_LIST.case()
def in_order(run: Run) -> None:
    """different candidates come back in the order in which they came"""
    slogans = some(run.rng, SLOGANS, 4)
    run([says(*slogans)], run.choose(*PRODUCTS), 4).returned(slogans)


@SLOGAN_LIST.case()
def near_duplicates(run: Run) -> None:
    """candidates that differ only in case or the spaces around them count once"""
    first, second = some(run.rng, SLOGANS, 2)
    candidates = [first, f"  {first.upper()}\n", second, f"{second} "]
    result = run([says(*candidates)], run.choose(*PRODUCTS), 4)
    result.returned([first, second])


@SLOGAN_LIST.case(hidden=True)
def empty_left_out(run: Run) -> None:
    """empty candidates are left out"""
    first, second = some(run.rng, SLOGANS, 2)
    run([says("", first, "  ", second)], run.choose(*PRODUCTS), 4).returned([first, second])
    run([refuses()], run.choose(*PRODUCTS), 4).returned([])
