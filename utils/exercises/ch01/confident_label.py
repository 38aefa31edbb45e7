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


QUEUES = (*LABELS, "gift cards", "press", "wholesale")


def some_labels(run: Run) -> list[str]:
    """The labels of this run, one of them of two words."""
    others = [label for label in QUEUES if label != "product question"]
    labels = [*run.rng.sample(others, 4), "product question"]
    run.rng.shuffle(labels)
    return labels


def scored(
    run: Run,
    labels: list[str],
    answer: list[tuple[str, float]],
    threshold: float,
    mail: str = MAILS[0][0],
) -> tuple[Result, float]:
    """Play an answer of these tokens; the result, and the probability of the whole answer."""
    said = "".join(text for text, _ in answer)
    marked = [token(text, p, {"other": (1 - p) / 2} if p < 1 else None) for text, p in answer]
    result = run([says(said, logprobs=marked)], mail, labels, threshold)
    return result, math.prod(p for _, p in answer)


def likely(run: Run, low: float = 0.8) -> float:
    """A probability with many digits."""
    return run.rng.uniform(low, 0.99)


@CONFIDENCE.case()
def asks_for_logprobs(run: Run) -> None:
    """the request asks for log probabilities, and contains the mail and all labels"""
    for mail, _ in run.rng.sample(MAILS, 2):
        labels = some_labels(run)
        result, _ = scored(run, labels, [(labels[0], 0.97)], 0.5, mail)
        request = result.request(1)
        result.sent(1)
        request.went_to("chat")
        request.has("logprobs", True)
        for label in labels:
            request.contains(label, "a label")
        request.contains(mail, "the customer's mail")


@CONFIDENCE.case(points=2)
def confident(run: Run) -> None:
    """a sure answer comes back with its probability"""
    labels = some_labels(run)
    for text in (labels[0], f" {labels[1]}\n"):
        result, confidence = scored(run, labels, [(text, likely(run))], 0.6)
        result.returned((text.strip(), confidence), f"the answer was {text!r}")


@CONFIDENCE.case(points=2)
def product_of_tokens(run: Run) -> None:
    """the probability of an answer is the product over its tokens"""
    labels = some_labels(run)
    for words in (["product", " question"], ["pro", "duct", " question"]):
        answer = [(word, likely(run, 0.85)) for word in words]
        result, confidence = scored(run, labels, answer, 0.5)
        factors = ", ".join(f"{p:.2f}" for _, p in answer)
        because = f"the tokens have the probabilities {factors}"
        result.returned(("product question", confidence), because)


@CONFIDENCE.case(points=2)
def below_threshold(run: Run) -> None:
    """below the threshold the label is None, at the threshold it isn't"""
    labels = some_labels(run)
    p = run.rng.uniform(0.3, 0.9)
    for threshold, label in ((p + 0.03, None), (p - 0.03, labels[0])):
        result, confidence = scored(run, labels, [(labels[0], p)], threshold)
        result.returned((label, confidence), f"the threshold was {threshold:.2f}")
    result, _ = scored(run, labels, [(labels[1], 1.0)], 1.0)
    result.returned((labels[1], 1.0), "probability and threshold were both 1.0")


@CONFIDENCE.case()
def unknown_label(run: Run) -> None:
    """an answer that isn't a label gives None, however sure the model is"""
    labels = some_labels(run)
    for said in ("weather", "product", f"{labels[0]}, {labels[1]}", labels[2]):
        result, confidence = scored(run, labels, [(said, likely(run))], 0.5)
        want = said if said in labels else None
        result.returned((want, confidence), f"the answer was {said!r}")


@CONFIDENCE.case()
def no_logprobs(run: Run) -> None:
    """an answer without log probabilities, such as a refusal, has the probability 0"""
    labels = some_labels(run)
    mail, _ = run.choose(*MAILS)
    result, confidence = scored(run, labels, [(labels[0], likely(run))], 0.5)
    result.returned((labels[0], confidence), "this answer has log probabilities")
    because = "logprobs, or its content, was None or empty"
    for step in (refuses(), says(labels[0]), says(labels[0], logprobs=())):
        run([step], mail, labels, 0.5).returned((None, 0.0), because)


@CONFIDENCE.case(hidden=True)
def another_label(run: Run) -> None:
    """another sure answer, and another that isn't sure enough"""
    labels = some_labels(run)
    for threshold, label in ((0.4, labels[3]), (0.96, None)):
        answer = [(labels[3][:3], 0.93), (labels[3][3:], run.rng.uniform(0.5, 0.9))]
        result, confidence = scored(run, labels, answer, threshold)
        result.returned((label, confidence), f"the threshold was {threshold}")
