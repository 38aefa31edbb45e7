"""What several searches find for a question, side by side, with the right articles marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .tables import Table

if TYPE_CHECKING:
    from ipywidgets import VBox

RIGHT = "✔ "
"""Stands before an article that answers the question."""


def results(
    question: Mapping[str, Any],
    rankings: Mapping[str, Sequence[str]],
    titles: Mapping[str, str],
    most: int = 5,
) -> Table:
    """The first articles of each search, a column for each.

    Args:
        question: with its `question` and the ids of the `articles` that answer it.
        rankings: by the search's name, ids of articles, best first.
        titles: by id, what to call an article.
        most: how many places are shown.
    """
    rows = [
        (
            place + 1,
            *(_entry(found, place, question["articles"], titles) for found in rankings.values()),
        )
        for place in range(most)
    ]
    return Table(("place", *rankings), rows, str(question["question"]))


def _entry(
    found: Sequence[str], place: int, right: Sequence[str], titles: Mapping[str, str]
) -> str:
    if place >= len(found):
        return ""
    return (RIGHT if found[place] in right else "") + titles[found[place]]


def viewer(
    questions: Sequence[Mapping[str, Any]],
    methods: Mapping[str, Sequence[Sequence[str]]],
    titles: Mapping[str, str],
    most: int = 5,
) -> VBox:
    """A choice of questions, and what each search finds for the chosen one.

    Args:
        questions: with their `question`, `kind` and `articles`.
        methods: by the search's name, a ranking for each question, in the order of the questions.
        titles: by id, what to call an article.
        most: how many places are shown.
    """
    from ipywidgets import HTML, Dropdown, Layout, VBox

    names = [f"{each['kind']}: {each['question']}" for each in questions]
    options = [(name, number) for number, name in enumerate(names)]
    choice = Dropdown(options=options, description="Question", layout=Layout(width="100%"))
    view = HTML()

    def renew(_: object = None) -> None:
        number = int(choice.value or 0)
        rankings = {name: found[number] for name, found in methods.items()}
        view.value = results(questions[number], rankings, titles, most)._repr_html_()

    choice.observe(renew, "value")
    renew()
    return VBox([choice, view])
