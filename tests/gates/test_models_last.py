"""No model that shuts down within 120 days is named where people would copy it from.

Notebooks are checked by `utils.notebooks.lint`. The dates are those that the installed SDK
documents.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.gates.gathered import COURSE, text_of, tracked_files
from utils import models
from utils.notebooks.lint import TEACHES_IDS, shutting_down


def pages() -> list[Path]:
    """The texts that people read, and the module that names the models."""
    own = [COURSE.root / "utils" / "models.py"]
    return own + [
        path
        for path in tracked_files()
        if path.suffix == ".md" and not path.relative_to(COURSE.root).parts[0].startswith(".")
    ]


def going(text: str, today: date) -> list[str]:
    """Models that shut down soon, on lines without the comment `<!-- teaches-ids -->`."""
    return [
        f"line {number}: {found} shuts down on {ends}"
        for number, line in enumerate(text.splitlines(), 1)
        if f"<!-- {TEACHES_IDS} -->" not in line
        for found, ends in shutting_down(line, today)
    ]


def test_pages_name_no_model_that_shuts_down_soon() -> None:
    assert len(pages()) > 1
    found = [
        f"{path.relative_to(COURSE.root)}, {problem}"
        for path in pages()
        for problem in going(text_of(path) or "", date.today())
    ]
    assert not found, "\n".join(found)


def test_the_models_of_the_course_are_known_to_the_installed_sdk() -> None:
    assert models.shutdown_dates(), "the SDK's documentation has another form; correct the reader"
    for model in (*models.CHAT_MODELS, *models.EMBED_MODELS):
        ends = models.shutdown_date(model.id)
        assert ends is None, f"{model.id} shuts down on {ends}; choose its successor"


@pytest.mark.parametrize(("line", "count"), [("use `gpt-4o`", 1), ("use gpt-4o-2024-08-06.", 1)])
def test_a_model_that_shuts_down_is_found(line: str, count: int) -> None:
    ends = models.shutdown_dates()["gpt-4o"]
    assert len(going(line, ends)) == count
    assert going(f"{line} <!-- {TEACHES_IDS} -->", ends) == []
    assert going(line, date(2020, 1, 1)) == []
