"""Mutants of the model solutions: do the exercises notice small mistakes?

A mutant is a model solution with one mechanical change. It is played to the visible cases of its
exercise, as `check` does. If it still gets full points, either a case is missing, or the change
makes no difference; then its reason is in `tests/exercises/chNN/equivalent_mutants.toml`.

* `operators`: the changes, each a function that is named
* `mutation`: the mutants of an exercise
* `trial`: playing one; what it did differently if it survives
* `workers`: playing many, in processes that may hang or die
* `equivalents`: the accepted survivors and their reasons
* `survivors`: the report, and the totals of the last whole run
"""
