"""`IPython.display` for Python in a page."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from course_kernel import (  # pyright: ignore[reportMissingImports]
    DisplayHandle,
    clear_output,
    display,
    update_display,
)

__all__ = [
    "HTML",
    "JSON",
    "SVG",
    "Code",
    "DisplayHandle",
    "Image",
    "Latex",
    "Markdown",
    "Pretty",
    "clear_output",
    "display",
    "update_display",
]


class _Text:
    """Text that is shown as one kind of output."""

    mime = "text/plain"

    def __init__(self, data: str | None = None, filename: str | None = None, **_: Any) -> None:
        if data is None:
            data = Path(filename).read_text("utf-8") if filename else ""
        self.data = data

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {self.mime: self.data, "text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"<IPython.core.display.{type(self).__name__} object>"


class HTML(_Text):
    mime = "text/html"


class Markdown(_Text):
    mime = "text/markdown"


class SVG(_Text):
    mime = "image/svg+xml"


class Latex(_Text):
    mime = "text/latex"


class Pretty(_Text):
    def __repr__(self) -> str:
        return self.data


class Code(Pretty):
    pass


class JSON:
    def __init__(self, data: Any, **_: Any) -> None:
        self.data = data

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": json.dumps(self.data, indent=2, ensure_ascii=False)}


class Image:
    """A picture from bytes or a file."""

    def __init__(self, data: bytes | None = None, filename: str | None = None, **_: Any) -> None:
        self.data = data if data is not None else Path(filename or "").read_bytes()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        mime = "image/png" if self.data[:4] == b"\x89PNG" else "image/jpeg"
        return {mime: base64.b64encode(self.data).decode()}
