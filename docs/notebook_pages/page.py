"""The conversion itself: a notebook becomes Markdown with markers, and HTML that replaces them."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pygments.lexers import PythonLexer
from pygments.token import STANDARD_TYPES

from notebook_pages.dialect import normalize
from notebook_pages.formulas import FormulaError, replace_formulas
from notebook_pages.outline import Outline, describe
from notebook_pages.outputs import WIDGET_STATE, Prose, Sink, render
from notebook_pages.terminal import merge_streams
from utils.solution_regions import BEGIN, END

_MARKERS = re.compile(rf"^[ \t]*(?:{BEGIN}|{END})[ \t]*\n?", flags=re.MULTILINE)
_MARK = re.compile(r'<div(?: id="[^"]*")?>NBBLOCK(\d+)NB</div>')


class ConversionError(ValueError):
    """A notebook cannot be shown; the message names it and says what to change."""


def _no_hints(exercise: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True)
class Options:
    """What surrounds a notebook on a site.

    Attributes:
        root: from the page's address to the site's, such as `../../`.
        hints: hints of an exercise, from nudge to near-solution, as Markdown without blocks.
        counterpart: address of the page with this lesson's solutions (or, for a page of
            solutions, of the lesson), as a link in the page's Markdown; None for no such page.
        is_solutions: whether the notebook is one with solutions.
    """

    root: str = ""
    hints: Callable[[str], Sequence[str]] = _no_hints
    counterpart: str | None = None
    is_solutions: bool = False


@dataclass
class Page:
    """A converted notebook.

    Attributes:
        outline: title, time, exercises and the cells that show each subject.
        markdown: for the site's Markdown renderer; holds a marker where each block goes.
        blocks: HTML of code and outputs, by the marker's number.
        assets: files the page refers to, by their path in the site.
        warnings: what the author should put right; a strict build treats each as an error.
        code_cells: how many cells can be run.
    """

    outline: Outline
    markdown: str = ""
    blocks: list[str] = field(default_factory=list)
    assets: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    code_cells: int = 0

    def finish(self, rendered: str) -> str:
        """Put blocks and formulas into the HTML that the Markdown became.

        Raises:
            ConversionError: a marker was lost on the way, or a formula cannot be shown.
        """
        seen: list[int] = []

        def block(match: re.Match[str]) -> str:
            seen.append(int(match[1]))
            return self.blocks[int(match[1])]

        whole = _MARK.sub(block, rendered)
        # An empty corner of a table is no header of anything.
        whole = re.sub(r"<th([^>]*)>\s*</th>", _plain_cell, whole)
        if seen != list(range(len(self.blocks))):
            lost = sorted(set(range(len(self.blocks))) - set(seen))
            raise ConversionError(
                f"{self.outline.id}: the Markdown renderer lost the blocks {lost}; is an "
                "HTML tag or a code fence left open in the Markdown cell before?"
            )
        whole = _once(r"<style\b.*?</style>", whole)
        try:
            return replace_formulas(whole)
        except FormulaError as error:
            raise ConversionError(f"{self.outline.id}: {error}") from error


def _plain_cell(match: re.Match[str]) -> str:
    attributes = re.sub(r'\s*\bscope="\w+"', "", match[1])
    return f"<td{attributes}></td>"


def _once(pattern: str, text: str) -> str:
    """Keep the first of equal matches: one style sheet serves all outputs that bring it."""
    seen: set[str] = set()

    def first(match: re.Match[str]) -> str:
        known = match[0] in seen
        seen.add(match[0])
        return "" if known else match[0]

    return re.sub(pattern, first, text, flags=re.DOTALL)


def cell_anchor(cell_id: str) -> str:
    """The anchor of a cell, the same as JupyterLab's own."""
    return f"cell-id={cell_id}"


def convert(notebook: Any, id: str, options: Options = Options()) -> Page:
    """Convert a notebook (nbformat 4, in memory) to a page.

    Args:
        notebook: the notebook node; it is not changed.
        id: the lesson that it is, for messages and lists.
        options: what surrounds it.

    Raises:
        ConversionError: it has no title.
    """
    try:
        page = Page(describe(notebook, id))
    except ValueError as error:
        raise ConversionError(str(error)) from error
    writer = _Writer(notebook, page, options)
    for cell in notebook.cells:
        writer.write(cell)
    page.markdown = "\n\n".join(writer.parts) + "\n"
    page.assets = writer.sink.assets
    page.warnings = writer.sink.warnings
    return page


def code_html(source: str) -> str:
    """Python source, highlighted as Material's style sheet expects it.

    The span keeps Material's script away, which measures each `pre > code` and with the many cells
    of a lesson holds up a phone for seconds. The page's own script has a copy button for cells.
    """
    inside = _spans(source).rstrip("\n")
    return (
        f'<div class="highlight"><pre><span><code tabindex="0">{inside}\n</code></span></pre></div>'
    )


