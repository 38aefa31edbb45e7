"""`course grade` from one end to the other, on submissions of honest people."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path

import pytest

from utils import grade_command
from utils.exercises import not_attempted, registry
from utils.grading.judge import engines, player
from utils.grading.judge import sandbox as sandbox_module
from utils.grading.judge.grade import Grade, Seat
from utils.grading.judge.grade import grade as grade_one
from utils.grading.judge.sandbox import NotNested, WarmHost
from utils.grading.judge.submissions import read, read_all
from utils.grading.notebook import Verdict
from utils.notebooks.files import Course, open_notebook
from utils.notebooks.frame import exercises_in

from .classroom import ASK, MOST, OF_ASK, OF_RECEIPT, RECEIPT, Graded, ask_shop, grade, notebook

STUB = ask_shop('"""Ask."""', "raise NotImplementedError")
LESSON = """
import asyncio
from utils import CHAT_MODEL, EMBED_MODEL, connect, check, hint, solution, progress
from utils.grading import check as the_same
client = connect("there is no such recording")
answers = []
await asyncio.sleep(0)
%timeit -n1 -r1 sum(range(10))
check("01.1"), hint("01.1"), solution("01.1"), progress()
"""
ASKS = """
client.embeddings.create(model=EMBED_MODEL, input="?")
"""
PLOTS = """
import matplotlib.pyplot as plt
%matplotlib inline
figure, axes = plt.subplots()
axes.plot([1, 2])
plt.savefig("figure.png")
plt.show()
"""
FILES = """
log = open("log.txt", "w")
def ask_shop(client, instructions, question):
    print("asking", question)
    print("noise", file=__import__("sys").stderr)
    log.write(question)
    later = open("later.txt", "w")
    return _ask(client, instructions, question)
"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory, sandbox: None, impatient: None) -> Graded:
    folder = tmp_path_factory.mktemp("honest") / "class"
    folder.mkdir()
    made = {
        "right": notebook(LESSON, ASK, RECEIPT),
        "stub": notebook(STUB, RECEIPT),
        "empty": notebook(),
        "partly": notebook(ASK.replace("developer", "system"), RECEIPT),
        "wrong": notebook(ask_shop("return question"), RECEIPT),
        "raises": notebook(ask_shop("answers = {}", 'return answers["text"]'), RECEIPT),
        "files": notebook(ASK, "_ask = ask_shop", FILES, RECEIPT),
        "plots": notebook(PLOTS, ASK, RECEIPT + PLOTS),
        "syntax": notebook(RECEIPT, "def ask_shop(client:\n    pass"),
        "cells": notebook("1 / 0", "input()", "undefined", "!false", ASK, "exit()", RECEIPT),
        "asks": notebook(
            LESSON, 'client.responses.create(model=CHAT_MODEL, input="?")', ASKS, ASK + ASKS
        ),
    }
    for name, text in made.items():
        (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "script.py").write_text(ASK + RECEIPT, encoding="utf-8")
    student = folder / "student"
    (student / "deeper").mkdir(parents=True)
    (student / "helper.py").write_text("MODEL = 'gpt-6-luna'\n", encoding="utf-8")
    uses = "from helper import MODEL" + ASK.replace('"gpt-6-luna"', "MODEL")
    (student / "01_requests.ipynb").write_text(notebook(uses), encoding="utf-8")
    (student / "deeper" / "more.ipynb").write_text(notebook(RECEIPT), encoding="utf-8")
    (folder / "notes.txt").write_text("no submission")
    return grade(folder, "--jobs", "2", "--seed", "1")


def test_right_answers_get_all_points(graded: Graded):
    assert graded.code == 0
    assert graded["right"]["score"] == graded["right"]["max_score"] == MOST
    assert not graded["right"]["problems"]


def test_a_stub_and_an_empty_notebook_are_not_attempted(graded: Graded):
    assert graded.verdicts("stub") == ["not attempted", "right"]
    assert graded.verdicts("empty") == ["not attempted", "not attempted"]
    assert graded["empty"]["max_score"] == MOST


def test_each_case_counts(graded: Graded):
    assert graded.verdicts("partly")[0] == "partly right"
    assert 0 < graded.scores("partly")[0] < OF_ASK
    assert "Developer messages replace what older code calls system" in graded.words("partly")
    assert graded.verdicts("wrong")[0] == "wrong"


