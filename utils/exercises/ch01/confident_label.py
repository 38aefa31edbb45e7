"""Labels whose tokens have known probabilities."""

from __future__ import annotations

import math

from ...scripted import refuses, says, token
from ..model import Exercise, Result, Run
from ..world import LABELS, MAILS

CONFIDENCE = Exercise(
    id="01.5",
    function="confident_label",
    title="return a label only above a confidence threshold",
    difficulty="stretch",
    covers=["A2", "A5"],
    hints=[
        "Ask for logprobs=True; a reasoning model returns them only with an effort of none.",
        "choices[0].logprobs.content has one entry for each token; math.exp(entry.logprob) is the "
        "token's probability.",
        "The probability of the whole answer is the product over its tokens: the exponential of "
        "the sum of the logprobs.",
    ],
)


def scored(run: Run, answer: list[tuple[str, float]], threshold: float) -> tuple[Result, float]:
    """Play an answer of these tokens; the result, and the probability of the whole answer."""
    mail, _ = run.choose(*MAILS)
    said = "".join(text for text, _ in answer)
    marked = [token(text, p, {"other": (1 - p) / 2}) for text, p in answer]
    script = [says(said, logprobs=marked)]
    return run(script, mail, list(LABELS), threshold), math.prod(p for _, p in answer)


@CONFIDENCE.case()
def asks_for_logprobs(run: Run) -> None:
    """the request asks for log probabilities, and contains the mail and all labels"""
    result, _ = scored(run, [("return", 0.97)], 0.5)
    request = result.request(1)
    result.sent(1)
    request.has("logprobs", True)
    for label in LABELS:
        request.contains(label, "a label")
    request.contains(result.call.args[0], "the customer's mail")


@CONFIDENCE.case(points=2)
def confident(run: Run) -> None:
    """a sure answer comes back with its probability"""
    p, label = run.rng.randint(80, 99) / 100, run.choose("return", "repair", "delivery")
    for text in (label, f" {label}"):
        result, confidence = scored(run, [(text, p)], 0.6)
        result.returned((label, confidence), f"the answer was {text!r}")


@CONFIDENCE.case(points=2)
def product_of_tokens(run: Run) -> None:
    """the probability of two tokens is their product"""
    first, second = run.rng.randint(85, 99) / 100, run.rng.randint(85, 99) / 100
    result, confidence = scored(run, [("product", first), (" question", second)], 0.5)
    result.returned(
        ("product question", confidence), f"the tokens have {first:.2f} and {second:.2f}"
    )


@CONFIDENCE.case()
def below_threshold(run: Run) -> None:
    """below the threshold the label is None"""
    p = run.rng.randint(30, 60) / 100
    result, confidence = scored(run, [("complaint", p)], 0.75)
    result.returned((None, confidence), f"{p:.2f} is below the threshold of 0.75")


@CONFIDENCE.case()
def refused(run: Run) -> None:
    """a refusal, which has no log probabilities, gives None and 0"""
    mail, _ = run.choose(*MAILS)
    result = run([refuses()], mail, list(LABELS), 0.5)
    result.returned((None, 0.0), "logprobs.content was None or empty")


@CONFIDENCE.case(hidden=True)
def unknown_label(run: Run) -> None:
    """an answer that isn't a label gives None, however sure the model is"""
    result, confidence = scored(run, [("weather", 0.99)], 0.5)
    result.returned((None, confidence), "weather is not one of the labels")