_PLAIN = frozenset(("", "n", "nn", "p", "o", "w", "bp"))
"""Kinds of token in the color of the text: a third of a page's weight if each had an element."""


def _spans(source: str) -> str:
    """Source as HTML with an element for each token that has a color, neighbors joined."""
    parts: list[str] = []
    last, text = "", ""
    for kind, value in PythonLexer(stripnl=False, ensurenl=False).get_tokens(source):
        css = STANDARD_TYPES.get(kind, "")
        css = "" if css in _PLAIN else css
        if css != last and text:
            parts.append(_span(last, text))
            text = ""
        last, text = css, text + value
    return "".join(parts) + (_span(last, text) if text else "")


def _span(css: str, text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<span class="{css}">{escaped}</span>' if css else escaped


def _ends(notebook: Any, outline: Outline) -> dict[str, str]:
    """Cell id to exercise id, for the last cell of each exercise: the one that checks it."""
    last: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        own = str(cell.metadata.get("exercise", ""))
        checked = re.match(r"""check\(\s*["']([\d.]+)["']""", cell.source.strip())
        name = own or (checked[1] if checked else "")
        if name in outline.exercise_cells:
            last[name] = cell.id
    return {cell_id: name for name, cell_id in last.items()}


class _Writer:
    def __init__(self, notebook: Any, page: Page, options: Options) -> None:
        self.page = page
        self.options = options
        self.parts: list[str] = []
        self.sink = Sink(root=options.root)
        saved = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {})
        self.state = saved.get("state", {})
        self.ends = _ends(notebook, page.outline)

    def write(self, cell: Any) -> None:
        tags = set(cell.metadata.get("tags", []))
        if "remove-cell" in tags or cell.cell_type == "raw":
            return
        solution = "solution" in tags or _MARKERS.search(cell.source) is not None
        if solution:
            self.block('<details class="nb-solution"><summary>Show the solution</summary>')
        if cell.cell_type == "markdown":
            self.prose(cell)
        else:
            self.code(cell, tags)
        if solution:
            self.block("</details>")
        if cell.id in self.ends:
            self.help(self.ends[cell.id])

    def block(self, content: str, anchor: str | None = None) -> None:
        """Leave a marker in the Markdown for HTML that must not pass through it."""
        mark = f"NBBLOCK{len(self.page.blocks)}NB"
        self.page.blocks.append(content)
        name = f' id="{html.escape(anchor, quote=True)}"' if anchor else ""
        self.parts.append(f"<div{name}>{mark}</div>")

    def prose(self, cell: Any) -> None:
        source = normalize(cell.source)
        for name, bundle in cell.get("attachments", {}).items():
            mime, data = next(iter(bundle.items()))
            address = self.sink.add(base64.b64decode(data), mime.split("/")[-1].split("+")[0])
            source = source.replace(f"attachment:{name}", address)
        # The marker keeps neighboring cells apart: two lists must not become one.
        if cell.metadata.get("coverage"):
            anchor = html.escape(cell_anchor(cell.id), quote=True)
            self.block(f'<div class="nb-anchor" id="{anchor}"></div>', cell_anchor(cell.id))
        else:
            self.block("")
        self.parts.append(source)

    def code(self, cell: Any, tags: set[str]) -> None:
        number = self.page.code_cells
        self.page.code_cells += 1
        anchor = html.escape(cell_anchor(cell.id), quote=True)
        code = code_html(_MARKERS.sub("", cell.source))
        if "hide-input" in tags:
            code = (
                f'<details class="nb-fold nb-code"><summary>Show the code</summary>{code}</details>'
            )
        exercise = cell.metadata.get("exercise")
        kind = f' data-exercise="{html.escape(str(exercise), quote=True)}"' if exercise else ""
        shown = f'<div class="nb-cell" id="{anchor}" data-cell="{number}"{kind}>{code}'
        shown += '<div class="nb-outputs" data-search-exclude>'
        name: str | None = cell_anchor(cell.id)
        for output in [] if "hide-output" in tags else merge_streams(cell.outputs):
            piece = render(output, cell, self.state, self.sink)
            if isinstance(piece, Prose):
                self.block(shown + '<div class="nb-out nb-prose">', name)
                self.parts.append(normalize(piece.markdown))
                shown, name = "</div>", None
            else:
                shown += piece
        self.block(shown + "</div></div>", name)

    def help(self, exercise: str) -> None:
        """Hints and the way to the solution, after the last cell of an exercise."""
        for number, hint in enumerate(self.options.hints(exercise), start=1):
            self.block(f'<details class="nb-hint"><summary>Hint {number}</summary>')
            self.parts.append(normalize(hint))
            self.block("</details>")
        if self.options.counterpart and not self.options.is_solutions:
            anchor = cell_anchor(self.page.outline.exercise_cells[exercise])
            self.parts.append(
                f"[A solution of exercise {exercise}]({self.options.counterpart}#{anchor})"
                "{ .nb-to-solution }"
            )
