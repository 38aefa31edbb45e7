"""Exercises of chapter 3: streams, their ends, their timing, and their rendering."""

SHARED = ("streams",)
"""Modules with what several exercises share, and no exercise."""
