"""The computed cost of a long conversation, with a prompt cache."""

from __future__ import annotations

import numpy as np
import pytest

from utils.models import Model
from utils.show.chat_costs import (
    Sent,
    costs_picture,
    dollars,
    in_blocks,
    requests,
    sliding,
    whole,
)

MODEL = Model("m", "test", 2.0, 10.0, 0.2, 2.5)


def test_the_whole_history_reads_all_but_the_new_turn_from_the_cache() -> None:
    sent = requests(4, 500, 600, whole)
    assert sent == [Sent(1100, 0), Sent(1600, 1100), Sent(2100, 1600), Sent(2600, 2100)]


def test_a_common_beginning_below_the_limit_is_not_cached() -> None:
    assert requests(3, 100, 800, whole) == [Sent(900, 0), Sent(1000, 0), Sent(1100, 0)]
    assert requests(4, 100, 824, whole)[3] == Sent(1224, 1124)


def test_a_sliding_window_reads_only_instructions_that_are_marked() -> None:
    sent = requests(6, 500, 600, sliding(2))
    assert sent[2] == Sent(2100, 1600)  # still growing
    assert sent[3:] == [Sent(2100, 0)] * 3
    assert requests(6, 500, 1100, sliding(2))[5] == Sent(2600, 0)
    assert requests(6, 500, 1100, sliding(2), marked=True)[5] == Sent(2600, 1100)
    assert requests(6, 500, 600, sliding(2), marked=True)[5] == Sent(2100, 0)


def test_blocks_drop_half_of_the_turns_at_once() -> None:
    first = in_blocks(4)
    assert [first(turn) for turn in range(10)] == [0, 0, 0, 0, 0, 2, 2, 4, 4, 6]


@pytest.mark.parametrize("policy", [sliding(4), in_blocks(4)])
def test_no_request_has_more_turns_than_the_window_and_the_question(policy) -> None:
    assert max(each.total for each in requests(40, 100, 0, policy)) == 500


def test_dollars_add_up_reading_and_writing() -> None:
    sent = [Sent(1000, 0), Sent(3000, 2000)]
    assert dollars(sent, MODEL) == pytest.approx([0.0025, 0.0025 + 0.0004 + 0.0025])
    plain = Model("m", "test", 2.0)
    assert Sent(1000, 500).dollars(plain) == pytest.approx(0.002)


def test_the_figure_draws_what_was_computed() -> None:
    ways = {"all": requests(5, 500, 600, whole), "window": requests(5, 500, 600, sliding(2))}
    found = costs_picture(ways, MODEL, many=10)
    assert found.data["all"] == pytest.approx([10 * d for d in dollars(ways["all"], MODEL)])
    lines = found.figure.axes[0].lines
    drawn = [np.asarray(line.get_ydata()).tolist() for line in lines]
    assert drawn == list(found.data.values())
    assert f"${found.data['window'][-1]:,.2f}" in found.alt
