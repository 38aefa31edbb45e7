"""Stored outputs of a cell as HTML."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from notebook_pages.terminal import to_html

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
PICTURES = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}
WIDGET_TEXT = re.compile(r"(V|H|Grid)?Box\(children=")
"""How a widget whose state was not kept describes itself."""
FOLD_LINES = 30
"""Text with more lines than this is folded."""
FOLD_ROWS = 40
"""Tables with more rows than this are folded."""


@dataclass
class Sink:
    """Where outputs leave files and complaints while a notebook is converted."""

    root: str
    assets: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add(self, content: bytes, ending: str) -> str:
        """Keep a file; its address relative to the page, named for its content."""
        name = f"assets/notebooks/{hashlib.sha256(content).hexdigest()[:16]}.{ending}"
        self.assets[name] = content
        return self.root + name


@dataclass(frozen=True)
class Prose:
    """An output that is Markdown and goes through the site's renderer."""

    markdown: str


def render(
    output: Mapping[str, Any], cell: Any, state: Mapping[str, Any], sink: Sink
) -> str | Prose:
    """One stored output: HTML, or Markdown still to be rendered.

    Args:
        output: as nbformat stores it; neighboring stream pieces must be merged before.
        cell: its cell, for the pictures' `alt`.
        state: the notebook's saved widget state.
        sink: takes files and warnings.
    """
    kind = output["output_type"]
    if kind == "stream":
        error = output["name"] == "stderr"
        label = "Standard error" if error else "Output"
        return text_block(output["text"], "stderr" if error else "stdout", label)
    if kind == "error":
        return text_block("\n".join(output["traceback"]), "error", "Error")
    data: Mapping[str, Any] = output["data"]
    if WIDGET_VIEW in data:
        return _widget(output, cell, state, sink)
    return _still(output, cell, sink)


def _still(output: Mapping[str, Any], cell: Any, sink: Sink) -> str | Prose:
    data: Mapping[str, Any] = output["data"]
    for mime in PICTURES:
        if mime in data:
            return _picture(mime, output, cell, sink)
    if "text/html" in data:
        return _html(data["text/html"], cell, sink)
    if "text/markdown" in data:
        return Prose(data["text/markdown"].strip())
    if "text/latex" in data:
        return Prose(data["text/latex"].strip())
    if "application/json" in data:
        return text_block(json.dumps(data["application/json"], indent=2), "result", "Output")
    text = data.get("text/plain", "")
    if WIDGET_TEXT.match(text):
        return '<p class="nb-note">A widget stands here in JupyterLab. It needs a kernel.</p>'
    return text_block(text, "result", "Output")


def text_block(text: str, kind: str, label: str) -> str:
    """Terminal text in a box; folded when it is long."""
    text = text.rstrip("\n")
    lines = text.count("\n") + 1
    # An element that scrolls has to be reachable by keyboard, and then needs a role and a name.
    box = (
        f'<pre class="nb-out nb-{kind}" tabindex="0" role="group" aria-label="{label}">'
        f"<samp>{to_html(text)}</samp></pre>"
    )
    return _folded(f"{label}: {lines} lines", box) if lines > FOLD_LINES else box


def _folded(title: str, inside: str) -> str:
    return f'<details class="nb-fold"><summary>{title}</summary>{inside}</details>'


def _html(source: str, cell: Any, sink: Sink) -> str:
    if re.search(r"<script\b", source, flags=re.IGNORECASE):
        sink.warnings.append(
            f"cell {cell.id}: its HTML output holds a <script>, which the site does not run; "
            "make it plain HTML or tag the cell hide-output"
        )
        source = re.sub(r"<script\b.*?</script\s*>", "", source, flags=re.DOTALL | re.IGNORECASE)
    # Notebooks link to each other by file; here each is a page, in a folder of its own.
    source = re.sub(r"""href=(["'])([\w./-]+)\.ipynb(#[^"']*)?\1""", _page, source)
    box = (
        f'<div class="nb-out nb-html" tabindex="0" role="group" aria-label="Output">{source}</div>'
    )
    rows = len(re.findall(r"<tr\b", source, flags=re.IGNORECASE))
    return _folded(f"Table: {rows} rows", box) if rows > FOLD_ROWS else box


