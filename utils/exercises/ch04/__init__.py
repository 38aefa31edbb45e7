"""Exercises of chapter 4: tools, their schemas, their loop, and what goes wrong with them."""

SHARED = ("shop_tools", "tool_calls")
"""Modules with what several exercises share, and no exercise."""
