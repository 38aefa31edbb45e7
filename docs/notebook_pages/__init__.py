"""Turns notebooks into Markdown pages with their stored outputs; knows no site generator.

`convert` makes a `Page` from a notebook. Its `markdown` goes through any Python-Markdown based
generator; `Page.finish` then puts code, outputs and formulas into the HTML that came out. So the
outputs never pass through Markdown, and the same converter serves another generator later.
"""

from notebook_pages.outline import Outline, read_outline
from notebook_pages.page import ConversionError, Options, Page, convert

__all__ = ["ConversionError", "Options", "Outline", "Page", "convert", "read_outline"]