def _page(match: re.Match[str]) -> str:
    return f'href="../{match[2]}/{match[3] or ""}"'


def _picture(mime: str, output: Mapping[str, Any], cell: Any, sink: Sink) -> str:
    data = output["data"][mime]
    raw = data.encode() if mime == "image/svg+xml" else base64.b64decode(data)
    own = output.get("metadata", {}).get(mime, {})
    alt = own.get("alt") or cell.metadata.get("alt")
    if not alt:
        sink.warnings.append(
            f'cell {cell.id}: a picture has no description; add "alt" to the metadata of its cell'
        )
        alt = "A figure"
    size = _size(mime, raw, own)
    attributes = "".join(f' {name}="{value}"' for name, value in size.items())
    address = sink.add(raw, PICTURES[mime])
    text = html.escape(str(alt), quote=True)
    return f'<img class="nb-out nb-figure" src="{address}" alt="{text}" loading="lazy"{attributes}>'


def _size(mime: str, raw: bytes, own: Mapping[str, Any]) -> dict[str, int]:
    """Width and height in CSS pixels, so that the page does not jump when the picture arrives."""
    if "width" in own and "height" in own:
        return {"width": int(own["width"]), "height": int(own["height"])}
    if mime == "image/png" and raw[:8] == b"\x89PNG\r\n\x1a\n":
        return {
            "width": int.from_bytes(raw[16:20], "big"),
            "height": int.from_bytes(raw[20:24], "big"),
        }
    if mime == "image/svg+xml":
        head = raw[:2000].decode(errors="replace")
        tag = re.search(r"<svg\b[^>]*>", head, flags=re.DOTALL)
        if tag is None:
            return {}
        found = {}
        for name in ("width", "height"):
            value = re.search(rf'\b{name}="([\d.]+)(px|pt|)"', tag[0])
            if value is None:
                return {}
            found[name] = round(float(value[1]) * (4 / 3 if value[2] == "pt" else 1))
        return found
    return {}


def _widget(output: Mapping[str, Any], cell: Any, state: Mapping[str, Any], sink: Sink) -> str:
    """A widget: what can be seen without it first, the live one when it is asked for."""
    data = dict(output["data"])
    view = data.pop(WIDGET_VIEW)
    still = {**output, "data": data}
    pictured = any(mime in data for mime in PICTURES) or "text/html" in data
    shown = _still(still, cell, sink) if pictured else ""
    if not isinstance(shown, str):
        shown = ""
    if view.get("model_id") not in state:
        if pictured:
            return shown
        return text_block(data.get("text/plain", "A widget"), "result", "Output")
    if not pictured:
        sink.warnings.append(
            f"cell {cell.id}: a widget without a static picture; display one in the same output"
        )
    saved = {
        WIDGET_STATE: {"version_major": 2, "version_minor": 0, "state": _closure(view, state)},
        WIDGET_VIEW: view,
    }
    raw = json.dumps(saved, separators=(",", ":"), sort_keys=True).encode()
    address = sink.add(raw, "json")
    return (
        f'<div class="nb-widget" data-widget="{address}">{shown}'
        '<button type="button" class="nb-button" data-load-widget>Show the live widget</button>'
        "</div>"
    )


def _closure(view: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """The models a view needs, followed through their `IPY_MODEL_` references."""
    needed: dict[str, Any] = {}
    waiting = [view["model_id"]]
    while waiting:
        name = waiting.pop()
        if name in needed or name not in state:
            continue
        needed[name] = state[name]
        waiting += re.findall(r"IPY_MODEL_([\w-]+)", json.dumps(state[name]))
    return needed
