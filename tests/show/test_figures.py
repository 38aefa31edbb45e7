"""Figures show their data, carry words, and the widget redraws when a slider moves."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest
from matplotlib.patches import Rectangle

from utils import show
from utils.show.comparisons import before_and_after, distinct_share
from utils.show.pictures import INK, PAPER, QUIET, Picture
from utils.show.probabilities import bars, compare, explore, predicted_and_measured, visible
from utils.show.tables import Table

LABELS = {name: math.log(p) for name, p in [("product", 0.5), ("return", 0.3), ("", 0.2)]}


def lengths(picture: Picture, side: Literal["width", "height"]) -> list[float]:
    """Lengths of the bars of a picture."""
    bars = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [bar.get_width() if side == "width" else bar.get_height() for bar in bars]


def test_bars_draw_the_reweighted_probabilities() -> None:
    picture = bars(LABELS, temperature=0.5)
    assert lengths(picture, "width") == pytest.approx(list(picture.data.values()))
    assert picture.figure.axes[0].get_xlabel() == "probability of the next token"


def test_a_picture_says_what_it_shows_and_is_the_same_every_time() -> None:
    one, two = bars(LABELS), bars(LABELS)
    assert "product 50%" in one.alt
    assert repr(one) == f"Picture: {one.alt}"
    assert one.png() == two.png()
    assert one.png().startswith(b"\x89PNG")


def test_a_page_shows_a_picture_at_half_its_dots() -> None:
    png, size = bars(LABELS)._repr_png_()
    width = int.from_bytes(png[16:20], "big")
    assert abs(width - 2 * size["width"]) <= 2


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colors (WCAG 2.2)."""

    def luminance(color: str) -> float:
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("text", [INK, QUIET])
def test_text_in_figures_can_be_read(text: str) -> None:
    assert contrast(text, PAPER) >= 4.5


def test_white_space_and_the_end_have_names() -> None:
    assert visible("") == "(end)"
    assert visible(" a\n") == "·a⏎"


def test_moving_a_slider_draws_again() -> None:
    explorer = explore(LABELS)
    before = explorer.image.value
    explorer.temperature.value = 0.0
    assert explorer.picture.data == {"product": 1, "return": 0, "": 0}
    assert explorer.image.value != before
    assert 'alt="Bar chart' in explorer.image.value
    explorer.temperature.value, explorer.top_p.value = 1.0, 0.5
    assert explorer.picture.data["return"] == 0


def test_without_a_kernel_the_widget_is_a_picture() -> None:
    explorer = explore(LABELS, temperature=0.5)
    shown = explorer._repr_mimebundle_()
    assert shown is not None
    data, metadata = shown
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == repr(bars(LABELS, 0.5))
    assert metadata["image/png"]["width"] > 0


def test_prediction_and_measurement_stand_side_by_side() -> None:
    (found,) = compare(LABELS, {1.0: {"product": 0.75, "nonsense": 0.25}}, ("product", "return"))
    assert found.predicted == pytest.approx({"product": 0.5, "return": 0.3, "other": 0.2})
    assert found.measured == {"product": 0.75, "return": 0.0, "other": 0.25}
    picture = predicted_and_measured([found])
    assert lengths(picture, "height") == pytest.approx([0.5, 0.3, 0.2])
    assert "product 50% and 75%" in picture.alt


@pytest.mark.parametrize("counts", [(4, 2, 6, 1), (2, 5, 2, 8), (8, 9)])
def test_half_a_percent_of_other_answers_does_not_depend_on_how_floats_are_summed(counts) -> None:
    measured = {f"answer {n}": count / 40 for n, count in enumerate(counts)}
    (found,) = compare(LABELS, {1.0: measured}, ("product",))
    assert found.measured["other"] == sum(counts) / 40


def test_before_and_after_keeps_its_pairs() -> None:
    pairs = {"one": (0.2, 0.9), "two": (0.5, 0.1)}
    picture = before_and_after(pairs, ("before", "after"), "probability")
    assert picture.data == pairs
    assert "two: 0.50 to 0.10" in picture.alt


@pytest.mark.parametrize(
    ("text", "share"),
    [("A tent, a TENT!", 0.5), ("", 1.0), ("one two", 1.0), ("don't don't", 0.5), ("- - -", 1.0)],
)
def test_words_that_come_again_lower_the_share(text: str, share: float) -> None:
    assert distinct_share(text) == share


def test_a_table_is_text_and_html() -> None:
    table = Table(("name", "value"), [("a<b", 1)], "What it is")
    assert repr(table) == "What it is\nname  value\n----  -----\na<b   1"
    assert "a&lt;b" in table._repr_html_()
    assert "<caption>What it is</caption>" in table._repr_html_()


def test_a_row_of_the_wrong_length_is_named() -> None:
    with pytest.raises(ValueError, match="row 1 has 1 values"):
        Table(("a", "b"), [(1, 2), (3,)])


def test_the_numbers_of_a_figure_need_no_matplotlib() -> None:
    """A browser's Python has none; the cells that only compute run there."""
    folder = Path(show.__file__).parent
    names = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    program = "import sys; sys.modules['matplotlib'] = None; "
    program += "; ".join(f"import utils.show.{name}" for name in names)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert names
    assert done.returncode == 0, done.stderr