def test_an_exception_names_the_learners_own_line(graded: Graded):
    assert graded.verdicts("raises") == ["raised", "right"]
    assert "KeyError: 'text' (your line 3: return answers[\"text\"])" in graded.words("raises")


def test_who_prints_plots_or_leaves_files_open_loses_nothing(graded: Graded):
    assert graded["files"]["score"] == MOST
    assert graded["plots"]["score"] == MOST
    assert not graded["plots"]["problems"]


def test_a_syntax_error_is_said_with_its_cell_and_line(graded: Graded):
    assert graded.scores("syntax") == [0, OF_RECEIPT]
    assert graded.verdicts("syntax")[0] == "raised"
    first = graded.words("syntax").splitlines()[0]
    assert first.startswith("Cell 2: SyntaxError: ")
    assert "(line 1: def ask_shop(client:)" in first
    assert "Your cell has a syntax error, so Python did not run it" in graded.words("syntax")


def test_cells_that_fail_are_named_and_the_functions_are_graded(graded: Graded):
    assert graded["cells"]["score"] == MOST
    words = graded.words("cells")
    assert "Cell 1: ZeroDivisionError: division by zero (line 1: 1 / 0)" in words
    assert "Cell 3: NameError" in words


def test_a_request_of_a_cell_fails_with_a_clear_message(graded: Graded):
    assert graded.scores("asks") == [OF_ASK, 0]
    said = graded.words("asks")
    assert "NoServiceHere: the grader has no service for the cells" in said
    assert "Cells 2, 3 send requests that no recording of the course answers" in said


COURSE = Course()
IN_LESSONS = {id: exercises_in(open_notebook(COURSE.solution(id)).notebook) for id in COURSE.ids()}
LESSONS = [id for id, exercises in IN_LESSONS.items() if exercises]


