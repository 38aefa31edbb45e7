"""Exercises of chapter 2: conversations, tokens and budgets."""

SHARED = ("conversations",)
"""Modules with what several exercises share, and no exercise."""
