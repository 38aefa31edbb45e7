"""Re-weighting does to probabilities what temperature and top_p are said to do."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.types.chat.chat_completion import Choice

from utils.show.sampling import candidates, nucleus, reweight, shares

FOUR = {name: math.log(p) for name, p in [("a", 0.4), ("b", 0.3), ("c", 0.2), ("d", 0.1)]}

logprobs = st.dictionaries(st.text(max_size=4), st.floats(-60, 0), min_size=1, max_size=20)


@given(logprobs, st.floats(0, 2), st.floats(0.01, 1))
def test_weights_sum_to_one_and_none_is_negative(
    given_: dict[str, float], temperature: float, top_p: float
) -> None:
    found = reweight(given_, temperature, top_p)
    assert math.isclose(sum(found.values()), 1)
    assert min(found.values()) >= 0
    assert list(found) == list(given_)


def test_temperature_one_changes_nothing() -> None:
    assert reweight(FOUR) == pytest.approx({"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.1})


def test_temperature_one_half_squares_the_odds() -> None:
    found = reweight(FOUR, temperature=0.5)
    assert found["a"] / found["b"] == pytest.approx((0.4 / 0.3) ** 2)


def test_temperature_zero_leaves_the_likeliest_and_is_the_limit_of_low_ones() -> None:
    assert reweight(FOUR, temperature=0) == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert reweight(FOUR, temperature=1e-6) == pytest.approx(reweight(FOUR, temperature=0))


def test_high_temperatures_make_candidates_alike() -> None:
    assert list(reweight(FOUR, temperature=1e9).values()) == pytest.approx([0.25] * 4)


def test_a_tie_at_temperature_zero_goes_to_the_first() -> None:
    assert reweight({"x": -1.0, "y": -1.0}, temperature=0) == {"x": 1, "y": 0}


@pytest.mark.parametrize(
    ("top_p", "kept"),
    [(0.1, "a"), (0.4, "a"), (0.41, "ab"), (0.7, "ab"), (0.9, "abc"), (1, "abcd")],
)
def test_top_p_keeps_the_smallest_set_that_reaches_it(top_p: float, kept: str) -> None:
    found = reweight(FOUR, top_p=top_p)
    assert "".join(token for token, share in found.items() if share) == kept


def test_top_p_cuts_after_the_temperature() -> None:
    assert reweight(FOUR, temperature=2, top_p=0.4)["b"] > 0
    assert reweight(FOUR, temperature=1, top_p=0.4)["b"] == 0


def test_what_the_cut_leaves_is_normalized() -> None:
    assert nucleus({"a": 0.5, "b": 0.25, "c": 0.25}, 0.75) == pytest.approx(
        {"a": 2 / 3, "b": 1 / 3, "c": 0}
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (({}, 1, 1), "no candidates"),
        ((FOUR, -0.1, 1), "temperature is -0.1"),
        ((FOUR, math.nan, 1), "temperature is nan"),
        ((FOUR, 1, 0), "top_p is 0"),
        ((FOUR, 1, 1.01), "top_p is 1.01"),
    ],
)
def test_values_outside_their_range_are_named(
    arguments: tuple[dict[str, float], float, float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        reweight(*arguments)


def choice(*entries: tuple[str, float]) -> Choice:
    scored = [{"token": t, "logprob": math.log(p), "bytes": None} for t, p in entries]
    position = scored[0] | {"top_logprobs": scored}
    return Choice.model_validate(
        {
            "finish_reason": "stop",
            "index": 0,
            "message": {"role": "assistant", "content": "yes"},
            "logprobs": {"content": [position], "refusal": None},
        }
    )


def test_candidates_are_read_from_the_answer_the_likeliest_first() -> None:
    found = candidates(choice(("no", 0.2), ("yes", 0.7)))
    assert list(found) == ["yes", "no"]
    assert math.exp(found["yes"]) == pytest.approx(0.7)


def test_candidates_that_read_alike_are_added_up() -> None:
    found = candidates(choice(("", 0.25), ("yes", 0.5), ("", 0.25)))
    assert {token: math.exp(lp) for token, lp in found.items()} == pytest.approx(
        {"yes": 0.5, "": 0.5}
    )


def test_an_answer_without_log_probabilities_says_what_to_ask_for() -> None:
    bare = choice(("yes", 1.0)).model_copy(update={"logprobs": None})
    with pytest.raises(ValueError, match="logprobs=True"):
        candidates(bare)


def test_a_token_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="no token 1"):
        candidates(choice(("yes", 1.0)), 1)


def test_shares_count_answers() -> None:
    assert shares(["a", "b", "a", None]) == {"a": 0.5, "b": 0.25, "": 0.25}
    with pytest.raises(ValueError, match="no answers"):
        shares([])
