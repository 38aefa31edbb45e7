"""Formulas as MathML, made at build time: no script, and readable by screen readers."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert as to_mathml

_MARKED = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\(?P<open>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>',
    flags=re.DOTALL,
)


class FormulaError(ValueError):
    """A formula uses something that cannot be turned into MathML."""


def formula(tex: str, *, block: bool) -> str:
    """One formula as a `<math>` element.

    Raises:
        FormulaError: the formula cannot be read, or has a command that is not known.
    """
    # `aligned` comes out as one line; the starred `align` is laid out as meant and not numbered.
    source = re.sub(r"\\(begin|end)\{aligned\}", r"\\\1{align*}", tex.strip())
    try:
        math = to_mathml(source, display="block" if block else "inline")
    except Exception as error:  # the library has no common base for what it raises
        raise FormulaError(f"the formula {tex.strip()!r} cannot be read: {error!r}") from error
    unknown = re.search(r"<m[io]>\\([A-Za-z]+)", math)
    if unknown:
        raise FormulaError(f"the formula {tex.strip()!r} uses \\{unknown[1]}, which is not known")
    label = html.escape(" ".join(tex.split()), quote=True)
    # Wide formulas scroll; what scrolls must be reachable by keyboard.
    wide = ' tabindex="0"' if block else ""
    math = re.sub(r"&(?!#?\w+;)", "&amp;", math)
    return math.replace("<math ", f'<math alttext="{label}"{wide} ', 1)


def replace_formulas(page_html: str) -> str:
    """Replace what `pymdownx.arithmatex` (generic) has marked by MathML."""
    return _MARKED.sub(
        lambda m: formula(html.unescape(m["tex"]), block=m["open"] == "["), page_html
    )
