"""The report on a run: totals, the survivors without a reason, and reasons without a survivor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .equivalents import Equivalent, entry
from .tally import Tally
from .trial import Trial


@dataclass(frozen=True)
class RunReport:
    """What a run found.

    Args:
        trials: What came of each mutant, of whole exercises.
        equivalents: Accepted survivors.
        seeds: Under how many seeds each mutant was played.
    """

    trials: Sequence[Trial]
    equivalents: Sequence[Equivalent]
    seeds: int

    def exercises(self) -> list[str]:
        """Ids of the exercises that were played."""
        return sorted({trial.mutant.exercise for trial in self.trials}, key=_order)

    def survivors(self) -> list[Trial]:
        """Mutants that no visible case notices, accepted or not."""
        return [trial for trial in self.trials if trial.fate != "killed"]

    def accepted(self) -> list[tuple[Trial, Equivalent]]:
        """Survivors with the reason for which they are accepted."""
        reasons = {one.key: one for one in self.equivalents}
        return [(trial, reasons[k]) for trial in self.survivors() if (k := _key(trial)) in reasons]

    def open(self) -> list[Trial]:
        """Survivors without a reason: first those that did something else, grouped by what."""
        reasons = {one.key for one in self.equivalents}
        left = [trial for trial in self.survivors() if _key(trial) not in reasons]
        return sorted(left, key=lambda t: (not t.difference, _order(t.mutant.exercise), _cause(t)))

    def needless(self) -> list[Equivalent]:
        """Reasons whose mutant does not survive, or does not exist, in an exercise that ran."""
        played, alive = set(self.exercises()), {_key(trial) for trial in self.survivors()}
        return [one for one in self.equivalents if one.exercise in played and one.key not in alive]

    def tally(self, exercise: str, mark: str) -> Tally:
        """The numbers of one exercise."""
        made = sum(trial.mutant.exercise == exercise for trial in self.trials)
        alive = sum(trial.mutant.exercise == exercise for trial in self.survivors())
        equal = sum(trial.mutant.exercise == exercise for trial, _ in self.accepted())
        return Tally(mark, made, made - alive, equal, self.seeds)

    # -- in words ----------------------------------------------------------------------------------

    def text(self, *, reasons: bool = False, entries: bool = False) -> str:
        """The report.

        Args:
            reasons: Also list the accepted survivors.
            entries: Print the survivors without a reason as entries to be filled in.
        """
        lines = list(self._open_lines(entries))
        if reasons and self.accepted():
            lines += ["", "Accepted:"]
            for trial, one in self.accepted():
                lines += [
                    f"  {trial.mutant.exercise}  {trial.mutant.change}",
                    f"      {one.reason}",
                ]
        exists = {(trial.mutant.exercise, trial.mutant.change) for trial in self.trials}
        for one in self.needless():
            now = "a case notices it now" if one.key in exists else "there is no such mutant"
            lines.append(f"{one.file} accepts {one.change!r} of {one.exercise}, but {now}.")
        return "\n".join([*lines, "", *self._table()]).lstrip("\n")

    def _open_lines(self, entries: bool) -> Iterable[str]:
        cause = None
        for trial in self.open():
            mutant = trial.mutant
            if entries:
                yield entry(mutant.exercise, mutant.change)
                continue
            here = (mutant.exercise, _cause(trial))
            if here != cause:
                seen = trial.difference or "no case shows a difference"
                yield f"\n{mutant.exercise}  {mutant.operator}  ({seen})"
                cause = here
            notes = ["a hidden case notices it"] if trial.hidden else []
            notes += [f"only under seed {trial.seed}"] if trial.fate == "lucky" else []
            yield f"    {mutant.change}" + f"    [{'; '.join(notes)}]" * bool(notes)

    def _table(self) -> Iterable[str]:
        yield f"{'':8}{'made':>7}{'killed':>9}{'equivalent':>12}{'no reason':>11}"
        groups = Counter(id.partition(".")[0] for id in self.exercises())
        rows = list(groups) if len(groups) > 1 else self.exercises()
        for name in [*rows, ""]:
            tallies = [self.tally(id, "") for id in self.exercises() if id.startswith(name)]
            numbers = [
                sum(getattr(tally, what) for tally in tallies)
                for what in ("made", "killed", "equivalent", "open")
            ]
            yield "{:8}{:7,}{:9,}{:12,}{:11,}".format(name or "all", *numbers)
        yield f"Played under {self.seeds} seed{'s' * (self.seeds > 1)}."


def _key(trial: Trial) -> tuple[str, str]:
    return trial.mutant.exercise, trial.mutant.change


def _cause(trial: Trial) -> tuple[str, str]:
    return trial.difference, trial.mutant.operator


def _order(exercise: str) -> tuple[str, int]:
    chapter, _, number = exercise.partition(".")
    return chapter, int(number)
