"""Imports in `utils` point one way, and its core runs where only a few packages can be had.

The order is that of the table in docs/pages/contributing/the-house.md.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from utils.grading.judge.sandbox import _LESSON_MODULES, _NEEDED
from utils.settings import ROOT

ORDER = (
    *("atomic", "sse", "solution_regions", "async_client", "windows_job", "child_process"),
    *("settings", "models", "syllabus", "addresses", "leaks", "recordings", "bodies", "network"),
    *("image_sizes", "charges", "costs", "watching", "transport", "model_ids", "client"),
    *("tokens", "shop", "chat_session"),
    "service_rules",
    "scripted",
    "exercises",
    "grading",
    "show",
    "mutants",
    "notebooks",
    "local_model",
)
"""The rooms: each may use those before it. Commands come last, and may use all of them."""

CORE = ORDER[: ORDER.index("grading") + 1]
"""Rooms that run in a browser's Python, too."""

NOT_CORE = ("windows_job", "child_process", "tokens", "shop", "grading/judge")
"""Rooms, and parts of them, that need more."""

ALLOWED = {"openai", "httpx2", "anyio", "pydantic", "pydantic_core", "jiter"}
"""What the core may import besides the standard library; the SDK brings all of it."""


def room(module: str) -> str:
    """The room that a module of `utils` belongs to; empty for `utils` itself."""
    return module.partition(".")[2].partition(".")[0]


def modules() -> Iterator[tuple[Path, str]]:
    """Every file of `utils` with the name of its package."""
    for path in sorted(ROOT.glob("utils/**/*.py")):
        yield path, ".".join(path.relative_to(ROOT).parent.parts)


def read(path: Path) -> str:
    """The source of a file."""
    return path.read_text("utf-8")


def imports(tree: ast.AST, package: str) -> Iterator[str]:
    """The modules that a file imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else []), *filter(None, [node.module])])
            yield from ([f"{base}.{a.name}" for a in node.names] if base == "utils" else [base])


def at_once(tree: ast.Module) -> ast.Module:
    """A module without what runs later: bodies of functions, and imports for the type checker."""

    class Strip(ast.NodeTransformer):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None: ...
        def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None: ...
        def visit_If(self, node: ast.If) -> ast.AST | None:
            return None if "TYPE_CHECKING" in ast.unparse(node.test) else node

    return ast.fix_missing_locations(Strip().visit(tree))


def climbs(path: Path, package: str, source: str) -> list[str]:
    """Imports of a room that comes later than that of the file."""
    own = room(f"{package}.{path.stem}") if package == "utils" else room(package)
    if own not in ORDER:  # a command, or `utils` itself
        return []
    used = [room(name) for name in imports(ast.parse(source), package) if name.startswith("utils.")]
    return [
        f"{path.name} of {own} uses {other}"
        for other in used
        if other != own and (other not in ORDER or ORDER.index(other) > ORDER.index(own))
    ]


def test_every_room_is_in_the_order() -> None:
    packages = {path.name for path in ROOT.glob("utils/*") if (path / "__init__.py").exists()}
    assert packages <= set(ORDER), "a new room; say in the-house.md what may enter it"


def test_a_room_uses_only_rooms_before_it() -> None:
    found = [one for path, package in modules() for one in climbs(path, package, read(path))]
    assert not found, "\n".join(found)


def test_the_core_imports_only_what_a_browser_has() -> None:
    found = []
    for path, package in modules():
        place = path.relative_to(ROOT / "utils").as_posix().removesuffix(".py")
        if place.split("/")[0] not in CORE or place.startswith(NOT_CORE):
            continue
        for name in imports(at_once(ast.parse(read(path))), package):
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names | ALLOWED | {"utils"}:
                found.append(f"{place}.py imports {name}")
    assert not found, "\n".join(found)


def test_the_sandbox_has_every_room_that_the_cells_of_a_lesson_use() -> None:
    copied = {name.partition("/")[0].removesuffix(".py") for name in (*_NEEDED, *_LESSON_MODULES)}
    whole = copied - {name.partition("/")[0] for name in _NEEDED if "/" in name}
    assert {name for name in _LESSON_MODULES if not (ROOT / "utils" / name).exists()} == set()
    used = {
        f"{path.name} uses {room(name)}"
        for path, package in modules()
        if room(f"{package}.{path.stem}" if package == "utils" else package) in whole
        for name in imports(at_once(ast.parse(read(path))), package)
        if name.startswith("utils.") and room(name) not in copied
    }
    assert used == set()


def test_an_import_that_climbs_is_found() -> None:
    path = Path("utils/scripted/new.py")
    assert climbs(path, "utils.scripted", "from ..exercises import judge") == [
        "new.py of scripted uses exercises"
    ]
    assert climbs(path, "utils.scripted", "from .. import sse\nfrom ..sse import read") == []
