"""Exercises of chapter 6: vectors in order, passages, search, its measure, caches and labels."""

SHARED = ("vectors",)
"""Modules with what several exercises share, and no exercise."""
