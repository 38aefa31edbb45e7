"""Playing mutants of a tiny exercise: killed, survived, by luck, seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from utils.exercises import Exercise, Run, get
from utils.mutants import trial as trial_module
from utils.mutants.mutation import Mutant, mutants_of, solution_of
from utils.mutants.trial import SolutionFails, try_out, usual_events
from utils.mutants.workers import try_all
from utils.scripted import says

TINY = Exercise("99.1", "ask", "ask", "easy", ["a", "b"])
SOLUTION = """
def ask(client, question, note):
    note = str(note)
    return client.responses.create(model="m", input=question).output_text
"""


@TINY.case()
def returned(run: Run) -> None:
    """it returns the answer"""
    result = run([says("Bergen")], run.rng.choice(["a", "b"]), run.rng.choice(["b", "c"]))
    result.returned("Bergen")
    if run.rng.random() < 0.5:
        result.request(1).contains(str(result.call.args[0]))


@TINY.case(hidden=True)
def sent(run: Run) -> None:
    """it sends the question"""
    question = run.rng.choice(["d", "e"])
    run([says("Bergen")], question, "").request(1).contains(question)


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny exercise in the place of those of the course."""
    usual_events.cache_clear()
    monkeypatch.setattr(trial_module, "get", lambda id: TINY if id == "99.1" else get(id))
    solution = Mutant("99.1", "", "", SOLUTION)
    monkeypatch.setattr(
        trial_module, "solution_of", lambda id: solution if id == "99.1" else solution_of(id)
    )
    real = trial_module.defined

    def defined(exercise: str, function: str, source: str, **names: Any) -> Any:
        if exercise != "99.1":
            return real(exercise, function, source, **names)
        exec(source, names)
        return names[function]

    monkeypatch.setattr(trial_module, "defined", defined)


def changed(old: str, new: str) -> Mutant:
    return Mutant("99.1", "by hand", f"{old} -> {new}", SOLUTION.replace(old, new))


def test_a_mutant_that_a_case_notices_is_killed():
    came = try_out(changed("output_text", "id"), seeds=4)
    assert (came.fate, came.ended) == ("killed", "")


def test_a_mutant_that_no_case_notices_survives_and_says_what_it_did():
    mutant = changed("input=question", "input='x'")
    player = trial_module.WatchedPlayer(TINY, mutant.source)
    noticed = [trial_module.first_failure(TINY, player, seed=seed) for seed in range(8)]
    assert None in noticed
    assert any(noticed), "and under other seeds the case does look"
    came = try_out(mutant, seeds=8)
    first = noticed.index(None)
    assert (came.fate, came.seed) == ("lucky" if first else "survived", first)
    assert came.difference == "request 1 has other input"
    assert came.hidden


def test_a_mutant_that_does_the_same_shows_no_difference():
    came = try_out(changed("str(note)", "note"))
    assert (came.fate, came.difference, came.hidden) == ("survived", "", False)


def test_a_mutant_that_never_ends_is_killed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(trial_module, "SECONDS", 0.2)
    came = try_out(changed("note = str(note)", "while True: pass"))
    assert (came.fate, came.ended) == ("killed", "it had to be stopped")
    assert TINY.seconds != 0.2, "the exercise keeps its own limit"


def test_a_cell_that_raises_is_killed():
    came = try_out(Mutant("99.1", "by hand", "", "1 / 0"))
    assert (came.fate, came.ended) == ("killed", "its cell raises ZeroDivisionError")


def test_a_solution_that_fails_is_not_passed_over(monkeypatch: pytest.MonkeyPatch):
    broken = Mutant("99.1", "", "", SOLUTION.replace("output_text", "id"))
    monkeypatch.setattr(trial_module, "solution_of", lambda id: broken)
    with pytest.raises(SolutionFails, match=r"the solution of 99\.1 fails under seed 0: it ret"):
        try_out(changed("output_text", "id"))


def test_a_process_that_dies_costs_only_its_mutant():
    """The course's first exercise, since other processes know nothing of the tiny one."""
    good = solution_of("01.1")
    source = f"import os\n{good.source}\nask_shop = lambda *_: os.kill(os.getpid(), 9)\n"
    dies = Mutant("01.1", "by hand", "", source)
    found = {t.mutant: t for t in try_all([dies, good, mutants_of("01.1")[0]], jobs=1)}
    assert found[dies].ended == "its process died"
    assert found[good].fate == "survived"
    assert len(found) == 3


def test_each_mutant_of_an_exercise_is_made_once(tmp_path: Path):
    made = mutants_of("01.1")
    assert len({mutant.source for mutant in made}) == len(made) > 10
    assert solution_of("01.1").source not in {mutant.source for mutant in made}
