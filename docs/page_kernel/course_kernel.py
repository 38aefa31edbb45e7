"""Runs cells in a page: what a notebook's kernel does, without Jupyter.

It knows nothing of the browser: it gets a function that takes messages (dictionaries of JSON
values), so that it is tested like any other module. The messages are

    {"kind": "stream", "name": "stdout" | "stderr", "text": ...}
    {"kind": "display", "id": ..., "data": {mime: text}}
    {"kind": "update", "id": ..., "data": {mime: text}}
    {"kind": "clear", "wait": bool}
    {"kind": "error", "text": ..., "line": n | None}
    {"kind": "unavailable", "module": ..., "text": ...}
"""

from __future__ import annotations

import ast
import builtins
import importlib.abc
import inspect
import io
import itertools
import linecache
import sys
import traceback
import types
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

Send = Callable[[dict[str, Any]], None]

NOT_HERE = {
    "IPython": "IPython's own tools",
    "apsw": "apsw",
    "bm25s": "bm25s",
    "ipywidgets": "ipywidgets",
    "matplotlib": "matplotlib",
    "mistune": "mistune",
    "numpy": "numpy",
    "pandas": "pandas",
    "PIL": "Pillow",
    "requests": "requests",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "sqlite3": "Python's sqlite3",
    "sqlite_vec": "sqlite-vec",
    "tiktoken": "tiktoken",
    "tqdm": "tqdm",
    "vcr": "vcrpy",
}
"""Packages that chapters may use and a page does not have, and what to call them."""

KERNEL: ContextVar[Kernel | None] = ContextVar("KERNEL", default=None)


class NotInThisPage(ModuleNotFoundError):
    """A package that JupyterLab has and the page does not."""


class _Finder(importlib.abc.MetaPathFinder):
    """Asked last: says which package is missing instead of a bare ModuleNotFoundError."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        top = fullname.partition(".")[0]
        if top in NOT_HERE and (top == fullname or top == "IPython"):
            raise NotInThisPage(f"{NOT_HERE[top]} is not available in the page", name=top)


class _Stream(io.TextIOBase):
    """A standard stream whose pieces are sent as they come."""

    encoding = "utf-8"

    def __init__(self, name: str, send: Send) -> None:
        self._name = name
        self._send = send

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if text:
            self._send({"kind": "stream", "name": self._name, "text": text})
        return len(text)


class Kernel:
    """A namespace in which cells run one after the other.

    Args:
        send: takes what cells print and show, while they run.
        evaluate: compiles and runs a cell's source in a namespace and returns the value of its
            last expression; top-level `await` works. In a page this is Pyodide's own.
    """

    def __init__(self, send: Send, evaluate: Callable[..., Any]) -> None:
        self.send = send
        self._evaluate = evaluate
        self._count = itertools.count(1)
        self._displays = itertools.count(1)
        self._lost: dict[str, str] = {}
        self._before: dict[str, Any] = {}
        module = types.ModuleType("__main__")
        module.__dict__["display"] = display
        module.__dict__["get_ipython"] = lambda: self
        module.__dict__["_ih"] = self._sources = [""]
        self.namespace = module.__dict__
        sys.modules["__main__"] = module
        sys.stdout = _Stream("stdout", send)
        sys.stderr = _Stream("stderr", send)
        builtins.input = _no_input
        if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
            sys.meta_path.append(_Finder())
        KERNEL.set(self)

    @property
    def user_ns(self) -> dict[str, Any]:
        """The cells' namespace, under the name that IPython gives it."""
        return self.namespace

    def transform_cell(self, source: str) -> str:
        """IPython turns its own commands into Python here; a page has none."""
        return source

    async def run(self, source: str) -> str:
        """Run one cell.

        Returns:
            "ok", "error", or "unavailable" when the cell needs what the page does not have.
        """
        filename = f"cell-{next(self._count)}"
        self._sources.append(source)
        self._before = dict(self.namespace)
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        magic = next((ln for ln in source.splitlines() if ln.lstrip().startswith(("%", "!"))), None)
        if magic is not None and not _parses(source):
            return self._unavailable(source, "IPython", f"IPython commands ({magic.strip()})")
        KERNEL.set(self)
        try:
            value = await self._evaluate(source, self.namespace, filename=filename)
            if value is not None:
                self.namespace["_"] = value
                self.show(value)
        except BaseException as error:
            return self._failed(source, error)
        for name in _assigned(source):
            self._lost.pop(name, None)
        return "ok"

    def show(self, value: Any, display_id: str | None = None, update: bool = False) -> str:
        """Send a value as the richest of the forms it has; returns the display's id."""
        name = display_id or f"display-{next(self._displays)}"
        kind = "update" if update else "display"
        self.send({"kind": kind, "id": name, "data": bundle(value)})
        return name

    def _failed(self, source: str, error: BaseException) -> str:
        missing = _missing_package(error)
        if missing is not None:
            return self._unavailable(source, missing, NOT_HERE[missing])
        if isinstance(error, NameError) and error.name in self._lost:
            return self._unavailable(source, self._lost[error.name], None)
        text, line = describe(error)
        self.send({"kind": "error", "text": text, "line": line})
        return "error"

    def _unavailable(self, source: str, module: str, called: str | None) -> str:
        # What the cell would have bound is not there; an older value of that name would mislead.
        for name in _assigned(source):
            if name not in self.namespace or self.namespace[name] is self._before.get(name):
                self.namespace.pop(name, None)
                self._lost[name] = module
        words = (
            f"This cell needs {called}, which Python in the page does not have."
            if called
            else f"This cell builds on one that needs {NOT_HERE[module]}."
        )
        self.send({"kind": "unavailable", "module": module, "text": words})
        return "unavailable"


