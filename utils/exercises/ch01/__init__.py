"""Exercises of chapter 1: requests, answers and parameters."""
