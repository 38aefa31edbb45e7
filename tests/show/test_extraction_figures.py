"""The figures of the extraction chapter draw what they were given, and say so in words."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.patches import Rectangle

from utils.show.extraction_figures import field_times, fields, outcomes, wilson
from utils.show.pictures import Picture


def bars(picture: Picture) -> list[Rectangle]:
    return [p for p in picture.figure.axes[0].patches if isinstance(p, Rectangle)]


def test_outcomes_draws_a_piece_for_each_count():
    rows = {
        "asked": {"no": 17, "wrong": 2, "right": 1},
        "schema": {"no": 0, "wrong": 12, "right": 8},
    }
    picture = outcomes(rows, "answers of 20")
    widths = [round(patch.get_width()) for patch in bars(picture)]
    assert widths == [17, 2, 1, 0, 12, 8]
    assert picture.data == rows
    assert "schema: 0 no, 12 wrong, 8 right" in picture.alt
    assert [text.get_text() for text in picture.figure.axes[0].texts] == ["17", "2", "1", "12", "8"]


def test_outcomes_lays_the_pieces_end_to_end():
    picture = outcomes({"one": {"bad": 3, "good": 4}}, "answers")
    first, second = bars(picture)
    assert (first.get_x(), second.get_x()) == (0, 3)


@pytest.mark.parametrize(
    "rows",
    [
        {"a": {"no": 1, "yes": 2}, "b": {"yes": 2, "no": 1}},
        {"a": {"only": 1}},
        {"a": dict.fromkeys("abcde", 1)},
    ],
)
def test_outcomes_refuses_rows_that_cannot_be_compared(rows):
    with pytest.raises(ValueError, match="same two to four outcomes"):
        outcomes(rows, "answers")


def test_the_interval_holds_the_share_and_narrows_with_more_texts():
    low, high = wilson(28, 44)
    assert low < 28 / 44 < high
    assert (low, high) == (pytest.approx(0.489, abs=0.001), pytest.approx(0.762, abs=0.001))
    wide, narrow = wilson(5, 10), wilson(500, 1000)
    assert wide[1] - wide[0] > 3 * (narrow[1] - narrow[0])


@pytest.mark.parametrize(("right", "total"), [(0, 20), (20, 20)])
def test_the_interval_stays_between_nothing_and_all(right: int, total: int):
    low, high = wilson(right, total)
    assert 0 <= low < high <= 1


@pytest.mark.parametrize(("right", "total"), [(3, 2), (-1, 2), (0, 0)])
def test_an_impossible_share_is_refused(right: int, total: int):
    with pytest.raises(ValueError, match="no share"):
        wilson(right, total)


def test_fields_draws_percent_and_the_line_of_valid_answers():
    picture = fields({"reviews": {"stars": (33, 44)}, "mails": {"order": (17, 34)}})
    axes = picture.figure.axes[0]
    assert [patch.get_width() for patch in bars(picture)] == [75, 50]
    ends: list[Any] = [line.get_xdata() for line in axes.lines]
    assert any(list(pair) == [100, 100] for pair in ends)
    assert "stars 33 of 44" in picture.alt
    assert picture.data == {"reviews": {"stars": (33, 44)}, "mails": {"order": (17, 34)}}


def test_field_times_draws_writing_and_known():
    picture = field_times([("product", 0.5, 1.0), ("stars", 1.0, 1.5)], 2.0)
    drawn = [(p.get_x(), p.get_width()) for p in bars(picture)]
    assert drawn == [(0.5, 0.5), (1.0, 1.0), (1.0, 0.5), (1.5, 0.5)]
    assert "product after 1.0 s, stars after 1.5 s" in picture.alt
