"""Looks into the running notebook: the function to check, and the last version of its cell."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from typing import Any

from ..exercises.playing import main_namespace


def find_function(name: str) -> Callable[..., Any] | None:
    """The function of that name in the notebook, or None."""
    found = main_namespace().get(name)
    return found if callable(found) else None


def syntax_error(name: str) -> SyntaxError | None:
    """The syntax error in the last cell that defines `name`, if it has one.

    Such a cell never ran, so that an older version of the function, or none, is what Python knows.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return None
    defines = re.compile(rf"^[ \t]*(async[ \t]+)?def[ \t]+{re.escape(name)}\b", re.MULTILINE)
    history = shell.user_ns.get("_ih") or []
    for source in reversed(history):
        if isinstance(source, str) and defines.search(source):
            try:
                ast.parse(shell.transform_cell(source))
            except SyntaxError as error:
                return error
            return None
    return None
