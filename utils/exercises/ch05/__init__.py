"""Exercises of chapter 5: JSON mode, strict schemas, missing objects, repair and pipelines."""

SHARED = ("extraction",)
"""Modules with what several exercises share, and no exercise."""
