"""Solutions between their markers: the cell that holds both the stub and the solution.

```python
def ask_shop(client, instructions, question):
    ### BEGIN SOLUTION
    return client.chat.completions.create(...)
    ### END SOLUTION
```

The markers are those of nbgrader, so that a teacher can use it on the same files. This module knows
text only: the builder of notebooks, `solution()` and the site read the same cells with it.
"""

from __future__ import annotations

import re
import textwrap

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "raise NotImplementedError"


class MarkerError(ValueError):
    """The markers of a cell cannot be used. The message names cell and line and says what to do."""


def without_solutions(source: str, where: str) -> tuple[str, int]:
    """Replace the solution regions of a code cell.

    Args:
        source: the cell's code.
        where: names the cell in messages.

    Returns:
        The code for learners, and the number of regions.

    Raises:
        MarkerError: for a region in a region, one without begin or end, or a marker that is
            misspelled and would give the solution away.
    """
    lines: list[str] = []
    opened: int | None = None
    regions = 0
    for number, line in enumerate(source.split("\n"), 1):
        marker = line.strip()
        if marker == BEGIN:
            if opened is not None:
                raise MarkerError(
                    f"{where}: line {number} begins a solution inside the one that line {opened} "
                    f"began. End that one first with `{END}`."
                )
            opened = number
            regions += 1
            lines.append(line[: len(line) - len(line.lstrip())] + STUB)
        elif marker == END:
            if opened is None:
                raise MarkerError(
                    f"{where}: line {number} ends a solution that was never begun. "
                    f"Put `{BEGIN}` on a line of its own before it."
                )
            opened = None
        elif re.search(r"(BEGIN|END)\W+SOLUTION", line, re.IGNORECASE):
            raise MarkerError(
                f"{where}: line {number} looks like a marker but is not one: {marker!r}. "
                f"Write `{BEGIN}` or `{END}` on a line of its own."
            )
        elif opened is None:
            lines.append(line)
    if opened is not None:
        raise MarkerError(
            f"{where}: the solution that line {opened} begins has no end. Put `{END}` after it."
        )
    return "\n".join(lines), regions


def without_markers(source: str) -> str:
    """The cell without its marker lines: what a learner may run."""
    lines = [line for line in source.splitlines() if line.strip() not in (BEGIN, END)]
    return textwrap.dedent("\n".join(lines)).strip() + "\n"
