"""Exercises of chapter 1: one request, its parameters, and what comes back."""

SHARED = ("candidates",)
"""Modules with what several exercises share, and no exercise."""