def bundle(value: Any) -> dict[str, str]:
    """A value as MIME type to text, as IPython asks objects for it."""
    data: dict[str, str] = {}
    own = _method(value, "_repr_mimebundle_")
    if own is not None:
        made = own()
        data |= made[0] if isinstance(made, tuple) else made or {}
    for mime, name in (
        ("text/html", "_repr_html_"),
        ("text/markdown", "_repr_markdown_"),
        ("image/svg+xml", "_repr_svg_"),
    ):
        method = None if mime in data else _method(value, name)
        made = method() if method else None
        if made:
            data[mime] = made
    if "text/plain" not in data:
        data["text/plain"] = pretty(value)
    if "text/markdown" in data and "text/html" not in data:
        html = markdown_html(data["text/markdown"])
        if html is not None:
            data["text/html"] = html
    return {mime: text for mime, text in data.items() if isinstance(text, str)}


def pretty(value: Any) -> str:
    """A value as a notebook prints it."""
    from IPython.lib.pretty import pretty as printed

    return printed(value)


def markdown_html(text: str) -> str | None:
    """Markdown as HTML, None where the renderer is not installed."""
    try:
        import markdown
    except ModuleNotFoundError:
        return None
    names = ("tables", "fenced_code", "sane_lists")
    return markdown.markdown(text, extensions=[f"markdown.extensions.{name}" for name in names])


def describe(error: BaseException) -> tuple[str, int | None]:
    """A traceback that shows the learner's own lines first, and the line in the cell."""
    own = _method(error, "_render_traceback_")
    if own is not None:
        return "\n".join(own()), _line_in_cell(error)
    told = traceback.TracebackException.from_exception(error)
    _trim(told)
    return "".join(told.format()).rstrip(), _line_in_cell(error)


def _trim(told: traceback.TracebackException | None) -> None:
    """Keep the frames of cells, and the last two of what they called."""
    if told is None:
        return
    frames = list(told.stack)
    first = next((i for i, frame in enumerate(frames) if _is_cell(frame.filename)), len(frames))
    frames = frames[first:]
    last_cell = max((i for i, f in enumerate(frames) if _is_cell(f.filename)), default=-1)
    below = frames[last_cell + 1 :]
    told.stack = traceback.StackSummary.from_list(frames[: last_cell + 1] + below[-2:])
    for cause in (told.__cause__, told.__context__):
        _trim(cause)


def _is_cell(filename: str) -> bool:
    return filename.startswith("cell-")


def _line_in_cell(error: BaseException) -> int | None:
    if isinstance(error, SyntaxError) and error.filename and _is_cell(error.filename):
        return error.lineno
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if _is_cell(f.filename)]
    return lines[-1] if lines else None


def _missing_package(error: BaseException | None) -> str | None:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, NotInThisPage):
            return error.name
        error = error.__cause__ or error.__context__
    return None


def _method(value: Any, name: str) -> Callable[..., Any] | None:
    """A method that the value's class defines; a `__getattr__` that makes up names is not asked."""
    if isinstance(value, type) or not callable(inspect.getattr_static(value, name, None)):
        return None
    return getattr(value, name)


def _parses(source: str) -> bool:
    try:
        compile(source, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return False
    return True


def _assigned(source: str) -> set[str]:
    """Names that a cell binds at its top level."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set()
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                names.add(part.id)
            elif isinstance(part, ast.alias):
                names.add((part.asname or part.name).partition(".")[0])
    return names


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("A page cannot ask for input. Put the value into the cell instead.")


class DisplayHandle:
    """What `display(..., display_id=True)` returns."""

    def __init__(self, display_id: str) -> None:
        self.display_id = display_id

    def update(self, value: Any, **_: Any) -> None:
        """Replace what is shown."""
        update_display(value, display_id=self.display_id)


def display(*values: Any, display_id: str | bool | None = None, **options: Any) -> Any:
    """Show values below the cell, as in a notebook."""
    kernel = KERNEL.get()
    if kernel is None:
        raise RuntimeError("display works inside a cell only")
    name: str | None = display_id if isinstance(display_id, str) else None
    for value in values:
        if options.get("raw") and isinstance(value, Mapping):
            value = _Raw(value)
        name = kernel.show(value, name if isinstance(display_id, str) else None)
    return DisplayHandle(name) if display_id and name else None


def update_display(value: Any, *, display_id: str, **_: Any) -> None:
    """Replace what a display shows."""
    kernel = KERNEL.get()
    if kernel is not None:
        kernel.show(value, display_id, update=True)


def clear_output(wait: bool = False) -> None:
    """Remove what the cell has shown so far; with `wait`, when the next output comes."""
    kernel = KERNEL.get()
    if kernel is not None:
        kernel.send({"kind": "clear", "wait": wait})


class _Raw:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return self._data