def test_every_exercise_is_in_one_lesson():
    there = [exercise.id for exercises in IN_LESSONS.values() for exercise in exercises]
    assert sorted(there) == sorted(exercise.id for exercise in registry.every())


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_solved_lesson_gets_all_points_and_its_cells_run(
    lesson: str, seat: Seat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(player, "CELL_SECONDS", 10.0)
    path = tmp_path / f"{lesson.replace('/', '-')}.ipynb"
    shutil.copy(COURSE.solution(lesson), path)
    submission = read(path, "a", tmp_path)
    exercises = IN_LESSONS[lesson]
    made = grade_one(submission, exercises, seat, seed=1, key="")
    assert made.score == made.max_score
    assert not made.problems, [str(problem) for problem in made.problems]


def test_a_python_file_and_a_students_folder_are_submissions(graded: Graded):
    assert graded["script"]["score"] == MOST
    assert graded["student"]["score"] == MOST
    assert graded["student"]["files"] == ["01_requests.ipynb", "deeper/more.ipynb", "helper.py"]
    assert "notes" not in {s["name"] for s in graded.content["submissions"]}


def test_the_table_has_a_line_for_everyone(graded: Graded):
    with open(graded.out / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["submission"]: row for row in csv.DictReader(file)}
    assert set(rows) == {s["name"] for s in graded.content["submissions"]}
    assert rows["stub"]["01.1 verdict"] == "not attempted"
    assert rows["right"]["score"] == str(MOST)


def test_the_report_shows_the_box_of_the_notebook(graded: Graded):
    page = (graded.out / "reports" / "partly.html").read_text("utf-8")
    for judgment in Grade.from_plain(graded["partly"]).judgments:
        assert Verdict(judgment)._repr_html_() in page
    index = (graded.out / "index.html").read_text("utf-8")
    assert "reports/partly.html" in index


def test_gradescope_gets_its_own_form(graded: Graded):
    content = json.loads((graded.out / "gradescope" / "partly.json").read_text("utf-8"))
    assert content["score"] == graded["partly"]["score"]
    assert sum(t["score"] for t in content["tests"]) == content["score"]
    assert sum(t["max_score"] for t in content["tests"]) == MOST
    assert {t["visibility"] for t in content["tests"]} == {"visible", "after_published"}
    failed = next(t for t in content["tests"] if t["status"] == "failed")
    assert failed["name"].startswith("01.1 ask_shop(): ")
    assert failed["output"]


def graded_without_running(job: engines.Job, seat: Seat) -> Grade:
    """A grade of no points."""
    exercises = [registry.get(id) for id in job.exercises]
    judgments = [not_attempted(exercise, hidden=True) for exercise in exercises]
    return Grade(job.submission.name, job.submission.safe, job.key, judgments)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the submissions that were graded; nothing of theirs runs."""
    names: list[str] = []

    def note(job: engines.Job, seat: Seat) -> Grade:
        names.append(job.submission.name)
        return graded_without_running(job, seat)

    monkeypatch.setattr(engines, "run_job", note)
    return names


def test_a_second_run_grades_only_what_is_new(graded: Graded, tmp_path: Path, done: list[str]):
    folder = tmp_path / "class"
    shutil.copytree(graded.out.with_name("class"), folder)
    shutil.copytree(graded.out, tmp_path / "class-grades")
    (folder / "stub.ipynb").write_text(notebook(ASK), encoding="utf-8")
    (folder / "new.ipynb").write_text(notebook(RECEIPT), encoding="utf-8")
    again = grade(folder, "--jobs", "1")
    assert sorted(done) == ["new", "stub"]
    assert again["partly"] == graded["partly"]
    assert again.content["seed"] == 1


def test_all_is_graded_again_when_told_or_when_an_exercise_changed(
    class_of_two: Path, done: list[str], monkeypatch: pytest.MonkeyPatch
):
    grade(class_of_two)
    grade(class_of_two)
    assert sorted(done) == ["a", "b"]
    grade(class_of_two, "--fresh")
    assert sorted(done) == ["a", "a", "b", "b"]
    monkeypatch.setattr(grade_command, "version_of", lambda exercises: "another")
    grade(class_of_two)
    assert sorted(done) == ["a", "a", "a", "b", "b", "b"]


def test_an_interrupted_batch_keeps_what_is_done(
    class_of_two: Path, monkeypatch: pytest.MonkeyPatch, done: list[str]
):
    def interrupted(job: engines.Job, seat: Seat) -> Grade:
        if job.submission.name == "b":
            raise RuntimeError("the power failed")
        return graded_without_running(job, seat)

    with monkeypatch.context() as patch:
        patch.setattr(engines, "run_job", interrupted)
        first = grade(class_of_two, "--jobs", "1")
    assert first.code == 1
    assert [s["name"] for s in first.content["submissions"]] == ["a"]
    second = grade(class_of_two, "--jobs", "1")
    assert second.code == 0
    assert done == ["b"]
    assert second["a"] == first["a"]


def test_a_damaged_result_is_graded_again(class_of_two: Path, done: list[str]):
    first = grade(class_of_two)
    (first.out / "results" / "grade-a.json").write_text('{"key":', encoding="utf-8")
    grade(class_of_two)
    assert sorted(done) == ["a", "a", "b"]


@pytest.fixture
def class_of_two(sandbox: None, tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.ipynb").write_text(notebook(ASK), encoding="utf-8")
    return folder


def test_the_values_in_the_scenarios_follow_the_seed(seat: Seat, tmp_path: Path):
    path = tmp_path / "a.ipynb"
    path.write_text(notebook(ask_shop("raise RuntimeError(question)")), encoding="utf-8")
    submission = read(path, "a", tmp_path)
    exercises = [registry.get("01.1")]
    told = [
        grade_one(submission, exercises, seat, seed=seed, key="").judgments[0].text
        for seed in (1, 1, 2, 3)
    ]
    assert told[0] == told[1]
    assert len(set(told)) > 1


def test_without_exercises_named_it_grades_the_chapters_at_hand(class_of_two: Path):
    exercises = grade_command.chosen(None, list(read_all(class_of_two)))
    assert exercises == list(registry.of_chapter("01"))
    assert grade_command.chosen(["01.2", "01.1"], []) == [
        registry.get("01.2"),
        registry.get("01.1"),
    ]


# -- without the sandbox --------------------------------------------------------------------------


def test_without_bubblewrap_it_refuses_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(shutil, "which", lambda name: name if name == "dnf" else None)
    result = grade(tmp_path)
    assert result.code == 1
    said = capsys.readouterr().err
    assert "sudo dnf install bubblewrap" in said
    assert "--no-sandbox" in said
    monkeypatch.setattr(shutil, "which", lambda name: None)
    for platform, word in (("darwin", "macOS"), ("win32", "WSL")):
        monkeypatch.setattr(sandbox_module.sys, "platform", platform)
        assert grade(tmp_path).code == 1
        said = capsys.readouterr().err
        assert word in said
        assert "--no-sandbox" in said


def test_bubblewrap_that_cannot_make_namespaces_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}{os.pathsep}{os.environ['PATH']}")
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook(ASK), encoding="utf-8")
    assert grade(folder).code == 1
    said = capsys.readouterr().err
    assert "No permissions to create new namespace" in said
    assert "--no-sandbox" in said
    assert "Traceback" not in said


def test_no_sandbox_grades_and_says_what_it_gives_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    folder = tmp_path / "class"
    folder.mkdir()
    dies = ask_shop("import os", "os._exit(0)")
    (folder / "a.ipynb").write_text(notebook(LESSON, ASK, RECEIPT), encoding="utf-8")
    (folder / "b.ipynb").write_text(notebook(dies, RECEIPT), encoding="utf-8")
    result = grade(folder, "--no-sandbox", "--jobs", "1")
    assert result.code == 0
    assert result.scores("a") == [OF_ASK, OF_RECEIPT]
    assert result.scores("b") == [0, OF_RECEIPT]
    said = capsys.readouterr().err
    assert "WITHOUT a sandbox" in said
    assert "delete your files" in said
    assert result.content["sandbox"] is False


def test_a_sandbox_that_cannot_be_nested_serves_one_submission_each(
    sandbox: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(self: object, setting: object) -> None:
        raise NotNested("refused")

    monkeypatch.setattr(WarmHost, "__init__", refuse)
    folder = tmp_path / "class"
    folder.mkdir()
    seen = f"os.path.exists({str(Path(__file__))!r})"
    looks = ask_shop("import os", f"raise RuntimeError(({seen}, os.getuid()))")
    (folder / "a.ipynb").write_text(notebook(ASK, RECEIPT), encoding="utf-8")
    (folder / "b.ipynb").write_text(notebook(looks, RECEIPT), encoding="utf-8")
    result = grade(folder, "--jobs", "1")
    assert result.scores("a") == [OF_ASK, OF_RECEIPT]
    assert result.scores("b") == [0, OF_RECEIPT]
    assert "(False, " in result.words("b")


# -- wrong use ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        (["--exercises", "01.99"], "There is no exercise 01.99"),
        (["--exercises", "77"], "Chapter 77 has no exercises"),
        (["--engine", "celery"], "there is no engine 'celery'"),
        (["--jobs", "0"], "--jobs must be at least 1"),
    ],
)
def test_wrong_use_gets_one_clear_line(
    options: list[str],
    phrase: str,
    sandbox: None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook(ASK), encoding="utf-8")
    assert grade(folder, *options, exercises=()).code == 1
    assert phrase in capsys.readouterr().err


def test_a_folder_that_is_none_or_empty_is_refused(
    sandbox: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert grade(tmp_path / "nowhere").code == 1
    assert "is not a folder" in capsys.readouterr().err
    assert grade(tmp_path).code == 1
    assert "holds no notebook" in capsys.readouterr().err


# -- Dask -----------------------------------------------------------------------------------------


def test_dask_runs_the_same_jobs(graded: Graded, tmp_path: Path):
    pytest.importorskip("distributed")
    folder = tmp_path / "class"
    folder.mkdir()
    for name in ("right", "partly"):
        shutil.copy(graded.out.with_name("class") / f"{name}.ipynb", folder)
    result = grade(folder, "--engine", "dask", "--jobs", "1", "--seed", "1")
    assert result.code == 0
    for name in ("right", "partly"):
        assert result[name]["exercises"] == graded[name]["exercises"]


def test_without_dask_it_says_what_to_install(
    sandbox: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook(ASK), encoding="utf-8")
    assert grade(folder, "--engine", "dask").code == 1
    assert "pip install distributed" in capsys.readouterr().err
