"""Exercises of chapter 8: errors, retries, deadlines, rate limits, and what to write in a log."""

SHARED = ("failures",)
"""Modules with what several exercises share, and no exercise."""
