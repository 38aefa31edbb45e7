"""Token counts by language."""

from __future__ import annotations

from typing import Any, Literal

from utils.show.languages import languages_picture


def sizes(bars: Any, side: Literal["width", "height"]) -> list[float]:
    """Width or height of each bar."""
    return [getattr(bar, f"get_{side}")() for bar in bars]


COUNTS = {"English": {"new": 10, "old": 20}, "Hindi": {"new": 15, "old": 80}}


def test_the_figure_has_a_bar_for_each_count() -> None:
    found = languages_picture(COUNTS)
    axes = found.figure.axes[0]
    assert found.data == COUNTS
    assert sizes(axes.patches, "width") == [10, 15, 20, 80]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["English", "Hindi"]
    assert "Hindi 15 in new, 80 in old" in found.alt
