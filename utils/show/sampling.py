"""What temperature and top_p do to the probabilities of the next token.

The arithmetic of Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020): divide the
log probabilities by the temperature, normalize, then keep the smallest set of tokens whose
probabilities reach top_p. OpenAI documents what its two parameters do in words, not as a formula.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from openai.types.chat.chat_completion import Choice

Logprobs = Mapping[str, float]
"""Natural logarithm of a probability, by token."""


def candidates(choice: Choice, position: int = 0) -> dict[str, float]:
    """The candidates for one token of an answer, the likeliest first.

    Args:
        choice: of an answer that was asked for with `logprobs=True` and `top_logprobs`.
        position: which token of the answer, counted from 0.

    Returns:
        log probability by token. Tokens that read alike are added up.

    Raises:
        ValueError: if the answer has no log probabilities, or no such token.
    """
    scored = choice.logprobs.content if choice.logprobs else None
    if not scored:
        raise ValueError(
            "this answer has no log probabilities; ask with logprobs=True and top_logprobs=20"
        )
    if not 0 <= position < len(scored):
        raise ValueError(f"the answer has {len(scored)} tokens, so there is no token {position}")
    found: dict[str, float] = {}
    for entry in scored[position].top_logprobs:
        known = found.get(entry.token)
        total = math.exp(entry.logprob) + (0.0 if known is None else math.exp(known))
        found[entry.token] = math.log(total) if total else -math.inf
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def reweight(logprobs: Logprobs, temperature: float = 1.0, top_p: float = 1.0) -> dict[str, float]:
    """Probability of each candidate at a temperature and a top_p; they add up to 1.

    Candidates that were not reported count as impossible. That is close to the truth up to a
    temperature of about 1; above it, the many that were not reported win a share together.

    Args:
        logprobs: log probability by token, at temperature 1.
        temperature: 0 and more; 0 leaves the likeliest candidate alone, the first one of a tie.
        top_p: more than 0, at most 1; 1 keeps all candidates.

    Raises:
        ValueError: if there are no candidates, or a number is outside its range.
    """
    if not logprobs:
        raise ValueError("there are no candidates; ask with logprobs=True and top_logprobs=5")
    if not temperature >= 0:
        raise ValueError(f"temperature is {temperature}; it must be 0 or more")
    if not 0 < top_p <= 1:
        raise ValueError(f"top_p is {top_p}; it must be more than 0 and at most 1")
    best = max(logprobs, key=lambda token: logprobs[token])
    if temperature == 0:
        return {token: float(token == best) for token in logprobs}
    # The highest exponent is 0, so that nothing overflows however low the temperature is.
    weights = {t: math.exp((lp - logprobs[best]) / temperature) for t, lp in logprobs.items()}
    total = math.fsum(weights.values())
    return nucleus({token: weight / total for token, weight in weights.items()}, top_p)


def nucleus(probabilities: Mapping[str, float], top_p: float) -> dict[str, float]:
    """Keep the smallest set of the likeliest tokens that reaches `top_p`, and normalize it."""
    kept: dict[str, float] = {}
    for token, share in sorted(probabilities.items(), key=lambda pair: -pair[1]):
        kept[token] = share
        if math.fsum(kept.values()) >= top_p - 1e-12:
            break
    total = math.fsum(kept.values())
    return {token: kept.get(token, 0.0) / total for token in probabilities}


def shares(answers: Iterable[str | None]) -> dict[str, float]:
    """How often each answer came, as a share of all, the most frequent first.

    Raises:
        ValueError: if there are no answers.
    """
    counts = Counter(answer or "" for answer in answers)
    if not counts:
        raise ValueError("there are no answers to count")
    return {answer: count / counts.total() for answer, count in counts.most_common()}
