"""Several candidates in one answer, some of them empty or nearly the same."""

from __future__ import annotations

from ...scripted import SentRequest, Step, says
from ..model import Exercise, Result, Run
from ..world import PRODUCTS, SLOGANS, some
from .candidates import chat_reply

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


def listed(run: Run, *candidates: str | None) -> Result:
    """Play one request that is answered with these candidates."""
    product, n = run.choose(*PRODUCTS), len(candidates)

    def answer(sent: SentRequest) -> Step:
        return chat_reply(*candidates[: sent.json.get("n") or 1])

    result = run([answer, *[says("one more")] * 5], product, n)
    result.finished()
    result.sent(1, "all candidates come in one response")
    return result


@SLOGAN_LIST.case()
def one_request(run: Run) -> None:
    """it asks for n candidates in one request"""
    for n in run.rng.sample(range(2, 7), 2):
        result = listed(run, *some(run.rng, SLOGANS, n))
        result.request(1).went_to("chat")
        result.request(1).has("n", n)


@SLOGAN_LIST.case()
def names_product(run: Run) -> None:
    """the product is in the request"""
    result = listed(run, *some(run.rng, SLOGANS, 3))
    result.request(1).contains(result.call.args[0], "the product")


@SLOGAN_LIST.case()
def in_order(run: Run) -> None:
    """different candidates come back in the order in which they came"""
    slogans = some(run.rng, SLOGANS, 4)
    listed(run, *slogans).returned(slogans)


@SLOGAN_LIST.case(points=2)
def near_duplicates(run: Run) -> None:
    """of candidates that differ only in case or the spaces around them, the first is kept"""
    first, second, third = some(run.rng, SLOGANS, 3)
    listed(run, first, f"  {first.upper()}\n", second, f"{second} ").returned([first, second])
    shout = third.upper()
    result = listed(run, f"\n{shout}  ", third.lower(), f" {first}", third, first)
    result.returned([shout, first], "without the spaces around it")


@SLOGAN_LIST.case()
def empty_left_out(run: Run) -> None:
    """candidates without text are left out"""
    first, second = some(run.rng, SLOGANS, 2)
    listed(run, "", first, None, " \n", second).returned([first, second])
    listed(run, None, "").returned([])


@SLOGAN_LIST.case(hidden=True)
def all_kinds(run: Run) -> None:
    """near duplicates and candidates without text, all in one list"""
    first, second = some(run.rng, SLOGANS, 2)
    result = listed(run, " ", f" {second}\n", None, second.lower(), first, second.title())
    result.returned([second, first])
