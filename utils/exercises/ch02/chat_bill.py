"""A conversation whose answers bring their usage, partly read from a cache."""

from __future__ import annotations

import random

from ...scripted import returns, says, tokens
from ..model import Exercise, Result, Run, short
from .conversations import QUESTIONS, REPLIES, message

BILL = Exercise(
    id="02.5",
    function="chat_bill",
    title="compute what a conversation costs",
    difficulty="medium",
    covers=["G1", "G2", "A4"],
    hints=[
        "Each answer brings its own usage. Add up prompt_tokens and completion_tokens.",
        "Cached tokens are part of prompt_tokens. So prompt_tokens - cached_tokens cost the input "
        "price, and the cached ones their own.",
        "usage.prompt_tokens_details can be None, and so can its cached_tokens: count 0 then.",
    ],
)


def usages(rng: random.Random, number: int) -> list[tuple[int, int, int]]:
    """Prompt, cached and completion tokens of so many answers."""
    found, prompt = [], rng.randint(1100, 1500)
    for turn in range(number):
        cached = (prompt // 128 - rng.randint(1, 3)) * 128 if turn else 0
        completion = rng.randint(40, 200)
        found.append((prompt, cached, completion))
        prompt += completion + rng.randint(20, 60)
    return found


def prices(rng: random.Random) -> tuple[float, float, float]:
    """Dollars for a million tokens: input, cached input, output."""
    price = rng.choice((0.2, 1.0, 2.5))
    return price, price / 10, price * 5


def bill_of(run: Run, used: list[tuple[int, int, int]]) -> Result:
    """Play a conversation with these usages."""
    questions = run.rng.sample(QUESTIONS, len(used))
    script = [
        says(f"Answer {n}: {run.choose(*REPLIES)}", usage=tokens(p, c, cached=k))
        for n, (p, k, c) in enumerate(used, 1)
    ]
    return run(script, questions, *prices(run.rng))


@BILL.case()
def sends_whole_conversation(run: Run) -> None:
    """each question goes out with the questions and answers before it"""
    result = bill_of(run, usages(run.rng, 3))
    result.finished()
    result.sent(3)
    result.request(3).has_roles("user", "assistant", "user", "assistant", "user")


@BILL.case()
def sums_tokens(run: Run) -> None:
    """tokens are added up over all answers"""
    used = usages(run.rng, run.rng.randint(2, 4))
    result = bill_of(run, used)
    because = "the sum over the answers' usage"
    result.field("input_tokens").equals(sum(p for p, _, _ in used), because)
    result.field("cached_tokens").equals(sum(k for _, k, _ in used), because)
    result.field("output_tokens").equals(sum(c for _, _, c in used), because)


@BILL.case(points=2)
def cached_price(run: Run) -> None:
    """cached tokens cost the cached price, and nothing twice"""
    used = usages(run.rng, 3)
    result = bill_of(run, used)
    into, cached, out = result.call.args[1:]
    want = sum((p - k) * into + k * cached + c * out for p, k, c in used) / 1_000_000
    because = f"not rounded; {sum(k for _, k, _ in used)} of the input tokens were cached"
    result.field("dollars").is_close(want, because, within=1e-9)


@BILL.case(points=2)
def no_cache_details(run: Run) -> None:
    """an answer that says nothing about its cache counts as not cached"""
    prompt, completion = run.rng.randint(500, 900), run.rng.randint(20, 90)
    details = run.choose(None, {"cached_tokens": None})
    body = {
        "id": "chatcmpl-simulated",
        "object": "chat.completion",
        "created": 1,
        "model": "simulated-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message("assistant", "Yes.")}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": details,
        },
    }
    into, cached, out = prices(run.rng)
    result = run([returns(body)], [run.choose(*QUESTIONS)], into, cached, out)
    because = f"prompt_tokens_details was {short(details)}"
    result.field("cached_tokens").equals(0, because)
    want = (prompt * into + completion * out) / 1_000_000
    result.field("dollars").is_close(want, because, within=1e-9)
