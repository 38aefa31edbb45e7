"""No module and no public class of `utils` has the name of another one."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from utils.settings import ROOT

TWICE_ON_PURPOSE: dict[str, str] = {}
"""Names that are there more than once, with the reason. A name that no longer is fails, too."""


def names_in(folder: Path) -> dict[str, list[str]]:
    """File names of modules and names of public classes, each with the files that have it."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("*.py")):
        where = path.relative_to(folder).as_posix()
        if path.name not in ("__init__.py", "__main__.py"):
            found[path.name].append(where)
        for statement in ast.parse(path.read_text("utf-8")).body:
            if isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
                found[statement.name].append(where)
    return dict(found)


def twice(folder: Path) -> dict[str, list[str]]:
    """The names that are there more than once."""
    return {name: files for name, files in names_in(folder).items() if len(files) > 1}


def test_every_module_and_class_has_a_name_of_its_own() -> None:
    found = twice(ROOT / "utils")
    new = [
        f"{name} is in {' and in '.join(files)}"
        for name, files in found.items()
        if name not in TWICE_ON_PURPOSE
    ]
    assert not new, "give each a name that says what it is:\n" + "\n".join(new)
    assert set(TWICE_ON_PURPOSE) <= set(found), "remove the names that are there once from the list"


@pytest.mark.parametrize(
    ("files", "names"),
    [
        ({"a/memory.py": "", "b/memory.py": ""}, ["memory.py"]),
        ({"a/__init__.py": "", "b/__init__.py": ""}, []),
        ({"a.py": "class Usage: ...", "b.py": "class Usage: ..."}, ["Usage"]),
        ({"a.py": "class _Watch: ...", "b.py": "class _Watch: ..."}, []),
        ({"a/__init__.py": "class Course: ...", "b.py": "class Course: ..."}, ["Course"]),
        ({"a.py": "def f():\n class Inner: ...", "b.py": "class Inner: ..."}, []),
    ],
)
def test_what_counts_as_a_name(tmp_path: Path, files: dict[str, str], names: list[str]) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert list(twice(tmp_path)) == names
