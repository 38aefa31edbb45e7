"""Figures, the map and the search view of the chapter on embeddings show their data."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.patches import Rectangle

from utils.settings import ROOT
from utils.show import embedding_figures as figures
from utils.show.hover_map import HEIGHT, WIDTH, HoverMap, places
from utils.show.pictures import Picture
from utils.show.search_view import results, viewer

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
GROUPS = ["repairs", "returns", "repairs"]
SCORES = {"words": {"recall@1": 0.25, "MRR": 0.5}, "meaning": {"recall@1": 0.75, "MRR": 1.0}}


def heights(picture: Picture) -> list[float]:
    """Heights of the bars of a picture, in the order in which they were drawn."""
    bars = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle)]
    return [bar.get_height() for bar in bars]


def test_heat_names_the_two_texts_that_are_most_alike() -> None:
    similarities = np.array([[1, 0.2, 0.7], [0.2, 1, 0.1], [0.7, 0.1, 1]])
    picture = figures.heat(["tent", "moon", "shelter"], similarities)
    assert "'tent' and 'shelter' with 0.70" in picture.alt
    written = {text.get_text() for text in picture.figure.axes[0].texts}
    assert written == {"1.00", "0.20", "0.70", "0.10"}


def test_heat_wants_a_row_for_each_name() -> None:
    with pytest.raises(ValueError, match="2 names"):
        figures.heat(["tent", "moon"], np.eye(3))


def test_a_text_map_draws_each_group_with_a_shape_of_its_own() -> None:
    picture = figures.text_map(POINTS, GROUPS, share=0.19)
    assert {name: len(found) for name, found in picture.data.items()} == {
        "repairs": 2,
        "returns": 1,
    }
    drawn = [c for c in picture.figure.axes[0].collections if isinstance(c, PathCollection)]
    assert [len(each.get_offsets()) for each in drawn] == [2, 1]  # pyright: ignore[reportArgumentType]
    assert len({each.get_paths()[0].vertices.tobytes() for each in drawn}) == 2  # pyright: ignore[reportAttributeAccessIssue]
    assert "19%" in picture.figure.axes[0].get_title(loc="left")


def test_grouped_bars_draw_every_measure_of_every_method() -> None:
    picture = figures.grouped_bars(SCORES, "share", "57 questions")
    assert heights(picture) == [0.25, 0.5, 0.75, 1.0]
    bars = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle)]
    assert [round(bar.get_x() + bar.get_width() / 2) for bar in bars] == [0, 1, 0, 1]
    assert "meaning: recall@1 0.75, MRR 1.00" in picture.alt
    assert picture.data == SCORES


def test_lines_over_the_size_are_drawn_from_the_smallest_to_the_largest() -> None:
    picture = figures.by_size({"recall@5": {384: 0.9, 64: 0.7, 16: 0.4}}, "share")
    line = picture.figure.axes[0].lines[0]
    assert np.asarray(line.get_xdata()).tolist() == [16, 64, 384]
    assert np.asarray(line.get_ydata()).tolist() == [0.4, 0.7, 0.9]
    assert "0.40 with 16, 0.70 with 64" in picture.alt


def test_pairs_are_counted_on_both_sides_of_the_threshold() -> None:
    ordinary, marked = np.array([0.1, 0.2, 0.85, 0.8]), np.array([0.79, 0.95])
    picture = figures.pair_similarities({"one": (ordinary, marked)}, 0.8, "0.8")
    assert picture.data == {"one": (1, 2)}
    assert sum(heights(picture)) == pytest.approx(1)
    assert "1 marked pairs above it and 2 others" in picture.alt


def test_speed_is_drawn_as_it_was_measured() -> None:
    picture = figures.speed([1_000, 100_000], {"NumPy": [0.04, 33.2]}, "a server, 2026-11-21")
    axes = picture.figure.axes[0]
    assert np.asarray(axes.lines[0].get_ydata()).tolist() == [0.04, 33.2]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert "0.04 ms with 1,000, 33 ms with 100,000" in picture.alt


def test_places_keep_proportions_and_stay_inside() -> None:
    (x0, y0), (x1, y1), (x2, y2) = places(POINTS)
    assert (y0, x1) == (y1, x2)
    assert y1 - y2 == pytest.approx(2 * (x1 - x0), abs=2), "both axes have one scale"
    assert y2 < y1, "a larger second coordinate is higher up"
    for x, y in places(np.random.default_rng(1).normal(size=(50, 2))):
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT


def test_one_point_alone_has_a_place() -> None:
    assert len(places(np.zeros((1, 2)))) == 1


def test_a_hover_map_has_a_title_for_each_dot_and_one_color_for_each_group() -> None:
    svg = HoverMap(POINTS, ["Zips <new>", "Refunds", "Seams"], GROUPS).svg()
    assert re.findall("<title>(.*?)</title>", svg) == [
        "Zips &lt;new&gt; (repairs)",
        "Refunds (returns)",
        "Seams (repairs)",
    ]
    dots = re.findall(r'fill="(#\w+)" fill-opacity', svg)
    assert dots[0] == dots[2] != dots[1]
    assert 'role="img"' in svg
    assert "3 texts in 2 groups" in svg


@pytest.mark.parametrize(
    ("points", "names", "said"),
    [(POINTS, ["one", "two"], "2 names"), (np.zeros((3, 3)), ["a", "b", "c"], "shape")],
)
def test_a_hover_map_refuses_what_does_not_fit(
    points: np.ndarray, names: list[str], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        HoverMap(points, names, GROUPS)


TITLES = {"a": "Zips", "b": "Seams", "c": "Poles"}
QUESTIONS: list[dict[str, Any]] = [
    {"question": "It leaks", "kind": "paraphrase", "articles": ["b"]},
    {"question": "Zip?", "kind": "words", "articles": ["a"]},
]


def test_results_mark_the_right_articles_and_leave_places_empty() -> None:
    table = results(QUESTIONS[0], {"words": ["a"], "meaning": ["c", "b", "a"]}, TITLES, most=2)
    assert table.columns == ("place", "words", "meaning")
    assert table.rows == [(1, "Zips", "Poles"), (2, "", "✔ Seams")]
    assert table.caption == "It leaks"


def test_the_view_follows_the_chosen_question() -> None:
    view: Any = viewer(QUESTIONS, {"words": [["c"], ["a"]]}, TITLES)
    choice, shown = view.children
    assert "It leaks" in shown.value
    assert "✔" not in shown.value
    choice.value = 1
    assert "Zip?" in shown.value
    assert "✔ Zips" in shown.value


def test_the_stored_speeds_say_where_and_when_they_were_measured() -> None:
    path = ROOT / "chapters" / "data" / "search_speed.json"
    measured = json.loads(path.read_text("utf-8"))
    assert date.fromisoformat(measured["date"]) <= date.today()
    assert "core" in measured["machine"]
    for times in measured["milliseconds"].values():
        assert len(times) == len(measured["vectors"])
        assert 0 < times[0] < times[-1]
