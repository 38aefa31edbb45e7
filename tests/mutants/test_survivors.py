"""Accepted survivors, the report, and the numbers that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from utils.exercises import every
from utils.mutants import tally as tally_module
from utils.mutants.equivalents import FILE, BadEquivalents, Equivalent, accepted, entry
from utils.mutants.mutation import Mutant
from utils.mutants.survivors import RunReport
from utils.mutants.tally import BadTally, Tally, keep_tallies, mark_of, read_tallies, stale
from utils.mutants.trial import Fate, Trial


def came(change: str, fate: Fate = "survived", id: str = "03.4", **more: object) -> Trial:
    return Trial(Mutant(id, "boundary moved", change, change), fate, **more)  # type: ignore[arg-type]


def because(change: str, id: str = "03.4") -> Equivalent:
    return Equivalent(id, change, "No case can tell.", f"ch{id[:2]}/{FILE}")


def test_survivors_without_a_reason_are_listed_first_those_that_did_something_else():
    trials = [
        came("a", "killed"),
        came("b"),
        came("c", "lucky", seed=3),
        came("d", difference="it returns something else", hidden=True),
        came("e"),
    ]
    report = RunReport(trials, [because("e")], 4)
    assert [trial.mutant.change for trial in report.open()] == ["d", "b", "c"]
    text = report.text()
    assert text.index("(it returns something else)") < text.index("(no case shows a difference)")
    assert "    d    [a hidden case notices it]\n" in text
    assert "    c    [only under seed 3]\n" in text
    assert text.splitlines()[-2].split() == ["all", "5", "1", "1", "3"]
    assert text.endswith("Played under 4 seeds.")
    assert "No case can tell" not in text
    assert "No case can tell" in report.text(reasons=True)


def test_a_reason_that_no_mutant_needs_is_reported():
    reasons = [because("a"), because("gone"), because("b", "03.5")]
    report = RunReport([came("a", "killed"), came("b", id="03.4")], reasons, 1)
    assert [one.change for one in report.needless()] == ["a", "gone"]
    assert "'a' of 03.4, but a case notices it now." in report.text()
    assert "'gone' of 03.4, but there is no such mutant." in report.text()


def test_the_numbers_of_one_exercise():
    trials = [came("a", "killed"), came("b"), came("c"), came("d", id="03.5")]
    tally = RunReport(trials, [because("b")], 2).tally("03.4", "mark")
    assert tally == Tally("mark", made=3, killed=1, equivalent=1, seeds=2)
    assert tally.open == 1


def test_an_entry_can_be_printed_filled_in_and_read(tmp_path: Path):
    change = """if "a\\n" [->-]{+>=+} 'b':"""
    path = tmp_path / "ch03" / FILE
    path.parent.mkdir()
    path.write_text(entry("03.4", change, "There is no equality."), "utf-8")
    assert accepted(tmp_path) == [
        Equivalent("03.4", change, "There is no equality.", f"ch03/{FILE}")
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (entry("03.4", "a"), "without a reason"),
        (entry("04.4", "a", "b"), "accepts a mutant of 04.4"),
        (entry("03.4", "a", "b") * 2, "twice"),
        ("[[equivalent]]\nexercise = '03.4'\n", "cannot be read"),
        ("[[equivalent]\n", "cannot be read"),
    ],
)
def test_a_file_that_is_not_as_it_should_be(tmp_path: Path, content: str, said: str):
    path = tmp_path / "ch03" / FILE
    path.parent.mkdir()
    path.write_text(content, "utf-8")
    with pytest.raises(BadEquivalents, match=rf"ch03/{FILE} .*{said}|{said}"):
        accepted(tmp_path)


def test_the_numbers_are_kept_a_line_an_exercise(tmp_path: Path):
    path = tmp_path / "mutants.json"
    first, second = Tally("a", 3, 2, 1, 1), Tally("b", 5, 5, 0, 1)
    keep_tallies({"01.2": second, "01.9": first}, ["01.1", "01.2", "01.9"], path)
    keep_tallies({"01.1": first}, ["01.1", "01.2"], path)
    assert read_tallies(path) == {"01.1": first, "01.2": second}
    assert len(path.read_text("utf-8").splitlines()) == 4
    path.write_text("[]", "utf-8")
    with pytest.raises(BadTally, match=r"mutants\.json cannot be read.*run `course mutants`"):
        read_tallies(path)


def test_a_change_of_an_exercise_makes_its_numbers_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "mutants.json"
    one, other = every()[:2]
    keep_tallies(
        {e.id: Tally(mark_of(e), 1, 1, 0, 1) for e in (one, other)}, [one.id, other.id], path
    )
    assert stale([one, other], path) == []
    cell = tally_module.solution_cell
    monkeypatch.setattr(
        tally_module, "solution_cell", lambda id, path: cell(id, path) + "#" * (id == one.id)
    )
    assert stale([one, other], path) == [one.id]
