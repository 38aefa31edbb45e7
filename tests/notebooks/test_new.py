"""`course new` begins lessons and exercises that build, obey the rules and pass their tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.notebooks.samples import CHAPTER, code, lesson, syllabus, text, write_solution
from utils import syllabus as syllabus_module
from utils.exercises import registry
from utils.notebooks.files import Course, NotebookError, open_notebook
from utils.notebooks.skeletons import (
    new_exercise,
    new_lesson,
    with_exercise,
    with_imports,
    with_lesson,
)
from utils.settings import ROOT

ORDER = """\
# Order matters here.
[[chapter]]
id = "07_search"
title = "Search"
summary = "What the chapter is about."

# A note on the next chapter.
[[chapter]]
id = "15_agents"
title = "Agents"
summary = "What the chapter is about."
"""
ENTRY = """\
[[chapter.lesson]]
id = "a_passages"
title = "Passages"
summary = "Split texts."
coverage = []
"""


@pytest.fixture
def begun(course: Course) -> Course:
    """A course with two chapters that have no lessons."""
    (course.root / "syllabus.toml").write_text(ORDER, "utf-8")
    return course


# -- lessons --------------------------------------------------------------------------------------


def test_a_lesson_gets_a_notebook_and_an_entry(begun: Course) -> None:
    draft = new_lesson(
        begun, "07_search/a_passages", 'Find "it"', summary="Split texts.", covers=["E2"]
    )
    assert not begun.solution("07_search/a_passages").exists()
    draft.write()
    entry = begun.syllabus.lesson("07_search/a_passages")
    assert (entry.title, entry.summary, entry.coverage) == ('Find "it"', "Split texts.", ("E2",))
    assert begun.ids() == ["07_search/a_passages"]
    notebook = open_notebook(begun.solution("07_search/a_passages")).notebook
    assert notebook.cells[0].source.startswith('# Find "it"\n\nSplit texts.')


def test_the_rest_of_the_syllabus_is_kept() -> None:
    made = with_lesson(ORDER, "07_search/a_passages", "Passages", "Split texts.", [])
    assert made == ORDER.replace("\n# A note", f"\n{ENTRY}\n# A note")
    again = with_lesson(made, "15_agents/a_loop", "The loop", "Go around.", ["C2"])
    order = syllabus_module.parse(tomllib.loads(again))
    assert order.ids == ("07_search/a_passages", "15_agents/a_loop")
    assert again.startswith("# Order matters here.")
    assert '# A note on the next chapter.\n[[chapter]]\nid = "15_agents"' in again


def test_an_entry_that_was_written_by_hand_is_used(begun: Course) -> None:
    path = begun.root / "syllabus.toml"
    path.write_text(with_lesson(ORDER, "07_search/a_passages", "By hand", "Yes.", []), "utf-8")
    before = path.read_bytes()
    new_lesson(begun, "07_search/a_passages", "Another title").write()
    assert path.read_bytes() == before
    notebook = open_notebook(begun.solution("07_search/a_passages")).notebook
    assert notebook.cells[0].source.startswith("# By hand\n")


@pytest.mark.parametrize(
    ("id", "title", "said"),
    [
        ("07_search", "T", "is not the id of a lesson"),
        ("07_search/passages", "T", "is not the id of a lesson"),
        ("07_search/f_sixth", "T", "is not the id of a lesson"),
        ("07_search/b_later", "T", "begins with a_"),
        ("09_other/a_first", "T", "has no chapter 09_other"),
        ("07_search/a_first", "  ", "The title is one line of text"),
        ("07_search/a_first", "two\nlines", "The title is one line of text"),
    ],
)
def test_a_lesson_that_cannot_be_begun_is_refused(
    begun: Course, id: str, title: str, said: str
) -> None:
    with pytest.raises(NotebookError, match=said):
        new_lesson(begun, id, title)


def test_an_unknown_subject_is_refused(begun: Course) -> None:
    with pytest.raises(NotebookError, match="no subject 'Z9'"):
        new_lesson(begun, "07_search/a_first", "T", covers=["Z9"])


def test_a_flat_chapter_is_not_divided_behind_its_back(course: Course) -> None:
    write_solution(course, *lesson())
    with pytest.raises(NotebookError, match="flat = true"):
        new_lesson(course, f"{CHAPTER}/a_first", "T")


def test_a_sixth_lesson_is_refused(course: Course) -> None:
    five = [f"{CHAPTER}/{letter}_one" for letter in "abcde"]
    (course.root / "syllabus.toml").write_text(syllabus(*five), "utf-8")
    with pytest.raises(NotebookError, match="five is most"):
        new_lesson(course, f"{CHAPTER}/a_again", "T")


def test_nothing_is_overwritten(begun: Course) -> None:
    path = begun.solution("07_search/a_first")
    draft = new_lesson(begun, "07_search/a_first", "T")
    path.parent.mkdir()
    path.write_text("mine", "utf-8")
    before = (begun.root / "syllabus.toml").read_bytes()
    with pytest.raises(NotebookError, match=r"solutions/07_search/a_first\.ipynb exists already"):
        draft.write()
    assert path.read_text("utf-8") == "mine"
    assert (begun.root / "syllabus.toml").read_bytes() == before


def test_a_learners_notebook_without_a_source_is_not_endangered(begun: Course) -> None:
    path = begun.lesson("07_search/a_first")
    path.parent.mkdir()
    path.write_text("mine", "utf-8")
    with pytest.raises(NotebookError, match="so that no work in it is lost"):
        new_lesson(begun, "07_search/a_first", "T")


def test_a_syllabus_that_changed_meanwhile_is_left_alone(begun: Course) -> None:
    draft = new_lesson(begun, "07_search/a_first", "T")
    path = begun.root / "syllabus.toml"
    path.write_text(ORDER + "\n", "utf-8")
    with pytest.raises(NotebookError, match="was changed meanwhile"):
        draft.write()
    assert not begun.solution("07_search/a_first").exists()


# -- exercises ------------------------------------------------------------------------------------


@pytest.fixture
def lesson_97(course: Course) -> Course:
    """A course with one small lesson."""
    text = ORDER.replace("15_agents", "97_sample")
    (course.root / "syllabus.toml").write_text(text, "utf-8")
    new_lesson(course, "97_sample/a_first", "A first lesson", covers=["A1"]).write()
    return course


def exercise(course: Course, **changed: str) -> None:
    """Begin exercise 97.1."""
    given = {"id": "97.1", "function": "rank_all", "title": "rank them all", "difficulty": "easy"}
    values = given | changed
    new_exercise(course, values.pop("id"), values.pop("function"), **values).write()  # type: ignore[arg-type]


def test_an_exercise_gets_a_module_cells_and_answers(lesson_97: Course) -> None:
    exercise(lesson_97)
    root = lesson_97.root
    module = (root / "utils/exercises/ch97/rank_all.py").read_text("utf-8")
    assert 'id="97.1"' in module
    assert 'covers=["A1"]' in module
    assert (root / "utils/exercises/ch97/__init__.py").is_file()
    assert (root / "tests/exercises/ch97/answers_rank_all.py").is_file()
    cells = open_notebook(lesson_97.solution("97_sample/a_first")).notebook.cells
    ids = [cell.id for cell in cells]
    assert ids[-4:] == ["task-rank-all", "write-rank-all", "check-rank-all", "recap"]
    assert cells[1].source.startswith("from openai import OpenAI\n\nfrom utils import CHAT_MODEL,")


def test_cells_go_behind_the_cell_that_is_named(lesson_97: Course) -> None:
    exercise(lesson_97, after="setup")
    cells = open_notebook(lesson_97.solution("97_sample/a_first")).notebook.cells
    assert [cell.id for cell in cells][1:3] == ["setup", "task-rank-all"]
    with pytest.raises(NotebookError, match="no cell with the id 'nowhere'"):
        exercise(lesson_97, id="97.2", function="rank", title="rank", after="nowhere")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": "97"}, "is not the id of an exercise"),
        ({"id": "97.0"}, "is not the id of an exercise"),
        ({"id": "96.1"}, "Chapter 96 has no lesson yet"),
        ({"function": "RankAll"}, "is not the name of a function"),
        ({"function": "class"}, "is not the name of a function"),
        ({"title": "Rank them all."}, "The title is the job in lower case"),
        ({"title": "rank " + "very " * 20 + "many"}, "Choose a shorter title"),
        ({"lesson": "15"}, "There is no lesson '15'"),
    ],
)
def test_an_exercise_that_cannot_be_begun_is_refused(
    lesson_97: Course, changed: dict[str, str], said: str
) -> None:
    with pytest.raises(NotebookError, match=said):
        exercise(lesson_97, **changed)
    assert not (lesson_97.root / "utils").exists()


@pytest.mark.parametrize("what", ["id", "function", "title"])
def test_what_another_exercise_has_is_refused(lesson_97: Course, what: str) -> None:
    other = registry.every()[0]
    taken = {"id": other.id, "function": other.function, "title": other.title}
    with pytest.raises(NotebookError, match=f"has the {what} {taken[what]!r} already"):
        exercise(lesson_97, **{what: taken[what]})


def test_a_lesson_has_to_be_named_where_there_are_several(lesson_97: Course) -> None:
    new_lesson(lesson_97, "97_sample/b_second", "A second lesson", covers=["A1"]).write()
    with pytest.raises(NotebookError, match="Name one lesson with --lesson"):
        exercise(lesson_97)
    exercise(lesson_97, lesson="97b")
    cells = open_notebook(lesson_97.solution("97_sample/b_second")).notebook.cells
    assert "write-rank-all" in [cell.id for cell in cells]


def test_a_subject_has_to_be_named_where_the_lesson_shows_several(begun: Course) -> None:
    new_lesson(begun, "07_search/a_first", "T", covers=["E1", "E2"]).write()
    with pytest.raises(NotebookError, match="07_search/a_first shows E1, E2"):
        exercise(begun, id="07.99")


@pytest.mark.parametrize(
    ("source", "made"),
    [
        (
            "from utils import CHAT_MODEL, connect",
            "from openai import OpenAI\n\nfrom utils import CHAT_MODEL, check, connect",
        ),
        (
            "import json\n\nfrom openai import AsyncOpenAI\n\nfrom utils import connect",
            "import json\n\nfrom openai import AsyncOpenAI, OpenAI\n\n"
            "from utils import CHAT_MODEL, check, connect",
        ),
        ("", "from openai import OpenAI\n\nfrom utils import CHAT_MODEL, check"),
    ],
)
def test_imports_are_added_where_they_belong(source: str, made: str) -> None:
    wanted = {"openai": ["OpenAI"], "utils": ["CHAT_MODEL", "check"]}
    assert with_imports(source, wanted) == made


def test_a_notebook_without_a_set_up_cell_gets_the_imports_with_the_function(
    lesson_97: Course,
) -> None:
    write_solution(lesson_97, text("title", "# T"), code("one", "1 + 1"), name="97_sample/a_first")
    made = with_exercise(
        open_notebook(lesson_97.solution("97_sample/a_first")), registry.every()[0], ""
    )
    written = next(cell for cell in made.cells if cell.id.startswith("write-"))
    assert written.source.startswith("from openai import OpenAI\n\nfrom utils import CHAT_MODEL")


# -- all of it ------------------------------------------------------------------------------------

LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "site", "node_modules", "build", "dist")


def test_what_was_begun_builds_obeys_the_rules_and_passes_its_tests(tmp_path: Path) -> None:
    copy = tmp_path / "course"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    with (copy / "syllabus.toml").open("a", encoding="utf-8") as file:
        file.write('\n[[chapter]]\nid = "97_sample"\ntitle = "Sample"\nsummary = "A sample."\n')
    env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=copy, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    course = ("utils.cli", "new")
    run(*course, "lesson", "97_sample/a_first", "A first lesson", "--covers", "A1")
    made = run(
        *(*course, "exercise", "97.1", "rank_all", "--difficulty", "easy"),
        *("--title", "rank them all"),
    )
    assert "wrote utils/exercises/ch97/rank_all.py" in made
    run("utils.cli", "build", "97a")
    run("utils.cli", "build", "97a", "--check")
    assert "nothing to correct" in run("utils.cli", "lint", "97a")
    files = ["solutions/97_sample", "chapters/97_sample", "utils/exercises/ch97"]
    run("ruff", "check", *files, "tests/exercises/ch97")
    run("ruff", "format", "--check", *files, "tests/exercises/ch97")
    told = run("pytest", "-q", "-p", "no:cacheprovider", "tests/exercises", "-k", "97.1")
    assert "passed" in told
