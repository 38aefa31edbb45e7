"""A conversation whose answers bring their usage, partly read from a cache."""

from __future__ import annotations

import random
from typing import Any

from ...scripted import filtered, refuses, returns, says, tokens, truncated
from ..model import Exercise, Result, Run, short
from .conversations import QUESTIONS, REPLIES, Chat, message

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
        "Count the tokens of every answer, but append a question and its answer to the messages "
        "only if finish_reason is stop and there is no refusal.",
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
    return price, price / rng.choice((4, 8, 20)), price * rng.choice((3, 5, 6))


def bill_of(run: Run, used: list[tuple[int, int, int]]) -> tuple[Result, Chat]:
    """Play a conversation with these usages; the result, and the messages of all turns."""
    questions, said = run.rng.sample(QUESTIONS, len(used)), []
    script = []
    for number, (p, k, c) in enumerate(used):
        answer = f"Answer {number + 1}: {run.choose(*REPLIES)}"
        said += [message("user", questions[number]), message("assistant", answer)]
        script.append(says(answer, usage=tokens(p, c, cached=k)))
    return run(script, questions, *prices(run.rng)), said


def dollars_of(result: Result, used: list[tuple[int, int, int]]) -> float:
    """What these usages cost at the prices that the function got."""
    into, cached, out = result.call.args[1:]
    return sum((p - k) * into + k * cached + c * out for p, k, c in used) / 1_000_000


@BILL.case()
def sends_whole_conversation(run: Run) -> None:
    """each question goes out with the questions and answers before it"""
    result, said = bill_of(run, usages(run.rng, 3))
    result.finished()
    result.sent(3)
    for number in (1, 2, 3):
        result.request(number).has_messages(said[: 2 * number - 1])


@BILL.case(points=2)
def sums_tokens(run: Run) -> None:
    """tokens are added up over all answers"""
    for number in (3, 1, 4):
        used = usages(run.rng, number)
        result, _ = bill_of(run, used)
        because = "the sum over the answers' usage"
        result.field("input_tokens").equals(sum(p for p, _, _ in used), because)
        result.field("cached_tokens").equals(sum(k for _, k, _ in used), because)
        result.field("output_tokens").equals(sum(c for _, _, c in used), because)
        result.output.has_keys("input_tokens", "cached_tokens", "output_tokens", "dollars")


@BILL.case(points=2)
def cached_price(run: Run) -> None:
    """cached tokens cost the cached price, other input and output their own, not rounded"""
    for number in (3, 1, 2):
        used = usages(run.rng, number)
        result, _ = bill_of(run, used)
        cached = sum(k for _, k, _ in used)
        because = f"not rounded; {cached or 'none'} of the input tokens were cached"
        result.field("dollars").is_close(dollars_of(result, used), because, within=1e-9)


def without_cache(details: Any, prompt: int, completion: int, answer: str) -> dict[str, Any]:
    """A chat completion whose usage says nothing about a cache."""
    said = message("assistant", answer)
    return {
        "id": "chatcmpl-simulated",
        "object": "chat.completion",
        "created": 1,
        "model": "simulated-model",
        "choices": [{"index": 0, "finish_reason": "stop", "message": said}],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": details,
        },
    }


@BILL.case(points=2)
def no_cache_details(run: Run) -> None:
    """an answer that says nothing about its cache counts as not cached"""
    for details in (None, {"cached_tokens": None}):
        first, second = usages(run.rng, 2)
        p, c = first[0], first[2]
        script = [
            returns(without_cache(details, p, c, run.choose(*REPLIES))),
            says(run.choose(*REPLIES), usage=tokens(second[0], second[2], cached=second[1])),
        ]
        result = run(script, run.rng.sample(QUESTIONS, 2), *prices(run.rng))
        because = f"prompt_tokens_details of the first answer was {short(details)}"
        result.field("cached_tokens").equals(second[1], because)
        result.field("input_tokens").equals(p + second[0], because)
        want = dollars_of(result, [(p, 0, c), second])
        result.field("dollars").is_close(want, because, within=1e-9)


@BILL.case(points=2)
def no_complete_answer(run: Run) -> None:
    """without a complete answer, a question isn't sent again, but its tokens count"""
    reply = run.choose(*REPLIES)
    for number, because in enumerate(("refused", "cut off", "filtered")):
        used = usages(run.rng, 3)
        (p1, k1, c1), (p2, k2, c2), (p3, k3, c3) = used
        bad = tokens(p2, c2, cached=k2)
        step = (refuses(usage=bad), truncated(reply[:9], usage=bad), filtered("It", usage=bad))
        script = [
            says(reply, usage=tokens(p1, c1, cached=k1)),
            step[number],
            says(run.choose(*REPLIES), usage=tokens(p3, c3, cached=k3)),
        ]
        questions = run.rng.sample(QUESTIONS, 3)
        result = run(script, questions, *prices(run.rng))
        result.finished()
        turn = [message("user", questions[0]), message("assistant", reply)]
        because = f"the second answer was {because}"
        result.request(3).has_messages([*turn, message("user", questions[2])], because)
        result.field("output_tokens").equals(c1 + c2 + c3, f"{because}, and is paid for")
        result.field("dollars").is_close(dollars_of(result, used), because, within=1e-9)
