"""The part of IPython that cells use, for Python in a page.

The real package brings a terminal with it; here are `display` and what belongs to it, and the
printer of values, which is IPython's own module.
"""

from __future__ import annotations

from course_kernel import KERNEL, Kernel  # pyright: ignore[reportMissingImports]


def get_ipython() -> Kernel | None:
    """Where cells run, or None outside of them; libraries ask this to know whether to display."""
    return KERNEL.get()
